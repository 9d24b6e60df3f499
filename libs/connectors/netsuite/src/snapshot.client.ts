import { compare, sum, type DecimalString } from '@tieout/canonical';
import { z } from 'zod';
import { appliedByType, customerCount, snapshotQueries, snapshotTotals } from './queries.ts';
import type { Query } from './suiteql.client.ts';

export type SnapshotObject = 'customer' | 'invoice' | 'payment';

export interface SnapshotReading {
  /** Raw fields by their SuiteQL name; a field without value is absent. */
  readonly items: readonly { readonly id: string; readonly fields: Readonly<Record<string, string>> }[];
  readonly sums: readonly { readonly name: string; readonly currency: string; readonly amount: DecimalString }[];
  /** When the reading began, by NetSuite's clock. */
  readonly takenAt: Date;
  /** Null when items and NetSuite's own totals agree; otherwise why the snapshot proves nothing. */
  readonly error: string | null;
}

const rawRow = z.record(z.string(), z.unknown()).transform(rawFields);
type Raw = Record<string, string>;

/** Every text value of a row; `links` and its like are the envelope's, not the record's. */
function rawFields(row: Record<string, unknown>): Raw {
  const texts = Object.entries(row).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}

/** Reads what NetSuite holds, keyset by id, and checks it against totals that NetSuite computes. */
export async function readSnapshot(
  query: Query,
  object: SnapshotObject,
  cutOff: string | null,
  signal?: AbortSignal,
): Promise<SnapshotReading> {
  const until = object === 'customer' ? [] : [cutOff ?? '9999-12-31'];
  const [takenAt, before] = await vendorTotals(query, object, until, signal);
  const items = await readItems(query, object, until, signal);
  const [, after] = await vendorTotals(query, object, until, signal);
  const held = totalsOf(object, items);
  const agree = sameTotals(before, held) && sameTotals(held, after);
  return {
    items: items.map((fields) => ({ id: fields['id'] ?? '', fields })),
    sums: [...held].filter(([key]) => !key.startsWith('count|')).map(toSum),
    takenAt,
    error: agree
      ? null
      : 'documents changed while they were read, or a page was lost: items and totals of NetSuite differ',
  };
}

async function readItems(
  query: Query,
  object: SnapshotObject,
  until: readonly string[],
  signal?: AbortSignal,
): Promise<Raw[]> {
  const items: Raw[] = [];
  for (let last = '0'; ;) {
    const page = await query.page(snapshotQueries[object], [last, ...until], rawRow, { limit: 1000, signal });
    items.push(...(object === 'invoice' ? await withApplied(query, page.rows, signal) : page.rows));
    last = page.rows.at(-1)?.['id'] ?? last;
    if (!page.hasMore) return items;
  }
}

const appliedRow = z.object({ previousdoc: z.string(), nexttype: z.string(), amount: z.string() });

/** Adds `appliedpayments` and `appliedcredits`: the other side's word on what was settled. */
async function withApplied(query: Query, rows: readonly Raw[], signal?: AbortSignal): Promise<Raw[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row['id'] ?? '');
  const applied = await query.all(appliedByType(ids.length), ids, appliedRow, signal);
  const byInvoice = Map.groupBy(applied, (row) => row.previousdoc);
  return rows.map((row) => {
    const links = byInvoice.get(row['id'] ?? '') ?? [];
    const total = (payments: boolean): DecimalString =>
      sum(links.filter((l) => (l.nexttype === 'CustPymt') === payments).map((l) => l.amount));
    return { ...row, appliedpayments: total(true), appliedcredits: total(false) };
  });
}

type Totals = Map<string, DecimalString>;

/** Column of an item -> name of its sum. */
const summed: Readonly<Record<SnapshotObject, Readonly<Record<string, string>>>> = {
  customer: {},
  invoice: { gross: 'foreigntotal', paid: 'foreignamountpaid', open: 'foreignamountunpaid' },
  payment: {
    amount: 'foreigntotal',
    applied: 'foreignpaymentamountused',
    unapplied: 'foreignpaymentamountunused',
  },
};

function totalsOf(object: SnapshotObject, items: readonly Raw[]): Totals {
  const totals: Totals = new Map();
  const add = (key: string, amount: string): void => void totals.set(key, sum([totals.get(key) ?? '0', amount]));
  for (const item of items) {
    const currency = object === 'customer' ? '' : (item['currency'] ?? '');
    add(`count|${currency}`, '1');
    for (const [name, column] of Object.entries(summed[object])) add(`${name}|${currency}`, item[column] ?? '0');
  }
  return totals;
}

async function vendorTotals(
  query: Query,
  object: SnapshotObject,
  until: readonly string[],
  signal?: AbortSignal,
): Promise<[Date, Totals]> {
  const q = snapshotTotals[object] ?? customerCount;
  const { rows, date } = await query.page(q, until, rawRow, { limit: 1000, signal });
  const totals: Totals = new Map();
  for (const { currency = '', ...figures } of rows) {
    for (const [name, value] of Object.entries(figures)) totals.set(`${name}|${currency}`, value);
  }
  return [date, totals];
}

function sameTotals(a: Totals, b: Totals): boolean {
  const keys = new Set([...a.keys(), ...b.keys()]);
  return [...keys].every((key) => compare(a.get(key) ?? '0', b.get(key) ?? '0') === 0);
}

function toSum([key, amount]: [string, DecimalString]): { name: string; currency: string; amount: DecimalString } {
  const [name = '', currency = ''] = key.split('|');
  return { name, currency, amount };
}
