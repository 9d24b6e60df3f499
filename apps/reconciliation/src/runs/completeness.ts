import { compare, sum } from '@tieout/canonical';
import type { Snapshot } from '@tieout/canonical';
import type { RawItem } from '../projections/raw.ts';

/** Raw column behind a sum that an adapter names by its meaning. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  gross: ['foreigntotal'],
  amount: ['foreigntotal'],
  paid: ['foreignamountpaid'],
  applied: ['foreignpaymentamountused'],
  open: ['foreignamountunpaid'],
  unapplied: ['foreignpaymentamountunused'],
};

/**
 * Why a snapshot proves nothing yet, or null when all of it is here: the header says complete, the items are as many as it says
 * and numbered without a gap, and their sums are its sums.
 */
export function incompleteReason(
  header: Snapshot | null,
  items: readonly (RawItem & { readonly index: bigint })[],
): string | null {
  if (header === null) return 'no answer';
  if (!header.complete) return `the adapter could not complete it: ${header.error ?? 'no reason given'}`;
  if (BigInt(items.length) !== header.count) return `${items.length} of ${header.count} items`;
  if (items.some(({ index }) => index < 0n || index >= header.count)) return 'an item is numbered beyond the count';
  for (const { name, currency, amount } of header.sums) {
    const actual = sumOf(name, currency, items);
    if (compare(actual, amount) !== 0) return `${name} in ${currency} sums up to ${actual}, the header says ${amount}`;
  }
  return null;
}

function sumOf(name: string, currency: string, items: readonly RawItem[]): string {
  const columns = [name, ...(COLUMNS[name] ?? [])];
  const values = items.flatMap(({ fields }) => {
    const column = columns.find((one) => fields[one] !== undefined);
    return fields['currency'] === currency && column !== undefined ? [fields[column] ?? '0'] : [];
  });
  return sum(values);
}
