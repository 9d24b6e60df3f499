import {
  idOf,
  mapOrder,
  standingOrder,
  type NetSuiteClient,
  type OrderRecord,
  type Origin,
} from '@tieout/connector-netsuite';
import type { Enqueue } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import type { RecordKind } from '../documents/document-stream.worker.ts';
import { lookAgain } from './command.consumer.ts';
import { loadOrders, ordersDeleted, type OrderLink } from './order-link.store.ts';
import { isOurs } from './plan.ts';

/** Orders of the ERP to the topic. One of ours that is not as we wrote it, or is gone, is looked at by the worker. */
export function orders(
  client: NetSuiteClient,
  origin: Origin,
  queue: Enqueue,
): RecordKind<'finance.order.v1', OrderRecord> {
  return {
    stream: 'order',
    topic: 'finance.order.v1',
    objectType: 'order',
    changed: (after, signal) => client.changedOrders(after, signal),
    byIds: (ids, signal) => client.ordersById(ids, signal),
    deletedSince: async (since, signal) =>
      (await client.deletedSince('salesorder', since, signal)).map((row) => row.recordid),
    vendorIdOf: ({ header }) => header.id,
    keyOf: (vendorId) => idOf('salesOrder', origin, vendorId),
    map: (row) => mapOrder(row, origin),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
    async alsoStore(tx, rows) {
      await queue.enqueue(tx, lookAgain('changed', await suspicious(tx, origin, rows)));
    },
    async alsoDelete(tx, vendorIds) {
      await queue.enqueue(tx, lookAgain('deleted', await ordersDeleted(tx, origin.instance, vendorIds)));
    },
  };
}

/** Orders of commands that a person changed, or that were refused or withdrawn and may be in order now. */
async function suspicious(
  tx: EntityManager,
  origin: Origin,
  rows: readonly OrderRecord[],
): Promise<readonly OrderLink[]> {
  const byContract = new Map(rows.flatMap((row) => (row.header.externalid ? [[row.header.externalid, row]] : [])));
  const links = await loadOrders(tx, origin.instance, [...byContract.keys()], true);
  return links.filter((link) => {
    const standing = standingOrder(byContract.get(link.contractId)!);
    if (link.state === 'REFUSED' || link.state === 'WITHDRAWN') return true;
    return standing.kind === 'mapped' && !isOurs(link, standing.value);
  });
}
