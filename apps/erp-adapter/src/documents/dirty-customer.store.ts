import type { EntityManager } from 'typeorm';

export interface DirtyCustomer {
  readonly vendorId: string;
  readonly version: string;
}

/** In id order, so that two transactions over the same customers wait for each other and do not deadlock. */
export async function markDirty(tx: EntityManager, instance: string, vendorIds: readonly string[]): Promise<void> {
  if (vendorIds.length === 0) return;
  await tx.query(
    `INSERT INTO dirty_customer (instance, vendor_id) SELECT DISTINCT $1, v FROM unnest($2::text[]) v ORDER BY 2
     ON CONFLICT (instance, vendor_id) DO UPDATE SET version = DEFAULT`,
    [instance, vendorIds],
  );
}

export async function dirtyCustomers(
  tx: EntityManager,
  instance: string,
  limit: number,
): Promise<readonly DirtyCustomer[]> {
  return tx.query<DirtyCustomer[]>(
    `SELECT vendor_id AS "vendorId", version FROM dirty_customer WHERE instance = $1 ORDER BY version LIMIT $2`,
    [instance, limit],
  );
}

/** Those that were marked again meanwhile stay. */
export async function clearDirty(
  tx: EntityManager,
  instance: string,
  customers: readonly DirtyCustomer[],
): Promise<void> {
  if (customers.length === 0) return;
  await tx.query(
    `DELETE FROM dirty_customer d USING jsonb_to_recordset($2::jsonb) AS c("vendorId" text, version bigint)
     WHERE d.instance = $1 AND d.vendor_id = c."vendorId" AND d.version = c.version`,
    [instance, JSON.stringify(customers)],
  );
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
