import { compare, fromUnits, isDecimal, parseDecimal, toUnits, type DecimalString } from '@tieout/canonical';
import type { Difference } from '../checks/difference.ts';

/** One unit of `from` is `rate` units of `to` from this day on. */
export interface Rate {
  readonly from: string;
  readonly to: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly rate: DecimalString;
  readonly source: string;
}

/** What amounts of the group are stated in, and by which rates. */
export interface Valuation {
  readonly groupCurrency: string;
  readonly rates: readonly Rate[];
  readonly maxAgeDays: number;
}

export interface GroupValue {
  readonly groupValue: DecimalString | null;
  /** What it was computed by, or why there is none. */
  readonly evidence: Readonly<Record<string, string>>;
}

/** Figures of a cell and of a control total that count documents: a difference of them is no money. */
const COUNTS = new Set(['invoices', 'count']);
/** What a break can state (its schema). */
const DECIMAL_19_4 = /^\d{1,15}(\.\d{1,4})?$/;

/**
 * Money that is wrong or absent, never negative: the difference of two amounts, or the amount of what one side lacks. Null when the
 * break is about something else, or no currency is known.
 */
export function valueOf({
  kind,
  currency,
  difference,
  expected,
  actual,
}: Pick<Difference, 'kind' | 'currency' | 'difference' | 'expected' | 'actual'>): DecimalString | null {
  if (currency === null || COUNTS.has(kind)) return null;
  const amount = difference ?? lonely(expected, actual);
  if (amount === null || !isDecimal(amount)) return null;
  const value = parseDecimal(amount).replace(/^-/, '');
  return DECIMAL_19_4.test(value) ? value : null;
}

const lonely = (expected: string | null, actual: string | null): string | null =>
  expected === null ? actual : actual === null ? expected : null;

/** The value in the group's currency by the last rate of the day or before it; without one that is young enough, none. */
export function inGroupCurrency(
  value: DecimalString | null,
  currency: string | null,
  day: string,
  { groupCurrency, rates, maxAgeDays }: Valuation,
): GroupValue {
  if (value === null || currency === null) return { groupValue: null, evidence: {} };
  if (currency === groupCurrency) return { groupValue: value, evidence: {} };
  const oldest = daysAfter(day, -maxAgeDays);
  const usable = rates.filter(
    ({ from, to, date }) => from === currency && to === groupCurrency && date <= day && date >= oldest,
  );
  const rate = usable.toSorted((a, b) => (a.date < b.date ? 1 : -1))[0];
  if (rate === undefined)
    return {
      groupValue: null,
      evidence: { groupRate: `none from ${currency} to ${groupCurrency}, ${oldest} to ${day}` },
    };
  const groupValue = times(value, rate.rate);
  if (!DECIMAL_19_4.test(groupValue)) return { groupValue: null, evidence: { groupRate: 'the value is too large' } };
  return {
    groupValue,
    evidence: { groupRate: rate.rate, groupRateDate: rate.date, groupRateSource: rate.source },
  };
}

/** Digits that a rate has at most: ten, and some of units of a thousand and more. */
export const RATE_SCALE = 16;

/** To four decimals, half up: amounts here are never negative. */
function times(value: DecimalString, rate: DecimalString): DecimalString {
  const exact = toUnits(value, 4) * toUnits(rate, RATE_SCALE);
  return fromUnits((exact + 5n * 10n ** BigInt(RATE_SCALE - 1)) / 10n ** BigInt(RATE_SCALE), 4);
}

export const atLeast = (value: DecimalString, least: DecimalString): boolean => compare(value, least) >= 0;

export const daysAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
