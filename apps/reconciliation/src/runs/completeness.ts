import { compare, isDecimal, joinKey, sum } from '@tieout/canonical';
import type { Snapshot } from '@tieout/canonical';
import type { RawItem } from '../projections/raw.ts';

/** Raw column behind a sum that an adapter names by its meaning. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  gross: ['foreigntotal', 'TotalGrossAmount'],
  amount: ['foreigntotal', 'PaymentAmount', 'TotalGrossAmount'],
  paid: ['foreignamountpaid'],
  applied: ['foreignpaymentamountused'],
  open: ['foreignamountunpaid', 'OpenAmount'],
  unapplied: ['foreignpaymentamountunused', 'OpenAmount'],
  net: ['Net_Amount__c', 'AskedNetAmount', 'NetAmount'],
  unbilled: ['unbillednet', 'UnbilledNetAmount'],
};
const CURRENCIES = ['currency', 'CurrencyIsoCode', 'TransactionCurrency'] as const;
/** SAP keeps the amounts of what was reversed; they are no part of its sums. */
const REVERSED = 'UndoneByReversal';
/** A column that names each row's sum: forecasts are summed up by what is planned. */
const NAMED_BY = 'lineItem';

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
  const sumOf = sumsOf(header.sums, items);
  for (const { name, currency, amount } of header.sums) {
    const actual = sumOf(name, currency);
    if (actual === null) return `${name} in ${currency}: an item says an amount that is no number`;
    if (compare(actual, amount) !== 0) return `${name} in ${currency} sums up to ${actual}, the header says ${amount}`;
  }
  return null;
}

/** The sums that the items add up to, by name and currency, read in one pass however many sums there are. */
function sumsOf(sums: Snapshot['sums'], items: readonly RawItem[]): (name: string, currency: string) => string | null {
  const names = [...new Set(sums.map(({ name }) => name))];
  const values = new Map<string, string[]>();
  for (const { fields } of items) {
    if (fields[REVERSED] === 'true') continue;
    const currency = CURRENCIES.map((column) => fields[column]).find((code) => code !== undefined) ?? '';
    for (const [name, value] of fields[NAMED_BY] === undefined ? columnsOf(names, fields) : namedRow(fields)) {
      const key = joinKey([name, currency]);
      const list = values.get(key);
      if (list) list.push(value);
      else values.set(key, [value]);
    }
  }
  return (name, currency) => {
    const amounts = values.get(joinKey([name, currency])) ?? [];
    return amounts.every(isDecimal) ? sum(amounts) : null;
  };
}

type Named = readonly (readonly [name: string, value: string])[];

const namedRow = (fields: RawItem['fields']): Named => [[fields[NAMED_BY] ?? '', fields['amount'] ?? '0']];

const columnsOf = (names: readonly string[], fields: RawItem['fields']): Named =>
  names.flatMap((name) => {
    const column = [name, ...(COLUMNS[name] ?? [])].find((one) => fields[one] !== undefined);
    return column === undefined ? [] : [[name, fields[column] ?? '0'] as const];
  });
