import { joinKey, sum, type DecimalString } from '@tieout/canonical';
import type { Raw } from './raw-fields.ts';

export interface SnapshotItem {
  readonly itemId: string;
  readonly fields: Raw;
}

/** Name of a sum -> field of the items. */
export type SummedFields = Readonly<Record<string, string>>;

/** Sums of the items that stand, by currency. */
export function sumsOf(
  items: readonly SnapshotItem[],
  summed: SummedFields,
): { name: string; currency: string; amount: DecimalString }[] {
  const standing = items.filter(({ fields }) => fields['UndoneByReversal'] !== 'true');
  const amounts = new Map<string, { name: string; currency: string; amounts: string[] }>();
  for (const { fields } of standing)
    for (const [name, field] of Object.entries(summed)) {
      const currency = fields['TransactionCurrency'] ?? '';
      const key = joinKey([name, currency]);
      const group = amounts.get(key) ?? { name, currency, amounts: [] };
      group.amounts.push(fields[field] ?? '0');
      amounts.set(key, group);
    }
  return [...amounts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { name, currency, amounts: of }]) => ({ name, currency, amount: sum(of) }));
}

/** Why a reading proves nothing; null when SAP counted before and after as many as were read. */
export function incompleteness(before: number | null, read: number, after: number | null): string | null {
  if (before === read && after === read) return null;
  return `SAP counted ${before ?? 'nothing'} before and ${after ?? 'nothing'} after ${read} were read`;
}
