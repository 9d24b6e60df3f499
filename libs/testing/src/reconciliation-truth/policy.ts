import type { Policy } from './types.ts';

export const POLICY: Policy = {
  asOf: '2026-06-30',
  absolute: { EUR: 5, USD: 5, GBP: 5 },
  rounding: 1,
  percentPpm: 1_000,
  daysBefore: 3,
  daysAfter: 5,
  timingDays: 4,
  reversalDays: 10,
  fxPpm: 5_000,
};

/** By how many smallest units a right amount may differ from this left one. */
export function allowance(policy: Policy, currency: string, units: bigint): bigint {
  return larger(flat(policy, currency), (magnitude(units) * BigInt(policy.percentPpm)) / 1_000_000n);
}

/** The part of the allowance that does not depend on the amount. */
export function flat(policy: Policy, currency: string): bigint {
  return BigInt(policy.absolute[currency] ?? policy.rounding);
}

export function magnitude(units: bigint): bigint {
  return units < 0n ? -units : units;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
