import type { EntityManager } from 'typeorm';
import { markDirtyRecords } from './dirty-record.store.ts';

/** Name of the stream that reads customers. */
const STREAM = 'customer';

/** Customers whose balance may have moved: an ERP need not move their own stamp when a document does. */
export function markDirty(tx: EntityManager, instance: string, vendorIds: readonly string[]): Promise<void> {
  return markDirtyRecords(tx, instance, STREAM, vendorIds);
}

/** Marks by canonical id of the customer account, for records of which only the event is left. */
export async function markDirtyByAccount(
  tx: EntityManager,
  instance: string,
  accountIds: readonly (string | null)[],
): Promise<void> {
  const rows = await tx.query<{ vendor_id: string }[]>(
    `SELECT vendor_id FROM published_record WHERE topic = 'finance.customer-account.v1' AND key = ANY($1::text[])`,
    [accountIds],
  );
  await markDirty(
    tx,
    instance,
    rows.map((row) => row.vendor_id),
  );
}
