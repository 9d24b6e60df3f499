/*
 * The sums of all ways to pick from a handful of values, for subset-search.ts. Sums are whole numbers below 2^53, so exact.
 * After E. Horowitz and S. Sahni, "Computing Partitions with Applications to the Knapsack Problem", JACM 21 (1974): a sorted
 * list of sums, merged with itself moved by the next value, is sorted again, so nothing is ever sorted.
 */

/** Equal amounts are one value: which of them is picked gives no other sum. */
export interface Value {
  readonly amount: number;
  /** How many candidates have this amount. */
  readonly times: number;
}

/** All ways to pick a certain number of candidates: their sums, ascending, and which they are. */
export interface Sums {
  readonly sums: Float64Array;
  /** Of each value how many are picked, as digits of a number whose places have the bases times + 1. */
  readonly codes: Float64Array;
}

/** Steps that may still be taken; below 0 the search gave up. */
export interface Budget {
  left: number;
}

/** Sums that can still lead to the target. */
export interface Window {
  readonly low: number;
  readonly high: number;
}

/**
 * For each number of picks from 0 to `maxPicks` the sums of the values.
 * @param windowAfter which sums are worth keeping once the first n values are decided
 * @returns null when the budget ran out
 */
export function sumTable(
  values: readonly Value[],
  maxPicks: number,
  windowAfter: (n: number) => Window,
  budget: Budget,
): readonly Sums[] | null {
  let table: readonly Sums[] = [{ sums: Float64Array.of(0), codes: Float64Array.of(0) }];
  let place = 1;
  for (const [n, value] of values.entries()) {
    const window = windowAfter(n + 1);
    const next: Sums[] = [];
    for (let picks = 0; picks <= Math.min(maxPicks, table.length - 1 + value.times); picks += 1) {
      const sums = trimmed(withValue(table, picks, value, place, budget), window);
      if (budget.left < 0) return null;
      next.push(sums);
    }
    table = next;
    place *= value.times + 1;
  }
  return table;
}

/** How many of each value a code says. */
export function picksOf(code: number, values: readonly Value[]): number[] {
  let rest = code;
  return values.map(({ times }) => {
    const picks = rest % (times + 1);
    rest = (rest - picks) / (times + 1);
    return picks;
  });
}

/**
 * Calls `hit` for each pair of an `a` and a `b` whose sum is in the window, until it answers true or the budget ran out.
 * @returns whether `hit` answered true
 */
export function pairs(
  a: Sums,
  b: Sums,
  { low, high }: Window,
  budget: Budget,
  hit: (a: number, b: number) => boolean,
): boolean {
  let top = b.sums.length - 1;
  budget.left -= a.sums.length + b.sums.length;
  for (let n = 0; n < a.sums.length && budget.left >= 0; n += 1) {
    const sum = a.sums[n] as number;
    while (top >= 0 && (b.sums[top] as number) > high - sum) top -= 1;
    for (let at = top; at >= 0 && (b.sums[at] as number) >= low - sum && budget.left >= 0; at -= 1) {
      budget.left -= 1;
      if (hit(a.codes[n] as number, b.codes[at] as number)) return true;
    }
  }
  return false;
}

const NONE: Sums = { sums: new Float64Array(), codes: new Float64Array() };

/** The ways to have `picks` candidates when 0 to `times` of them are of the new value. */
function withValue(table: readonly Sums[], picks: number, value: Value, place: number, budget: Budget): Sums {
  let merged = table[picks] ?? NONE;
  for (let times = 1; times <= Math.min(value.times, picks); times += 1) {
    const others = table[picks - times] ?? NONE;
    budget.left -= merged.sums.length + others.sums.length;
    if (budget.left < 0) return NONE;
    merged = merge(merged, others, times * value.amount, times * place);
  }
  return merged;
}

function merge(a: Sums, b: Sums, move: number, code: number): Sums {
  const length = a.sums.length + b.sums.length;
  const [sums, codes] = [new Float64Array(length), new Float64Array(length)];
  let [i, j] = [0, 0];
  for (let n = 0; n < length; n += 1) {
    const takesA = j >= b.sums.length || (i < a.sums.length && (a.sums[i] as number) <= (b.sums[j] as number) + move);
    sums[n] = takesA ? (a.sums[i] as number) : (b.sums[j] as number) + move;
    codes[n] = takesA ? (a.codes[i] as number) : (b.codes[j] as number) + code;
    if (takesA) i += 1;
    else j += 1;
  }
  return { sums, codes };
}

function trimmed({ sums, codes }: Sums, { low, high }: Window): Sums {
  const [from, to] = [firstAtLeast(sums, low), firstAtLeast(sums, high + 1)];
  return from === 0 && to === sums.length
    ? { sums, codes }
    : { sums: sums.slice(from, to), codes: codes.slice(from, to) };
}

function firstAtLeast(sorted: Float64Array, bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
