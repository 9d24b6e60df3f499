import { add, parseDecimal, type SnapshotSum } from '@tieout/canonical';
import type { PlanningCell } from '@tieout/connector-anaplan';

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
