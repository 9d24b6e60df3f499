import { amounts } from './bundles.ts';
import { dayAfter } from './calendar.ts';
import { apart, state, together } from './answers.ts';
import type { Desk } from './desk.ts';
import type { Answer, CaseState, TruthItem, TruthOutcome } from './types.ts';

/** Where several answers are equally good, so that whoever picks one is wrong even when lucky. */
export const DOUBTS = {
  'look-alikes-right': (desk: Desk) => alike(desk, 1, 2),
  'look-alikes-left': (desk: Desk) => alike(desk, 2, 1),
  'look-alikes-both': (desk: Desk) => alike(desk, 3, 2),
  /** As many on both sides: the sums agree, which one is which nobody knows. */
  twins: (desk: Desk) => {
    const [units, date] = [desk.amount(), desk.day()];
    const { left, right } = copies(desk, 2, 2, { units, date });
    return state(left, right, [together(['ambiguous', 'suggested'], left, right)]);
  },
  'twins-by-key': (desk: Desk) => {
    const [units, date, reference] = [desk.amount(), desk.day(), desk.reference().text];
    const { left, right } = copies(desk, 2, 2, { units, date, reference });
    return state(left, right, [together(['ambiguous', 'matched', 'suggested'], left, right)]);
  },
  'duplicate-left': (desk: Desk) => duplicate(desk, 2, 1),
  'duplicate-right': (desk: Desk) => duplicate(desk, 1, 2),
  /** The amount is a sum in two ways that share nothing. */
  'subset-two-ways': (desk: Desk) => {
    const [a, b] = amounts(desk, 2) as [bigint, bigint];
    const c = (a * BigInt(desk.random.int(30, 70))) / 100n;
    return parts(desk, a + b, [a, b, c, a + b - c]);
  },
  /** The amount is a sum in two ways that share a part. */
  'subset-shared-part': (desk: Desk) => {
    const [a, b] = amounts(desk, 2) as [bigint, bigint];
    const c = (b * BigInt(desk.random.int(30, 70))) / 100n;
    return parts(desk, a + b, [a, b, c, b - c]);
  },
  /** Two of the parts are over the same amount, and one of them is not meant. */
  'subset-equal-parts': (desk: Desk) => {
    const [a, b] = amounts(desk, 2) as [bigint, bigint];
    return parts(desk, a + b, [a, b, b]);
  },
  /** One item has the amount, and two others together have it too. */
  'single-or-subset': (desk: Desk) => {
    const date = desk.day();
    const [a, b] = amounts(desk, 2) as [bigint, bigint];
    const left = desk.left({ units: a + b, date });
    const single = desk.right({ units: a + b, date, reference: desk.reference().text });
    const rest = [a, b].map((units) => desk.right({ units, date, reference: desk.reference().text }));
    const plain = [together(['suggested', 'matched'], [left], [single]), ...apart([], rest)];
    return state([left], [single, ...rest], plain, [together(['ambiguous'], [left], [single, ...rest])]);
  },
  /** A month's fee under the same reference every month: the date tells which is which. */
  recurring: (desk: Desk) => monthly(desk, []),
  'recurring-gap': (desk: Desk) => monthly(desk, [1]),
} satisfies Record<string, (desk: Desk) => CaseState>;

type Facts = Parameters<Desk['left']>[0];

function copies(desk: Desk, lefts: number, rights: number, facts: Facts): { left: TruthItem[]; right: TruthItem[] } {
  return {
    left: Array.from({ length: lefts }, () => desk.left(facts)),
    right: Array.from({ length: rights }, () => desk.right(facts)),
  };
}

/** No references, the same amount and day; more on one side than on the other. */
function alike(desk: Desk, lefts: number, rights: number): CaseState {
  const { left, right } = copies(desk, lefts, rights, { units: desk.amount(), date: desk.day() });
  return state(left, right, [together(['ambiguous'], left, right)]);
}

/** The same document twice on one side: one of them is too much, and it shows as a break or with its candidates. */
function duplicate(desk: Desk, lefts: number, rights: number): CaseState {
  const facts = { units: desk.amount(), date: desk.day(), reference: desk.reference().text };
  const { left, right } = copies(desk, lefts, rights, facts);
  const outcomes: TruthOutcome[] = ['break', 'ambiguous'];
  return state(left, right, [together(outcomes, left, right, 'duplicate')]);
}

function parts(desk: Desk, sum: bigint, units: readonly bigint[]): CaseState {
  const date = desk.day();
  const one = { units: sum, date };
  const many = units.map((part) => ({ units: part, date, reference: desk.reference().text }));
  const [left, right] = desk.random.chance(50)
    ? [[desk.left(one)], many.map(desk.right)]
    : [many.map(desk.left), [desk.right(one)]];
  return state(left, right, [together(['ambiguous'], left, right)]);
}

function monthly(desk: Desk, missing: readonly number[]): CaseState {
  const [units, reference] = [desk.amount(), desk.reference().text];
  const dates = [42, 72, 102].map((age) => dayAfter(desk.policy.asOf, -age));
  const left = dates.map((date) => desk.left({ units, date, reference }));
  const months = dates.map((date, n) => (missing.includes(n) ? null : desk.right({ units, date, reference })));
  const right = months.filter((one) => one !== null);
  const each: Answer = left.map((one, n) => {
    const other = months[n];
    return other ? together(['matched', 'suggested'], [one], [other]) : together(['break'], [one], [], 'missing-right');
  });
  const isWhole = missing.length === 0;
  return state(left, right, each, [
    together(isWhole ? ['matched', 'suggested', 'ambiguous'] : ['break', 'ambiguous'], left, right),
  ]);
}
