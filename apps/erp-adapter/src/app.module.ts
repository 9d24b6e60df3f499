import { Module } from '@nestjs/common';
import { createNetSuiteClient, type NetSuiteClient, type Origin } from '@tieout/connector-netsuite';
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
  type Outbox,
  type SnapshotSource,
  type StreamHandle,
} from '@tieout/messaging';
import { CONFIG, METRICS, SERVICE_NAME, type ServiceDefinition } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { config, connectorConfig, type ErpAdapterConfig } from './config.ts';
import { SYNC_CUSTOMER, customers } from './customers/customer.consumer.ts';
import { customerStream } from './customers/customer-stream.worker.ts';
import { syncCustomer } from './customers/customer-sync.worker.ts';
import { documentStream, type StreamContext } from './documents/document-stream.worker.ts';
import { legalEntityStream } from './documents/legal-entity-stream.worker.ts';
import { invoices, payments } from './documents/record-kinds.worker.ts';
import { createErpMetrics, type ErpMetrics } from './erp-metrics.ts';
import { Erp1732330000001 } from './migrations/1732330000001-erp.ts';
import { accountSnapshots } from './snapshots/snapshot.worker.ts';
import { controlTotalStream } from './totals/control-total.worker.ts';

const CLIENT = Symbol('NETSUITE_CLIENT');
const SNAPSHOTS = Symbol('SNAPSHOTS');
const ERP_METRICS = Symbol('ERP_METRICS');

@Module({
  imports: [MessagingModule.forService()],
  providers: [
    {
      provide: CLIENT,
      inject: [CONFIG],
      useFactory: (values: ErpAdapterConfig) => createNetSuiteClient(connectorConfig(values)),
    },
    { provide: ERP_METRICS, inject: [METRICS, DataSource], useFactory: createErpMetrics },
    {
      provide: SNAPSHOTS,
      inject: [SERVICE_NAME, CONFIG, CLIENT],
      useFactory: (name: string, values: ErpAdapterConfig, client: NetSuiteClient) =>
        accountSnapshots(name, values.NETSUITE_INSTANCE, client),
    },
    { provide: WorkQueue, inject: [WorkerHost, CONFIG, CLIENT, SNAPSHOTS, ERP_METRICS], useFactory: workQueue },
    { provide: SourceStreams, inject: [WorkerHost, CONFIG, CLIENT, WorkQueue, ERP_METRICS], useFactory: sourceStreams },
    {
      provide: CONSUMERS,
      inject: [CONFIG, SNAPSHOTS, WorkQueue],
      useFactory: (values: ErpAdapterConfig, snapshots: SnapshotSource, queue: WorkQueue) => [
        customers(values.NETSUITE_INSTANCE, values.CUSTOMER_CRM_INSTANCES, queue),
        snapshotRequests(snapshots, queue),
      ],
    },
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'erp-adapter',
  config,
  migrations: [...messagingMigrations, Erp1732330000001],
  module: AppModule,
  strategy: TieoutTransport,
};

function workQueue(
  host: WorkerHost,
  values: ErpAdapterConfig,
  client: NetSuiteClient,
  snapshots: SnapshotSource,
  metrics: ErpMetrics,
): WorkQueue {
  const { dataSource, outbox } = host;
  const { NETSUITE_INSTANCE: instance, NETSUITE_CUSTOMER_SUBSIDIARY: subsidiary } = values;
  const onWritten = (outcome: string): void => metrics.customersWritten.inc({ outcome });
  return host.workQueue({
    concurrency: values.NETSUITE_CONCURRENCY,
    // Two calls and their retries fit in; the lease must outlive the vendor's longest answer.
    leaseMs: 3 * values.NETSUITE_TIMEOUT_MS,
    inDoubtMs: values.NETSUITE_IN_DOUBT_MS,
    handlers: {
      [SYNC_CUSTOMER]: syncCustomer({ instance, client, dataSource, outbox, subsidiary, onWritten }),
      [TAKE_SNAPSHOT]: takeSnapshot(snapshots, dataSource, outbox),
    },
    onFailed: async (tx, work) => {
      if (work.kind === TAKE_SNAPSHOT) await snapshotFailed(host.service, outbox, tx, work);
    },
  });
}

function sourceStreams(
  host: WorkerHost,
  values: ErpAdapterConfig,
  client: NetSuiteClient,
  queue: WorkQueue,
  metrics: ErpMetrics,
): SourceStreams {
  const { dataSource, outbox } = host;
  return host.sourceStreams((streams) => runStreams(streams, values, { dataSource, outbox, client, queue, metrics }));
}

interface Parts {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly client: NetSuiteClient;
  readonly queue: WorkQueue;
  readonly metrics: ErpMetrics;
}

function runStreams(streams: SourceStreams, values: ErpAdapterConfig, parts: Parts): void {
  const { client, queue, metrics } = parts;
  const origin: Origin = { instance: values.NETSUITE_INSTANCE, timeZone: values.NETSUITE_TIME_ZONE };
  const following: StreamHandle[] = [];
  const context: StreamContext = {
    instance: origin.instance,
    dataSource: parts.dataSource,
    outbox: parts.outbox,
    intervalMs: values.NETSUITE_POLL_INTERVAL_MS,
    depth: {
      timeZone: origin.timeZone,
      overlapSeconds: values.NETSUITE_OVERLAP_SECONDS,
      sweepSeconds: values.NETSUITE_SWEEP_SECONDS,
    },
    onRows: (stream, outcome, count) => metrics.rows.inc({ stream, outcome }, count),
    // Totals and balances follow the documents.
    onPublished: (stream) => void (stream === 'customer' || following.forEach((handle) => handle.wake())),
  };
  streams.runStream(legalEntityStream(context, client, origin));
  following.push(streams.runStream(customerStream(context, client, origin, queue)));
  streams.runStream(documentStream(context, invoices(client, origin)));
  streams.runStream(documentStream(context, payments(client, origin)));
  const totals = { ...context, intervalMs: values.NETSUITE_TOTALS_INTERVAL_MS };
  following.push(streams.runStream(controlTotalStream(totals, client, origin)));
}
