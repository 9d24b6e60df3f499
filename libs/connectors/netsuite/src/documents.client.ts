import * as queries from './queries.ts';
import type { Query } from './suiteql.client.ts';
import {
  rawBilled,
  rawLine,
  rawLink,
  rawRow,
  type CreditMemoRecord,
  type InvoiceRecord,
  type OrderRecord,
  type PaymentRecord,
  type Position,
  type RawLine,
  type RawLink,
  type RawRow,
} from './vendor-types.ts';

/** One page of a stream. `next` is null at its end; `clock` is the server's when it answered. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly next: Position | null;
  readonly clock: Date;
}

/** Makes documents of headers by reading what belongs to them. */
type WithParts<T> = (query: Query, headers: readonly RawRow[], signal?: AbortSignal) => Promise<T[]>;

/** How documents of a type are read: by a place in their stream or by ids. */
export interface DocumentReader<T> {
  changed(after: Position, signal?: AbortSignal): Promise<Page<T>>;
  byId(ids: readonly string[], signal?: AbortSignal): Promise<readonly T[]>;
}

const pageSize = 1000;

export function documentReader<T>(
  query: Query,
  q: { readonly changed: string; readonly byId: (count: number) => string },
  withParts: WithParts<T>,
): DocumentReader<T> {
  return {
    async changed(after, signal) {
      const page = await changedRows(query, q.changed, after, signal);
      return { ...page, rows: await withParts(query, page.rows, signal) };
    },
    async byId(ids, signal) {
      const headers = await inParts(ids, (part) => query.all(q.byId(part.length), part, rawRow, signal));
      return withParts(query, headers, signal);
    },
  };
}

/** A page of rows after a place, in the order of their stamps. */
export async function changedRows(
  query: Query,
  q: string,
  after: Position,
  signal?: AbortSignal,
): Promise<Page<RawRow>> {
  const { rows, hasMore, date } = await query.page(q, [after.at, after.at, after.id], rawRow, {
    limit: pageSize,
    signal,
  });
  const last = rows.at(-1);
  return { rows, next: hasMore && last ? { at: last.modified, id: last.id } : null, clock: date };
}

export const asInvoices: WithParts<InvoiceRecord> = async (query, headers, signal) => {
  const ids = headers.map((header) => header.id);
  const [lines, links] = await Promise.all([
    linesOf(query, queries.linesOf, ids, signal),
    linksOf(query, queries.linksToInvoices, ids, (link) => link.previousdoc, signal),
  ]);
  return headers.map((header) => ({
    header,
    lines: lines.get(header.id) ?? [],
    links: links.get(header.id) ?? [],
  }));
};

export const asPayments: WithParts<PaymentRecord> = async (query, headers, signal) => {
  const ids = headers.map((header) => header.id);
  const [links, refunds] = await Promise.all([
    linksOf(query, queries.linksOfPayments, ids, (link) => link.nextdoc, signal),
    linksOf(query, queries.refundsOf, ids, (link) => link.previousdoc, signal),
  ]);
  return headers.map((header) => ({
    header,
    links: links.get(header.id) ?? [],
    refunds: refunds.get(header.id) ?? [],
  }));
};

export const asRefunds: WithParts<PaymentRecord> = async (query, headers, signal) => {
  const ids = headers.map((header) => header.id);
  const links = await linksOf(query, queries.linksOfPayments, ids, (link) => link.nextdoc, signal);
  return headers.map((header) => ({ header, links: links.get(header.id) ?? [] }));
};

export const asOrders: WithParts<OrderRecord> = async (query, headers, signal) => {
  const ids = headers.map((header) => header.id);
  const [lines, bills] = await Promise.all([
    linesOf(query, queries.orderLinesOf, ids, signal),
    inParts(ids, (part) => query.all(queries.billedOf(part.length), part, rawBilled, signal)),
  ]);
  const billed = Map.groupBy(bills, (row) => row.previousdoc);
  return headers.map((header) => ({
    header,
    lines: lines.get(header.id) ?? [],
    billed: billed.get(header.id) ?? [],
  }));
};

export const asCreditMemos: WithParts<CreditMemoRecord> = async (query, headers, signal) => {
  const ids = headers.map((header) => header.id);
  const [lines, links, refunds] = await Promise.all([
    linesOf(query, queries.linesOf, ids, signal),
    linksOf(query, queries.linksOfPayments, ids, (link) => link.nextdoc, signal),
    linksOf(query, queries.refundsOf, ids, (link) => link.previousdoc, signal),
  ]);
  return headers.map((header) => ({
    header,
    lines: lines.get(header.id) ?? [],
    links: links.get(header.id) ?? [],
    refunds: refunds.get(header.id) ?? [],
  }));
};

async function linesOf(
  query: Query,
  q: (count: number) => string,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, RawLine[]>> {
  const rows = await inParts(ids, (part) => query.all(q(part.length), part, rawLine, signal), documentsWithLines);
  return Map.groupBy(rows, (line) => line.transaction);
}

async function linksOf(
  query: Query,
  q: (count: number) => string,
  ids: readonly string[],
  document: (link: RawLink) => string,
  signal?: AbortSignal,
): Promise<Map<string, RawLink[]>> {
  const rows = await inParts(ids, (part) => query.all(q(part.length), part, rawLink, signal));
  return Map.groupBy(rows, document);
}

/** Fewer at a time, so that an answer is a page: each further page is the whole query once more. */
const documentsWithLines = 100;

/** Long lists are asked for in parts, so that no statement grows beyond bounds. */
export async function inParts<R>(
  ids: readonly string[],
  read: (part: readonly string[]) => Promise<R[]>,
  size = 500,
): Promise<R[]> {
  const parts = Array.from({ length: Math.ceil(ids.length / size) }, (_, n) => ids.slice(n * size, (n + 1) * size));
  return (await Promise.all(parts.map(read))).flat();
}
