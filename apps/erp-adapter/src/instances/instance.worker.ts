import type { Erp } from '@tieout/connector-erp';
import {
  snapshotFailed,
  TAKE_SNAPSHOT,
  takeSnapshot,
  workFailed,
  type Enqueue,
  type Exceptions,
  type SnapshotSource,
  type SourceStreams,
  type StreamHandle,
  type WorkerHost,
  type WorkQueue,
} from '@tieout/messaging';
import { BILL_ORDER } from '../bills/bill.consumer.ts';
import { makeBill } from '../bills/bill.worker.ts';
import { holdBill } from '../bills/held-bill.worker.ts';
import { waitingBillStream } from '../bills/waiting-bills.worker.ts';
import { SYNC_CUSTOMER } from '../customers/customer.consumer.ts';
import { customerStream } from '../customers/customer-stream.worker.ts';
import { syncCustomer } from '../customers/customer-sync.worker.ts';
import { balanceDocuments } from '../documents/balance-documents.worker.ts';
import { dimensionStream } from '../documents/dimension-stream.worker.ts';
import type { StreamContext } from '../documents/document-stream.worker.ts';
import { notificationStream } from '../documents/notification.worker.ts';
import { openItemStream } from '../documents/open-items.worker.ts';
import type { ErpMetrics } from '../erp-metrics.ts';
import { PUT_ORDER } from '../orders/command.consumer.ts';
import { putOrder } from '../orders/order-put.worker.ts';
import { orderStream } from '../orders/order-stream.worker.ts';
import { refusedOrderStream } from '../orders/refused-order.worker.ts';
import { proposeCustomer } from '../proposals/customer-proposal.worker.ts';
import { heldWorkStream } from '../proposals/held-work.worker.ts';
import { proposeOrder } from '../proposals/order-proposal.worker.ts';
import { accountSnapshots } from '../snapshots/snapshot.worker.ts';
import { controlTotalStream } from '../totals/control-total.worker.ts';
import type { InstanceConfig } from './instance-config.ts';
import { instanceQueue, keyOf, kindAt, kindOf } from './instance-queue.ts';

/** One ERP instance at work: its queue takes the kinds of this instance alone, its streams have cursors of their own. */
export interface Instance {
  readonly config: InstanceConfig;
  readonly erp: Erp;
  readonly queue: Enqueue;
  readonly snapshots: SnapshotSource;
  run(streams: SourceStreams): void;
}

export interface InstanceParts {
  readonly host: WorkerHost;
  readonly exceptions: Exceptions;
  readonly metrics: ErpMetrics;
}

export function createInstance(config: InstanceConfig, erp: Erp, parts: InstanceParts): Instance {
  const snapshots = accountSnapshots(parts.host.service, erp);
  // Handlers enqueue into the queue that runs them.
  const queue = instanceQueue(erp.instance, { enqueue: (tx, items) => work.enqueue(tx, items) });
  const work = workQueue(config, erp, { ...parts, queue, snapshots });
  return { config, erp, queue, snapshots, run: (streams) => runStreams(streams, config, erp, { ...parts, queue }) };
}

function workQueue(
  { concurrency, intervals, connection, write }: InstanceConfig,
  erp: Erp,
  parts: InstanceParts & { readonly queue: Enqueue; readonly snapshots: SnapshotSource },
): WorkQueue {
  const { host, exceptions, metrics, queue, snapshots } = parts;
  const { service, dataSource, outbox } = host;
  const { instance } = erp;
  const onWritten = (outcome: string): void => metrics.customersWritten.inc({ outcome, instance });
  const onOrder = (outcome: string): void => metrics.orders.inc({ outcome, instance });
  const onBill = (outcome: string): void => metrics.bills.inc({ outcome, instance });
  const common = { erp, dataSource, outbox, exceptions };
  const handlers = {
    [SYNC_CUSTOMER]:
      write.customers === 'on'
        ? syncCustomer({ ...common, queue, onWritten })
        : proposeCustomer({ ...common, queue, mode: write.customers }),
    [PUT_ORDER]:
      write.orders === 'on' ? putOrder({ ...common, onOrder }) : proposeOrder({ ...common, mode: write.orders }),
    [BILL_ORDER]: write.orders === 'on' ? makeBill({ ...common, onBill }) : holdBill(dataSource, instance),
    [TAKE_SNAPSHOT]: takeSnapshot(snapshots, dataSource, outbox),
  };
  const options = {
    concurrency,
    // Two calls and their retries fit in; the lease must outlive the vendor's longest answer.
    leaseMs: 3 * connection.timeoutMs,
    inDoubtMs: intervals.inDoubtMs,
    handlers: Object.fromEntries(Object.entries(handlers).map(([kind, handler]) => [kindAt(instance, kind), handler])),
  };
  const onFailed: Parameters<WorkerHost['workQueue']>[0]['onFailed'] = async (tx, failed) => {
    const kind = kindOf(failed.kind);
    if (kind === TAKE_SNAPSHOT) await snapshotFailed(service, outbox, tx, failed);
    const { details, ...found } = workFailed({ ...failed, kind, key: keyOf(instance, failed.key) });
    await exceptions.raise(tx, [{ ...found, details: { ...details, instance } }]);
  };
  return host.workQueue({ ...options, onFailed }, instance);
}

function runStreams(
  streams: SourceStreams,
  { intervals, write }: InstanceConfig,
  erp: Erp,
  { host, exceptions, metrics, queue }: InstanceParts & { readonly queue: Enqueue },
): void {
  const { instance } = erp;
  const { dataSource, outbox } = host;
  const following: StreamHandle[] = [];
  const context: StreamContext = {
    ...{ instance, dataSource, outbox, exceptions },
    intervalMs: intervals.pollMs,
    onRows: (stream, outcome, count) => metrics.rows.inc({ stream, outcome, instance }, count),
    // Totals and balances follow the documents.
    onPublished: (stream) => void (stream === erp.customers.stream || following.forEach((handle) => handle.wake())),
  };
  for (const dimension of erp.dimensions)
    streams.runStream(dimensionStream({ ...context, intervalMs: intervals.dimensionsMs }, dimension));
  const readers = new Map<string, StreamHandle>();
  const customers = streams.runStream(customerStream(context, erp, queue));
  following.push(customers);
  readers.set(erp.customers.stream, customers);
  for (const documents of erp.documents)
    readers.set(documents.stream, streams.runStream(balanceDocuments(context, documents)));
  readers.set(erp.orders.stream, streams.runStream(orderStream(context, erp, queue)));
  runReadingAgain(streams, erp, { dataSource, intervals, wake: (stream) => readers.get(stream)?.wake() });
  streams.runStream(refusedOrderStream({ dataSource, instance, queue, restMs: intervals.orderRetryMs }));
  streams.runStream(heldWorkStream({ dataSource, instance, queue, write }));
  const { pollMs, orderRetryMs: restMs } = intervals;
  streams.runStream(waitingBillStream({ dataSource, instance, queue, intervalMs: pollMs, restMs }));
  following.push(streams.runStream(controlTotalStream({ ...context, intervalMs: intervals.totalsMs }, erp)));
}

/** What marks records that their own streams read again: the ERP's announcements, and a compare of what is open. */
function runReadingAgain(
  streams: SourceStreams,
  { instance, notifications, openItems, customers, orders, documents }: Erp,
  {
    dataSource,
    intervals,
    wake,
  }: Pick<InstanceConfig, 'intervals'> & Pick<StreamContext, 'dataSource'> & { wake(stream: string): void },
): void {
  const byIds = [customers, orders, ...documents].filter((reader) => reader.byIds !== undefined);
  if (notifications) {
    const readById = new Set(byIds.map(({ stream }) => stream));
    const common = { instance, dataSource, notifications, intervalMs: intervals.pollMs };
    streams.runStream(notificationStream({ ...common, readById, onMarked: wake }));
  }
  const listed = byIds.find(({ stream }) => stream === openItems?.stream);
  if (openItems && listed) {
    const common = { instance, dataSource, openItems, topic: listed.topic, everyMs: intervals.openItemsMs };
    streams.runStream(openItemStream({ ...common, onMarked: () => wake(listed.stream) }));
  }
}
