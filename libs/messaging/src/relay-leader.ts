import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { MisconfiguredError } from './errors.ts';
import { deleteEvents, type OutboxRow, type Published } from './outbox.store.ts';
import { publishedTopics, rememberTopic, type PublishedTopic } from './published-topic.store.ts';
import { readTopic } from './read-topic.ts';
import { encodeHeaders } from './record-headers.ts';
import type { RelayLock } from './relay-lock.ts';
import { decodeMark, encodeMark, MARK_KEY, markTopic, TAKE_OVER_KEY } from './relay-mark.ts';
import { openTransactionalWriter, type TransactionalWriter } from './transactional-writer.ts';
import { placeOf, placeRows, type PlacedBatch, type PlacedRows } from './verified-send.ts';

/** Bounds how long a dead leader's open transaction holds read_committed subscribers back. */
const TRANSACTION_TIMEOUT_MS = 10_000;
/** First window of the mark topic read backwards from the take-over record; doubled until a mark is found. */
const FIRST_WINDOW = 64n;
const PARTITIONS_CHECKED_MS = 5_000;
const NO_HEADERS = encodeHeaders({});

export interface LeaderOptions {
  readonly kafka: Kafka;
  readonly service: string;
  readonly lock: RelayLock;
}

/** The one publisher of a service's outbox until its first error; then it is thrown away and a new one takes over. */
export interface RelayLeader {
  /** The rows that make the next transaction, at most `maxBytes` for a partition. */
  prepare(rows: readonly OutboxRow[], maxBytes: number): Promise<PlacedRows>;
  /**
   * Publishes the rows with their mark in one Kafka transaction and answers what has to be settled before the next one is
   * committed: `settled`, of the batch before. Each row once, in the order given per key. Any throw means: outcome unknown,
   * take over.
   */
  publish(prepared: PlacedRows, settled: Promise<unknown>): Promise<Published>;
  /** Topics that have more partitions than their keys are spread over. Asks the broker every few seconds at most. */
  unplannedTopics(): Promise<readonly string[]>;
  /** What is known of these topics is read again before their next event. */
  forget(topics: readonly string[]): void;
  close(): Promise<void>;
}

/**
 * Take-over (docs/decisions/0002): with the lock held, a *new* writer fences the old one, its first transaction writes a
 * take-over record, the mark topic is read to that record, and the rows of the last committed batch are deleted. Only then
 * is anything published. Blocks until the broker has ended what the old writer left open, at most about 10 s.
 */
export async function takeOver({ kafka, service, lock }: LeaderOptions): Promise<RelayLeader> {
  const topic = markTopic(service);
  const transactionalId = `tieout.${service}.outbox`;
  const writer = await openTransactionalWriter({ kafka, transactionalId, timeoutMs: TRANSACTION_TIMEOUT_MS, topic });
  try {
    const offsets = await writer.write([markBatch(topic, TAKE_OVER_KEY, Buffer.from(randomUUID()))]);
    const takeOverOffset = offsets.get(placeOf({ topic, partition: 0 })) ?? 0n;
    await deleteEvents(lock, await lastMark(kafka, service, topic, takeOverOffset));
    const topics = await publishedTopics(lock);
    // A held topic may get more partitions while we lead: it is read anew when it is released and has an event.
    for (const { topic: held, hold } of topics.values()) if (hold !== null) topics.delete(held);
    return leader(writer, lock, topic, topics);
  } catch (error) {
    await writer.close().catch(() => undefined);
    throw error;
  }
}

async function lastMark(kafka: Kafka, service: string, topic: string, takeOverOffset: bigint): Promise<string[]> {
  for (let window = FIRST_WINDOW; ; window *= 2n) {
    const from = takeOverOffset > window ? takeOverOffset - window : 0n;
    let mark: Buffer | null = null;
    await readTopic(
      kafka,
      topic,
      [{ partition: 0, from, to: takeOverOffset + 1n }],
      (record) => {
        if (record.key?.toString() === MARK_KEY) mark = record.value;
      },
      { groupPrefix: `tieout.${service}.outbox-mark.` },
    );
    if (mark !== null) return decodeMark(mark);
    if (from === 0n) return [];
  }
}

function leader(
  writer: TransactionalWriter,
  lock: RelayLock,
  marks: string,
  topics: Map<string, PublishedTopic>,
): RelayLeader {
  return {
    async prepare(rows, maxBytes) {
      for (const topic of new Set(rows.map((row) => row.topic)))
        if (!topics.has(topic)) topics.set(topic, await firstUse(writer, lock, topic));
      return placeRows(rows, topics, maxBytes);
    },
    async publish({ rows, batches }, settled) {
      const mark = encodeMark(rows.map((row) => row.eventId));
      const written = await writer.write([markBatch(marks, MARK_KEY, mark), ...batches], settled);
      return { ids: rows.map((row) => row.id), offsets: advance(topics, batches, written) };
    },
    unplannedTopics: partitionWatch(writer, topics),
    forget: (held) => held.forEach((topic) => topics.delete(topic)),
    close: () => writer.close(),
  };
}

/**
 * A raised count changes nothing by itself: keys stay where the remembered count puts them, so their order holds; it is
 * only reported. With fewer partitions than remembered the topic is another one, and nothing may be published.
 */
function partitionWatch(
  writer: TransactionalWriter,
  topics: ReadonlyMap<string, PublishedTopic>,
): () => Promise<readonly string[]> {
  let checkedAt = 0;
  let unplanned: readonly string[] = [];
  return async () => {
    if (Date.now() - checkedAt < PARTITIONS_CHECKED_MS || topics.size === 0) return unplanned;
    checkedAt = Date.now();
    const counts = await writer.partitionCounts([...topics.keys()]);
    const differing = [...topics.values()].filter(({ topic, nextOffsets }) => counts.get(topic) !== nextOffsets.length);
    const lost = differing.find(({ topic, nextOffsets }) => (counts.get(topic) ?? 0) < nextOffsets.length);
    if (lost)
      throw new MisconfiguredError(
        'partitions-lost',
        `${lost.topic} has ${counts.get(lost.topic) ?? 0} partitions, its keys are spread over ${lost.nextOffsets.length}`,
      );
    unplanned = differing.map(({ topic }) => topic);
    return unplanned;
  };
}

async function firstUse(writer: TransactionalWriter, lock: RelayLock, topic: string): Promise<PublishedTopic> {
  const partitions = (await writer.partitionCounts([topic])).get(topic) ?? 0;
  await rememberTopic(lock, topic, partitions);
  const known = (await publishedTopics(lock)).get(topic);
  if (known === undefined) throw new MisconfiguredError('topic-unknown', `${topic} was not remembered`);
  return known;
}

/** Behind the last record of a partition stands the marker of its transaction, so our next one cannot be at the next offset. */
function advance(
  topics: Map<string, PublishedTopic>,
  batches: readonly PlacedBatch[],
  written: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, readonly bigint[]> {
  for (const batch of batches) {
    const topic = topics.get(batch.topic);
    const first = written.get(placeOf(batch));
    if (topic === undefined || first === undefined)
      throw new MisconfiguredError('place-unknown', `${placeOf(batch)} was published without being known`);
    const next = first + BigInt(batch.records.length) + 1n;
    topics.set(batch.topic, { ...topic, nextOffsets: topic.nextOffsets.with(batch.partition, next) });
  }
  return new Map(batches.map(({ topic }) => [topic, topics.get(topic)?.nextOffsets ?? []]));
}

function markBatch(topic: string, key: string, value: Buffer): PlacedBatch {
  return { topic, partition: 0, records: [{ key: Buffer.from(key), value, headers: NO_HEADERS }] };
}
