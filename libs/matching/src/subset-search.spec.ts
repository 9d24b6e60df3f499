import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '@tieout/testing/programs';
import { findBalancedSubsets, findSubsets, isUnique, SUBSET_LIMITS, type SubsetLimits } from './subset-search.ts';

const units = (...amounts: number[]): bigint[] => amounts.map(BigInt);
const exactly = (target: number) => ({ low: BigInt(target), high: BigInt(target) });
const limits = (more: Partial<SubsetLimits>): SubsetLimits => ({ ...SUBSET_LIMITS, ...more });
const members = (search: ReturnType<typeof findSubsets>) => search.solutions.map((solution) => solution.members);

describe('the candidates that make up an amount', () => {
  it('are found among others', () => {
    const candidates = units(1999, 500, 730, 4211, 95);
    expect(findSubsets(candidates, exactly(4806))).toMatchObject({
      ...{ solutions: [{ members: [1, 3, 4], sum: 4806n, lookAlikes: [] }], gaveUp: null },
    });
    expect(findSubsets(candidates, exactly(4805))).toMatchObject({ solutions: [], gaveUp: null });
  });

  it('are unique when no other ones do', () => {
    expect(isUnique(findSubsets(units(1999, 500, 730, 4211), exactly(1230)))).toBe(true);
    expect(isUnique(findSubsets(units(1999, 500, 730, 1230), exactly(1230)))).toBe(false);
    expect(isUnique(findSubsets(units(1999, 500), exactly(1)))).toBe(false);
  });

  it('may be negative', () => {
    expect(members(findSubsets(units(5000, -1200, -300, 77), exactly(3800)))).toEqual([[0, 1]]);
    expect(members(findSubsets(units(-500, -700, 200), exactly(-1200)))).toEqual([[0, 1]]);
  });

  it('come smallest first, and a larger one that contains a smaller one is no other answer', () => {
    expect(members(findSubsets(units(100, 60, 40, 7, -7), exactly(100)))).toEqual([[0], [1, 2]]);
    expect(members(findSubsets(units(100, 7, -7), exactly(100)))).toEqual([[0]]);
  });

  it('stand for their look-alikes', () => {
    const search = findSubsets(units(250, 999, 250, 250), exactly(500));
    expect(search.solutions).toEqual([{ members: [0, 2], sum: 500n, lookAlikes: [0, 2, 3] }]);
    expect(isUnique(search)).toBe(false);
    expect(isUnique(findSubsets(units(250, 999, 250), exactly(500)))).toBe(true);
  });

  it.each([
    [997, 0],
    [998, 1],
    [1002, 1],
    [1003, 0],
  ])('keep the tolerance: a sum of %d is found %d times at 1000 +/- 2', (sum, times) => {
    expect(findSubsets(units(sum - 300, 300), { low: 998n, high: 1002n }).solutions).toHaveLength(times);
  });

  it('are at least as many as asked', () => {
    expect(members(findSubsets(units(100, 60, 40), exactly(100), SUBSET_LIMITS, 2))).toEqual([[1, 2]]);
  });

  it('are exact also where amounts are beyond the whole numbers of a double', () => {
    const large = 10n ** 24n;
    const search = findSubsets([large + 1n, large, 7n, 5n * large], { low: large + 8n, high: large + 8n });
    expect(search.solutions).toEqual([{ members: [0, 2], sum: large + 8n, lookAlikes: [] }]);
    expect(isUnique(search)).toBe(true);
    expect(findSubsets([large, large + 1n], { low: 1n, high: large - 1n }).solutions).toEqual([]);
  });

  it.each([-(10n ** 30n), 10n ** 30n])('are none for a target out of reach: %d', (target) => {
    expect(findSubsets(units(1, 2), { low: target, high: target })).toMatchObject({ solutions: [], gaveUp: null });
    expect(findSubsets([], { low: target, high: target }).solutions).toEqual([]);
  });
});

describe('the search', () => {
  it('does not begin with more candidates than allowed, those that cannot be part of it aside', () => {
    const candidates = units(1, 2, 3, 5000, 6000);
    expect(findSubsets(candidates, exactly(5), limits({ maxCandidates: 3 })).solutions).toHaveLength(1);
    expect(findSubsets(candidates, exactly(5), limits({ maxCandidates: 2 }))).toMatchObject({
      ...{ solutions: [], gaveUp: 'candidates', steps: 0 },
    });
  });

  it('looks at no larger solutions than allowed', () => {
    expect(findSubsets(units(1, 2, 4), exactly(7), limits({ maxSize: 2 }))).toMatchObject({
      solutions: [],
      searchedSize: 2,
    });
    expect(findSubsets(units(1, 2, 4), exactly(7), limits({ maxSize: 3 })).solutions).toHaveLength(1);
  });

  const random = createRandom(11, 'subset-search');
  const forty = Array.from({ length: 40 }, () => BigInt(random.int(10_000, 99_999_999)));

  it('answers 40 candidates within the default limits', () => {
    const target = [3, 8, 21, 30, 39].reduce((sum, at) => sum + (forty[at] as bigint), 0n);
    const search = findSubsets(forty, { low: target, high: target }, limits({ maxSize: 5 }));
    expect(members(search)).toEqual([[3, 8, 21, 30, 39]]);
    expect(search.gaveUp).toBeNull();
    expect(search.steps).toBeLessThan(SUBSET_LIMITS.maxSteps);
  });

  it('says up to which size it got when the steps run out, and never claims uniqueness then', () => {
    // About as large as each other: any seven of them come near the target, and no smaller number does.
    const alike = forty.map((amount) => amount + 10n ** 9n);
    const target = alike.slice(0, 7).reduce((sum, amount) => sum + amount, 0n);
    const search = findSubsets(alike, { low: target, high: target }, limits({ maxSize: 20, maxSteps: 300_000 }));
    expect(search).toMatchObject({ gaveUp: 'steps', searchedSize: 4 });
    expect(search.steps).toBeLessThanOrEqual(300_000);
    const patient = findSubsets(alike, { low: target, high: target }, limits({ maxSize: 7, maxSteps: 3_000_000 }));
    expect(patient).toMatchObject({ solutions: [{ members: [0, 1, 2, 3, 4, 5, 6] }], gaveUp: null, searchedSize: 7 });
    const hurried = [target, ...alike.slice(1)];
    const found = findSubsets(hurried, { low: target, high: target }, limits({ maxSize: 20, maxSteps: 300_000 }));
    expect(found).toMatchObject({ solutions: [{ members: [0] }], gaveUp: 'steps' });
    expect(isUnique(found)).toBe(false);
  });

  it('finds on both sides what balances', () => {
    const search = findBalancedSubsets(units(700, 300, 55), units(600, 400, 9), exactly(0));
    expect(search.solutions.map(({ left, right }) => [left.members, right.members, left.sum, right.sum])).toEqual([
      [[0, 1], [0, 1], 1000n, 1000n],
    ]);
    expect(isUnique(search)).toBe(true);
    expect(isUnique(findBalancedSubsets(units(700, 300), units(600, 400, 600, 400), exactly(0)))).toBe(false);
  });

  it('takes no more than 50 candidates of a side', () => {
    const many = Array.from({ length: 51 }, () => 1n);
    expect(findBalancedSubsets(many, units(1), exactly(0), limits({ maxCandidates: 100 })).gaveUp).toBe('candidates');
  });
});

describe('against trying everything', () => {
  const amount = fc.oneof(fc.bigInt(-12n, 30n), fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.constantFrom(10n, 10n, 25n));
  const query = fc.record({
    candidates: fc.array(amount, { maxLength: 9 }),
    picked: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    off: fc.bigInt(-3n, 3n),
    tolerance: fc.bigInt(0n, 3n),
    minSize: fc.integer({ min: 1, max: 3 }),
    maxSize: fc.integer({ min: 1, max: 9 }),
  });
  const everything = limits({ maxSolutions: Number.MAX_SAFE_INTEGER });

  it('finds the same sets of amounts', () => {
    fc.assert(
      fc.property(query, ({ candidates, picked, off, tolerance, minSize, maxSize }) => {
        const target = sumOf(candidates.filter((_, n) => picked[n])) + off;
        const bounds = { low: target - tolerance, high: target + tolerance };
        const search = findSubsets(candidates, bounds, { ...everything, maxSize }, minSize);
        const found = search.solutions.map((solution) => amountsOf(candidates, solution.members));
        const expected = minimal(
          subsets(candidates).filter(
            (subset) => subset.length >= minSize && subset.length <= maxSize && isWithin(sumOf(subset), bounds),
          ),
        );
        expect(keys(found)).toEqual(keys(expected));
        for (const { members: positions, sum } of search.solutions)
          expect(sumOf(positions.map((at) => candidates[at] as bigint))).toBe(sum);
      }),
      { numRuns: 400 },
    );
  });

  it('finds the same sets on two sides', () => {
    const side = fc.array(amount, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(side, side, fc.bigInt(0n, 3n), (left, right, tolerance) => {
        const bounds = { low: -tolerance, high: tolerance };
        const search = findBalancedSubsets(left, right, bounds, everything);
        const found = search.solutions.map((each) => [
          ...amountsOf(left, each.left.members).map((x) => `l${x}`),
          ...amountsOf(right, each.right.members).map((x) => `r${x}`),
        ]);
        const expected = subsets(left).flatMap((l) =>
          subsets(right)
            .filter((r) => l.length > 0 && r.length > 0 && isWithin(sumOf(r) - sumOf(l), bounds))
            .map((r) => [...l.map((x) => `l${x}`), ...r.map((x) => `r${x}`)]),
        );
        expect(keys(found)).toEqual(keys(minimal(expected)));
      }),
      { numRuns: 200 },
    );
  });

  it('says unique only of what no other set of candidates does', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(1n, 40n), { maxLength: 9 }), fc.bigInt(1n, 60n), (candidates, target) => {
        const bounds = { low: target, high: target };
        const positions = candidates.map((_, n) => BigInt(n));
        const ways = subsets(positions).filter(
          (way) => sumOf(way.map((n) => candidates[Number(n)] as bigint)) === target,
        );
        expect(isUnique(findSubsets(candidates, bounds, limits({ maxSize: 9 })))).toBe(ways.length === 1);
      }),
      { numRuns: 300 },
    );
  });

  it('takes the same amounts in whatever order the candidates come', () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 9 }), fc.bigInt(0n, 60n), fc.integer(), (candidates, target, seed) => {
        const shuffled = createRandom(seed, 'order').shuffled(candidates);
        const amounts = (list: bigint[]): bigint[][] =>
          findSubsets(list, { low: target, high: target }).solutions.map((each) => amountsOf(list, each.members));
        expect(amounts(shuffled)).toEqual(amounts(candidates));
      }),
    );
  });
});

describe('accidental groupings', () => {
  it('are about as many as chance gives', () => {
    const stream = createRandom(5, 'accidental');
    let [hits, expected] = [0, 0];
    for (let round = 0; round < 300; round += 1) {
      const candidates = Array.from({ length: 10 }, () => BigInt(stream.int(100, 2_000)));
      const planted = candidates.slice(0, 4).reduce((sum, each) => sum + each, 0n);
      const found = findSubsets(
        candidates,
        { low: planted, high: planted },
        limits({ maxSolutions: 1_000, maxSize: 4 }),
      );
      hits += found.solutions.length - 1;
      expected += findSubsets(candidates, { low: planted, high: planted }, limits({ maxSolutions: 1_000 })).accidental;
    }
    expect(expected / hits).toBeGreaterThan(0.5);
    expect(expected / hits).toBeLessThan(2);
  });

  it('are rare among large odd amounts and many among round ones', () => {
    const odd = findSubsets(units(1234567, 9876501, 4455667), exactly(1234567 + 4455667));
    expect(odd.accidental).toBeLessThan(0.001);
    const round = findSubsets(
      Array.from({ length: 30 }, (_, n) => BigInt(100 * (n + 1))),
      exactly(2_000),
    );
    expect(round.solutions).toHaveLength(2);
    expect(round.accidental).toBeGreaterThan(0.1);
  });
});

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, each) => sum + each, 0n);
const isWithin = (sum: bigint, { low, high }: { low: bigint; high: bigint }): boolean => sum >= low && sum <= high;
const amountsOf = (candidates: readonly bigint[], positions: readonly number[]): bigint[] =>
  positions.map((at) => candidates[at] as bigint).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

function subsets(amounts: readonly bigint[]): bigint[][] {
  return amounts.reduce<bigint[][]>((all, each) => [...all, ...all.map((subset) => [...subset, each])], [[]]);
}

/** The sets that contain no other one of them, each once. */
function minimal<T extends bigint | string>(sets: T[][]): T[][] {
  const different = [...new Map(sets.map((set) => [key(set), set])).values()];
  return different.filter((set) => !different.some((other) => other !== set && isContained(other, set)));
}

function isContained<T extends bigint | string>(inner: T[], outer: T[]): boolean {
  const left = [...outer];
  return inner.every((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

const key = (set: readonly (bigint | string)[]): string => set.map(String).sort().join(' ');
const keys = (sets: readonly (readonly (bigint | string)[])[]): string[] => sets.map(key).sort();
