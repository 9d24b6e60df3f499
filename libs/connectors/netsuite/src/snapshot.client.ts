import { compare, subtract, sum, type DecimalString } from '@tieout/canonical';
import { z } from 'zod';
import {
  appliedByType,
  orderBills,
  orderNets,
  snapshotItems,
  snapshotTotals,
  type SnapshotObject,
} from './snapshot.queries.ts';
import type { Query } from './suiteql.client.ts';

export type { SnapshotObject } from './snapshot.queries.ts';

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
    items: items.map((fields) => ({ id: itemId(object, fields), fields })),
    sums: [...held].filter(([key]) => !key.startsWith('count|')).map(toSum),
    takenAt,
    error: agree
      ? null
      : 'documents changed while they were read, or a page was lost: items and totals of NetSuite differ',
  };
}

function itemId(object: SnapshotObject, fields: Raw): string {
  const { id = '', transaction = '', line = '' } = fields;
  return object === 'invoice-line' ? `${transaction}/${line}` : id;
}

async function readItems(
  query: Query,
  object: SnapshotObject,
  until: readonly string[],
  signal?: AbortSignal,
): Promise<Raw[]> {
  const items: Raw[] = [];
  for (let place = object === 'invoice-line' ? ['0', '0', '0'] : ['0']; ;) {
    const { rows, hasMore } = await query.page(snapshotItems[object], [...place, ...until], rawRow, {
      ...{ limit: 1000, signal },
    });
    items.push(...(await completed(query, object, rows, signal)));
    const { id, transaction, line } = rows.at(-1) ?? {};
    if (id !== undefined) place = [id];
    if (transaction !== undefined && line !== undefined) place = [transaction, transaction, line];
    if (!hasMore) return items;
  }
}

/** Adds what the other side of the document's links says. */
async function completed(
  query: Query,
  object: SnapshotObject,
  rows: readonly Raw[],
  signal?: AbortSignal,
): Promise<readonly Raw[]> {
  if (rows.length === 0) return rows;
  if (object === 'invoice') return withApplied(query, rows, signal);
  return object === 'order' ? withUnbilled(query, rows, signal) : rows;
}

const appliedRow = z.object({ previousdoc: z.string(), nexttype: z.string(), amount: z.string() });

/** Adds `appliedpayments` and `appliedcredits`: the other side's word on what was settled. */
async function withApplied(query: Query, rows: readonly Raw[], signal?: AbortSignal): Promise<Raw[]> {
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

const amountRow = z.object({ id: z.string(), amount: z.string() });

/** Adds `net` and `unbillednet`: the order's own lines, less the lines of live invoices that bill them. */
async function withUnbilled(query: Query, rows: readonly Raw[], signal?: AbortSignal): Promise<Raw[]> {
  const ids = rows.map((row) => row['id'] ?? '');
  const amounts = async (q: (count: number) => string): Promise<Map<string, DecimalString>> => {
    const found = await query.all(q(ids.length), ids, amountRow, signal);
    return new Map(found.map(({ id, amount }) => [id, sum([amount])]));
  };
  const [nets, billed] = await Promise.all([amounts(orderNets), amounts(orderBills)]);
  return rows.map((row) => {
    const [net, taken] = [nets, billed].map((byId) => byId.get(row['id'] ?? '') ?? '0') as [string, string];
    return { ...row, net, unbillednet: subtract(net, taken) };
  });
}

type Totals = Map<string, DecimalString>;

/** Name of a sum -> column of the items. */
const summed: Readonly<Record<SnapshotObject, Readonly<Record<string, string>>>> = {
  customer: {},
  order: { net: 'net', unbilled: 'unbillednet' },
  invoice: { gross: 'foreigntotal', paid: 'foreignamountpaid', open: 'foreignamountunpaid' },
  'invoice-line': { net: 'net' },
  'credit-memo': {
    amount: 'foreigntotal',
    applied: 'foreignpaymentamountused',
    unapplied: 'foreignpaymentamountunused',
  },
  payment: {
    amount: 'foreigntotal',
    applied: 'foreignpaymentamountused',
    unapplied: 'foreignpaymentamountunused',
  },
};

function totalsOf(object: SnapshotObject, items: readonly Raw[]): Totals {
  const totals: Totals = new Map();
  for (const item of items) {
    const currency = object === 'customer' ? '' : (item['currency'] ?? '');
    addTo(totals, `count|${currency}`, '1');
    for (const [name, column] of Object.entries(summed[object]))
      addTo(totals, `${name}|${currency}`, item[column] ?? '0');
  }
  return totals;
}

function addTo(totals: Totals, key: string, amount: string): void {
  totals.set(key, sum([totals.get(key) ?? '0', amount]));
}

async function vendorTotals(
  query: Query,
  object: SnapshotObject,
  until: readonly string[],
  signal?: AbortSignal,
): Promise<[Date, Totals]> {
  const totals: Totals = new Map();
  const answers = [];
  for (const q of snapshotTotals[object]) answers.push(await query.page(q, until, rawRow, { limit: 1000, signal }));
  for (const { currency = '', ...figures } of answers.flatMap(({ rows }) => rows)) {
    for (const [name, value] of Object.entries(figures)) addTo(totals, `${name}|${currency}`, value);
  }
  return [answers[0]!.date, totals];
}

function sameTotals(a: Totals, b: Totals): boolean {
  const keys = new Set([...a.keys(), ...b.keys()]);
  return [...keys].every((key) => compare(a.get(key) ?? '0', b.get(key) ?? '0') === 0);
}

function toSum([key, amount]: [string, DecimalString]): { name: string; currency: string; amount: DecimalString } {
  const [name = '', currency = ''] = key.split('|');
  return { name, currency, amount };
}
