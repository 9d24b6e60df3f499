import { DataError } from '@tieout/messaging';
import { z } from 'zod';
import { toAccountTime } from './account-time.ts';
import type { NetSuiteConfig } from './config.ts';
import type { OwnedFields } from './customer-write.map.ts';
import {
  asCreditMemos,
  asInvoices,
  asOrders,
  asPayments,
  changedRows,
  documentReader,
  inParts,
  type Page,
} from './documents.client.ts';
import { createSender, type Answer, type Send } from './http.client.ts';
import * as queries from './queries.ts';
import { readSnapshot, type SnapshotObject, type SnapshotReading } from './snapshot.client.ts';
import { createQuery } from './suiteql.client.ts';
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
  | 'serviceSaleItem'
  | 'subsidiary'
  | 'currency';

/** What is read and written of NetSuite. Every method throws TransientError, DataError or MisconfiguredError. */
export interface NetSuiteClient {
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
  changedPayments(after: Position, signal?: AbortSignal): Promise<Page<PaymentRecord>>;
  paymentsById(ids: readonly string[], signal?: AbortSignal): Promise<readonly PaymentRecord[]>;
  /** Records deleted for good since the instant, oldest first. */
  deletedSince(
    type: 'customer' | 'salesorder' | 'invoice' | 'creditmemo' | 'customerpayment',
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
    from: 'salesOrder' | 'invoice',
    id: string,
    to: 'invoice' | 'customerPayment' | 'creditMemo',
    body?: object,
    signal?: AbortSignal,
  ): Promise<string>;
  snapshot(object: SnapshotObject, cutOff: string | null, signal?: AbortSignal): Promise<SnapshotReading>;
}

/** A client of one account. Holds no connection; nothing to close. */
export function createNetSuiteClient(config: NetSuiteConfig): NetSuiteClient {
  const send = createSender(config);
  const query = createQuery(send);
  const orders = documentReader(query, { changed: queries.changedOrders, byId: queries.ordersById }, asOrders);
  const invoices = documentReader(query, { changed: queries.changedInvoices, byId: queries.invoicesById }, asInvoices);
  const memos = documentReader(
    query,
    { changed: queries.changedCreditMemos, byId: queries.creditMemosById },
    asCreditMemos,
  );
  const payments = documentReader(query, { changed: queries.changedPayments, byId: queries.paymentsById }, asPayments);
  return {
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
    changedOrders: orders.changed,
    ordersById: orders.byId,
    changedInvoices: invoices.changed,
    invoicesById: invoices.byId,
    changedCreditMemos: memos.changed,
    creditMemosById: memos.byId,
    changedPayments: payments.changed,
    paymentsById: payments.byId,
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
    async upsertRecord(type, externalId, body, signal) {
      return locatedId(`upsert ${type}`, await upsert(send, type, externalId, body, signal));
    },
    updateCustomer: async (externalId, fields, signal) =>
      void (await upsert(send, 'customer', externalId, fields, signal)),
    transform: (from, id, to, body, signal) => transform(send, { from, id, to }, body ?? {}, signal),
    snapshot: (object, cutOff, signal) => readSnapshot(query, object, cutOff, signal),
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

async function transform(
  send: Send,
  { from, id, to }: { readonly from: string; readonly id: string; readonly to: string },
  body: object,
  signal?: AbortSignal,
): Promise<string> {
  // Lines that the overrides do not name would be taken, too.
  const replace = 'item' in body ? '?replace=item' : '';
  const path = `/record/v1/${from}/${encodeURIComponent(id)}/!transform/${to}${replace}`;
  const name = `transform ${from} to ${to}`;
  return locatedId(name, await send({ name, method: 'POST', path, body, headers: strict, signal }));
}

/** The internal id of a record that was written. */
function locatedId(name: string, { location }: Answer): string {
  const id = /\/(\d+)$/.exec(location ?? '')?.[1];
  if (id === undefined) throw new DataError('netsuite-answer', `NetSuite ${name}: no Location in the answer`);
  return id;
}
