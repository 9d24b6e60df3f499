import type { TopicName, ValueOf } from '@tieout/canonical';
import type { Codec } from './codec.ts';
import type { ConsumerSpec, Delivery } from './consumer-spec.ts';
import type { RawRecord } from './dead-letter.store.ts';
import { DataError, errorKind } from './errors.ts';
import { fromHeaders } from './event-headers.ts';
import { headersOf } from './kafka-record.ts';

/** A run of records of one partition; `next` is the offset after it, past trailing control records. */
export interface Chunk {
  readonly partition: number;
  /** From here on nothing was left out: holes before the first record are control records or compaction. */
  readonly from: bigint;
  readonly records: readonly RawRecord[];
  readonly next: bigint;
  /** The first one since the partition was assigned: the partitions of the topic may have become more, and keys have moved. */
  readonly afterJoin: boolean;
}

/** A record that could be read, or the reason why not. */
export type Decoded = Readable | { readonly raw: RawRecord; readonly error: unknown };

export interface Readable {
  readonly raw: RawRecord;
  readonly delivery: Delivery<ValueOf<TopicName>>;
}

export interface DecodedChunk {
  readonly chunk: Chunk;
  readonly decoded: readonly Decoded[];
  /** What was cut off because it cannot be read yet. */
  readonly rest: Chunk | null;
}

export interface DecodeOptions {
  readonly spec: ConsumerSpec;
  readonly codec: Codec;
}

/**
 * Decodes a chunk. A record whose schema cannot be fetched now cuts the chunk before it, so that what is known flows while
 * the registry is away. @throws TransientError when the first record is such a one
 */
export async function decodeChunk(options: DecodeOptions, chunk: Chunk): Promise<DecodedChunk> {
  const decoded: Decoded[] = [];
  for (const raw of chunk.records) {
    try {
      const one = decodeRecord(options, raw);
      decoded.push(one instanceof Promise ? await one : one);
    } catch (error) {
      const last = decoded.at(-1);
      if (last === undefined) throw error;
      return { ...cutAfter(chunk, decoded.length, last.raw.offset + 1n), decoded };
    }
  }
  return { chunk, decoded, rest: null };
}

function cutAfter(chunk: Chunk, count: number, boundary: bigint): { chunk: Chunk; rest: Chunk } {
  return {
    chunk: { ...chunk, records: chunk.records.slice(0, count), next: boundary },
    rest: { ...chunk, records: chunk.records.slice(count), from: boundary },
  };
}

/**
 * Reads one record, at once unless its schema has to be fetched first.
 * @throws TransientError when the schema cannot be fetched now
 */
export function decodeRecord({ codec, spec }: DecodeOptions, raw: RawRecord): Decoded | Promise<Decoded> {
  try {
    if (!raw.key) throw new DataError('key-missing', 'The record has no key');
    const meta = fromHeaders(headersOf(raw));
    const key = raw.key.toString();
    const value = raw.value === null ? null : codec.decode(spec.topic, raw.value);
    if (!(value instanceof Promise)) return { raw, delivery: toDelivery(spec.topic, raw, key, meta, value) };
    return value.then(
      (fetched) => ({ raw, delivery: toDelivery(spec.topic, raw, key, meta, fetched) }),
      (error: unknown) => unreadable(raw, error),
    );
  } catch (error) {
    return unreadable(raw, error);
  }
}

function toDelivery(
  topic: TopicName,
  { partition, offset, timestamp }: RawRecord,
  key: string,
  meta: Delivery<unknown>['meta'],
  value: ValueOf<TopicName> | null,
): Delivery<ValueOf<TopicName>> {
  return { topic, partition, offset, key, value, meta, timestamp: new Date(timestamp) };
}

function unreadable(raw: RawRecord, error: unknown): Decoded {
  const kind = errorKind(error);
  if (kind === 'transient' || kind === 'misconfigured') throw error;
  return { raw, error };
}
