import { DataError } from '@tieout/messaging';
import { z } from 'zod';
import { toAccountTime } from './account-time.ts';
import type { NetSuiteConfig } from './config.ts';
import type { OwnedFields } from './customer-write.map.ts';
import { createSender, type Send } from './http.client.ts';
import * as queries from './queries.ts';
import { readSnapshot, type SnapshotObject, type SnapshotReading } from './snapshot.client.ts';
import { createQuery, type Query } from './suiteql.client.ts';
import {
  currencyRow,
  deletedRow,
  rawLine,
  rawLink,
  rawRow,
  subsidiaryRow,
  totalRow,
  type DeletedRow,
  type InvoiceRecord,
  type PaymentRecord,
  type Position,
  type RawLink,
  type RawRow,
  type SubsidiaryRow,
  type TotalRow,
} from './vendor-types.ts';

/** One page of a stream. `next` is null at its end; `clock` is the server's when it answered. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly next: Position | null;
  readonly clock: Date;
}

/** What is read and written of NetSuite. Every method throws TransientError, DataError or MisconfiguredError. */
export interface NetSuiteClient {
  /** Internal ids of the account's currencies by ISO code. */
  currencyIds(signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  subsidiaries(signal?: AbortSignal): Promise<readonly SubsidiaryRow[]>;
  changedCustomers(after: Position, signal?: AbortSignal): Promise<Page<RawRow>>;
  customersById(ids: readonly string[], signal?: AbortSignal): Promise<readonly RawRow[]>;
  changedInvoices(after: Position, signal?: AbortSignal): Promise<Page<InvoiceRecord>>;
  invoicesById(ids: readonly string[], signal?: AbortSignal): Promise<readonly InvoiceRecord[]>;
  changedPayments(after: Position, signal?: AbortSignal): Promise<Page<PaymentRecord>>;
  paymentsById(ids: readonly string[], signal?: AbortSignal): Promise<readonly PaymentRecord[]>;
  /** Records deleted for good since the instant, oldest first. */
  deletedSince(
    type: 'customer' | 'invoice' | 'customerpayment',
    since: Date,
    signal?: AbortSignal,
  ): Promise<readonly DeletedRow[]>;
  totals(object: 'invoice' | 'payment', signal?: AbortSignal): Promise<readonly TotalRow[]>;
  /** The owned fields of the customer under this external id, or null. */
  readCustomer(
    externalId: string,
    signal?: AbortSignal,
  ): Promise<{ readonly id: string; readonly fields: OwnedFields } | null>;
  /** Creates or updates by external id; safe to repeat. Answers the internal id. */
  upsertRecord(
    type: 'customer' | 'invoice' | 'customerPayment' | 'subsidiary' | 'currency',
    externalId: string,
    body: object,
    signal?: AbortSignal,
  ): Promise<string>;
  /** Changes fields of the customer under this external id; safe to repeat. */
  updateCustomer(externalId: string, fields: Partial<OwnedFields>, signal?: AbortSignal): Promise<void>;
  snapshot(object: SnapshotObject, cutOff: string | null, signal?: AbortSignal): Promise<SnapshotReading>;
}

const pageSize = 1000;

/** A client of one account. Holds no connection; nothing to close. */
export function createNetSuiteClient(config: NetSuiteConfig): NetSuiteClient {
  const send = createSender(config);
  const query = createQuery(send);
  return {
    async currencyIds(signal) {
      const rows = await query.all(queries.currencies, [], currencyRow, signal);
      return new Map(rows.map(({ symbol, id }) => [symbol, id]));
    },
    subsidiaries: (signal) => query.all(queries.subsidiaries, [], subsidiaryRow, signal),
    changedCustomers: (after, signal) => changed(query, queries.changedCustomers, after, signal),
    customersById: (ids, signal) =>
      byIds(ids, (part) => query.all(queries.customersById(part.length), part, rawRow, signal)),
    async changedInvoices(after, signal) {
      const page = await changed(query, queries.changedInvoices, after, signal);
      return { ...page, rows: await withParts(query, page.rows, signal) };
    },
    async invoicesById(ids, signal) {
      const read = (part: readonly string[]): Promise<RawRow[]> =>
        query.all(queries.invoicesById(part.length), part, rawRow, signal);
      return withParts(query, await byIds(ids, read), signal);
    },
    async changedPayments(after, signal) {
      const page = await changed(query, queries.changedPayments, after, signal);
      return { ...page, rows: await withLinks(query, page.rows, signal) };
    },
    async paymentsById(ids, signal) {
      const read = (part: readonly string[]): Promise<RawRow[]> =>
        query.all(queries.paymentsById(part.length), part, rawRow, signal);
      return withLinks(query, await byIds(ids, read), signal);
    },
    deletedSince: (type, since, signal) => {
      const from = toAccountTime(since.toISOString(), config.timeZone);
      return query.all(queries.deletedSince, [type, from], deletedRow, signal);
    },
    totals: (object, signal) =>
      query.all(object === 'invoice' ? queries.invoiceTotals : queries.paymentTotals, [], totalRow, signal),
    readCustomer: (externalId, signal) => readCustomer(send, externalId, signal),
    upsertRecord: async (type, externalId, body, signal) => {
      const id = await upsert(send, type, externalId, body, signal);
      if (id === null) throw new DataError('netsuite-answer', `NetSuite upsert ${type}: no Location in the answer`);
      return id;
    },
    updateCustomer: async (externalId, fields, signal) =>
      void (await upsert(send, 'customer', externalId, fields, signal)),
    snapshot: (object, cutOff, signal) => readSnapshot(query, object, cutOff, signal),
  };
}

async function changed(query: Query, q: string, after: Position, signal?: AbortSignal): Promise<Page<RawRow>> {
  const { rows, hasMore, date } = await query.page(q, [after.at, after.at, after.id], rawRow, {
    limit: pageSize,
    signal,
  });
  const last = rows.at(-1);
  return { rows, next: hasMore && last ? { at: last.modified, id: last.id } : null, clock: date };
}

async function withParts(query: Query, headers: readonly RawRow[], signal?: AbortSignal): Promise<InvoiceRecord[]> {
  const ids = headers.map((header) => header.id);
  const [lineRows, links] = await Promise.all([
    byIds(ids, (part) => query.all(queries.linesOf(part.length), part, rawLine, signal)),
    linkRows(query, queries.linksToInvoices, ids, signal),
  ]);
  const lines = groupBy(lineRows, (line) => line.transaction);
  const applied = groupBy(links, (link) => link.previousdoc);
  return headers.map((header) => ({
    header,
    lines: lines.get(header.id) ?? [],
    links: applied.get(header.id) ?? [],
  }));
}

async function withLinks(query: Query, headers: readonly RawRow[], signal?: AbortSignal): Promise<PaymentRecord[]> {
  const ids = headers.map((header) => header.id);
  const links = groupBy(await linkRows(query, queries.linksOfPayments, ids, signal), (link) => link.nextdoc);
  return headers.map((header) => ({ header, links: links.get(header.id) ?? [] }));
}

function linkRows(
  query: Query,
  q: (count: number) => string,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<RawLink[]> {
  return byIds(ids, (part) => query.all(q(part.length), part, rawLink, signal));
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

/** Answers the internal id where the answer names it. */
async function upsert(
  send: Send,
  type: string,
  externalId: string,
  body: object,
  signal?: AbortSignal,
): Promise<string | null> {
  // Without `replace` a repeated call would add the same lines once more.
  const replace = type === 'invoice' ? '?replace=item' : type === 'customerPayment' ? '?replace=apply' : '';
  const { location } = await send({
    name: `upsert ${type}`,
    method: 'PUT',
    path: `/record/v1/${type}/eid:${encodeURIComponent(externalId)}${replace}`,
    body,
    // The default drops a mistyped field without a word.
    headers: { 'X-NetSuite-PropertyNameValidation': 'Error' },
    signal,
  });
  return /\/(\d+)$/.exec(location ?? '')?.[1] ?? null;
}

/** Long id lists are asked for in parts, so that no statement grows beyond bounds. */
async function byIds<R>(ids: readonly string[], read: (part: readonly string[]) => Promise<R[]>): Promise<R[]> {
  const parts = Array.from({ length: Math.ceil(ids.length / 500) }, (_, n) => ids.slice(n * 500, (n + 1) * 500));
  return (await Promise.all(parts.map(read))).flat();
}

function groupBy<R>(rows: readonly R[], key: (row: R) => string): Map<string, R[]> {
  return Map.groupBy(rows, key);
}
