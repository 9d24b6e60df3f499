import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { MisconfiguredError, TransientError } from './errors.ts';
import { acknowledgeHolds, isHeld, releaseHold, rememberTopic, requestHold } from './published-topic.store.ts';
import { readTopic } from './read-topic.ts';
import { takeOver } from './relay-leader.ts';
import { connectRelay, tryRelayLock, type RelayLockOptions } from './relay-lock.ts';
import { topicOffsets, type OffsetBounds } from './topic-offsets.ts';

export interface RepartitionOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  /** Wanted; more than there are. */
  readonly partitions: number;
  /** Every service that publishes the topic, with its database. */
  readonly producers: readonly RelayLockOptions[];
  /** How long to wait for relays and consumers before everything is as it was. */
  readonly patienceMs: number;
  readonly onStep?: (text: string) => void;
}

/** Where each partition ended when its number was raised: a record of a key behind it may stand in another partition. */
export type RaisedAt = ReadonlyMap<number, bigint>;

const POLL_MS = 200;

/**
 * Raises the number of a topic's partitions and keeps the order of every key: its producers hold the topic (events wait in
 * their outboxes, services go on), its consumers read all there is, then partitions are added, then keys are spread over them.
 * When relays or consumers take longer than the patience nothing is changed and the topic is released.
 *
 * Safe to repeat after a crash; it also adopts partitions that somebody added past it.
 * @throws MisconfiguredError when there are more partitions than wanted; TransientError when somebody does not get ready
 */
export async function repartitionTopic(options: RepartitionOptions): Promise<RaisedAt> {
  const { kafka, topic, partitions, producers, onStep = () => undefined } = options;
  const admin = kafka.admin();
  await admin.connect();
  try {
    const current = (await topicOffsets(kafka, topic)).size;
    if (current > partitions)
      throw new MisconfiguredError('partitions-lowered', `${topic} has ${current} partitions; their number only rises`);
    for (const producer of producers) await withDatabase(producer, (sql) => hold(sql, topic, current, partitions));
    onStep(`${producers.map(({ service }) => service).join(', ')} hold ${topic}`);
    try {
      await untilHeld(options);
      await untilDrained(options, admin);
    } catch (error) {
      for (const producer of producers) await withDatabase(producer, (sql) => releaseHold(sql, topic, null));
      throw error;
    }
    onStep('every consumer group has read to the end');
    const raisedAt = new Map([...(await topicOffsets(kafka, topic))].map(([partition, { high }]) => [partition, high]));
    if (current < partitions) await admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] });
    await untilTrue(options, 'the new partitions have no leaders', async () => {
      return (await topicOffsets(kafka, topic)).size === partitions;
    });
    for (const producer of producers) await withDatabase(producer, (sql) => releaseHold(sql, topic, partitions));
    onStep(`keys are spread over ${partitions} partitions`);
    return raisedAt;
  } finally {
    await admin.disconnect();
  }
}

type Sql = Awaited<ReturnType<typeof connectRelay>>;

async function withDatabase<R>(producer: RelayLockOptions, work: (sql: Sql) => Promise<R>): Promise<R> {
  const sql = await connectRelay(producer);
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** A service that has not published the topic yet has to learn of the hold, too. */
async function hold(sql: Sql, topic: string, current: number, partitions: number): Promise<void> {
  await rememberTopic(sql, topic, current);
  await requestHold(sql, topic, `its partitions are raised from ${current} to ${partitions}`);
}

/** Where no relay runs, this is one for a moment: it fences the last one and finishes what that left. */
async function untilHeld(options: RepartitionOptions): Promise<void> {
  const { kafka, topic, producers } = options;
  for (const producer of producers)
    await untilTrue(options, `the relay of ${producer.service} does not hold ${topic}`, async () => {
      if (await withDatabase(producer, (sql) => isHeld(sql, topic))) return true;
      const lock = await tryRelayLock(producer);
      if (lock === null) return false;
      try {
        await (await takeOver({ kafka, service: producer.service, lock })).close();
        await acknowledgeHolds(lock);
        return true;
      } finally {
        await lock.release();
      }
    });
}

async function untilDrained(options: RepartitionOptions, admin: Admin): Promise<void> {
  const { kafka, topic } = options;
  let behind: string[] = [];
  await untilTrue(
    options,
    () => `not read to the end: ${behind.join(', ')}`,
    async () => {
      behind = await groupsBehind(kafka, admin, topic);
      return behind.length === 0;
    },
  );
}

/** Groups that have committed an offset of the topic and not read all of it. */
async function groupsBehind(kafka: Kafka, admin: Admin, topic: string): Promise<string[]> {
  const { groups } = await admin.listGroups();
  const bounds = await topicOffsets(kafka, topic);
  const behind: string[] = [];
  for (const { groupId } of groups) {
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const unread = (committed?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0);
    for (const { partition, offset } of unread)
      if (await hasRecords(kafka, topic, partition, BigInt(offset), bounds.get(partition)))
        behind.push(`${groupId} on partition ${partition}`);
  }
  return behind;
}

/** Markers of transactions at the end of a log are no records. */
async function hasRecords(
  kafka: Kafka,
  topic: string,
  partition: number,
  from: bigint,
  bounds: OffsetBounds | undefined,
): Promise<boolean> {
  if (bounds === undefined || from >= bounds.high) return false;
  if (bounds.high - from > MOST_MARKERS) return true;
  let found = false;
  await readTopic(kafka, topic, [{ partition, from, to: bounds.high }], () => (found = true));
  return found;
}

/** A longer rest is taken for records without looking. */
const MOST_MARKERS = 1_000n;

async function untilTrue(
  { patienceMs }: RepartitionOptions,
  otherwise: string | (() => string),
  check: () => Promise<boolean>,
): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await check()); await delay(POLL_MS))
    if (Date.now() > deadline)
      throw new TransientError('repartition-refused', typeof otherwise === 'string' ? otherwise : otherwise());
}
