import { broken, state, together } from './answers.ts';
import { dayAfter } from './calendar.ts';
import type { Desk } from './desk.ts';
import { allowance, magnitude } from './policy.ts';
import { remittance } from './references.ts';
import type { CaseState, TruthItem } from './types.ts';

/** Several items that are one thing together. */
export const BUNDLES = {
  '1n-by-key': (desk: Desk) => keyed(desk, 1, desk.random.int(2, 5)),
  'n1-by-key': (desk: Desk) => keyed(desk, desk.random.int(2, 5), 1),
  'nm-by-key': (desk: Desk) => keyed(desk, desk.random.int(2, 3), desk.random.int(2, 4)),
  /** One of the parts states less than it should. */
  'short-by-key': (desk: Desk) => {
    const [date, reference] = [desk.day(), desk.reference().text];
    const parts = amounts(desk, 3).toSorted((a, b) => (a > b ? -1 : 1));
    const left = [desk.left({ units: total(parts), date, reference })];
    // A third of a percent of the whole is more than the tolerance allows.
    const missing = total(parts) / 300n + 100n;
    const right = parts.map((units, n) => desk.right({ units: n === 0 ? units - missing : units, date, reference }));
    return state(left, right, ...broken(left, right, 'amount'));
  },
  'n1-named-in-text': (desk: Desk) => {
    const date = desk.day();
    const named = Array.from({ length: desk.random.int(2, 3) }, () => desk.reference());
    const parts = amounts(desk, named.length);
    const left = named.map(({ text }, n) => desk.left({ units: parts[n] as bigint, date, reference: text }));
    const right = desk.right({ units: total(parts), date, text: remittance(named, desk.random) });
    return state(left, [right], [together(['matched', 'suggested'], left, [right])]);
  },
  '1n-subset': (desk: Desk) => subset(desk, 1, desk.random.int(2, 4)),
  'n1-subset': (desk: Desk) => subset(desk, desk.random.int(2, 4), 1),
  'nm-subset': (desk: Desk) => subset(desk, 2, desk.random.int(2, 3)),
} satisfies Record<string, (desk: Desk) => CaseState>;

/** Amounts on both sides with the same reference and the same total. */
function keyed(desk: Desk, lefts: number, rights: number): CaseState {
  const [date, reference] = [desk.day(), desk.reference().text];
  const { left, right } = balanced(desk, lefts, rights, () => ({ date, reference }));
  return state(left, right, [together(['matched', 'suggested'], left, right)]);
}

/** Nothing but the sums says what belongs together. */
function subset(desk: Desk, lefts: number, rights: number): CaseState {
  const date = desk.day();
  const single = (side: number) => (side === 1 ? { date } : { date, reference: desk.reference().text });
  const { left, right } = balanced(desk, lefts, rights, single);
  return state(left, right, [together(['suggested', 'matched'], left, right)]);
}

function balanced(
  desk: Desk,
  lefts: number,
  rights: number,
  facts: (size: number) => { date: string; reference?: string },
): { left: TruthItem[]; right: TruthItem[] } {
  const { left, right } = parts(desk, lefts, rights);
  return {
    left: left.map((units) => desk.left({ units, ...facts(lefts) })),
    right: right.map((units) => {
      const { date, ...rest } = facts(rights);
      const later = desk.random.int(0, Math.min(desk.policy.daysAfter, 5));
      return desk.right({ units, date: dayAfter(date, later), ...rest });
    }),
  };
}

/** Amounts of both sides with one total, of which no two would do without the others. */
function parts(desk: Desk, lefts: number, rights: number): { left: bigint[]; right: bigint[] } {
  for (;;) {
    const drawn = amounts(desk, Math.max(2, lefts === 1 ? rights : lefts));
    const sum = total(drawn);
    const [left, right] = lefts === 1 ? [[sum], drawn] : [drawn, split(desk, sum, rights)];
    const isNear = (one: bigint): boolean =>
      right.some((other) => magnitude(other - one) <= allowance(desk.policy, desk.party.currency, one));
    if (!left.some(isNear)) return { left, right };
  }
}

/** The sum in so many parts, none of them tiny. */
function split(desk: Desk, sum: bigint, parts: number): bigint[] {
  if (parts === 1) return [sum];
  const first = (sum * BigInt(desk.random.int(150, 850))) / (1_000n * BigInt(parts - 1));
  return [first, ...split(desk, sum - first, parts - 1)];
}

export function amounts(desk: Desk, count: number): bigint[] {
  return Array.from({ length: count }, () => desk.amount());
}

export function total(units: readonly bigint[]): bigint {
  return units.reduce((sum, one) => sum + one, 0n);
}
