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

/** What the topics say of posted documents up to the cut-off, all of it from one snapshot of the database. */
export async function loadTopicSide(tx: EntityManager, cutOff: string | null): Promise<TopicSide> {
  return {
    invoices: await loadInvoices(tx, cutOff),
    payments: await loadPayments(tx, cutOff),
    allocations: await loadAllocations(tx),
    controlTotals: await loadControlTotals(tx),
    legalEntities: await loadLegalEntities(tx),
  };
}

const INSTANT = `to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

function loadInvoices(tx: EntityManager, cutOff: string | null): Promise<BalancedInvoice[]> {
  return tx.query<BalancedInvoice[]>(
    `SELECT key AS id, value->>'number' AS number, value->>'legalEntityId' AS "legalEntityId", value->>'customerId' AS "customerId",
            value->>'currency' AS currency, value->>'issueDate' AS date, value->>'gross' AS amount, value->>'open' AS rest,
            value->>'paid' AS paid, value->>'credited' AS credited, ${INSTANT} AS "changedAt"
     FROM topic_state WHERE topic = 'finance.invoice.v1' AND value->>'lifecycle' IN ('OPEN', 'PAID')
       AND ($1::text IS NULL OR value->>'issueDate' <= $1)`,
    [cutOff],
  );
}

function loadPayments(tx: EntityManager, cutOff: string | null): Promise<Document[]> {
  return tx.query<Document[]>(
    `SELECT key AS id, value->>'number' AS number, value->>'legalEntityId' AS "legalEntityId", value->>'customerId' AS "customerId",
            value->>'currency' AS currency, value->>'paymentDate' AS date, value->>'amount' AS amount, value->>'unapplied' AS rest,
            ${INSTANT} AS "changedAt"
     FROM topic_state WHERE topic = 'finance.payment.v1' AND value->>'lifecycle' = 'POSTED'
       AND ($1::text IS NULL OR value->>'paymentDate' <= $1)`,
    [cutOff],
  );
}

/** Of every posted payment: what is open of an invoice is what is open today, whatever the cut-off. */
function loadAllocations(tx: EntityManager): Promise<Allocation[]> {
  return tx.query<Allocation[]>(
    `SELECT key AS "paymentId", a->>'invoiceId' AS "invoiceId", a->>'amount' AS amount
     FROM topic_state, jsonb_array_elements(value->'allocations') a
     WHERE topic = 'finance.payment.v1' AND value->>'lifecycle' = 'POSTED'`,
  );
}

async function loadLegalEntities(tx: EntityManager): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; code: string }[]>(
    `SELECT key AS id, value->>'code' AS code FROM topic_state WHERE topic = 'finance.legal-entity.v1'`,
  );
  return new Map(rows.map(({ id, code }) => [id, code]));
}

/** Totals of the latest cut-off of each object and instance: earlier ones are history. */
async function loadControlTotals(tx: EntityManager): Promise<ControlTotal[]> {
  const rows = await tx.query<(Omit<ControlTotal, 'object'> & { object: string })[]>(
    `SELECT object, "legalEntityId", period, "cutOff", currency, count, sums, "changedAt" FROM (
       SELECT value->>'object' AS object, value->>'legalEntityId' AS "legalEntityId", value->>'period' AS period,
              value->>'cutOff' AS "cutOff", value->>'currency' AS currency, value->>'count' AS count, value->'sums' AS sums,
              ${INSTANT} AS "changedAt",
              max(value->>'cutOff') OVER (PARTITION BY value->>'object', value->>'instance') AS latest
       FROM topic_state WHERE topic = 'finance.control-total.v1') t
     WHERE "cutOff" = latest`,
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
