import { pairs, picksOf, sumTable, type Budget, type Sums, type Value, type Window } from './sum-table.ts';

/** Candidates of one amount; they can stand for each other. */
export interface AmountGroup {
  readonly amount: bigint;
  /** In the caller's list, ascending. */
  readonly positions: readonly number[];
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Target less tolerance and target plus tolerance, both included, in the units of the candidates. */
export interface SumBounds {
  readonly low: bigint;
  readonly high: bigint;
}

/** Two sets of candidates; some of either have to keep the bounds together. */
export interface SplitProblem extends SumBounds {
  readonly halves: readonly [readonly AmountGroup[], readonly AmountGroup[]];
  /** Members of a solution from either half, and from both together. */
  readonly sizes: readonly [Range, Range];
  readonly total: Range;
}

/** How many of each group of either half. */
export type Picks = readonly [readonly number[], readonly number[]];

export interface SplitSearch {
  readonly solutions: readonly Picks[];
  readonly gaveUp: 'steps' | null;
  readonly searchedSize: number;
  readonly steps: number;
}

/**
 * Solutions in ascending size, none containing another one. A size is searched completely before the next one begins, so that
 * what is said about uniqueness holds up to `searchedSize` also when the steps run out.
 */
export function searchSplit(problem: SplitProblem, maxSteps: number, maxSolutions: number): SplitSearch {
  const budget: Budget = { left: maxSteps };
  const scaled = scale(problem);
  const solutions: Picks[] = [];
  const end = (gaveUp: 'steps' | null, searchedSize: number): SplitSearch => ({
    ...{ solutions, gaveUp, searchedSize, steps: maxSteps - Math.max(0, budget.left) },
  });
  const { min, max } = problem.total;
  let total = min;
  // Tables for large solutions may be too large for the budget: those for small ones come first.
  for (let most = Math.max(2, min); total <= max; most *= 2) {
    const tables = tablesOf(problem, scaled, Math.min(most, max), budget);
    if (tables === null) return end('steps', total - 1);
    for (; total <= Math.min(most, max); total += 1) {
      const isEnough = pairsOfSize(problem, total, tables, scaled, budget, (picks) => {
        if (keepsBounds(picks, problem) && !solutions.some((known) => contains(picks, known))) solutions.push(picks);
        return solutions.length >= maxSolutions;
      });
      if (isEnough) return end(null, total);
      if (budget.left < 0) return end('steps', total - 1);
    }
  }
  return end(null, Math.max(0, max));
}

type Tables = readonly [readonly Sums[], readonly Sums[]];

/** The problem in whole numbers below 2^53. */
interface Scaled {
  readonly halves: readonly [readonly Value[], readonly Value[]];
  readonly window: Window;
}

/**
 * Amounts too large for that are divided, and the window widened by what the division may lose: no solution is missed, and
 * `keepsBounds` judges each with the exact amounts.
 */
function scale({ halves, low, high }: SplitProblem): Scaled {
  const groups = halves.flat();
  const magnitude = groups.reduce(
    (sum, { amount, positions }) => sum + magnitudeOf(amount) * BigInt(positions.length),
    0n,
  );
  const count = BigInt(groups.reduce((sum, { positions }) => sum + positions.length, 0));
  const divisor = magnitude / 2n ** 50n + 1n;
  const lost = count * (divisor - 1n);
  // No sum is beyond the magnitude, so bounds beyond it are as good there.
  const near = (bound: bigint): bigint =>
    bound > magnitude ? magnitude + 1n : bound < -magnitude ? -magnitude - 1n : bound;
  const scaled = (amount: bigint): number => Number(floorDivide(amount, divisor));
  const values = (half: readonly AmountGroup[]): Value[] =>
    half.map(({ amount, positions }) => ({ amount: scaled(amount), times: positions.length }));
  return {
    halves: [values(halves[0]), values(halves[1])],
    window: { low: scaled(near(low) - lost), high: scaled(near(high)) },
  };
}

function tablesOf({ sizes }: SplitProblem, { halves, window }: Scaled, most: number, budget: Budget): Tables | null {
  const table = (half: 0 | 1): readonly Sums[] | null => {
    const other: 0 | 1 = half === 0 ? 1 : 0;
    const maxPicks = Math.min(sizes[half].max, most - sizes[other].min);
    const windows = halves[half].map((_, n) => around(window, [...halves[half].slice(n + 1), ...halves[other]]));
    return sumTable(halves[half], maxPicks, (n) => windows[n - 1] as Window, budget);
  };
  const first = table(0);
  const second = first === null ? null : table(1);
  return first === null || second === null ? null : [first, second];
}

/** From where the window can be reached by some of the values. */
function around({ low, high }: Window, values: readonly Value[]): Window {
  const reach = (isMeant: (amount: number) => boolean): number =>
    values.reduce((sum, { amount, times }) => (isMeant(amount) ? sum + amount * times : sum), 0);
  return { low: low - reach((amount) => amount > 0), high: high - reach((amount) => amount < 0) };
}

function pairsOfSize(
  { sizes }: SplitProblem,
  total: number,
  [first, second]: Tables,
  { halves, window }: Scaled,
  budget: Budget,
  hit: (picks: Picks) => boolean,
): boolean {
  const from = Math.max(sizes[0].min, total - sizes[1].max);
  for (let size = from; size <= Math.min(sizes[0].max, total - sizes[1].min); size += 1) {
    const [a, b] = [first[size], second[total - size]];
    if (a === undefined || b === undefined) continue;
    if (pairs(a, b, window, budget, (x, y) => hit([picksOf(x, halves[0]), picksOf(y, halves[1])]))) return true;
    if (budget.left < 0) return false;
  }
  return false;
}

function keepsBounds(picks: Picks, { halves, low, high }: SplitProblem): boolean {
  const sum = sumOfPicks(halves[0], picks[0]) + sumOfPicks(halves[1], picks[1]);
  return sum >= low && sum <= high;
}

export function sumOfPicks(groups: readonly AmountGroup[], picks: readonly number[]): bigint {
  return groups.reduce((sum, { amount }, n) => sum + amount * BigInt(picks[n] ?? 0), 0n);
}

function contains(picks: Picks, known: Picks): boolean {
  return picks.every((half, side) => half.every((times, n) => times >= (known[side as 0 | 1][n] ?? 0)));
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

const magnitudeOf = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
