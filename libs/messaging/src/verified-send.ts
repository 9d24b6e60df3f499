import type { RecordMetadata } from 'kafkajs';
import type { OutboxRow } from './outbox.store.ts';
import { partitionOf } from './partition-of.ts';
import type { PublishedTopic } from './published-topic.store.ts';
import type { RawRecord } from './record-batch.ts';

/** Lengths, offset and attributes of a record, at most. */
const RECORD_OVERHEAD = 24;

/** Records with their partition fixed before sending, so that we know which (topic, partition) the answer has to name. */
export interface PlacedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly RawRecord[];
}

/** Rows and the batches that they make. */
export interface PlacedRows {
  readonly rows: readonly OutboxRow[];
  readonly batches: readonly PlacedBatch[];
}

/**
 * Puts rows where the Java client puts their keys, in the order given, until one place has more than `maxBytes`: the broker
 * bounds the batch of a partition. At least one row; which are taken is answered.
 */
export function placeRows(
  rows: readonly OutboxRow[],
  topics: ReadonlyMap<string, PublishedTopic>,
  maxBytes: number,
): PlacedRows {
  const batches = new Map<string, PlacedBatch & { readonly records: RawRecord[]; bytes: number }>();
  for (const [index, row] of rows.entries()) {
    const record = { key: Buffer.from(row.key), value: row.value, headers: row.headers };
    const bytes = RECORD_OVERHEAD + record.key.length + (row.value?.length ?? 0) + row.headers.length;
    const places = partitionsOf(record, topics.get(row.topic)).map((partition) => ({ topic: row.topic, partition }));
    const chosen = places.map((place) => batches.get(placeOf(place)) ?? { ...place, records: [], bytes: 0 });
    if (index > 0 && chosen.some((batch) => batch.bytes + bytes > maxBytes))
      return { rows: rows.slice(0, index), batches: [...batches.values()] };
    for (const batch of chosen) {
      batch.bytes += bytes;
      batch.records.push(record);
      batches.set(placeOf(batch), batch);
    }
  }
  return { rows, batches: [...batches.values()] };
}

/** One; of an erasure also those where the key was before the topic got more partitions. */
function partitionsOf({ key, value }: RawRecord, topic: PublishedTopic | undefined): readonly number[] {
  const now = partitionOf(key, topic?.nextOffsets.length ?? 1);
  if (value !== null || topic === undefined || topic.formerCounts.length === 0) return [now];
  return [...new Set([now, ...topic.formerCounts.map((count) => partitionOf(key, count))])];
}

/**
 * Why answers do not prove that all batches were appended, or null when they do: they have to name every place sent, once,
 * without error, with an offset above the last one seen there.
 */
export function unprovenReason(
  sent: readonly PlacedBatch[],
  answer: readonly RecordMetadata[],
  lastOffsets: ReadonlyMap<string, bigint>,
): string | null {
  const answered = new Map(answer.map((entry) => [placeOf({ ...entry, topic: entry.topicName }), entry]));
  if (answered.size < answer.length) return 'a partition is named twice: its records were appended twice';
  for (const place of sent.map(placeOf)) {
    const entry = answered.get(place);
    if (!entry) return `the answer does not name ${place}`;
    if (entry.errorCode !== 0) return `${place} answered error code ${entry.errorCode}`;
    const offset = BigInt(entry.baseOffset ?? -1);
    if (offset < 0n) return `${place} answered no offset`;
    if (offset <= (lastOffsets.get(place) ?? -1n))
      return `${place} answered offset ${offset}, not above the one before`;
  }
  return null;
}

export function placeOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}
