import { accidental } from './accidental.ts';
import { searchSplit, sumOfPicks, type AmountGroup, type SplitProblem, type SumBounds } from './split-search.ts';

/*
 * Which candidates together make up an amount. The candidates are split in two, the sums of either half are listed, and the two
 * lists are walked against each other: some 2^20 steps where trying all subsets of 40 takes 2^40.
 */

export interface SubsetLimits {
  /** More candidates than that are not searched (those too large for any solution aside); more than 100 never. */
  readonly maxCandidates: number;
  /** Most members of a solution; in a two-sided search of each side. */
  readonly maxSize: number;
  /** Sums computed and compared; a million take some tens of milliseconds. */
  readonly maxSteps: number;
  /** The search ends with so many solutions; 2 tell whether one is unique. */
  readonly maxSolutions: number;
}

export const SUBSET_LIMITS: SubsetLimits = { maxCandidates: 40, maxSize: 8, maxSteps: 4_000_000, maxSolutions: 2 };

export interface Subset {
  /** Positions in the list of candidates, ascending. Of equal amounts the first ones stand for all. */
  readonly members: readonly number[];
  readonly sum: bigint;
  /** All candidates of an amount of which only some were taken: any of them would do as well. Empty when the members are certain. */
  readonly lookAlikes: readonly number[];
}

export interface TwoSided {
  readonly left: Subset;
  readonly right: Subset;
}

export interface SubsetSearch<Solution = Subset> {
  /**
   * Ascending by size. Different as sets of amounts, and none contains another one: what is left of the larger would balance by
   * itself.
   */
  readonly solutions: readonly Solution[];
  /** `candidates`: too many, nothing was searched. `steps`: nothing is known about solutions of more than `searchedSize` members. */
  readonly gaveUp: 'candidates' | 'steps' | null;
  /** Members (of both sides together) up to which each possible solution was looked at, unless `maxSolutions` were found before. */
  readonly searchedSize: number;
  readonly steps: number;
  /** How many groupings up to the size of the first solution would fit by pure chance; 1 / (1 + that) is a fair confidence. */
  readonly accidental: number;
}

/** Subsets of at least `minSize` candidates whose sum keeps the bounds; amounts may be negative. */
export function findSubsets(
  candidates: readonly bigint[],
  bounds: SumBounds,
  limits: SubsetLimits = SUBSET_LIMITS,
  minSize = 1,
): SubsetSearch {
  const groups = equalAmounts(candidates, reachOf(candidates, bounds));
  const usable = groups.flatMap(({ amount, positions }) => positions.map(() => amount));
  if (usable.length > Math.min(limits.maxCandidates, 2 * MOST_IN_A_HALF)) return TOO_MANY;
  const max = Math.min(limits.maxSize, usable.length);
  const halves = halved(groups);
  const sizes = [
    { min: 0, max },
    { min: 0, max },
  ] as const;
  const found = searchSplit(
    { halves, ...bounds, sizes, total: { min: minSize, max } },
    limits.maxSteps,
    limits.maxSolutions,
  );
  const solutions = found.solutions.map(([a, b]) => joined(subsetOf(halves[0], a), subsetOf(halves[1], b)));
  const size = solutions[0]?.members.length ?? 0;
  return { ...found, solutions, accidental: accidental(usable, bounds, { min: minSize, max: size }) };
}

/**
 * Subsets of both sides, at least `minSize` of each, where the sum of the right less the sum of the left keeps the bounds.
 * `maxCandidates` holds for both sides together.
 */
export function findBalancedSubsets(
  left: readonly bigint[],
  right: readonly bigint[],
  bounds: SumBounds,
  limits: SubsetLimits = SUBSET_LIMITS,
  minSize = 1,
): SubsetSearch<TwoSided> {
  if (Math.max(left.length, right.length) > MOST_IN_A_HALF) return TOO_MANY;
  if (left.length + right.length > limits.maxCandidates) return TOO_MANY;
  const negated = left.map((amount) => -amount);
  const halves: SplitProblem['halves'] = [equalAmounts(negated), equalAmounts(right)];
  const sizeOf = (side: readonly bigint[]) => ({ min: minSize, max: Math.min(limits.maxSize, side.length) });
  const sizes = [sizeOf(left), sizeOf(right)] as const;
  const total = { min: 2 * minSize, max: sizes[0].max + sizes[1].max };
  const found = searchSplit({ halves, ...bounds, sizes, total }, limits.maxSteps, limits.maxSolutions);
  const solutions = found.solutions.map(([a, b]) => {
    const subset = subsetOf(halves[0], a);
    return { left: { ...subset, sum: -subset.sum }, right: subsetOf(halves[1], b) };
  });
  const size = solutions[0] === undefined ? 0 : solutions[0].left.members.length + solutions[0].right.members.length;
  return { ...found, solutions, accidental: accidental([...negated, ...right], bounds, { min: total.min, max: size }) };
}

/** The only answer there is, whichever of equal amounts is taken: nothing was left out, and no look-alike could take a place. */
export function isUnique({ solutions, gaveUp }: SubsetSearch<Subset | TwoSided>): boolean {
  const [only, other] = solutions;
  if (only === undefined || other !== undefined || gaveUp !== null) return false;
  const sides = 'members' in only ? [only] : [only.left, only.right];
  return sides.every(({ lookAlikes }) => lookAlikes.length === 0);
}

/** So that how many are taken of each amount fits a number: see sum-table.ts. */
const MOST_IN_A_HALF = 50;
const TOO_MANY = { solutions: [], gaveUp: 'candidates', searchedSize: 0, steps: 0, accidental: 0 } as const;

/** Whether any sum with this amount can keep the bounds. */
function reachOf(candidates: readonly bigint[], { low, high }: SumBounds): (amount: bigint) => boolean {
  const lowest = candidates.reduce((sum, amount) => (amount < 0n ? sum + amount : sum), 0n);
  const highest = candidates.reduce((sum, amount) => (amount > 0n ? sum + amount : sum), 0n);
  return (amount) =>
    (amount > 0n ? lowest + amount <= high : lowest <= high) &&
    (amount < 0n ? highest + amount >= low : highest >= low);
}

/** Largest first, so that the sums that lead nowhere are dropped early. */
function equalAmounts(
  candidates: readonly bigint[],
  isUsable: (amount: bigint) => boolean = () => true,
): AmountGroup[] {
  const positions = candidates
    .map((_, position) => position)
    .filter((position) => isUsable(candidates[position] as bigint));
  const groups = Map.groupBy(positions, (position) => candidates[position] as bigint);
  return [...groups]
    .map(([amount, members]) => ({ amount, positions: members }))
    .sort((a, b) => compare(magnitude(b.amount), magnitude(a.amount)) || compare(a.amount, b.amount));
}

/** So that either half has about as many ways to pick: 20 of one amount are 21 ways, 20 amounts a million. */
function halved(groups: readonly AmountGroup[]): SplitProblem['halves'] {
  const halves: readonly [AmountGroup[], AmountGroup[]] = [[], []];
  const bits: [number, number] = [0, 0];
  for (const group of groups) {
    const half = bits[0] <= bits[1] ? 0 : 1;
    halves[half].push(group);
    bits[half] += Math.log2(group.positions.length + 1);
  }
  return halves;
}

function subsetOf(groups: readonly AmountGroup[], picks: readonly number[]): Subset {
  const taken = groups.map(({ positions }, n) => ({ positions, times: picks[n] ?? 0 }));
  const isPartly = ({ positions, times }: (typeof taken)[number]): boolean => times > 0 && times < positions.length;
  return {
    members: ascending(taken.flatMap(({ positions, times }) => positions.slice(0, times))),
    sum: sumOfPicks(groups, picks),
    lookAlikes: ascending(taken.filter(isPartly).flatMap(({ positions }) => positions)),
  };
}

function joined(a: Subset, b: Subset): Subset {
  return {
    members: ascending([...a.members, ...b.members]),
    sum: a.sum + b.sum,
    lookAlikes: ascending([...a.lookAlikes, ...b.lookAlikes]),
  };
}

const ascending = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const magnitude = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
