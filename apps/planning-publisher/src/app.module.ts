import { Module } from '@nestjs/common';
import { createAnaplanClient, type AnaplanClient } from '@tieout/connector-anaplan';
import {
  CODEC,
  CONSUMERS,
  EXCEPTION_KINDS,
  Exceptions,
  failedWorkKind,
  KAFKA,
  MessagingModule,
  messagingMigrations,
  snapshotFailed,
  snapshotRequests,
  SourceStreams,
  TAKE_SNAPSHOT,
  takeSnapshot,
  TieoutTransport,
  WorkerHost,
  workFailed,
  WorkQueue,
  type Codec,
  type SnapshotSource,
  type StreamSpec,
} from '@tieout/messaging';
import { CONFIG, SERVICE_NAME, type ServiceDefinition } from '@tieout/platform';
import type { Kafka } from 'kafkajs';
import { batchStream, type BatchCursor } from './cells/batch.worker.ts';
import { IMPORT_KINDS } from './cells/case.ts';
import { invoiceConsumer, legalEntityConsumer, paymentConsumer } from './cells/documents.consumer.ts';
import { config, connectorConfig, type PublisherConfig } from './config.ts';
import { FORECAST_KINDS } from './forecast/case.ts';
import { forecastStream, type ForecastCursor } from './forecast/forecast.worker.ts';
import { Cells1732340000000 } from './migrations/1732340000000-cells.ts';
import { ReleasedCodes1732340100000 } from './migrations/1732340100000-released-codes.ts';
import { Forecast1732340200000 } from './migrations/1732340200000-forecast.ts';
import { Exceptions1732360000003 } from './migrations/1732360000003-exceptions.ts';
import { createForecastMetrics, createPublisherMetrics } from './publisher-metrics.ts';
import { planningSnapshots } from './snapshots/snapshot.worker.ts';

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
        planningSnapshots(name, values.ANAPLAN_INSTANCE, client, values.ANAPLAN_FORECAST === 'on'),
    },
    { provide: WorkQueue, inject: [WorkerHost, CONFIG, SNAPSHOTS, Exceptions], useFactory: snapshotQueue },
    {
      provide: EXCEPTION_KINDS,
      useValue: [...IMPORT_KINDS, ...FORECAST_KINDS, failedWorkKind('planning-operations')],
    },
    {
      provide: SourceStreams,
      inject: [WorkerHost, CONFIG, CLIENT, KAFKA, CODEC, Exceptions],
      useFactory: modelStreams,
    },
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
  migrations: [
    ...messagingMigrations,
    Cells1732340000000,
    ReleasedCodes1732340100000,
    Forecast1732340200000,
    Exceptions1732360000003,
  ],
  module: AppModule,
  strategy: TieoutTransport,
};

function snapshotQueue(
  host: WorkerHost,
  values: PublisherConfig,
  snapshots: SnapshotSource,
  exceptions: Exceptions,
): WorkQueue {
  const { dataSource, outbox } = host;
  return host.workQueue({
    leaseMs: values.PLANNING_SNAPSHOT_LEASE_MS,
    handlers: { [TAKE_SNAPSHOT]: takeSnapshot(snapshots, dataSource, outbox) },
    async onFailed(tx, work) {
      await snapshotFailed(host.service, outbox, tx, work);
      await exceptions.raise(tx, [workFailed(work)]);
    },
  });
}

/** Actuals go into the model, the forecast comes out of it. */
function modelStreams(
  host: WorkerHost,
  values: PublisherConfig,
  client: AnaplanClient,
  kafka: Kafka,
  codec: Codec,
  exceptions: Exceptions,
): SourceStreams {
  const batches = batchWriter(host, values, client, exceptions);
  const forecast =
    values.ANAPLAN_FORECAST === 'off' ? null : forecastReader(host, values, client, { kafka, codec }, exceptions);
  const run = (streams: SourceStreams): void => {
    streams.runStream(batches);
    if (forecast !== null) streams.runStream(forecast);
  };
  return host.sourceStreams(run, { leaseMs: values.PLANNING_LEASE_MS });
}

function forecastReader(
  { dataSource, outbox, registry }: WorkerHost,
  values: PublisherConfig,
  client: AnaplanClient,
  recovery: { readonly kafka: Kafka; readonly codec: Codec },
  exceptions: Exceptions,
): StreamSpec<ForecastCursor> {
  return forecastStream({
    planning: { instance: values.ANAPLAN_INSTANCE, model: values.ANAPLAN_MODEL_ID },
    client,
    dataSource,
    outbox,
    exceptions,
    recovery,
    intervalMs: values.ANAPLAN_FORECAST_INTERVAL_MS,
    graceMs: values.ANAPLAN_FORECAST_GRACE_MS,
    ...createForecastMetrics(registry, dataSource),
  });
}

function batchWriter(
  host: WorkerHost,
  values: PublisherConfig,
  client: AnaplanClient,
  exceptions: Exceptions,
): StreamSpec<BatchCursor> {
  const { dataSource, outbox } = host;
  return batchStream({
    target: { instance: values.ANAPLAN_INSTANCE, model: values.ANAPLAN_MODEL_ID, action: values.ANAPLAN_PROCESS },
    client,
    dataSource,
    outbox,
    exceptions,
    windowMs: values.PLANNING_WINDOW_MS,
    maxCells: values.PLANNING_MAX_CELLS,
    retryMs: values.PLANNING_RETRY_MS,
    ...createPublisherMetrics(host.registry, dataSource),
  });
}
