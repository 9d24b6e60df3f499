import { Module, type DynamicModule } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import {
  CONFIG,
  HealthRegistry,
  kafkaConnection,
  Lifecycle,
  LOGGER,
  METRICS,
  SERVICE_NAME,
  type BaseConfig,
  type Logger,
  type Metrics,
} from '@tieout/platform';
import type { Kafka } from 'kafkajs';
import { DataSource } from 'typeorm';
import { openCodec } from './codec-from-config.ts';
import type { Codec } from './codec.ts';
import type { ConsumerSpec } from './consumer-spec.ts';
import { DeadLettersController } from './dead-letters.controller.ts';
import type { ExceptionKind } from './exceptions/exception.ts';
import { ExceptionsController } from './exceptions/exceptions.controller.ts';
import { Exceptions } from './exceptions/exceptions.ts';
import { createKafka, type KafkaConnection } from './kafka.ts';
import { CODEC, CONSUMERS, EXCEPTION_KINDS, KAFKA } from './messaging-tokens.ts';
import { OutboxController } from './outbox.controller.ts';
import { Outbox } from './outbox.ts';
import { EVENT_REFUSED } from './refused-cases.ts';
import { RedrivesController } from './redrives.controller.ts';
import { ReplaysController } from './replay/replays.controller.ts';
import { MessagingRuntime } from './runtime.ts';
import { WorkerHost } from './worker-host.ts';

export { CODEC, CONSUMERS, EXCEPTION_KINDS, KAFKA };

/**
 * Nest's side of consuming: a transport that runs the service's explicit list of consumers over our own loop. There are no
 * `@EventPattern` handlers: Nest's proxy around them destroys error classes, and its Kafka transport commits what no handler took.
 */
export class TieoutTransport extends Server implements CustomTransportStrategy {
  readonly #runtime: MessagingRuntime;
  readonly #consumers: () => readonly ConsumerSpec[];

  constructor(runtime: MessagingRuntime, consumers: () => readonly ConsumerSpec[]) {
    super();
    this.#runtime = runtime;
    this.#consumers = consumers;
  }

  listen(callback: (error?: unknown) => void): void {
    this.#runtime.startConsumers(this.#consumers()).then(() => callback(), callback);
  }

  close(): Promise<void> {
    return this.#runtime.stopConsumers();
  }

  on(): never {
    throw new Error('The Tieout transport has no events: read MessagingRuntime.status()');
  }

  unwrap<T>(): T {
    return this.#runtime as T;
  }
}

@Module({})
export class MessagingModule {
  /** Gives KAFKA, CODEC, Outbox, Exceptions, WorkerHost, MessagingRuntime and TieoutTransport; name the last as the service's `strategy`. */
  static forService(): DynamicModule {
    return {
      module: MessagingModule,
      // In this order: `dead-letters/redrives` is no id of a dead letter.
      controllers: [
        RedrivesController,
        DeadLettersController,
        OutboxController,
        ExceptionsController,
        ReplaysController,
      ],
      providers: [
        { provide: KAFKA, inject: [SERVICE_NAME, CONFIG, LOGGER], useFactory: openKafka },
        { provide: CODEC, inject: [CONFIG, LOGGER], useFactory: openCodec },
        {
          provide: Outbox,
          inject: [CODEC, SERVICE_NAME, CONFIG],
          useFactory: (codec: Codec, service: string, { BUILD_BESIDE: beside }: BaseConfig) =>
            new Outbox(codec, service, { muted: beside !== undefined }),
        },
        {
          provide: Exceptions,
          inject: [SERVICE_NAME, Outbox, ModuleRef],
          useFactory: (service: string, outbox: Outbox, modules: ModuleRef) =>
            new Exceptions(service, outbox, () => [
              EVENT_REFUSED,
              ...modules.get<readonly ExceptionKind[]>(EXCEPTION_KINDS, { strict: false }),
            ]),
        },
        {
          provide: MessagingRuntime,
          inject: [
            ...[SERVICE_NAME, CONFIG, LOGGER, METRICS, DataSource, KAFKA, CODEC, Outbox, Exceptions, Lifecycle],
            HealthRegistry,
          ],
          useFactory: openRuntime,
        },
        {
          provide: WorkerHost,
          inject: [SERVICE_NAME, LOGGER, DataSource, Outbox, METRICS, Lifecycle, HealthRegistry],
          useFactory: (...parts: ConstructorParameters<typeof WorkerHost>) => new WorkerHost(...parts),
        },
        {
          provide: TieoutTransport,
          inject: [MessagingRuntime, ModuleRef],
          useFactory: (runtime: MessagingRuntime, modules: ModuleRef) =>
            new TieoutTransport(runtime, () => modules.get<readonly ConsumerSpec[]>(CONSUMERS, { strict: false })),
        },
      ],
      exports: [KAFKA, CODEC, Outbox, Exceptions, MessagingRuntime, TieoutTransport, WorkerHost],
    };
  }
}

function openKafka(service: string, config: BaseConfig, logger: Logger): Kafka {
  // kafkajs wants one union member per SASL mechanism; the configuration has checked that they fit.
  return createKafka(kafkaConnection(service, config) as KafkaConnection, logger);
}

function openRuntime(
  service: string,
  config: BaseConfig,
  logger: Logger,
  registry: Metrics,
  dataSource: DataSource,
  kafka: Kafka,
  codec: Codec,
  outbox: Outbox,
  exceptions: Exceptions,
  lifecycle: Lifecycle,
  health: HealthRegistry,
): MessagingRuntime {
  const retention = {
    work: config.RETENTION_WORK_DAYS,
    deadLetters: config.RETENTION_DEAD_LETTER_DAYS,
    replayHorizon: config.REPLAY_HORIZON_DAYS,
  };
  const { DATABASE_URL: databaseUrl, DATABASE_SCHEMA: schema, BUILD_BESIDE: beside } = config;
  if (beside !== undefined)
    logger.warn({ beside, schema }, 'builds beside the live service: publishes nothing, calls nobody');
  const runtime = new MessagingRuntime({
    retention,
    service,
    kafka,
    dataSource,
    databaseUrl,
    schema,
    codec,
    outbox,
    exceptions,
    logger,
    registry,
    ...(beside !== undefined && { beside }),
  });
  lifecycle.register({
    name: 'outbox relay',
    phase: 'relay',
    start: () => runtime.startRelay(),
    stop: () => runtime.stopRelay(),
  });
  lifecycle.register({ name: 'consumers', phase: 'consumers', stop: () => runtime.stopConsumers() });
  health.register('relay', () => relayHealth(runtime));
  health.register('consumers', () => consumerHealth(runtime));
  return runtime;
}

function relayHealth(runtime: MessagingRuntime): { ok: boolean; detail: unknown } {
  const { relay } = runtime.status();
  return { ok: relay.state === 'leading' || relay.state === 'standby', detail: relay };
}

/** Not ready rather than not alive: a restart does not cure a stopped consumer, a person does. */
function consumerHealth(runtime: MessagingRuntime): { ok: boolean; detail: unknown } {
  const { consumers } = runtime.status();
  const detail = consumers.filter(({ state }) => state !== 'running');
  return { ok: detail.length === 0, detail };
}
