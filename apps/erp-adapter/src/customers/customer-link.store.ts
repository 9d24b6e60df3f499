import type { Customer } from '@tieout/canonical';
import type { OwnedFields, ThreeWay } from '@tieout/connector-netsuite';
import { TransientError } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';

/** The part of a customer that the ERP gets. */
export type Desired = Pick<Customer, 'accountNumber' | 'name' | 'taxId' | 'currency' | 'lifecycle'>;

export interface CustomerLink {
  readonly customerId: string;
  readonly desired: Desired;
  readonly written: OwnedFields | null;
  /** Fields of a write whose answer has not come. */
  readonly attempted: Partial<OwnedFields> | null;
  readonly vendorId: string | null;
  readonly foreign: ThreeWay['foreign'] | null;
  readonly version: string;
}

const columns = `customer_id AS "customerId", desired, written, attempted, vendor_id AS "vendorId", foreign_fields AS "foreign", version`;

/** Keeps the newest revision per customer; answers which of the given ones were newer than what was there. */
export async function keepDesired(
  tx: EntityManager,
  instance: string,
  customers: readonly { readonly customerId: string; readonly revision: bigint; readonly desired: Desired }[],
): Promise<ReadonlySet<string>> {
  const rows = customers.map((c) => ({ ...c, revision: c.revision.toString() }));
  const kept = await tx.query<{ customer_id: string }[]>(
    `INSERT INTO customer_link (instance, customer_id, desired, desired_revision)
     SELECT $1, c->>'customerId', c->'desired', (c->>'revision')::bigint FROM jsonb_array_elements($2::jsonb) c ORDER BY 2
     ON CONFLICT (instance, customer_id) DO UPDATE SET desired = excluded.desired, desired_revision = excluded.desired_revision
       WHERE customer_link.desired_revision < excluded.desired_revision
     RETURNING customer_id`,
    [instance, JSON.stringify(rows)],
  );
  return new Set(kept.map((row) => row.customer_id));
}

export async function revisionsOf(
  tx: EntityManager,
  instance: string,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await tx.query<{ customer_id: string; desired_revision: string }[]>(
    'SELECT customer_id, desired_revision FROM customer_link WHERE instance = $1 AND customer_id = ANY($2::text[])',
    [instance, customerIds],
  );
  return new Map(rows.map((row) => [row.customer_id, BigInt(row.desired_revision)]));
}

export async function loadLinks(
  tx: EntityManager,
  instance: string,
  customerIds: readonly string[],
  lock = false,
): Promise<readonly CustomerLink[]> {
  return tx.query<CustomerLink[]>(
    `SELECT ${columns} FROM customer_link WHERE instance = $1 AND customer_id = ANY($2::text[])
     ORDER BY customer_id ${lock ? 'FOR UPDATE' : ''}`,
    [instance, customerIds],
  );
}

/**
 * Before a write: should its answer be lost, what it did is still known as ours. `confirmed` is what was written before.
 * @throws TransientError `link-changed` when somebody compared or forgot the record since the link was loaded
 */
export async function saveAttempt(
  tx: EntityManager,
  instance: string,
  { customerId, version }: CustomerLink,
  attempt: { readonly confirmed: OwnedFields | null; readonly fields: Partial<OwnedFields> },
): Promise<void> {
  const confirmed = attempt.confirmed === null ? null : JSON.stringify(attempt.confirmed);
  const [, count] = await tx.query<[unknown, number]>(
    `UPDATE customer_link SET written = $3::jsonb, attempted = $4::jsonb
     WHERE instance = $1 AND customer_id = $2 AND version = $5`,
    [instance, customerId, confirmed, JSON.stringify(attempt.fields), version],
  );
  if (count === 0) throw new TransientError('link-changed', `Customer ${customerId} was looked at by another worker`);
}

export async function saveComparison(
  tx: EntityManager,
  instance: string,
  customerId: string,
  result: { readonly written: OwnedFields; readonly vendorId: string; readonly foreign: ThreeWay['foreign'] },
): Promise<void> {
  const foreign = result.foreign.length > 0 ? JSON.stringify(result.foreign) : null;
  await tx.query(
    `UPDATE customer_link SET written = $3::jsonb, attempted = NULL, vendor_id = $4, foreign_fields = $5::jsonb, version = version + 1
     WHERE instance = $1 AND customer_id = $2`,
    [instance, customerId, JSON.stringify(result.written), result.vendorId, foreign],
  );
}

/** The ERP's record is gone for good: nothing of it was written, and the next revision creates it anew. */
export async function forgetVendorRecord(
  tx: EntityManager,
  instance: string,
  vendorIds: readonly string[],
): Promise<readonly { readonly customerId: string; readonly vendorId: string }[]> {
  const [rows] = await tx.query<[{ customerId: string; vendorId: string }[], number]>(
    `UPDATE customer_link l SET vendor_id = NULL, written = NULL, attempted = NULL, foreign_fields = NULL, version = version + 1
     FROM (SELECT instance, customer_id, vendor_id FROM customer_link WHERE instance = $1 AND vendor_id = ANY($2::text[])) old
     WHERE l.instance = old.instance AND l.customer_id = old.customer_id
     RETURNING l.customer_id AS "customerId", old.vendor_id AS "vendorId"`,
    [instance, vendorIds],
  );
  return rows;
}
