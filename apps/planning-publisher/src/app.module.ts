import { Module } from '@nestjs/common';
import { createAnaplanClient, type AnaplanClient } from '@tieout/connector-anaplan';
import {
  CONSUMERS,
  MessagingModule,
  messagingMigrations,
  snapshotFailed,
  snapshotRequests,
  SourceStreams,
  TAKE_SNAPSHOT,
  takeSnapshot,
  TieoutTransport,
  WorkerHost,
  WorkQueue,
  type SnapshotSource,
} from '@tieout/messaging';
import { CONFIG, SERVICE_NAME, type ServiceDefinition } from '@tieout/platform';
import { batchStream } from './cells/batch.worker.ts';
import { invoiceConsumer, legalEntityConsumer, paymentConsumer } from './cells/documents.consumer.ts';
import { config, connectorConfig, type PublisherConfig } from './config.ts';
import { Cells1732340000000 } from './migrations/1732340000000-cells.ts';
import { ReleasedCodes1732340100000 } from './migrations/1732340100000-released-codes.ts';
import { createPublisherMetrics } from './publisher-metrics.ts';
import { cellSnapshots } from './snapshots/snapshot.worker.ts';

const CLIENT = Symbol('ANAPLAN_CLIENT');
const SNAPSHOTS = Symbol('SNAPSHOTS');

@Module({
  imports: [MessagingModule.forService()],
  providers: [
    {
      provide: CLIENT,
      inject: [CONFIG],
      useFactory: (values: PublisherConfig) => createAnaplanClient(connectorConfig(values)),
    },
    {
      provide: SNAPSHOTS,
      inject: [SERVICE_NAME, CONFIG, CLIENT],
      useFactory: (name: string, values: PublisherConfig, client: AnaplanClient) =>
        cellSnapshots(name, values.ANAPLAN_INSTANCE, client),
    },
    { provide: WorkQueue, inject: [WorkerHost, CONFIG, SNAPSHOTS], useFactory: snapshotQueue },
    { provide: SourceStreams, inject: [WorkerHost, CONFIG, CLIENT], useFactory: batchWriter },
    {
      provide: CONSUMERS,
      inject: [SNAPSHOTS, WorkQueue],
      useFactory: (snapshots: SnapshotSource, queue: WorkQueue) => [
        legalEntityConsumer,
        invoiceConsumer,
        paymentConsumer,
        snapshotRequests(snapshots, queue),
      ],
    },
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'planning-publisher',
  config,
  migrations: [...messagingMigrations, Cells1732340000000, ReleasedCodes1732340100000],
  module: AppModule,
  strategy: TieoutTransport,
};

function snapshotQueue(host: WorkerHost, values: PublisherConfig, snapshots: SnapshotSource): WorkQueue {
  const { dataSource, outbox } = host;
  return host.workQueue({
    leaseMs: values.PLANNING_SNAPSHOT_LEASE_MS,
    handlers: { [TAKE_SNAPSHOT]: takeSnapshot(snapshots, dataSource, outbox) },
    onFailed: (tx, work) => snapshotFailed(host.service, outbox, tx, work),
  });
}

function batchWriter(host: WorkerHost, values: PublisherConfig, client: AnaplanClient): SourceStreams {
  const { dataSource, outbox } = host;
  const spec = batchStream({
    target: { instance: values.ANAPLAN_INSTANCE, model: values.ANAPLAN_MODEL_ID, action: values.ANAPLAN_PROCESS },
    client,
    dataSource,
    outbox,
    windowMs: values.PLANNING_WINDOW_MS,
    maxCells: values.PLANNING_MAX_CELLS,
    retryMs: values.PLANNING_RETRY_MS,
    ...createPublisherMetrics(host.registry, dataSource),
  });
  return host.sourceStreams((streams) => void streams.runStream(spec), { leaseMs: values.PLANNING_LEASE_MS });
}
