import { Module } from '@nestjs/common';
import { createNetSuiteClient, type NetSuiteClient } from '@tieout/connector-netsuite';
import {
  CONSUMERS,
  EXCEPTION_KINDS,
  Exceptions,
  MessagingModule,
  messagingMigrations,
  Outbox,
  snapshotFailed,
  snapshotRequests,
  SourceStreams,
  TAKE_SNAPSHOT,
  takeSnapshot,
  TieoutTransport,
  WorkerHost,
  workFailed,
  WorkQueue,
  type Enqueue,
  type SnapshotSource,
  type StreamHandle,
} from '@tieout/messaging';
import { CONFIG, METRICS, SERVICE_NAME, type ServiceDefinition } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { exceptionKinds } from './cases/decisions.store.ts';
import { commandScope, config, connectorConfig, originOf, type ErpAdapterConfig } from './config.ts';
import { SYNC_CUSTOMER, customers } from './customers/customer.consumer.ts';
import { customerStream } from './customers/customer-stream.worker.ts';
import { syncCustomer } from './customers/customer-sync.worker.ts';
import { documentStream, type StreamContext } from './documents/document-stream.worker.ts';
import { legalEntityStream } from './documents/legal-entity-stream.worker.ts';
import { creditMemos, invoices, payments } from './documents/record-kinds.worker.ts';
import { createErpMetrics, type ErpMetrics } from './erp-metrics.ts';
import { Erp1732330000001 } from './migrations/1732330000001-erp.ts';
import { Orders1732350000001 } from './migrations/1732350000001-orders.ts';
import { Exceptions1732360000001 } from './migrations/1732360000001-exceptions.ts';
import { commands, PUT_ORDER } from './orders/command.consumer.ts';
import { putOrder } from './orders/order-put.worker.ts';
import { orders } from './orders/order-stream.worker.ts';
import { createReferences } from './orders/references.worker.ts';
import { refusedOrderStream } from './orders/refused-order.worker.ts';
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
    {
      provide: WorkQueue,
      inject: [WorkerHost, CONFIG, CLIENT, SNAPSHOTS, ERP_METRICS, Exceptions],
      useFactory: workQueue,
    },
    {
      provide: EXCEPTION_KINDS,
      inject: [CONFIG, WorkQueue],
      useFactory: (values: ErpAdapterConfig, queue: WorkQueue) => exceptionKinds(values.NETSUITE_INSTANCE, queue),
    },
    {
      provide: SourceStreams,
      inject: [WorkerHost, CONFIG, CLIENT, WorkQueue, ERP_METRICS, Exceptions],
      useFactory: sourceStreams,
    },
    {
      provide: CONSUMERS,
      inject: [CONFIG, SNAPSHOTS, WorkQueue, Outbox],
      useFactory: (values: ErpAdapterConfig, snapshots: SnapshotSource, queue: WorkQueue, outbox: Outbox) => [
        customers(values.NETSUITE_INSTANCE, values.CUSTOMER_CRM_INSTANCES, queue),
        commands(commandScope(values), outbox, queue),
        snapshotRequests(snapshots, queue),
      ],
    },
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: 'erp-adapter',
  config,
  migrations: [...messagingMigrations, Erp1732330000001, Orders1732350000001, Exceptions1732360000001],
  module: AppModule,
  strategy: TieoutTransport,
};

function workQueue(
  host: WorkerHost,
  values: ErpAdapterConfig,
  client: NetSuiteClient,
  snapshots: SnapshotSource,
  metrics: ErpMetrics,
  exceptions: Exceptions,
): WorkQueue {
  const { dataSource, outbox } = host;
  const { NETSUITE_INSTANCE: instance, NETSUITE_CUSTOMER_SUBSIDIARY: subsidiary } = values;
  const onWritten = (outcome: string): void => metrics.customersWritten.inc({ outcome });
  const onOrder = (outcome: string): void => metrics.orders.inc({ outcome });
  const references = createReferences(client, values.NETSUITE_DEFAULT_ITEM);
  const common = { client, dataSource, outbox, exceptions };
  const orders = { ...common, origin: originOf(values), references };
  // Handlers enqueue into the queue that runs them.
  const self: Enqueue = { enqueue: (tx, items) => queue.enqueue(tx, items) };
  const queue = host.workQueue({
    concurrency: values.NETSUITE_CONCURRENCY,
    // Two calls and their retries fit in; the lease must outlive the vendor's longest answer.
    leaseMs: 3 * values.NETSUITE_TIMEOUT_MS,
    inDoubtMs: values.NETSUITE_IN_DOUBT_MS,
    handlers: {
      [SYNC_CUSTOMER]: syncCustomer({ ...common, instance, queue: self, subsidiary, onWritten }),
      [PUT_ORDER]: putOrder({ ...orders, onOrder }),
      [TAKE_SNAPSHOT]: takeSnapshot(snapshots, dataSource, outbox),
    },
    onFailed: async (tx, work) => {
      if (work.kind === TAKE_SNAPSHOT) await snapshotFailed(host.service, outbox, tx, work);
      await exceptions.raise(tx, [workFailed(work)]);
    },
  });
  return queue;
}

function sourceStreams(
  host: WorkerHost,
  values: ErpAdapterConfig,
  client: NetSuiteClient,
  queue: WorkQueue,
  metrics: ErpMetrics,
  exceptions: Exceptions,
): SourceStreams {
  const { dataSource, outbox } = host;
  const parts = { dataSource, outbox, exceptions, client, queue, metrics };
  return host.sourceStreams((streams) => runStreams(streams, values, parts));
}

interface Parts {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly client: NetSuiteClient;
  readonly queue: WorkQueue;
  readonly metrics: ErpMetrics;
}

function runStreams(streams: SourceStreams, values: ErpAdapterConfig, parts: Parts): void {
  const { client, queue, metrics } = parts;
  const origin = originOf(values);
  const following: StreamHandle[] = [];
  const context: StreamContext = {
    instance: origin.instance,
    dataSource: parts.dataSource,
    outbox: parts.outbox,
    exceptions: parts.exceptions,
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
  streams.runStream(documentStream(context, creditMemos(client, origin)));
  streams.runStream(documentStream(context, orders(client, origin, queue)));
  const { dataSource, instance } = context;
  streams.runStream(refusedOrderStream({ dataSource, instance, queue, restMs: values.NETSUITE_ORDER_RETRY_MS }));
  const totals = { ...context, intervalMs: values.NETSUITE_TOTALS_INTERVAL_MS };
  following.push(streams.runStream(controlTotalStream(totals, client, origin)));
}
