import { parseDecimal } from '@tieout/canonical';
import type { StandingBill } from '@tieout/connector-erp';
import { DataError, outcomeUnknown } from '@tieout/messaging';
import { z } from 'zod';
import { toAccountTime } from './account-time.ts';
import type { NetSuiteConfig } from './config.ts';
import type { OwnedFields } from './customer-write.map.ts';
import {
  asCreditMemos,
  asInvoices,
  asOrders,
  asPayments,
  asRefunds,
  changedRows,
  documentReader,
  inParts,
  type Page,
} from './documents.client.ts';
import { certificateExpiry } from './assertion.client.ts';
import { dimensionRows, type DimensionRows } from './dimension-rows.client.ts';
import { createSender, type Answer, type Request, type Send, type SendOptions } from './http.client.ts';
import { runOnce } from './job.client.ts';
import * as queries from './queries.ts';
import { readSnapshot, type SnapshotObject, type SnapshotReading } from './snapshot.client.ts';
import { createQuery, type Query } from './suiteql.client.ts';
import {
  currencyRow,
  deletedRow,
  itemRow,
  rawRow,
  subsidiaryRow,
  totalRow,
  type CreditMemoRecord,
  type DeletedRow,
  type InvoiceRecord,
  type OrderRecord,
  type PaymentRecord,
  type Position,
  type RawRow,
  type SubsidiaryRow,
  type TotalRow,
} from './vendor-types.ts';

/** Record types that are created or updated under an external id of ours. */
export type UpsertType =
  | 'customer'
  | 'salesOrder'
  | 'invoice'
  | 'customerPayment'
  | 'creditMemo'
  | 'customerRefund'
  | 'serviceSaleItem'
  | 'subsidiary'
  | 'currency'
  | 'department'
  | 'classification';

/** What is read and written of NetSuite. Every method throws TransientError, DataError or MisconfiguredError. */
export interface NetSuiteClient extends DimensionRows {
  /** When the certificate that calls sign in with ends; null where there is none, or we do not have it. */
  readonly certificateExpiresAt: Date | null;
  /** Internal ids of the account's currencies by ISO code. */
  currencyIds(signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Internal ids of the active items that have one of these codes. */
  itemIds(codes: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  subsidiaries(signal?: AbortSignal): Promise<readonly SubsidiaryRow[]>;
  changedCustomers(after: Position, signal?: AbortSignal): Promise<Page<RawRow>>;
  customersById(ids: readonly string[], signal?: AbortSignal): Promise<readonly RawRow[]>;
  changedOrders(after: Position, signal?: AbortSignal): Promise<Page<OrderRecord>>;
  ordersById(ids: readonly string[], signal?: AbortSignal): Promise<readonly OrderRecord[]>;
  changedInvoices(after: Position, signal?: AbortSignal): Promise<Page<InvoiceRecord>>;
  invoicesById(ids: readonly string[], signal?: AbortSignal): Promise<readonly InvoiceRecord[]>;
  changedCreditMemos(after: Position, signal?: AbortSignal): Promise<Page<CreditMemoRecord>>;
  creditMemosById(ids: readonly string[], signal?: AbortSignal): Promise<readonly CreditMemoRecord[]>;
  changedRefunds(after: Position, signal?: AbortSignal): Promise<Page<PaymentRecord>>;
  refundsById(ids: readonly string[], signal?: AbortSignal): Promise<readonly PaymentRecord[]>;
  changedPayments(after: Position, signal?: AbortSignal): Promise<Page<PaymentRecord>>;
  paymentsById(ids: readonly string[], signal?: AbortSignal): Promise<readonly PaymentRecord[]>;
  /** Records deleted for good since the instant, oldest first. */
  deletedSince(
    type: 'customer' | 'salesorder' | 'invoice' | 'creditmemo' | 'customerpayment' | 'customerrefund',
    since: Date,
    signal?: AbortSignal,
  ): Promise<readonly DeletedRow[]>;
  totals(object: 'invoice' | 'payment', signal?: AbortSignal): Promise<readonly TotalRow[]>;
  /** The owned fields of the customer under this external id, or null. */
  readCustomer(
    externalId: string,
    signal?: AbortSignal,
  ): Promise<{ readonly id: string; readonly fields: OwnedFields } | null>;
  /** The sales order under this external id as it stands, or null; `standingOrder` reads it. */
  readOrder(externalId: string, signal?: AbortSignal): Promise<OrderRecord | null>;
  /** The invoice under this external id, voided or not, or null. */
  findInvoice(externalId: string, signal?: AbortSignal): Promise<StandingBill | null>;
  /**
   * Creates or updates by external id; safe to repeat. Answers the internal id. A sublist that is sent replaces the one that
   * is there: a line stays and keeps what it has when it is sent with its key as `line`.
   */
  upsertRecord(type: UpsertType, externalId: string, body: object, signal?: AbortSignal): Promise<string>;
  /** Changes fields of the customer under this external id; safe to repeat. */
  updateCustomer(externalId: string, fields: Partial<OwnedFields>, signal?: AbortSignal): Promise<void>;
  /**
   * Makes one record of another and answers its internal id. `body` overrides what the source says; with `item.items` only the
   * lines listed (`orderLine` names the source's line) are taken. NOT safe to repeat: no answer is an unknown outcome. An
   * `externalId` in the body makes a repetition a refusal instead of a second record.
   */
  transform(
    from: Transformation['from'],
    id: string,
    to: Transformation['to'],
    body?: object,
    signal?: AbortSignal,
  ): Promise<string>;
  /**
   * The same as an asynchronous job under a key: safe to repeat with the same key, and every asking gets the first one's record.
   * Slower than `transform`.
   */
  transformOnce(transformation: Transformation, key: string, signal?: AbortSignal): Promise<string>;
  snapshot(object: SnapshotObject, cutOff: string | null, signal?: AbortSignal): Promise<SnapshotReading>;
}

/** What is made of what, with overrides of what the source says. */
export interface Transformation {
  readonly from: 'salesOrder' | 'invoice' | 'creditMemo';
  readonly id: string;
  readonly to: 'invoice' | 'customerPayment' | 'creditMemo' | 'customerRefund';
  readonly body?: object;
}

/** A client of one account. Holds no connection; nothing to close. */
export function createNetSuiteClient(config: NetSuiteConfig, options: SendOptions = {}): NetSuiteClient {
  const send = createSender(config, options);
  const query = createQuery(send);
  return {
    ...dimensionRows(query),
    ...documentReaders(query),
    certificateExpiresAt: 'clientId' in config ? certificateExpiry(config) : null,
    async currencyIds(signal) {
      const rows = await query.all(queries.currencies, [], currencyRow, signal);
      return new Map(rows.map(({ symbol, id }) => [symbol, id]));
    },
    async itemIds(codes, signal) {
      const asked = [...new Set(codes)];
      const rows = await inParts(asked, (part) => query.all(queries.itemsByCode(part.length), part, itemRow, signal));
      return new Map(rows.map(({ itemid, id }) => [itemid, id]));
    },
    subsidiaries: (signal) => query.all(queries.subsidiaries, [], subsidiaryRow, signal),
    changedCustomers: (after, signal) => changedRows(query, queries.changedCustomers, after, signal),
    customersById: (ids, signal) =>
      inParts(ids, (part) => query.all(queries.customersById(part.length), part, rawRow, signal)),
    deletedSince: (type, since, signal) => {
      const from = toAccountTime(since.toISOString(), config.timeZone);
      return query.all(queries.deletedSince, [type, from], deletedRow, signal);
    },
    totals: (object, signal) =>
      query.all(object === 'invoice' ? queries.invoiceTotals : queries.paymentTotals, [], totalRow, signal),
    readCustomer: (externalId, signal) => readCustomer(send, externalId, signal),
    async readOrder(externalId, signal) {
      const headers = await query.all(queries.orderByExternalId, [externalId], rawRow, signal);
      return (await asOrders(query, headers, signal))[0] ?? null;
    },
    async findInvoice(externalId, signal) {
      const [row] = await query.all(queries.invoiceByExternalId, [externalId], billRow, signal);
      return row ? { id: row.id, number: row.tranid, date: row.trandate, gross: parseDecimal(row.foreigntotal) } : null;
    },
    async upsertRecord(type, externalId, body, signal) {
      return locatedId(`upsert ${type}`, await upsert(send, type, externalId, body, signal));
    },
    updateCustomer: async (externalId, fields, signal) =>
      void (await upsert(send, 'customer', externalId, fields, signal)),
    transform: async (from, id, to, body = {}, signal) => {
      const request = transformRequest({ from, id, to, body }, signal);
      return locatedId(request.name, await send(request));
    },
    transformOnce: async (transformation, key, signal) => {
      const request = transformRequest(transformation, signal);
      return locatedId(request.name, await runOnce(send, request, key));
    },
    snapshot: (object, cutOff, signal) => readSnapshot(query, object, cutOff, signal),
  };
}

const billRow = z.object({ id: z.string(), tranid: z.string(), trandate: z.string(), foreigntotal: z.string() });

type DocumentReaders = Pick<
  NetSuiteClient,
  | `changed${'Orders' | 'Invoices' | 'CreditMemos' | 'Refunds' | 'Payments'}`
  | `${'orders' | 'invoices' | 'creditMemos' | 'refunds' | 'payments'}ById`
>;

function documentReaders(query: Query): DocumentReaders {
  const orders = documentReader(query, { changed: queries.changedOrders, byId: queries.ordersById }, asOrders);
  const invoices = documentReader(query, { changed: queries.changedInvoices, byId: queries.invoicesById }, asInvoices);
  const memos = documentReader(
    query,
    { changed: queries.changedCreditMemos, byId: queries.creditMemosById },
    asCreditMemos,
  );
  const refunds = documentReader(query, { changed: queries.changedRefunds, byId: queries.refundsById }, asRefunds);
  const payments = documentReader(query, { changed: queries.changedPayments, byId: queries.paymentsById }, asPayments);
  return {
    changedOrders: orders.changed,
    ordersById: orders.byId,
    changedInvoices: invoices.changed,
    invoicesById: invoices.byId,
    changedCreditMemos: memos.changed,
    creditMemosById: memos.byId,
    changedRefunds: refunds.changed,
    refundsById: refunds.byId,
    changedPayments: payments.changed,
    paymentsById: payments.byId,
  };
}

const customerShape = z.object({
  id: z.string(),
  entityId: z.string(),
  companyName: z.string().default(''),
  vatRegNumber: z.string().default(''),
});

async function readCustomer(
  send: Send,
  externalId: string,
  signal?: AbortSignal,
): Promise<{ id: string; fields: OwnedFields } | null> {
  const path = `/record/v1/customer/eid:${encodeURIComponent(externalId)}`;
  try {
    const { json } = await send({ name: 'read customer', method: 'GET', path, signal });
    const { id, ...fields } = customerShape.parse(json);
    return { id, fields };
  } catch (error) {
    if (error instanceof DataError && error.code === 'netsuite-not-found') return null;
    throw error;
  }
}

/** The default drops a mistyped field without a word. */
const strict = { 'X-NetSuite-PropertyNameValidation': 'Error' };

/** Without `replace` a repeated call would add the same lines once more. */
const sublists: Partial<Record<UpsertType, string>> = {
  salesOrder: 'item',
  invoice: 'item',
  customerPayment: 'apply',
  customerRefund: 'apply',
  creditMemo: 'item,apply',
};

function upsert(send: Send, type: UpsertType, externalId: string, body: object, signal?: AbortSignal): Promise<Answer> {
  const replace = sublists[type] === undefined ? '' : `?replace=${sublists[type]}`;
  return send({
    name: `upsert ${type}`,
    method: 'PUT',
    path: `/record/v1/${type}/eid:${encodeURIComponent(externalId)}${replace}`,
    body,
    headers: strict,
    signal,
  });
}

function transformRequest({ from, id, to, body = {} }: Transformation, signal?: AbortSignal): Request {
  // Lines that the overrides do not name would be taken, too.
  const replace = 'item' in body ? '?replace=item' : '';
  const path = `/record/v1/${from}/${encodeURIComponent(id)}/!transform/${to}${replace}`;
  return { name: `transform ${from} to ${to}`, method: 'POST', path, body, headers: strict, signal };
}

/** The internal id of a record that was written. */
function locatedId(name: string, { location }: Answer): string {
  const id = /\/(\d+)$/.exec(location ?? '')?.[1];
  // It was taken, and by whom is not said: the page of somebody in between looks like that, too.
  if (id === undefined) throw outcomeUnknown(`NetSuite ${name}: no Location in the answer`);
  return id;
}
