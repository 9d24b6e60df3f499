import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
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
    await admin.createTopics({ waitForLeaders: true, topics: [definition] });
  } finally {
    await admin.disconnect();
  }
  return topic;
}
