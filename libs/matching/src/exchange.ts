import { isCurrency, minorUnits } from '@tieout/canonical';
import { dayOf } from './dates.ts';
import type { ExchangeRate, MatchContext } from './item.ts';
import type { FxRule } from './rule-set.ts';
import { rounding, type Allowance } from './tolerance.ts';
import { decimalsOf, magnitude, power, unitsAt } from './units.ts';
import { itemAt, scaleOf, unitsOf, type Work } from './work.ts';

/** A right amount in the left currency. */
export interface Exchange {
  readonly rate: ExchangeRate;
  readonly isInverse: boolean;
  /** Converted, rounded to the left currency's smallest unit, signed like the left side. */
  readonly converted: bigint;
  /** Converted less left. */
  readonly residual: bigint;
}

/** Null: one currency, or no rate that the rule takes. */
export function exchangeOf(work: Work, rule: FxRule, left: number, right: number): Exchange | null {
  const [a, b] = [itemAt(work.left, left), itemAt(work.right, right)];
  if (a.currency === b.currency) return null;
  const date = rule.rate.dateOf === 'asOf' ? work.context.asOf : (rule.rate.dateOf === 'left' ? a : b).date;
  if (date === null) return null;
  const found = rateOf(work.context, rule, { from: b.currency, to: a.currency, date });
  if (found === null) return null;
  const signed = rule.sign === 'opposite' ? -unitsOf(work, work.right, right) : unitsOf(work, work.right, right);
  const converted = convert(signed, found, smallestUnit(a.currency, scaleOf(work)));
  return { ...found, converted, residual: converted - unitsOf(work, work.left, left) };
}

/** The residual is allowed: at least one smallest unit of rounding always is. */
export function isWithin(
  work: Work,
  allowanceAt: (scale: number) => Allowance,
  left: number,
  residual: bigint,
): boolean {
  const { currency } = itemAt(work.left, left);
  const allowed = allowanceAt(scaleOf(work))(unitsOf(work, work.left, left), currency);
  return magnitude(residual) <= allowed || isRounding(work, left, residual);
}

export function isRounding(work: Work, left: number, residual: bigint): boolean {
  return magnitude(residual) <= rounding(1, itemAt(work.left, left).currency, scaleOf(work));
}

interface FoundRate {
  readonly rate: ExchangeRate;
  readonly isInverse: boolean;
}

/** The newest rate of or before the day, a stated one before its inverse; of several on one day the first source by name. */
function rateOf(
  context: MatchContext,
  { rate: { maxAgeDays, source } }: FxRule,
  { from, to, date }: { from: string; to: string; date: string },
): FoundRate | null {
  const oldest = dayOf(date) - maxAgeDays;
  const newest = (a: string, b: string): ExchangeRate | undefined =>
    ratesOf(context)
      .get(`${a}/${b}`)
      ?.find((rate) => rate.date <= date && dayOf(rate.date) >= oldest && (source === null || rate.source === source));
  const direct = newest(from, to);
  const inverse = newest(to, from);
  if (direct !== undefined && (inverse === undefined || direct.date >= inverse.date))
    return { rate: direct, isInverse: false };
  return inverse === undefined ? null : { rate: inverse, isInverse: true };
}

const RATES = new WeakMap<MatchContext['rates'], Map<string, ExchangeRate[]>>();

/** By pair of currencies, the newest first. */
function ratesOf({ rates }: MatchContext): Map<string, ExchangeRate[]> {
  let known = RATES.get(rates);
  if (known === undefined) {
    known = new Map();
    for (const rate of rates) {
      const pair = `${rate.from}/${rate.to}`;
      known.set(pair, [...(known.get(pair) ?? []), rate]);
    }
    for (const list of known.values()) list.sort((a, b) => compare(b.date, a.date) || compare(a.source, b.source));
    RATES.set(rates, known);
  }
  return known;
}

function convert(units: bigint, { rate, isInverse }: FoundRate, smallest: bigint): bigint {
  const scale = decimalsOf(rate.rate);
  const [factor, one] = [unitsAt(rate.rate, scale), power(scale)];
  const [numerator, denominator] = isInverse ? [units * one, factor] : [units * factor, one];
  return roundedDivision(numerator, denominator * smallest) * smallest;
}

/** Half away from zero. */
function roundedDivision(numerator: bigint, denominator: bigint): bigint {
  const doubled = (magnitude(numerator) * 2n + denominator) / (denominator * 2n);
  return numerator < 0n ? -doubled : doubled;
}

function smallestUnit(currency: string, scale: number): bigint {
  const digits = isCurrency(currency) ? minorUnits(currency) : scale;
  return digits >= scale ? 1n : power(scale - digits);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
