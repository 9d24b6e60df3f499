import { compare, isZero, negate, sum } from '@tieout/canonical';
import type { BreakView, StationCell } from '../watch/reconciliation-api.client.ts';

export interface Value {
  readonly currency: string;
  readonly amount: string;
}

/** The absolute differences of the breaks, per currency; breaks without an amount have none. */
export function valueByCurrency(breaks: readonly Pick<BreakView, 'currency' | 'difference'>[]): Value[] {
  const amounts = new Map<string, string[]>();
  for (const { currency, difference } of breaks)
    if (currency !== null && difference !== null) {
      const absolute = compare(difference, '0') < 0 ? negate(difference) : difference;
      amounts.set(currency, [...(amounts.get(currency) ?? []), absolute]);
    }
  return [...amounts]
    .map(([currency, some]) => ({ currency, amount: sum(some) }))
    .filter(({ amount }) => !isZero(amount))
    .sort(byCurrency);
}

export const MEASURES = ['invoices', 'invoiced', 'paid', 'open'] as const;
export type Measure = (typeof MEASURES)[number];

export interface StationTotal {
  readonly currency: string;
  readonly measure: Measure;
  /** By station. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether all stations say the same. */
  readonly agrees: boolean;
}

/** What each station holds in total, per currency and measure. */
export function stationTotals(stations: Readonly<Record<string, readonly StationCell[]>>): StationTotal[] {
  const names = Object.keys(stations);
  const currencies = [...new Set(names.flatMap((name) => stations[name]!.map(({ currency }) => currency)))].sort();
  return currencies.flatMap((currency) =>
    MEASURES.map((measure) => {
      const values = Object.fromEntries(
        names.map((name) => [name, sum(cellsOf(stations[name]!, currency).map((cell) => cell[measure]))] as const),
      );
      const [first = '0', ...others] = Object.values(values);
      return { currency, measure, values, agrees: others.every((value) => compare(value, first) === 0) };
    }),
  );
}

const cellsOf = (cells: readonly StationCell[], currency: string): StationCell[] =>
  cells.filter((cell) => cell.currency === currency);
const byCurrency = (a: Value, b: Value): number => (a.currency < b.currency ? -1 : 1);
