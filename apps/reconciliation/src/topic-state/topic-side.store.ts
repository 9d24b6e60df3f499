import type { EntityManager } from 'typeorm';
import type { ControlTotal, TotalledType } from '../checks/control-totals.ts';
import type { ContractDocument, Document } from '../checks/documents.ts';
import type { ForecastVersion, PublishedCell, PublishedForecast } from '../checks/forecast.ts';
import type { Allocation, BalancedInvoice } from '../checks/invoice-balance.ts';
import type { TopicSide } from '../checks/sides.ts';
import { loadClosedPeriods, loadDimensions, loadPosted } from './topic-dimensions.store.ts';
import { INSTANT, loadHierarchies, loadReversed } from './topic-relations.store.ts';

/** What is compared: records of the instances that a run asks, documents up to the cut-off when there is one. */
export interface TopicScope {
  /** ERP instances asked for invoices or payments. */
  readonly receivables: readonly string[];
  /** ERP instances asked for orders. */
  readonly orders: readonly string[];
  /** ERP instances asked for credit memos. */
  readonly creditMemos: readonly string[];
  /** Planning instances asked for their forecast. */
  readonly forecasts: readonly string[];
  /** Instances asked for their customers, by system. */
  readonly customers: ReadonlyMap<string, readonly string[]>;
  readonly cutOff: string | null;
}

/** What the topics say of documents that stand. Call it in one snapshot of the database. */
export async function loadTopicSide(tx: EntityManager, scope: TopicScope): Promise<TopicSide> {
  const closedPeriods = await loadClosedPeriods(tx, scope);
  return {
    invoices: await loadInvoices(tx, scope),
    payments: await loadPayments(tx, scope),
    orders: await loadOrders(tx, scope),
    creditMemos: await loadCreditMemos(tx, scope),
    laterMonths: await loadLaterMonths(tx, scope),
    allocations: await loadAllocations(tx, PAYMENTS, scope.receivables),
    creditAllocations: await loadCredits(tx, scope),
    writeOffs: null,
    reversed: await loadReversed(tx, scope),
    hierarchies: { ...(await loadHierarchies(tx, scope)), ...(await loadDimensions(tx, scope)) },
    closedPeriods,
    posted: await loadPosted(tx, scope, closedPeriods),
    controlTotals: await loadControlTotals(tx, scope),
    forecast: await loadForecast(tx, scope),
    legalEntities: await loadLegalEntities(tx),
  };
}

/** Records of a topic in these states; `$1` instances. */
const standing = (topic: string, lifecycles: readonly string[]): string =>
  `topic_state WHERE topic = 'finance.${topic}.v1' AND value->>'lifecycle' IN ('${lifecycles.join("', '")}')
  AND value->'source'->>'instance' = ANY($1::text[])`;
const INVOICES = standing('invoice', ['OPEN', 'PAID']);
const PAYMENTS = standing('payment', ['POSTED']);
const ORDERS = standing('order', ['PENDING', 'OPEN', 'BILLED', 'CLOSED']);
const CREDIT_MEMOS = standing('credit-memo', ['OPEN', 'APPLIED']);
const DOCUMENT = `key AS id, value->>'number' AS number, value->>'legalEntityId' AS "legalEntityId",
  value->>'customerId' AS "customerId", value->>'currency' AS currency, ${INSTANT} AS "changedAt"`;
/** `$2` cut-off */
const upTo = (dateField: string): string => `($2::text IS NULL OR value->>'${dateField}' <= $2)`;

function loadInvoices(tx: EntityManager, { receivables, cutOff }: TopicScope): Promise<BalancedInvoice[]> {
  return tx.query<BalancedInvoice[]>(
    `SELECT ${DOCUMENT}, value->>'issueDate' AS date, value->>'gross' AS amount, value->>'open' AS rest,
            value->>'paid' AS paid, value->>'credited' AS credited
     FROM ${INVOICES} AND ${upTo('issueDate')}`,
    [receivables, cutOff],
  );
}

function loadPayments(tx: EntityManager, { receivables, cutOff }: TopicScope): Promise<Document[]> {
  return tx.query<Document[]>(
    `SELECT ${DOCUMENT}, value->>'paymentDate' AS date, value->>'amount' AS amount, value->>'unapplied' AS rest
     FROM ${PAYMENTS} AND ${upTo('paymentDate')}`,
    [receivables, cutOff],
  );
}

function loadOrders(tx: EntityManager, { orders, cutOff }: TopicScope): Promise<ContractDocument[]> {
  return tx.query<ContractDocument[]>(
    `SELECT ${DOCUMENT}, value->>'orderDate' AS date, value->>'gross' AS amount, value->>'unbilledNet' AS rest,
            value->>'contractId' AS "contractId"
     FROM ${ORDERS} AND ${upTo('orderDate')}`,
    [orders, cutOff],
  );
}

function loadCreditMemos(tx: EntityManager, { creditMemos, cutOff }: TopicScope): Promise<ContractDocument[]> {
  return tx.query<ContractDocument[]>(
    `SELECT ${DOCUMENT}, value->>'issueDate' AS date, value->>'gross' AS amount, value->>'unapplied' AS rest,
            value->>'contractId' AS "contractId"
     FROM ${CREDIT_MEMOS} AND ${upTo('issueDate')}`,
    [creditMemos, cutOff],
  );
}

async function loadLaterMonths(tx: EntityManager, { receivables, cutOff }: TopicScope): Promise<Set<string>> {
  if (cutOff === null) return new Set();
  const rows = await tx.query<{ month: string }[]>(
    `SELECT left(value->>'issueDate', 7) AS month FROM ${INVOICES} AND value->>'issueDate' > $2
     UNION SELECT left(value->>'paymentDate', 7) FROM ${PAYMENTS} AND value->>'paymentDate' > $2`,
    [receivables, cutOff],
  );
  return new Set(rows.map(({ month }) => month));
}

/** Of every document that stands: what is open of an invoice is what is open today, whatever the cut-off. */
function loadAllocations(tx: EntityManager, from: string, instances: readonly string[]): Promise<Allocation[]> {
  return tx.query<Allocation[]>(
    `SELECT d.key AS "documentId", a->>'invoiceId' AS "invoiceId", a->>'amount' AS amount,
            d.value->>'currency' AS currency, ${INSTANT} AS "changedAt"
     FROM (SELECT key, value, received_at FROM ${from}) d, jsonb_array_elements(d.value->'allocations') a`,
    [instances],
  );
}

/** Null when the credit memos of an instance are not looked at: its invoices' credits could come from nowhere else. */
async function loadCredits(
  tx: EntityManager,
  { receivables, creditMemos }: TopicScope,
): Promise<readonly Allocation[] | null> {
  if (receivables.some((instance) => !creditMemos.includes(instance))) return null;
  return loadAllocations(tx, CREDIT_MEMOS, creditMemos);
}

async function loadLegalEntities(tx: EntityManager): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; code: string }[]>(
    `SELECT key AS id, value->>'code' AS code FROM topic_state WHERE topic = 'finance.legal-entity.v1'`,
  );
  return new Map(rows.map(({ id, code }) => [id, code]));
}

/** Of each figure the total with the latest cut-off that the run may look at: earlier ones are history. */
async function loadControlTotals(tx: EntityManager, { receivables, cutOff }: TopicScope): Promise<ControlTotal[]> {
  const rows = await tx.query<(Omit<ControlTotal, 'object'> & { object: string })[]>(
    `SELECT DISTINCT ON (object, "legalEntityId", instance, period, currency) * FROM (
       SELECT value->>'object' AS object, value->>'legalEntityId' AS "legalEntityId", value->>'instance' AS instance,
              value->>'period' AS period, value->>'cutOff' AS "cutOff", value->>'currency' AS currency, value->>'count' AS count,
              value->'sums' AS sums, ${INSTANT} AS "changedAt"
       FROM topic_state WHERE topic = 'finance.control-total.v1') t
     WHERE instance = ANY($1::text[]) AND ($2::text IS NULL OR "cutOff" <= $2)
     ORDER BY object, "legalEntityId", instance, period, currency, "cutOff" DESC`,
    [receivables, cutOff],
  );
  return rows.filter((row): row is ControlTotal => isTotalled(row.object));
}

const isTotalled = (object: string): object is TotalledType => object === 'invoice' || object === 'payment';

async function loadForecast(tx: EntityManager, { forecasts }: TopicScope): Promise<PublishedForecast> {
  type Row<T, K extends keyof T> = Omit<T, K> & Record<K, string>;
  const versions = await tx.query<Row<ForecastVersion, 'revision' | 'cellCount'>[]>(
    `SELECT key AS "versionId", value->>'name' AS name, revision, value->>'cellCount' AS "cellCount", value->'sums' AS sums,
            value->>'contentHash' AS "contentHash", ${INSTANT} AS "changedAt"
     FROM ${standing('forecast-version', ['ACTIVE'])}`,
    [forecasts],
  );
  const cells = await tx.query<Row<PublishedCell, 'versionRevision'>[]>(
    `SELECT key AS "forecastId", value->>'versionId' AS "versionId", value->>'versionRevision' AS "versionRevision",
            value->>'legalEntity' AS "legalEntity", value->>'legalEntityId' AS "legalEntityId", value->>'lineItem' AS "lineItem",
            value->>'period' AS month, value->>'currency' AS currency, value->>'amount' AS amount, ${INSTANT} AS "changedAt"
     FROM ${standing('forecast', ['ACTIVE'])}`,
    [forecasts],
  );
  return {
    versions: versions.map((row) => ({ ...row, revision: BigInt(row.revision), cellCount: BigInt(row.cellCount) })),
    cells: cells.map((row) => ({ ...row, versionRevision: BigInt(row.versionRevision) })),
  };
}

export async function lastPlanningReceipt(tx: EntityManager): Promise<string | null> {
  const rows = await tx.query<{ at: string | null }[]>(
    `SELECT max(value->>'completedAt') AS at FROM topic_state WHERE topic = 'finance.planning-receipt.v1'`,
  );
  return rows[0]?.at ?? null;
}
