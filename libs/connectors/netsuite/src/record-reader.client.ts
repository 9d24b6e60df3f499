import type { Cursor, Mapped, Page, RecordRead, RecordReader, StateOf } from '@tieout/connector-erp';
import type { StateTopicName } from '@tieout/canonical';
import type { NetSuiteClient } from './client.ts';
import type { Page as RowPage } from './documents.client.ts';
import { advanced, deletionsFrom, isWorthStoring, startOf, type Depth, type StreamCursor } from './stream-cursor.ts';
import type { Position } from './vendor-types.ts';

/** What is special about one kind of NetSuite record. */
export interface RecordKind<T extends StateTopicName, Row, R extends RecordRead<StateOf<T>>> {
  readonly stream: string;
  readonly topic: T;
  readonly objectType: string;
  /** NetSuite's name of the record type in `deletedrecord`. */
  readonly deletedType: Parameters<NetSuiteClient['deletedSince']>[0];
  changed(after: Position, signal: AbortSignal): Promise<RowPage<Row>>;
  byIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Row[]>;
  toRecord(row: Row): R;
  keyOf(vendorId: string): string;
  asDeleted(value: StateOf<T>): StateOf<T>;
}

/**
 * Reads by (last modified, id): the first reading takes everything, each further one what changed since, a little more far
 * back, and what was deleted.
 */
export function recordReader<T extends StateTopicName, Row, R extends RecordRead<StateOf<T>>>(
  client: Pick<NetSuiteClient, 'deletedSince'>,
  depth: Depth,
  { stream, topic, objectType, deletedType, changed, byIds, toRecord, keyOf, asDeleted }: RecordKind<T, Row, R>,
): Required<RecordReader<T, R>> {
  return {
    ...{ stream, topic, objectType, keyOf, asDeleted },
    byIds: async (ids, signal) => (await byIds(ids, signal)).map(toRecord),
    async read(cursor: Cursor, signal): Promise<Page<R>> {
      const stored = cursor as StreamCursor | null;
      const page = await changed(startOf(stored, depth), signal);
      const began = stored?.reading?.began ?? page.clock.toISOString();
      const next = advanced(stored, { next: page.next, began });
      const records = await againWhereTorn(page.rows.map(toRecord), signal);
      const deleted = page.next ? [] : await client.deletedSince(deletedType, deletionsFrom(stored, depth), signal);
      return {
        records,
        deleted: deleted.map(({ recordid }) => recordid),
        next,
        more: page.next !== null,
        worthStoring: isWorthStoring(stored, next),
      };
    },
  };

  /** Header, lines and links are separate queries: parts that do not fit together were changed in between. */
  async function againWhereTorn(records: readonly R[], signal: AbortSignal): Promise<readonly R[]> {
    const torn = records.filter(({ mapped }) => isTorn(mapped));
    if (torn.length === 0) return records;
    const again = await byIds(
      torn.map(({ vendorId }) => vendorId),
      signal,
    );
    return [...records.filter(({ mapped }) => !isTorn(mapped)), ...again.map(toRecord)];
  }
}

function isTorn(mapped: Mapped<unknown>): boolean {
  return mapped.kind === 'refused' && mapped.problem.code === 'does-not-add-up';
}
