import { dayAfter } from './calendar.ts';
import { apart, state, together } from './answers.ts';
import type { Desk } from './desk.ts';
import { allowance } from './policy.ts';
import type { CaseState, TruthItem } from './types.ts';

/** Amounts of which no two are within tolerance, and no two together reach a third: all lie between one number and its double. */
const FLOOR = 10_000n;

/**
 * Many small amounts without references at one party, so that collisions are the rule. Which items could be which follows from
 * how many of an amount were put on each side: one and one is a pair, none is a gap, all else nobody can tell.
 */
export function denseCases(desk: Desk, count: number): { kind: string; state: CaseState }[] {
  // With gaps on one side only, no sum of gaps can meet a sum of gaps.
  const gap: readonly [number, number] = desk.random.chance(50) ? [1, 0] : [0, 1];
  return ladder(desk, count).map((units) => {
    const [lefts, rights] = desk.random.pick([...CROWDS, gap, gap]);
    return { kind: kindOf(lefts, rights), state: crowd(desk, units, lefts, rights) };
  });
}

/** Items of one amount on the left and on the right. */
const CROWDS: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 1],
  [1, 1],
  [2, 1],
  [1, 2],
  [3, 2],
  [2, 2],
];

export const CROWD_KINDS = ['dense-pair', 'dense-gap', 'dense-twins', 'dense-crowd'] as const;

function kindOf(lefts: number, rights: number): (typeof CROWD_KINDS)[number] {
  if (lefts === 0 || rights === 0) return 'dense-gap';
  if (lefts === 1 && rights === 1) return 'dense-pair';
  return lefts === rights ? 'dense-twins' : 'dense-crowd';
}

function ladder({ policy, party, random }: Desk, count: number): bigint[] {
  const rungs: bigint[] = [];
  let units = FLOOR;
  while (units < 2n * FLOOR && rungs.length < count) {
    rungs.push(units);
    units += 2n * allowance(policy, party.currency, units) + BigInt(random.int(3, 90));
  }
  return rungs;
}

/** All on one day, so that dates decide nothing. */
function crowd(desk: Desk, units: bigint, lefts: number, rights: number): CaseState {
  const date = dayAfter(desk.policy.asOf, -60);
  const make = (side: (draft: { units: bigint; date: string }) => TruthItem, size: number) =>
    Array.from({ length: size }, () => side({ units, date }));
  const [left, right] = [make(desk.left, lefts), make(desk.right, rights)];
  if (lefts === 0 || rights === 0) return state(left, right, apart(left, right));
  if (lefts === 1 && rights === 1) return state(left, right, [together(['suggested', 'matched'], left, right)]);
  if (lefts === rights) return state(left, right, [together(['ambiguous', 'suggested'], left, right)]);
  return state(left, right, [together(['ambiguous'], left, right)]);
}
