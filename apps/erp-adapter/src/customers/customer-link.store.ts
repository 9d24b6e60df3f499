import type { OwnedFields, ThreeWay } from '@tieout/connector-erp';
import { TransientError } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import type { Approvals, Content } from './governed.ts';

export interface CustomerLink extends Approvals {
  readonly customerId: string;
  readonly desired: Content;
  readonly written: OwnedFields | null;
  /** Fields of a write whose answer has not come. */
  readonly attempted: OwnedFields | null;
  readonly vendorId: string | null;
  readonly foreign: ThreeWay['foreign'] | null;
  /** Codes of the legal entities whose commands named the customer, and those that he was brought into. */
  readonly wanted: readonly string[];
  readonly placed: readonly string[];
  /** Looked at and not written, because customers are not written. */
  readonly held: boolean;
  readonly version: string;
}

const columns = `customer_id AS "customerId", desired, written, attempted, vendor_id AS "vendorId", foreign_fields AS "foreign",
  wanted, placed, approved, rejected, held, version`;

/** Rows of an earlier release do not say these. */
const absent = { legalName: null, paymentTerms: null, billingAddress: null };

export interface NewDesired {
  readonly customerId: string;
  /** Our id as the ERP can hold it; null where it takes our own. */
  readonly externalKey: string | null;
  readonly revision: bigint;
  readonly desired: Content;
}

/** A customer whose newest revision was kept: whether a command has named him, and whether the ERP has him. */
export interface Kept {
  readonly customerId: string;
  readonly wanted: boolean;
  readonly stands: boolean;
}

/** Keeps the newest revision per customer; answers those that were newer than what was there. */
export async function keepDesired(
  tx: EntityManager,
  instance: string,
  customers: readonly NewDesired[],
): Promise<ReadonlyMap<string, Kept>> {
  const rows = customers.map((c) => ({ ...c, revision: c.revision.toString() }));
  const kept = await tx.query<Kept[]>(
    `INSERT INTO customer_link (instance, customer_id, external_key, desired, desired_revision)
     SELECT $1, c->>'customerId', c->>'externalKey', c->'desired', (c->>'revision')::bigint
     FROM jsonb_array_elements($2::jsonb) c ORDER BY 2
     ON CONFLICT (instance, customer_id) DO UPDATE SET desired = excluded.desired, desired_revision = excluded.desired_revision
       WHERE customer_link.desired_revision < excluded.desired_revision
     RETURNING customer_id AS "customerId", wanted <> '{}' AS wanted, vendor_id IS NOT NULL AS stands`,
    [instance, JSON.stringify(rows)],
  );
  return new Map(kept.map((row) => [row.customerId, row]));
}

export interface Want {
  readonly customerId: string;
  readonly externalKey: string | null;
  /** Its code. */
  readonly legalEntity: string;
}

/**
 * A command of this legal entity has named the customer, perhaps before he himself has come: who comes second sees the first,
 * because both write the same row. Answers the customers that are known and were not wanted there before, with all that want them.
 */
export async function wantCustomers(
  tx: EntityManager,
  instance: string,
  wants: readonly Want[],
): Promise<readonly { readonly customerId: string; readonly wanted: readonly string[] }[]> {
  const rows = await tx.query<{ customerId: string; wanted: readonly string[]; known: boolean }[]>(
    `INSERT INTO customer_link AS l (instance, customer_id, external_key, desired_revision, wanted)
     SELECT $1, w."customerId", min(w."externalKey"), -1, array_agg(DISTINCT w."legalEntity")
     FROM jsonb_to_recordset($2::jsonb) AS w("customerId" text, "externalKey" text, "legalEntity" text) GROUP BY 2 ORDER BY 2
     ON CONFLICT (instance, customer_id) DO UPDATE
       SET wanted = (SELECT array_agg(DISTINCT code ORDER BY code) FROM unnest(l.wanted || excluded.wanted) code)
       WHERE NOT l.wanted @> excluded.wanted
     RETURNING customer_id AS "customerId", wanted, desired IS NOT NULL AS known`,
    [instance, JSON.stringify(wants)],
  );
  return rows.filter(({ known }) => known);
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

/** Customers that have come; one that was only named is absent. */
export async function loadLinks(
  tx: EntityManager,
  instance: string,
  customerIds: readonly string[],
  lock = false,
): Promise<readonly CustomerLink[]> {
  const links = await tx.query<CustomerLink[]>(
    `SELECT ${columns} FROM customer_link WHERE instance = $1 AND customer_id = ANY($2::text[]) AND desired IS NOT NULL
     ORDER BY customer_id ${lock ? 'FOR UPDATE' : ''}`,
    [instance, customerIds],
  );
  return links.map((link) => ({ ...link, desired: { ...absent, ...link.desired } }));
}

/**
 * Before a write: should its answer be lost, what it did is still known as ours. `confirmed` is what was written before.
 * @throws TransientError `link-changed` when somebody compared or forgot the record since the link was loaded
 */
export async function saveAttempt(
  tx: EntityManager,
  instance: string,
  { customerId, version }: CustomerLink,
  attempt: { readonly confirmed: OwnedFields | null; readonly fields: OwnedFields },
): Promise<void> {
  const confirmed = attempt.confirmed === null ? null : JSON.stringify(attempt.confirmed);
  const [, count] = await tx.query<[unknown, number]>(
    `UPDATE customer_link SET written = $3::jsonb, attempted = $4::jsonb
     WHERE instance = $1 AND customer_id = $2 AND version = $5`,
    [instance, customerId, confirmed, JSON.stringify(attempt.fields), version],
  );
  if (count === 0) throw new TransientError('link-changed', `Customer ${customerId} was looked at by another worker`);
}

export interface Comparison {
  readonly written: OwnedFields;
  readonly vendorId: string;
  readonly foreign: ThreeWay['foreign'];
  readonly placed: readonly string[];
}

export async function saveComparison(
  tx: EntityManager,
  instance: string,
  customerId: string,
  { written, vendorId, foreign, placed }: Comparison,
): Promise<void> {
  await tx.query(
    `UPDATE customer_link SET written = $3::jsonb, attempted = NULL, vendor_id = $4, foreign_fields = $5::jsonb, placed = $6::text[],
       held = false, version = version + 1
     WHERE instance = $1 AND customer_id = $2`,
    [
      instance,
      customerId,
      JSON.stringify(written),
      vendorId,
      foreign.length > 0 ? JSON.stringify(foreign) : null,
      placed,
    ],
  );
}

/** The ERP's record is gone for good: nothing of it was written, and the next revision creates it anew. */
export async function forgetVendorRecord(
  tx: EntityManager,
  instance: string,
  vendorIds: readonly string[],
): Promise<readonly { readonly customerId: string; readonly vendorId: string }[]> {
  const [rows] = await tx.query<[{ customerId: string; vendorId: string }[], number]>(
    `UPDATE customer_link l SET vendor_id = NULL, written = NULL, attempted = NULL, foreign_fields = NULL, placed = '{}',
       version = version + 1
     FROM (SELECT instance, customer_id, vendor_id FROM customer_link WHERE instance = $1 AND vendor_id = ANY($2::text[])) old
     WHERE l.instance = old.instance AND l.customer_id = old.customer_id
     RETURNING l.customer_id AS "customerId", old.vendor_id AS "vendorId"`,
    [instance, vendorIds],
  );
  return rows;
}
