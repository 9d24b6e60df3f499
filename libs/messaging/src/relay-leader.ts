import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ITopicMetadata, Kafka, Producer, Transaction } from 'kafkajs';
import { MisconfiguredError, TransientError } from './errors.ts';
import { protocolErrorType } from './kafka.ts';
import { deleteEvents, type OutboxRow } from './outbox.store.ts';
import { readTopic } from './read-topic.ts';
import type { RelayLock } from './relay-lock.ts';
import { decodeMark, encodeMark, MARK_KEY, markTopic, TAKE_OVER_KEY } from './relay-mark.ts';
import { placeRows, placesOf, unprovenReason, type PlacedBatch } from './verified-send.ts';

/** Bounds how long a dead leader's open transaction holds read_committed subscribers back. */
const TRANSACTION_TIMEOUT_MS = 10_000;
/** First window of the mark topic read backwards from the take-over record; doubled until a mark is found. */
const FIRST_WINDOW = 64n;
const CONCURRENT_WAIT_MS = 3;

export interface LeaderOptions {
  readonly kafka: Kafka;
  readonly service: string;
  readonly lock: RelayLock;
}

/** The one publisher of a service's outbox until its first error; then it is thrown away and a new one takes over. */
export interface RelayLeader {
  /** Publishes the rows with their mark in one Kafka transaction, then deletes them. Any throw means: take over. */
  publish(rows: readonly OutboxRow[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Take-over (docs/decisions/0002): with the lock held, a *new* producer's first transaction fences the old one, the mark
 * topic is read to that transaction, and the rows of the last committed batch are deleted. Only then is anything published.
 */
export async function takeOver({ kafka, service, lock }: LeaderOptions): Promise<RelayLeader> {
  // No retries: kafkajs repeats a send while requests of the first try are still under way to other brokers, and what they
  // append is then appended twice, under sequence numbers of their own (relay-brokers.e2e.spec.ts). `idempotent` would
  // insist on retries; a transactional producer is idempotent without it.
  const producer = kafka.producer({
    transactionalId: `tieout.${service}.outbox`,
    retry: { retries: 0 },
    maxInFlightRequests: 1,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
    allowAutoTopicCreation: false,
  });
  const topic = markTopic(service);
  try {
    await producer.connect();
    const takeOverOffset = await fence(producer, topic);
    const published = await lastMark(kafka, service, topic, takeOverOffset);
    await deleteEvents(lock, published);
    return leader(kafka, producer, lock, topic);
  } catch (error) {
    await producer.disconnect().catch(() => undefined);
    throw error;
  }
}

/** `connect()` alone does not fence: only the producer's first transaction raises the epoch. */
async function fence(producer: Producer, topic: string): Promise<bigint> {
  const transaction = await producer.transaction();
  const offset = await openTransaction(transaction, { topic, key: TAKE_OVER_KEY, value: randomUUID() }, new Map());
  await transaction.commit();
  return offset;
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

function leader(kafka: Kafka, producer: Producer, lock: RelayLock, topic: string): RelayLeader {
  const lastOffsets = new Map<string, bigint>();
  const metadata = new Map<string, ITopicMetadata>();
  return {
    async publish(rows) {
      await loadMetadata(kafka, metadata, rows);
      const value = encodeMark(rows.map((row) => row.eventId));
      const transaction = await producer.transaction();
      const markOffset = await openTransaction(transaction, { topic, key: MARK_KEY, value }, lastOffsets);
      const offsets = await sendVerified(transaction, placeRows(rows, metadata), lastOffsets);
      await transaction.commit();
      for (const [place, offset] of offsets) lastOffsets.set(place, offset);
      lastOffsets.set(`${topic}/0`, markOffset);
      await deleteEvents(
        lock,
        rows.map((row) => row.eventId),
      );
    },
    close: () => producer.disconnect(),
  };
}

/**
 * The first record of a transaction goes alone, to one partition: until the coordinator has finished the transaction before,
 * it answers CONCURRENT_TRANSACTIONS, and only a send that cannot have appended anything elsewhere may be repeated.
 */
async function openTransaction(
  transaction: Transaction,
  { topic, key, value }: { readonly topic: string; readonly key: string; readonly value: Buffer | string },
  lastOffsets: ReadonlyMap<string, bigint>,
): Promise<bigint> {
  const batch: PlacedBatch = { topic, messages: [{ key, value, partition: 0 }] };
  const deadline = Date.now() + TRANSACTION_TIMEOUT_MS;
  for (;;) {
    try {
      const offsets = await sendVerified(transaction, [batch], lastOffsets);
      return offsets.get(`${topic}/0`) ?? 0n;
    } catch (error) {
      if (protocolErrorType(error) !== 'CONCURRENT_TRANSACTIONS' || Date.now() > deadline) throw error;
      await delay(CONCURRENT_WAIT_MS);
    }
  }
}

/** Sends once, waits for the answer, and returns the offset of every (topic, partition) that it proves. */
async function sendVerified(
  transaction: Transaction,
  batches: PlacedBatch[],
  lastOffsets: ReadonlyMap<string, bigint>,
): Promise<Map<string, bigint>> {
  const answer = await transaction.sendBatch({ acks: -1, topicMessages: batches });
  const unproven = unprovenReason(batches, answer, lastOffsets);
  if (unproven) throw new TransientError('send-unproven', `The send is not proven: ${unproven}`);
  const places = placesOf(batches);
  const proven = answer.map((e) => [`${e.topicName}/${e.partition}`, BigInt(e.baseOffset ?? -1)] as const);
  return new Map(proven.filter(([place]) => places.has(place)));
}

/** Partition counts are read once per leader and topic: a raised count shows after the next take-over. */
async function loadMetadata(
  kafka: Kafka,
  known: Map<string, ITopicMetadata>,
  rows: readonly OutboxRow[],
): Promise<void> {
  const missing = [...new Set(rows.map((row) => row.topic))].filter((topic) => !known.has(topic));
  if (missing.length === 0) return;
  const admin = kafka.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: missing });
    for (const topic of topics) known.set(topic.name, topic);
  } catch (error) {
    if (protocolErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    throw new MisconfiguredError(
      'topic-missing',
      `One of the topics ${missing.join(', ')} does not exist: apply the contracts`,
    );
  } finally {
    await admin.disconnect();
  }
}
