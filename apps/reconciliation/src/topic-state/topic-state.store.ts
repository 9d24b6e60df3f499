import type { EntityManager } from 'typeorm';
import type { ControlTotal } from '../checks/control-totals.ts';
import type { Document, DocumentType } from '../checks/documents.ts';
import type { TopicSide } from '../checks/evaluate.ts';
import type { Allocation, BalancedInvoice } from '../checks/invoice-balance.ts';

export interface StateRow {
  readonly key: string;
  readonly revision: bigint;
  readonly value: unknown;
}

/** Revisions that are stored of these keys, with their rows locked. */
export async function storedRevisions(
  tx: EntityManager,
  topic: string,
  keys: readonly string[],
): Promise<Map<string, bigint>> {
  const rows = await tx.query<{ key: string; revision: string }[]>(
    `SELECT key, revision FROM topic_state WHERE topic = $1 AND key = ANY($2::text[]) FOR UPDATE`,
    [topic, keys],
  );
  return new Map(rows.map(({ key, revision }) => [key, BigInt(revision)]));
}

/** One row per key at most. */
export async function putStates(tx: EntityManager, topic: string, rows: readonly StateRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO topic_state (topic, key, revision, value)
     SELECT $1::text, * FROM unnest($2::text[], $3::bigint[], $4::jsonb[])
     ON CONFLICT (topic, key) DO UPDATE SET revision = excluded.revision, value = excluded.value, received_at = clock_timestamp()
     WHERE excluded.revision > topic_state.revision`,
    [
      topic,
      rows.map((row) => row.key),
      rows.map((row) => row.revision.toString()),
      rows.map((row) => toJson(row.value)),
    ],
  );
}

export async function removeStates(tx: EntityManager, topic: string, keys: readonly string[]): Promise<void> {
  if (keys.length > 0)
    await tx.query(`DELETE FROM topic_state WHERE topic = $1 AND key = ANY($2::text[])`, [topic, keys]);
}

const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));

/** What is compared: documents of these ERP instances, up to the cut-off when there is one. */
export interface TopicScope {
  readonly instances: readonly string[];
  readonly cutOff: string | null;
}

/** What the topics say of posted documents. Call it in one snapshot of the database. */
export async function loadTopicSide(tx: EntityManager, scope: TopicScope): Promise<TopicSide> {
  return {
    invoices: await loadInvoices(tx, scope),
    payments: await loadPayments(tx, scope),
    laterMonths: await loadLaterMonths(tx, scope),
    allocations: await loadAllocations(tx, scope),
    controlTotals: await loadControlTotals(tx, scope),
    legalEntities: await loadLegalEntities(tx),
  };
}

const INSTANT = `to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
/** `$1` instances, `$2` cut-off. */
const INVOICES = `topic_state WHERE topic = 'finance.invoice.v1' AND value->>'lifecycle' IN ('OPEN', 'PAID')
  AND value->'source'->>'instance' = ANY($1::text[])`;
const PAYMENTS = `topic_state WHERE topic = 'finance.payment.v1' AND value->>'lifecycle' = 'POSTED'
  AND value->'source'->>'instance' = ANY($1::text[])`;

function loadInvoices(tx: EntityManager, { instances, cutOff }: TopicScope): Promise<BalancedInvoice[]> {
  return tx.query<BalancedInvoice[]>(
    `SELECT key AS id, value->>'number' AS number, value->>'legalEntityId' AS "legalEntityId", value->>'customerId' AS "customerId",
            value->>'currency' AS currency, value->>'issueDate' AS date, value->>'gross' AS amount, value->>'open' AS rest,
            value->>'paid' AS paid, value->>'credited' AS credited, ${INSTANT} AS "changedAt"
     FROM ${INVOICES} AND ($2::text IS NULL OR value->>'issueDate' <= $2)`,
    [instances, cutOff],
  );
}

function loadPayments(tx: EntityManager, { instances, cutOff }: TopicScope): Promise<Document[]> {
  return tx.query<Document[]>(
    `SELECT key AS id, value->>'number' AS number, value->>'legalEntityId' AS "legalEntityId", value->>'customerId' AS "customerId",
            value->>'currency' AS currency, value->>'paymentDate' AS date, value->>'amount' AS amount, value->>'unapplied' AS rest,
            ${INSTANT} AS "changedAt"
     FROM ${PAYMENTS} AND ($2::text IS NULL OR value->>'paymentDate' <= $2)`,
    [instances, cutOff],
  );
}

async function loadLaterMonths(tx: EntityManager, { instances, cutOff }: TopicScope): Promise<Set<string>> {
  if (cutOff === null) return new Set();
  const rows = await tx.query<{ month: string }[]>(
    `SELECT left(value->>'issueDate', 7) AS month FROM ${INVOICES} AND value->>'issueDate' > $2
     UNION SELECT left(value->>'paymentDate', 7) FROM ${PAYMENTS} AND value->>'paymentDate' > $2`,
    [instances, cutOff],
  );
  return new Set(rows.map(({ month }) => month));
}

/** Of every posted payment: what is open of an invoice is what is open today, whatever the cut-off. */
function loadAllocations(tx: EntityManager, { instances }: TopicScope): Promise<Allocation[]> {
  return tx.query<Allocation[]>(
    `SELECT p.key AS "paymentId", a->>'invoiceId' AS "invoiceId", a->>'amount' AS amount
     FROM (SELECT key, value FROM ${PAYMENTS}) p, jsonb_array_elements(p.value->'allocations') a`,
    [instances],
  );
}

async function loadLegalEntities(tx: EntityManager): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; code: string }[]>(
    `SELECT key AS id, value->>'code' AS code FROM topic_state WHERE topic = 'finance.legal-entity.v1'`,
  );
  return new Map(rows.map(({ id, code }) => [id, code]));
}

/** Of each figure the total with the latest cut-off that the run may look at: earlier ones are history. */
async function loadControlTotals(tx: EntityManager, { instances, cutOff }: TopicScope): Promise<ControlTotal[]> {
  const rows = await tx.query<(Omit<ControlTotal, 'object'> & { object: string })[]>(
    `SELECT DISTINCT ON (object, "legalEntityId", instance, period, currency) * FROM (
       SELECT value->>'object' AS object, value->>'legalEntityId' AS "legalEntityId", value->>'instance' AS instance,
              value->>'period' AS period, value->>'cutOff' AS "cutOff", value->>'currency' AS currency, value->>'count' AS count,
              value->'sums' AS sums, ${INSTANT} AS "changedAt"
       FROM topic_state WHERE topic = 'finance.control-total.v1') t
     WHERE instance = ANY($1::text[]) AND ($2::text IS NULL OR "cutOff" <= $2)
     ORDER BY object, "legalEntityId", instance, period, currency, "cutOff" DESC`,
    [instances, cutOff],
  );
  return rows.filter((row): row is ControlTotal => isDocumentType(row.object));
}

const isDocumentType = (object: string): object is DocumentType => object === 'invoice' || object === 'payment';

export async function lastPlanningReceipt(tx: EntityManager): Promise<string | null> {
  const rows = await tx.query<{ at: string | null }[]>(
    `SELECT max(value->>'completedAt') AS at FROM topic_state WHERE topic = 'finance.planning-receipt.v1'`,
  );
  return rows[0]?.at ?? null;
}
