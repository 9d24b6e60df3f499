import { compare, type StateTopicName } from '@tieout/canonical';
import type { OpenItem, OpenItemReader } from '@tieout/connector-erp';
import { inTransaction, type StreamSpec } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { markDirtyRecords } from './dirty-record.store.ts';
import { publishedOpen } from './published-record.store.ts';

/** A stream that rests longer than this looks as if it hung. */
const LOOK_MS = 15_000;

export interface OpenItems {
  readonly instance: string;
  readonly dataSource: DataSource;
  readonly openItems: OpenItemReader;
  /** Topic of the stream whose records these are. */
  readonly topic: StateTopicName;
  /** Between two compares. */
  readonly everyMs: number;
  readonly onMarked: (count: number) => void;
}

/** Holds what the ERP lists as open against what is published: an ERP may move an open amount without moving any stamp. */
export function openItemStream({
  instance,
  dataSource,
  openItems,
  topic,
  everyMs,
  onMarked,
}: OpenItems): StreamSpec<{ readonly comparedAt: string }> {
  return {
    ...{ instance, stream: 'open-items', intervalMs: Math.min(LOOK_MS, everyMs) },
    async poll({ cursor, signal, advance }) {
      const now = new Date();
      if (cursor && now.getTime() - Date.parse(cursor.comparedAt) < everyMs) return;
      // Published first: what changes meanwhile is then read once too often and never once too little.
      const published = await publishedOpen(dataSource.manager, topic, instance);
      const differing = differences(published, await openItems.read(signal));
      await inTransaction(dataSource, async (tx) => {
        await advance(tx, { comparedAt: now.toISOString() });
        await markDirtyRecords(tx, instance, openItems.stream, differing);
      });
      if (differing.length > 0) onMarked(differing.length);
    },
  };
}

/** Vendor ids of what is open with another amount, or on one side alone. */
export function differences(published: readonly OpenItem[], listed: readonly OpenItem[]): readonly string[] {
  const known = new Map(published.map(({ vendorId, open }) => [vendorId, open]));
  const there = new Set(listed.map(({ vendorId }) => vendorId));
  const other = listed.filter(({ vendorId, open }) => compare(known.get(vendorId) ?? '0', open) !== 0);
  const gone = published.filter(({ vendorId, open }) => compare(open, '0') !== 0 && !there.has(vendorId));
  return [...other, ...gone].map(({ vendorId }) => vendorId);
}
