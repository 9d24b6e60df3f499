import { isCurrency, minorUnits, toUnits } from '@tieout/canonical';
import type { Tolerance } from './rule-set.ts';
import { decimalsOf } from './units.ts';

/** Decimal digits of `percent` that count. */
const PERCENT_SCALE = 10;
const HUNDRED_PERCENT = 100n * 10n ** BigInt(PERCENT_SCALE);

/** Largest difference that the tolerance allows at a left amount; all amounts are units of 10^-scale. */
export type Allowance = (leftUnits: bigint, currency: string) => bigint;

/** Digits after the point that the bounds of the tolerance need. */
export function scaleOfTolerance(tolerance: Tolerance | null): number {
  if (tolerance === null) return 0;
  const texts = [tolerance.absolute, tolerance.atMost, ...Object.values(tolerance.currencies)];
  return Math.max(tolerance.minorUnits === null ? 0 : 4, ...texts.map((text) => decimalsOf(text ?? '0')));
}

export function allowanceOf(tolerance: Tolerance | null, scale: number): Allowance {
  if (tolerance === null) return () => 0n;
  const units = (text: string | null): bigint | null => (text === null ? null : toUnits(text, scale));
  const [absolute, atMost] = [units(tolerance.absolute), units(tolerance.atMost)];
  const percent = tolerance.percent === null ? 0n : toUnits(tolerance.percent, PERCENT_SCALE);
  const perCurrency = new Map(Object.entries(tolerance.currencies).map(([code, text]) => [code, toUnits(text, scale)]));
  const fixed = (currency: string): bigint =>
    larger(perCurrency.get(currency) ?? absolute ?? 0n, rounding(tolerance.minorUnits, currency, scale));
  return (left, currency) => {
    const relative = percent === 0n ? 0n : ((left < 0n ? -left : left) * percent) / HUNDRED_PERCENT;
    const allowed = larger(fixed(currency), relative);
    return atMost !== null && atMost < allowed ? atMost : allowed;
  };
}

/** So many of the currency's smallest units; nothing for a currency that is not known. */
export function rounding(count: number | null, currency: string, scale: number): bigint {
  if (count === null || !isCurrency(currency)) return 0n;
  const digits = minorUnits(currency);
  return digits > scale ? 0n : BigInt(count) * 10n ** BigInt(scale - digits);
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
