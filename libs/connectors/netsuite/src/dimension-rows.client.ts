import type { z } from 'zod';
import {
  openRow,
  periodRow,
  rateRow,
  rawState,
  treeRow,
  type OpenRow,
  type PeriodRow,
  type RateRow,
  type TreeRow,
} from './dimension-rows.ts';
import * as queries from './dimensions.queries.ts';
import type { Query } from './suiteql.client.ts';

/** What is read whole. */
export interface DimensionRows {
  departments(signal?: AbortSignal): Promise<readonly TreeRow[]>;
  classes(signal?: AbortSignal): Promise<readonly TreeRow[]>;
  accountingPeriods(signal?: AbortSignal): Promise<readonly PeriodRow[]>;
  /** The list of the last time is answered again while the account's rates have not changed. */
  exchangeRates(signal?: AbortSignal): Promise<readonly RateRow[]>;
  /** Every invoice that is open now. */
  openInvoices(signal?: AbortSignal): Promise<readonly OpenRow[]>;
}

export function dimensionRows(query: Query): DimensionRows {
  let rates: { readonly state: string; readonly rows: readonly RateRow[] } | null = null;
  return {
    departments: (signal) => query.all(queries.departments, [], treeRow, signal),
    classes: (signal) => query.all(queries.classes, [], treeRow, signal),
    accountingPeriods: (signal) => query.all(queries.accountingPeriods, [], periodRow, signal),
    async exchangeRates(signal) {
      const [now] = await query.all(queries.exchangeRatesState, [], rawState, signal);
      const state = JSON.stringify(now);
      if (rates?.state !== state) rates = { state, rows: await byId(query, queries.exchangeRates, rateRow, signal) };
      return rates.rows;
    },
    openInvoices: (signal) => byId(query, queries.openInvoices, openRow, signal),
  };
}

/** Every row of a query that begins after an id, however many there are. */
async function byId<R extends { readonly id: string }>(
  query: Query,
  q: string,
  row: z.ZodType<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const all: R[] = [];
  for (let after = '0'; ; after = all.at(-1)!.id) {
    const { rows, hasMore } = await query.page(q, [after], row, { limit: 1000, signal });
    all.push(...rows);
    if (!hasMore || rows.length === 0) return all;
  }
}
