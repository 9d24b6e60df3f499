import type { TopicName } from '@tieout/canonical';
import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Codec } from './codec.ts';
import {
  startConsumerLoop,
  type ConsumerLoop,
  type ConsumerLoopOptions,
  type ConsumerTiming,
} from './consumer-loop.ts';
import type { ConsumerSpec } from './consumer-spec.ts';
import type { ConsumerStatus } from './consumer-status.ts';
import type { Exceptions } from './exceptions/exceptions.ts';
import { createMessagingMetrics, type MessagingMetrics } from './messaging-metrics.ts';
import { setLocalRelay } from './outbox-wake.ts';
import type { Outbox } from './outbox.ts';
import { redriveTask } from './redrive-task.ts';
import { raiseRefused } from './refused-cases.ts';
import { DEFAULT_RETENTION, startRetention, type Retention, type RetentionDays } from './retention.ts';
import { livePosition } from './replay/live-position.store.ts';
import { Replays } from './replay/replays.ts';
import { recoverRevisions } from './revision-recovery.ts';
import { startRelay, type Relay, type RelayStatus } from './relay.ts';

export interface MessagingOptions {
  readonly service: string;
  readonly kafka: Kafka;
  readonly dataSource: DataSource;
  /** Direct connection for the relay's lock; never through a transaction-pooling proxy. */
  readonly databaseUrl: string;
  readonly schema: string;
  readonly codec: Codec;
  readonly outbox: Outbox;
  /** Where an event that the broker refuses becomes a case; without it only metrics and the API tell of it. */
  readonly exceptions?: Exceptions;
  readonly logger: Logger;
  readonly registry: Registry;
  /** A topic's name on the broker; differs from the contract's only where a copy is read. Give the same to the Outbox. */
  readonly brokerTopic?: (topic: TopicName) => string;
  /** How long rows that are over are kept. */
  readonly retention?: RetentionDays;
  /** Timers of the consumers; what is left out is as in production. */
  readonly timing?: Partial<ConsumerTiming>;
  /** Most records that a handler gets at once. */
  readonly maxChunk?: number;
  /** Schema of the live service, when this one builds its state beside it; the outbox must be muted. */
  readonly beside?: string;
}

export interface MessagingStatus {
  readonly relay: RelayStatus;
  readonly consumers: readonly ConsumerStatus[];
}

/** Consumers and relay of one service process. */
export class MessagingRuntime {
  readonly #options: MessagingOptions;
  readonly #metrics: MessagingMetrics;
  readonly replays: Replays;
  #consumers: ConsumerLoop[] = [];
  #relay: Relay | null = null;
  #consumed: ReadonlyMap<string, TopicName> = new Map();
  #retention: Retention | null = null;

  constructor(options: MessagingOptions) {
    this.#options = options;
    this.replays = new Replays({ ...options, owner: `${options.service} ${process.pid}` });
    this.#metrics = createMessagingMetrics({
      registry: options.registry,
      dataSource: options.dataSource,
      consumers: () => this.#consumers.map((consumer) => consumer.status()),
      relay: () => this.status().relay,
    });
  }

  /** Revisions first: an empty or restored database would give some again that are taken. */
  async startRelay(): Promise<void> {
    const { logger } = this.#options;
    const restored = await recoverRevisions(this.#options);
    if (restored > 0) logger.warn({ restored }, 'revisions were read back: the topics were ahead of the database');
    this.#relay = startRelay({
      ...this.#options,
      connectionString: this.#options.databaseUrl,
      onPublished: (rows) => countTopics(rows).forEach((count, topic) => this.#metrics.published.inc({ topic }, count)),
      onTakeOver: () => {
        this.#metrics.takeOvers.inc();
        void this.#raiseRefused();
      },
      onError: () => this.#metrics.relayErrors.inc(),
    });
    setLocalRelay(this.#options.dataSource, () => this.#relay?.wake() ?? false);
    this.#retention = startRetention({ ...this.#options, days: this.#options.retention ?? DEFAULT_RETENTION });
  }

  /** A refusal ends a leader, so its case is opened when the next one takes over, also after a crash in between. */
  async #raiseRefused(): Promise<void> {
    const { dataSource, exceptions, logger } = this.#options;
    if (!exceptions) return;
    const warn = (error: unknown): void => logger.warn({ err: error }, 'refused events did not become exceptions');
    await raiseRefused(dataSource, exceptions).catch(warn);
  }

  async startConsumers(specs: readonly ConsumerSpec[]): Promise<void> {
    const clusterId = await clusterIdOf(this.#options.kafka);
    const partitionTasks = [
      redriveTask({
        logger: this.#options.logger,
        onResults: (topic, results) => results.forEach((result) => this.#metrics.redrives.inc({ topic, result })),
      }),
    ];
    this.#consumed = new Map(specs.map(({ topic }) => [groupOf(this.#options.service, topic), topic]));
    const consumers = specs.map((spec) => ({
      spec,
      kafkaTopic: this.#options.brokerTopic?.(spec.topic) ?? spec.topic,
      group: groupOf(this.#options.service, spec.topic),
    }));
    this.#consumers = consumers.map((consumer) =>
      startConsumerLoop({
        ...this.#options,
        ...consumer,
        ...besideLive(this.#options, consumer),
        clusterId,
        partitionTasks,
        onOutcomes: (topic, counts) => {
          for (const [outcome, count] of Object.entries(counts)) this.#metrics.processed.inc({ topic, outcome }, count);
        },
      }),
    );
    this.replays.start(consumers, clusterId);
  }

  /** Topic of the contract by consumer group, of every consumer of this service. */
  consumed(): ReadonlyMap<string, TopicName> {
    return this.#consumed;
  }

  async stopConsumers(): Promise<void> {
    await Promise.all([this.replays.stop(), ...this.#consumers.map((consumer) => consumer.stop())]);
  }

  async stopRelay(): Promise<void> {
    await Promise.all([this.#relay?.stop(), this.#retention?.stop()]);
  }

  status(): MessagingStatus {
    return {
      relay: this.#relay?.state() ?? { state: 'stopped', lastError: null, unplanned: [] },
      consumers: this.#consumers.map((consumer) => consumer.status()),
    };
  }
}

const groupOf = (service: string, topic: TopicName): string => `${service}.${topic}`;

function countTopics(rows: readonly { readonly topic: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { topic } of rows) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return counts;
}

/**
 * A service that builds its state beside the live one joins a group of its own, keeps positions under the live group's name, so
 * that its schema can take the live one's place, and never passes the live one: what that has not consumed yet is still
 * to be told of, by whoever consumes it then.
 */
function besideLive(
  { beside, schema, dataSource }: MessagingOptions,
  { group, kafkaTopic }: { readonly group: string; readonly kafkaTopic: string },
): Pick<ConsumerLoopOptions, 'kafkaGroup' | 'bound'> {
  if (beside === undefined) return {};
  return {
    kafkaGroup: `${group}.beside.${schema}`,
    bound: (partition) => livePosition(dataSource.manager, beside, { group, topic: kafkaTopic, partition }),
  };
}

async function clusterIdOf(kafka: Kafka): Promise<string> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return (await admin.describeCluster()).clusterId;
  } finally {
    await admin.disconnect();
  }
}
