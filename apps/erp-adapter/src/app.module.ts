import { Module } from '@nestjs/common';
import { createNetSuiteClient, type NetSuiteClient, type Origin } from '@tieout/connector-netsuite';
import {
  CONSUMERS,
  MessagingModule,
  messagingMigrations,
  Outbox,
  SourceStreams,
  sourceStreamMetrics,
  TieoutTransport,
  WorkQueue,
  workQueueMetrics,
  type FailedWork,
  type StreamHandle,
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
import { DataSource, type EntityManager } from 'typeorm';
import { config, connectorConfig, type ErpAdapterConfig } from './config.ts';
import { SYNC_CUSTOMER, customers } from './customers/customer.consumer.ts';
import { customerStream } from './customers/customer-stream.worker.ts';
import { syncCustomer } from './customers/customer-sync.worker.ts';
import { documentStream, type StreamContext } from './documents/document-stream.worker.ts';
import { legalEntityStream } from './documents/legal-entity-stream.worker.ts';
import { invoices, payments } from './documents/record-kinds.worker.ts';
import { createErpMetrics, type ErpMetrics } from './erp-metrics.ts';
import { Erp1732330000001 } from './migrations/1732330000001-erp.ts';
import { snapshotRequests, TAKE_SNAPSHOT } from './snapshots/snapshot-request.consumer.ts';
import { snapshotFailed, takeSnapshot } from './snapshots/snapshot.worker.ts';
import { controlTotalStream } from './totals/control-total.worker.ts';

const CLIENT = Symbol('NETSUITE_CLIENT');
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
      provide: WorkQueue,
      inject: [
        SERVICE_NAME,
        CONFIG,
        LOGGER,
        DataSource,
        Outbox,
        CLIENT,
        METRICS,
        ERP_METRICS,
        Lifecycle,
        HealthRegistry,
      ],
      useFactory: workQueue,
    },
    {
      provide: SourceStreams,
      inject: [
        ...[SERVICE_NAME, CONFIG, LOGGER, DataSource, Outbox, CLIENT, WorkQueue],
        ...[METRICS, ERP_METRICS, Lifecycle, HealthRegistry],
      ],
      useFactory: sourceStreams,
    },
    {
      provide: CONSUMERS,
      inject: [CONFIG, WorkQueue],
      useFactory: (values: ErpAdapterConfig, queue: WorkQueue) => [
        customers(values.NETSUITE_INSTANCE, values.CUSTOMER_CRM_INSTANCES, queue),
        snapshotRequests(values.NETSUITE_INSTANCE, queue),
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
  owner: string,
  values: ErpAdapterConfig,
  logger: Logger,
  dataSource: DataSource,
  outbox: Outbox,
  client: NetSuiteClient,
  registry: Metrics,
  metrics: ErpMetrics,
  lifecycle: Lifecycle,
  health: HealthRegistry,
): WorkQueue {
  const { NETSUITE_INSTANCE: instance, NETSUITE_CUSTOMER_SUBSIDIARY: subsidiary } = values;
  const onWritten = (outcome: string): void => metrics.customersWritten.inc({ outcome });
  const queue = new WorkQueue({
    ...{ owner, dataSource, logger },
    concurrency: values.NETSUITE_CONCURRENCY,
    // Two calls and their retries fit in; the lease must outlive the vendor's longest answer.
    leaseMs: 3 * values.NETSUITE_TIMEOUT_MS,
    inDoubtMs: values.NETSUITE_IN_DOUBT_MS,
    handlers: {
      [SYNC_CUSTOMER]: syncCustomer({ instance, client, dataSource, outbox, subsidiary, onWritten }),
      [TAKE_SNAPSHOT]: takeSnapshot({ client, dataSource, outbox }),
    },
    onFailed: (tx: EntityManager, work: FailedWork) =>
      work.kind === TAKE_SNAPSHOT ? snapshotFailed(outbox, tx, work) : Promise.resolve(),
  });
  workQueueMetrics(registry, queue);
  lifecycle.register({ name: 'work queue', phase: 'workers', start: () => queue.start(), stop: () => queue.stop() });
  health.register('work queue', () => ({ ok: queue.status().state === 'running', detail: queue.status() }));
  return queue;
}

function sourceStreams(
  owner: string,
  values: ErpAdapterConfig,
  logger: Logger,
  dataSource: DataSource,
  outbox: Outbox,
  client: NetSuiteClient,
  queue: WorkQueue,
  registry: Metrics,
  metrics: ErpMetrics,
  lifecycle: Lifecycle,
  health: HealthRegistry,
): SourceStreams {
  const streams = new SourceStreams({ dataSource, owner, logger });
  const start = (): Promise<void> =>
    Promise.resolve(runStreams(streams, values, { dataSource, outbox, client, queue, metrics }));
  sourceStreamMetrics(registry, streams);
  lifecycle.register({ name: 'source streams', phase: 'workers', start, stop: () => streams.stop() });
  health.register('source streams', () => {
    const detail = streams.status();
    const ok = detail.length > 0 && detail.every(({ state, failures }) => state !== 'stopped' && failures < 3);
    return { ok, detail };
  });
  return streams;
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
