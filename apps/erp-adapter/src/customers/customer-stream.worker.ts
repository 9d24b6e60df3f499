import { contentHash, derivedId } from '@tieout/canonical';
import type { CustomerRecordRead, Erp } from '@tieout/connector-erp';
import type { Enqueue, NewWorkItem, Outbox, StreamSpec } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { documentStream, type StreamContext } from '../documents/document-stream.worker.ts';
import { crossReference } from './cross-reference.ts';
import { forgetVendorRecord, loadLinks } from './customer-link.store.ts';
import { SYNC_CUSTOMER } from './customer.consumer.ts';

/**
 * Customers of the ERP to customer accounts. This stream alone publishes them: changed ones and those whose documents moved,
 * because an ERP may move a balance without moving the customer's stamp.
 */
export function customerStream(context: StreamContext, erp: Erp, queue: Enqueue): StreamSpec<unknown> {
  const { instance } = context;
  return documentStream(context, erp.customers, {
    alsoStore: async (tx, records) => queue.enqueue(tx, await suspicions(tx, instance, records)),
    alsoDelete: (tx, vendorIds) => retire(tx, context.outbox, erp, vendorIds),
  });
}

/** Owned fields that are not what we wrote, or were not and now are: the worker compares, in order with its own writes. */
async function suspicions(
  tx: EntityManager,
  instance: string,
  records: readonly CustomerRecordRead[],
): Promise<NewWorkItem[]> {
  const byCustomer = new Map(records.flatMap(({ owned }) => (owned ? [[owned.customerId, owned.fields]] : [])));
  const links = await loadLinks(tx, instance, [...byCustomer.keys()], true);
  return links.flatMap(({ customerId, written, foreign, held, vendorId, version }) => {
    const theirs = byCustomer.get(customerId);
    if (!theirs) return [];
    // Somebody else has brought him, or changed him as was proposed.
    if (held) return [lookAt(customerId, `${version}/${vendorId === null ? 'brought' : contentHash(theirs)}`)];
    if (!written) return [];
    const hash = contentHash(theirs);
    const asWritten = hash === contentHash(written);
    if (asWritten === (foreign === null)) return [];
    return [lookAt(customerId, `${version}/${hash}`)];
  });
}

function lookAt(customerId: string, why: string): NewWorkItem {
  const id = derivedId(`${SYNC_CUSTOMER}/suspicion`, customerId, why);
  return { id, kind: SYNC_CUSTOMER, key: customerId, payload: { customerId } };
}

async function retire(tx: EntityManager, outbox: Outbox, erp: Erp, vendorIds: readonly string[]): Promise<void> {
  const gone = await forgetVendorRecord(tx, erp.instance, vendorIds);
  const states = gone.map(({ customerId, vendorId }) => {
    const value = crossReference(erp, customerId, vendorId, 'RETIRED');
    return { key: value.crossReferenceId, value };
  });
  await outbox.publishState(tx, 'finance.cross-reference.v1', states);
}
