import { contentHash, derivedId } from '@tieout/canonical';
import {
  idOf,
  mapCustomerAccount,
  ownedInErp,
  type NetSuiteClient,
  type Origin,
  type OwnedFields,
  type RawRow,
  type StreamCursor,
} from '@tieout/connector-netsuite';
import type { Enqueue, NewWorkItem, Outbox, StreamSpec } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { clearDirty, dirtyCustomers, type DirtyCustomer } from '../documents/dirty-customer.store.ts';
import { documentStream, type RecordKind, type StreamContext } from '../documents/document-stream.worker.ts';
import { forgetVendorRecord, loadLinks } from './customer-link.store.ts';
import { crossReference } from './customer-sync.worker.ts';
import { SYNC_CUSTOMER } from './customer.consumer.ts';

const DIRTY_LIMIT = 500;

/**
 * Customers of the ERP to customer accounts. This stream alone publishes them: changed ones and those whose documents moved,
 * because NetSuite moves a balance without moving the customer's stamp.
 */
export function customerStream(
  context: StreamContext,
  client: NetSuiteClient,
  origin: Origin,
  queue: Enqueue,
): StreamSpec<StreamCursor> {
  let dirty: readonly DirtyCustomer[] = [];
  const kind: RecordKind<'finance.customer-account.v1', RawRow> = {
    stream: 'customer',
    topic: 'finance.customer-account.v1',
    objectType: 'customer-account',
    async changed(after, signal) {
      // Marks first, rows after: a row is never older than the mark that it clears.
      dirty = await dirtyCustomers(context.dataSource.manager, origin.instance, DIRTY_LIMIT);
      const page = await client.changedCustomers(after, signal);
      const read = new Set(page.rows.map((row) => row.id));
      const missing = dirty.map(({ vendorId }) => vendorId).filter((id) => !read.has(id));
      return { ...page, rows: [...page.rows, ...(await client.customersById(missing, signal))] };
    },
    byIds: (ids, signal) => client.customersById(ids, signal),
    deletedSince: async (since, signal) =>
      (await client.deletedSince('customer', since, signal)).map((row) => row.recordid),
    vendorIdOf: (row) => row.id,
    keyOf: (vendorId) => idOf('customer', origin, vendorId),
    map: (row) => mapCustomerAccount(row, origin),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
    async alsoStore(tx, rows) {
      await clearDirty(tx, origin.instance, dirty);
      await queue.enqueue(tx, await suspicions(tx, origin.instance, rows));
    },
    alsoDelete: (tx, vendorIds) => retire(tx, context.outbox, origin.instance, vendorIds),
  };
  return documentStream(context, kind);
}

/** Owned fields that are not what we wrote, or were not and now are: the worker compares, in order with its own writes. */
async function suspicions(tx: EntityManager, instance: string, rows: readonly RawRow[]): Promise<NewWorkItem[]> {
  const byCustomer = new Map(rows.flatMap((row) => pair(ownedInErp(row))));
  const links = await loadLinks(tx, instance, [...byCustomer.keys()], true);
  return links.flatMap(({ customerId, written, foreign, version }) => {
    const theirs = byCustomer.get(customerId);
    if (!theirs || !written) return [];
    const hash = contentHash(theirs);
    const asWritten = hash === contentHash(written);
    if (asWritten === (foreign === null)) return [];
    const id = derivedId(`${SYNC_CUSTOMER}/suspicion`, customerId, `${version}/${hash}`);
    return [{ id, kind: SYNC_CUSTOMER, key: customerId, payload: { customerId } }];
  });
}

function pair(owned: ReturnType<typeof ownedInErp>): [string, OwnedFields][] {
  return owned === null ? [] : [[owned.customerId, owned.fields]];
}

async function retire(
  tx: EntityManager,
  outbox: Outbox,
  instance: string,
  vendorIds: readonly string[],
): Promise<void> {
  const gone = await forgetVendorRecord(tx, instance, vendorIds);
  const states = gone.map(({ customerId, vendorId }) => {
    const value = crossReference(instance, customerId, vendorId, 'RETIRED');
    return { key: value.crossReferenceId, value };
  });
  await outbox.publishState(tx, 'finance.cross-reference.v1', states);
}
