import { Module } from '@nestjs/common';
import { createAnaplanClient, type AnaplanClient } from '@tieout/connector-anaplan';
import {
  CONSUMERS,
  MessagingModule,
  messagingMigrations,
  Outbox,
  sourceStreamMetrics,
  SourceStreams,
  TieoutTransport,
  WorkQueue,
  workQueueMetrics,
} from '@tieout/messaging';
import {
  CONFIG,
  HealthRegistry,
  Lifecycle,
  LOGGER,
  METRICS,
  SERVICE_NAME,
  type Logger,
  type Metrics,
  type ServiceDefinition,
} from '@tieout/platform';
import { DataSource } from 'typeorm';
import { batchStream } from './cells/batch.worker.ts';
import { invoiceConsumer, legalEntityConsumer, paymentConsumer } from './cells/documents.consumer.ts';
import { config, connectorConfig, type PublisherConfig } from './config.ts';
import { Cells1732340000000 } from './migrations/1732340000000-cells.ts';
import { createPublisherMetrics } from './publisher-metrics.ts';
import { SNAPSHOT_WORK, snapshotRequests } from './snapshots/snapshot-request.consumer.ts';
import { snapshotFailed, takeSnapshot } from './snapshots/snapshot.worker.ts';

const CLIENT = Symbol('ANAPLAN_CLIENT');

@Module({
  imports: [MessagingModule.forService()],
  providers: [
    {
      provide: CLIENT,
      inject: [CONFIG],
      useFactory: (values: PublisherConfig) => createAnaplanClient(connectorConfig(values)),
    },
    {
      provide: WorkQueue,
      inject: [SERVICE_NAME, CONFIG, LOGGER, DataSource, Outbox, CLIENT, METRICS, Lifecycle, HealthRegistry],
      useFactory: snapshotQueue,
    },
    {
      provide: SourceStreams,
      inject: [SERVICE_NAME, CONFIG, LOGGER, DataSource, Outbox, CLIENT, METRICS, Lifecycle, HealthRegistry],
      useFactory: batchWriter,
    },
    {
      provide: CONSUMERS,
      inject: [CONFIG, WorkQueue],
      useFactory: (values: PublisherConfig, queue: WorkQueue) => [
        legalEntityConsumer,
        invoiceConsumer,
        paymentConsumer,
        snapshotRequests(values.ANAPLAN_INSTANCE, queue),
      ],
    },
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'planning-publisher',
  config,
  migrations: [...messagingMigrations, Cells1732340000000],
  module: AppModule,
  strategy: TieoutTransport,
};

function snapshotQueue(
  owner: string,
  values: PublisherConfig,
  logger: Logger,
  dataSource: DataSource,
  outbox: Outbox,
  client: AnaplanClient,
  metrics: Metrics,
  lifecycle: Lifecycle,
  health: HealthRegistry,
): WorkQueue {
  const handlers = { [SNAPSHOT_WORK]: takeSnapshot({ client, dataSource, outbox }) };
  const leaseMs = values.PLANNING_SNAPSHOT_LEASE_MS;
  const queue = new WorkQueue({ dataSource, owner, logger, handlers, leaseMs, onFailed: snapshotFailed(outbox) });
  workQueueMetrics(metrics, queue);
  lifecycle.register({ name: 'work queue', phase: 'workers', start: () => queue.start(), stop: () => queue.stop() });
  health.register('work queue', () => ({ ok: queue.status().state === 'running', detail: queue.status() }));
  return queue;
}

function batchWriter(
  owner: string,
  values: PublisherConfig,
  logger: Logger,
  dataSource: DataSource,
  outbox: Outbox,
  client: AnaplanClient,
  metrics: Metrics,
  lifecycle: Lifecycle,
  health: HealthRegistry,
): SourceStreams {
  const streams = new SourceStreams({ dataSource, owner, logger, leaseMs: values.PLANNING_LEASE_MS });
  const spec = batchStream({
    target: { instance: values.ANAPLAN_INSTANCE, model: values.ANAPLAN_MODEL_ID, action: values.ANAPLAN_PROCESS },
    client,
    dataSource,
    outbox,
    windowMs: values.PLANNING_WINDOW_MS,
    maxCells: values.PLANNING_MAX_CELLS,
    retryMs: values.PLANNING_RETRY_MS,
    ...createPublisherMetrics(metrics, dataSource),
  });
  sourceStreamMetrics(metrics, streams);
  const start = (): Promise<void> => Promise.resolve(void streams.runStream(spec));
  lifecycle.register({ name: 'batch writer', phase: 'workers', start, stop: () => streams.stop() });
  health.register('batch writer', () => {
    const detail = streams.status();
    const ok = detail.length > 0 && detail.every(({ state, failures }) => state !== 'stopped' && failures < 3);
    return { ok, detail };
  });
  return streams;
}
