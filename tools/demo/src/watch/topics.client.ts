import { TOPICS, TOPIC_NAMES, type TopicName } from '@tieout/canonical';
import { createKafka, readTopic, wholeTopic, type PartitionRange } from '@tieout/messaging';
import type { Kafka } from 'kafkajs';
import { pino } from 'pino';
import { NoAnswer } from './http.client.ts';

export interface TopicSummary {
  readonly topic: TopicName;
  readonly kind: 'state' | 'fact';
  readonly partitions: number;
  /** Committed records that were read: all of them unless `partial`. */
  readonly records: number;
  /** Different keys among them. */
  readonly keys: number;
  /** When the newest of them was published; null for an empty topic. */
  readonly newestAt: string | null;
  /** Only the newest part of each partition was read, because there is more than asked for. */
  readonly partial: boolean;
}

/** Readers at a time: each is a consumer of its own. */
const READERS = 5;

/** The same with a client of its own. @throws NoAnswer when the brokers cannot be reached */
export async function topicSummaries(brokers: readonly string[], limit: number): Promise<TopicSummary[]> {
  const kafka = createKafka({ clientId: 'tieout-watch', brokers: [...brokers] }, pino({ level: 'silent' }));
  try {
    return await readTopicSummaries(kafka, limit);
  } catch (error) {
    throw new NoAnswer(`Kafka at ${brokers.join(', ')} does not answer (${(error as Error).message})`, null, {
      cause: error,
    });
  }
}

/** Reads every topic of the contracts, the newest `limit` records of each at most, as any `read_committed` subscriber would. */
export async function readTopicSummaries(
  kafka: Kafka,
  limit: number,
  topics: readonly TopicName[] = TOPIC_NAMES,
): Promise<TopicSummary[]> {
  const found = new Map<TopicName, TopicSummary>();
  const queue = [...topics];
  const reader = async (): Promise<void> => {
    for (let topic = queue.shift(); topic !== undefined; topic = queue.shift())
      found.set(topic, { topic, kind: TOPICS[topic].kind, ...(await readSummary(kafka, topic, limit)) });
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return topics.flatMap((topic) => found.get(topic) ?? []);
}

/** The newest `limit` records of one topic at most, counted. */
export async function readSummary(
  kafka: Kafka,
  topic: string,
  limit: number,
): Promise<Omit<TopicSummary, 'topic' | 'kind'>> {
  const whole = await wholeTopic(kafka, topic);
  const ranges = newest(whole, limit);
  const keys = new Set<string>();
  let [records, newestAt] = [0, 0];
  await readTopic(kafka, topic, ranges, ({ key, timestamp }) => {
    records += 1;
    if (key !== null) keys.add(key.toString('base64'));
    newestAt = Math.max(newestAt, Number(timestamp));
  });
  return {
    partitions: whole.length,
    records,
    keys: keys.size,
    newestAt: newestAt === 0 ? null : new Date(newestAt).toISOString(),
    partial: ranges.some((range, n) => range.from > whole[n]!.from),
  };
}

/** The same share of every partition, so that no more than `limit` offsets are read; at least one of each. */
export function newest(ranges: readonly PartitionRange[], limit: number): PartitionRange[] {
  const span = ranges.reduce((sum, { from, to }) => sum + (to - from), 0n);
  if (span <= BigInt(limit)) return [...ranges];
  return ranges.map(({ partition, from, to }) => {
    const share = ((to - from) * BigInt(limit)) / span;
    const length = share === 0n && to > from ? 1n : share;
    return { partition, from: to - length, to };
  });
}
