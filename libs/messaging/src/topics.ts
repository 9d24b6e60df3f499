import { setTimeout as delay } from 'node:timers/promises';
import { PRODUCING_SERVICES, TOPIC_NAMES, TOPICS } from '@tieout/canonical';
import kafkajs, { type Admin } from 'kafkajs';
import { MisconfiguredError, TransientError } from './errors.ts';
import { markTopic } from './relay-mark.ts';

/** A topic as it should be; `config` is the topic's own configuration, the rest stays at the broker's defaults. */
export interface DesiredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** One step towards the desired topics. */
export type TopicChange =
  | { readonly kind: 'create-topic'; readonly topic: DesiredTopic }
  | { readonly kind: 'configure-topic'; readonly topic: DesiredTopic; readonly changes: readonly ConfigChange[] };

export interface ConfigChange {
  readonly name: string;
  readonly from: string | null;
  readonly to: string;
}

/** Topics of the contracts, and one mark topic for each service that publishes. */
export function contractTopics(): readonly DesiredTopic[] {
  const marks = PRODUCING_SERVICES.map((service) => ({
    name: markTopic(service),
    partitions: 1,
    config: { 'cleanup.policy': 'compact' },
  }));
  return [
    ...TOPIC_NAMES.map((name) => ({ name, partitions: TOPICS[name].partitions, config: TOPICS[name].config })),
    ...marks,
  ];
}

/**
 * What has to change; empty when nothing.
 * @throws MisconfiguredError `partitions-differ`: with another count a key moves to another partition, its order and its
 *   compaction break. A higher one is brought about by `repartitionTopic`.
 */
export async function planTopics(admin: Admin, desired: readonly DesiredTopic[]): Promise<readonly TopicChange[]> {
  const existing = new Set(await admin.listTopics());
  const present = desired.filter(({ name }) => existing.has(name));
  const missing = desired.filter(({ name }) => !existing.has(name));
  await refuseOtherPartitionCounts(admin, present);
  const floor = await durability(admin);
  const current = await readConfigs(admin, present);
  return [
    ...missing.map((topic) => ({ kind: 'create-topic' as const, topic })),
    ...present
      .map((topic) => ({
        kind: 'configure-topic' as const,
        topic,
        changes: configChanges({ ...floor.config, ...topic.config }, current.get(topic.name)),
      }))
      .filter(({ changes }) => changes.length > 0),
  ];
}

/** Carries a plan out. Safe to repeat. */
export async function applyTopics(admin: Admin, plan: readonly TopicChange[]): Promise<void> {
  const { replicas, config } = await durability(admin);
  const created = plan.filter((change) => change.kind === 'create-topic').map(({ topic }) => topic);
  const configured = plan.filter((change) => change.kind === 'configure-topic');
  if (created.length > 0)
    await admin.createTopics({
      waitForLeaders: false,
      topics: created.map((topic) => ({
        topic: topic.name,
        numPartitions: topic.partitions,
        replicationFactor: replicas,
        configEntries: entries({ ...config, ...topic.config }),
      })),
    });
  await untilLeadersAreKnown(
    admin,
    created.map(({ name }) => name),
  );
  if (configured.length > 0) await configure(admin, configured);
}

const LEADER_TIMEOUT_MS = 30_000;

/** kafkajs' own wait gives up when the broker that it asks has not heard of the topic yet. */
async function untilLeadersAreKnown(admin: Admin, topics: readonly string[]): Promise<void> {
  for (const deadline = Date.now() + LEADER_TIMEOUT_MS; !(await haveLeaders(admin, topics)); await delay(50))
    if (Date.now() > deadline)
      throw new TransientError(
        'topic-leaderless',
        `One of ${topics.join(', ')} has no leader after ${LEADER_TIMEOUT_MS} ms`,
      );
}

async function haveLeaders(admin: Admin, topics: readonly string[]): Promise<boolean> {
  if (topics.length === 0) return true;
  try {
    const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
    return metadata.topics.every(
      ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
    );
  } catch {
    return false;
  }
}

/** Three replicas where there are three brokers; then a write counts only when two have it. */
async function durability(admin: Admin): Promise<{ replicas: number; config: Readonly<Record<string, string>> }> {
  const { brokers } = await admin.describeCluster();
  const replicas = Math.min(3, brokers.length);
  return { replicas, config: { 'min.insync.replicas': replicas === 3 ? '2' : '1' } };
}

async function refuseOtherPartitionCounts(admin: Admin, topics: readonly DesiredTopic[]): Promise<void> {
  if (topics.length === 0) return;
  const metadata = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
  const counts = new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
  const differing = topics.filter(({ name, partitions }) => counts.get(name) !== partitions);
  if (differing.length === 0) return;
  const list = differing.map(
    ({ name, partitions }) => `${name} has ${String(counts.get(name))} partitions, its contract says ${partitions}`,
  );
  throw new MisconfiguredError(
    'partitions-differ',
    `${list.join('; ')}. Keys would move: see docs/how-to/raise-partitions.md`,
  );
}

interface CurrentConfig {
  /** Effective values. */
  readonly values: ReadonlyMap<string, string>;
  /** Names set on the topic itself. */
  readonly own: ReadonlySet<string>;
}

/** Kafka's DescribeConfigs code for "set on this topic". */
const DYNAMIC_TOPIC_CONFIG = 1;

async function readConfigs(admin: Admin, topics: readonly DesiredTopic[]): Promise<ReadonlyMap<string, CurrentConfig>> {
  if (topics.length === 0) return new Map();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map(({ name }) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      {
        values: new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
        own: new Set(
          configEntries
            .filter(({ configSource }) => (configSource as number) === DYNAMIC_TOPIC_CONFIG)
            .map(({ configName }) => configName),
        ),
      },
    ]),
  );
}

function configChanges(
  desired: Readonly<Record<string, string>>,
  current: CurrentConfig | undefined,
): readonly ConfigChange[] {
  return Object.entries(desired)
    .map(([name, to]) => ({ name, from: current?.values.get(name) ?? null, to }))
    .filter(({ from, to }) => from !== to);
}

/** AlterConfigs replaces the topic's whole configuration, so what operations set beside the contract is sent along. */
async function configure(
  admin: Admin,
  changes: readonly Extract<TopicChange, { kind: 'configure-topic' }>[],
): Promise<void> {
  const current = await readConfigs(
    admin,
    changes.map(({ topic }) => topic),
  );
  const resources = changes.map(({ topic, changes: wanted }) => {
    const { own, values } = current.get(topic.name) ?? { own: new Set<string>(), values: new Map<string, string>() };
    const kept = Object.fromEntries([...own].map((name) => [name, values.get(name) ?? '']));
    const config = { ...kept, ...topic.config, ...Object.fromEntries(wanted.map(({ name, to }) => [name, to])) };
    return { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic.name, configEntries: entries(config) };
  });
  await admin.alterConfigs({ validateOnly: false, resources });
}

function entries(config: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(config).map(([name, value]) => ({ name, value }));
}
