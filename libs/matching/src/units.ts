import type { DecimalString } from '@tieout/canonical';

const POWERS = Array.from({ length: 61 }, (_, digits) => 10n ** BigInt(digits));

/**
 * A canonical amount as an integer of 10^-scale. Without the checks of the canonical library: every amount was parsed when its
 * item was made. The scale is at least the amount's.
 */
export function unitsAt(amount: DecimalString, scale: number): bigint {
  const point = amount.indexOf('.');
  if (point < 0) return BigInt(amount) * power(scale);
  const digits = amount.length - point - 1;
  return BigInt(amount.slice(0, point) + amount.slice(point + 1)) * power(scale - digits);
}

export function decimalsOf(amount: DecimalString): number {
  const point = amount.indexOf('.');
  return point < 0 ? 0 : amount.length - point - 1;
}

export function power(digits: number): bigint {
  return POWERS[digits] ?? 10n ** BigInt(digits);
}

export function compareAmounts(a: DecimalString, b: DecimalString): number {
  const scale = Math.max(decimalsOf(a), decimalsOf(b));
  const [x, y] = [unitsAt(a, scale), unitsAt(b, scale)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The negative of a canonical amount, as canonical text. */
export function negated(amount: DecimalString): DecimalString {
  if (amount === '0') return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

export const magnitude = (units: bigint): bigint => (units < 0n ? -units : units);
