import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPIC_NAMES, TOPIC_SCHEMAS } from '@tieout/canonical';
import {
  connectRegistry,
  createCodec,
  createKafka,
  registerSchema,
  schemaFingerprint,
  type Codec,
  type IdBundle,
} from '@tieout/messaging';
import { startStack, type RunningStack } from '@tieout/stack';
import { eventually } from '@tieout/testing/programs';
import type { Admin, Kafka } from 'kafkajs';
import { pino } from 'pino';
import { startOutsider, type Outsider } from './outsider/outsider.ts';

/** A stack with what every scenario on it shares: the schemas' ids, an administrator, and the outside client. */
export interface Lab {
  readonly stack: RunningStack;
  readonly brokers: readonly string[];
  readonly bundle: IdBundle;
  /** The bundle as a file, for the subjects. */
  readonly bundleFile: string;
  readonly codec: Codec;
  /** Of an observer: never the one under test. */
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly outsider: Outsider;
  /** Creates a topic and waits for its leaders. */
  createTopic(topic: string, options?: TopicOptions): Promise<void>;
  close(): Promise<void>;
}

export interface TopicOptions {
  readonly partitions?: number;
  readonly replicas?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** Registers every schema on a new registry, in one order: a registry that has lost its memory gets the same ids again. */
export async function registerAll(registryUrl: string): Promise<IdBundle> {
  const schemas: IdBundle['schemas'] = [];
  for (const topic of TOPIC_NAMES) {
    const schema = TOPIC_SCHEMAS[topic];
    const id = await registerSchema({ url: registryUrl }, `${topic}-value`, schema);
    schemas.push({ topic, version: 1, id, fingerprint: schemaFingerprint(schema), schema });
  }
  return { schemas };
}

export async function openLab(brokerCount: number, progress: (message: string) => void): Promise<Lab> {
  const stack = await startStack({
    parts: ['kafka', 'registry', 'postgres'],
    brokers: brokerCount,
    onProgress: progress,
  });
  const folder = mkdtempSync(join(tmpdir(), 'tieout-faults-'));
  try {
    const { brokers } = stack;
    const [bundle, outsider] = await Promise.all([
      registerAll(stack.registryUrl),
      startOutsider(stack.kafkaJars, brokers),
    ]);
    const bundleFile = join(folder, 'bundle.json');
    writeFileSync(bundleFile, JSON.stringify(bundle));
    const kafka = createKafka({ clientId: 'faults', brokers: [...brokers] }, pino({ level: 'silent' }));
    const admin = kafka.admin({ retry: { retries: 20 } });
    await admin.connect();
    return {
      ...{ stack, brokers, bundle, bundleFile, kafka, admin, outsider },
      codec: createCodec({ bundle, registry: connectRegistry({ url: stack.registryUrl }) }),
      createTopic: (topic, options) => createTopic(admin, topic, options),
      async close() {
        await admin.disconnect().catch(() => undefined);
        await outsider.close();
        rmSync(folder, { recursive: true, force: true });
        await stack.stop();
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    await stack.stop();
    throw error;
  }
}

/** A part of a name that no other run has. */
export function unique(): string {
  return randomBytes(4).toString('hex');
}

async function createTopic(
  admin: Admin,
  topic: string,
  { partitions = 1, replicas = -1, config = {} }: TopicOptions = {},
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  const definition = { topic, numPartitions: partitions, replicationFactor: replicas, configEntries };
  await admin.createTopics({ waitForLeaders: false, topics: [definition] });
  await eventually(() => hasLeaders(admin, topic), { describe: `${topic} to have leaders` });
}

async function hasLeaders(admin: Admin, topic: string): Promise<boolean> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0));
}
