import { randomBytes } from 'node:crypto';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { eventually } from './eventually.ts';
import { stack } from './stack.ts';

export interface TopicOptions {
  /** Default 1. */
  readonly partitions?: number;
  /** Default: the broker's (1 on a single broker). */
  readonly replicationFactor?: number;
  /** For example { 'cleanup.policy': 'compact' }. */
  readonly config?: Readonly<Record<string, string>>;
  /** Default: those of the run's stack. */
  readonly brokers?: readonly string[];
}

/** A topic name that no other test uses. */
export function randomTopic(prefix = 'test'): string {
  return `${prefix}.${randomBytes(6).toString('hex')}`;
}

/** Creates a topic and waits for its leaders; returns its name. */
export async function createTopic(topic: string = randomTopic(), options: TopicOptions = {}): Promise<string> {
  const brokers = [...(options.brokers ?? stack().brokers)];
  const admin = new Kafka({ brokers, clientId: 'tieout-testing', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const configEntries = Object.entries(options.config ?? {}).map(([name, value]) => ({ name, value }));
    const { partitions = 1, replicationFactor = -1 } = options;
    const definition = { topic, numPartitions: partitions, replicationFactor, configEntries };
    await admin.createTopics({ waitForLeaders: false, topics: [definition] });
    // kafkajs' own wait fails when the broker it asks has not heard of the topic yet.
    await eventually(() => hasLeaders(admin, topic), { describe: `${topic} to have leaders` });
  } finally {
    await admin.disconnect();
  }
  return topic;
}

async function hasLeaders(admin: Admin, topic: string): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0));
  } catch {
    return false;
  }
}
