import type { Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Codec } from './codec.ts';
import { startConsumerLoop, type ConsumerLoop, type ConsumerStatus } from './consumer-loop.ts';
import type { ConsumerSpec } from './consumer-spec.ts';
import { createMessagingMetrics, type MessagingMetrics } from './messaging-metrics.ts';
import type { Outbox } from './outbox.ts';
import { recoverRevisions } from './revision-recovery.ts';
import { startRelay, type Relay, type RelayState } from './relay.ts';

export interface MessagingOptions {
  readonly service: string;
  readonly kafka: Kafka;
  readonly dataSource: DataSource;
  /** Direct connection for the relay's lock; never through a transaction-pooling proxy. */
  readonly databaseUrl: string;
  readonly schema: string;
  readonly codec: Codec;
  readonly outbox: Outbox;
  readonly logger: Logger;
  readonly registry: Registry;
}

export interface MessagingStatus {
  readonly relay: { readonly state: RelayState; readonly lastError: string | null };
  readonly consumers: readonly ConsumerStatus[];
}

/** Consumers and relay of one service process. */
export class MessagingRuntime {
  readonly #options: MessagingOptions;
  readonly #metrics: MessagingMetrics;
  #consumers: ConsumerLoop[] = [];
  #relay: Relay | null = null;

  constructor(options: MessagingOptions) {
    this.#options = options;
    this.#metrics = createMessagingMetrics({
      registry: options.registry,
      dataSource: options.dataSource,
      consumers: () => this.#consumers.map((consumer) => consumer.status()),
      relayState: () => this.#relay?.state().state ?? 'stopped',
    });
  }

  /** Revisions first: publishing from an empty database would start them again at 1. */
  async startRelay(): Promise<void> {
    const { logger } = this.#options;
    const restored = await recoverRevisions(this.#options);
    if (restored > 0) logger.warn({ restored }, 'revisions were read back from the topics: the database was empty');
    this.#relay = startRelay({
      ...this.#options,
      connectionString: this.#options.databaseUrl,
      onPublished: (rows) => rows.forEach(({ topic }) => this.#metrics.published.inc({ topic })),
      onTakeOver: () => this.#metrics.takeOvers.inc(),
      onError: () => this.#metrics.relayErrors.inc(),
    });
  }

  async startConsumers(specs: readonly ConsumerSpec[]): Promise<void> {
    const clusterId = await clusterIdOf(this.#options.kafka);
    this.#consumers = specs.map((spec) =>
      startConsumerLoop({
        ...this.#options,
        spec,
        kafkaTopic: spec.topic,
        clusterId,
        group: `${this.#options.service}.${spec.topic}`,
        onOutcomes: (topic, outcomes) => outcomes.forEach((outcome) => this.#metrics.processed.inc({ topic, outcome })),
      }),
    );
  }

  async stopConsumers(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
  }

  async stopRelay(): Promise<void> {
    await this.#relay?.stop();
  }

  status(): MessagingStatus {
    return {
      relay: this.#relay?.state() ?? { state: 'stopped', lastError: null },
      consumers: this.#consumers.map((consumer) => consumer.status()),
    };
  }
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
