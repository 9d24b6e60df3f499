import { add, forecastSums, isDecimal, joinKey, parseDecimal, type SnapshotSum } from '@tieout/canonical';
import type { ForecastCell, PlanningCell } from '@tieout/connector-anaplan';
import { readAmount } from '../forecast/judge.ts';

const SUMMED = ['invoiced', 'open', 'paid'] as const;

/** Sums over cells by name and currency, ordered; amounts exactly as added. */
export function cellSums(cells: readonly PlanningCell[]): readonly SnapshotSum[] {
  const totals = new Map<string, SnapshotSum>();
  for (const cell of cells) {
    for (const name of SUMMED) {
      const before = totals.get(`${name} ${cell.currency}`)?.amount ?? '0';
      const amount = add(before, parseDecimal(cell[name]));
      totals.set(`${name} ${cell.currency}`, { name, currency: cell.currency, amount });
    }
  }
  return [...totals.keys()].sort().flatMap((key) => totals.get(key) ?? []);
}

/**
 * Sums of planned values over all versions, named by the line item. A sum with a value that is no number, or that no contract can
 * carry, is left out: the items are there without it.
 */
export function planSums(cells: readonly ForecastCell[]): readonly SnapshotSum[] {
  const keyOf = ({ lineItem, currency }: { lineItem: string; currency: string }): string =>
    joinKey([lineItem, currency]);
  const odd = new Set(cells.filter(({ amount }) => !isDecimal(amount)).map(keyOf));
  return forecastSums(cells.filter((cell) => !odd.has(keyOf(cell)))).flatMap(({ lineItem, currency, amount }) =>
    'amount' in readAmount(amount) ? [{ name: lineItem, currency, amount }] : [],
  );
}
