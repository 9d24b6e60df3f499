import type { SumBounds } from './split-search.ts';

/**
 * How many subsets of the given sizes are expected to keep the bounds by pure chance: their number times the share that lies
 * within the bounds of a normal distribution with the mean and variance of sums of so many of these amounts. Few large amounts
 * with odd cents give next to nothing; forty round ones give dozens, and then a sum that fits proves little.
 * An estimate for confidence and evidence: it decides about no amount.
 */
export function accidental(
  amounts: readonly bigint[],
  { low, high }: SumBounds,
  sizes: { readonly min: number; readonly max: number },
): number {
  const count = amounts.length;
  const step = Number(greatestCommonDivisor(amounts)) || 1;
  const mean = amounts.reduce((sum, amount) => sum + Number(amount), 0) / count;
  const variance = amounts.reduce((sum, amount) => sum + (Number(amount) - mean) ** 2, 0) / count;
  // Possible sums inside the bounds: those that the amounts' common divisor allows.
  const hits = Math.max(1, Math.floor(Number(high - low) / step) + 1);
  const target = Number(low + high) / 2;
  let expected = 0;
  for (let size = sizes.min; size <= sizes.max; size += 1) {
    const deviation = Math.max(step, Math.sqrt(size * variance));
    const share = (hits * step * density((target - size * mean) / deviation)) / deviation;
    expected += combinations(count, size) * Math.min(1, share);
  }
  return expected;
}

function density(z: number): number {
  return Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
}

function combinations(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i += 1) ways = (ways * (n - k + i)) / i;
  return ways;
}

function greatestCommonDivisor(amounts: readonly bigint[]): bigint {
  return amounts.reduce((a, b) => {
    let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
    while (y > 0n) [x, y] = [y, x % y];
    return x;
  }, 0n);
}
