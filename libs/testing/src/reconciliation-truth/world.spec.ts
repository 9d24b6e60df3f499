import { minorUnits, toUnits } from '@tieout/canonical';
import { expect, it } from 'vitest';
import { collision } from './collisions.ts';
import { createWorld, KINDS, POLICY, sceneOf, type AnswerGroup, type CaseState, type TruthItem } from './index.ts';
import { allowance, magnitude } from './policy.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`worlds of seed ${seed}`);
const world = createWorld({ seed, cases: KINDS.length + 40 });
const states = world.cases.flatMap(({ kind, first, second }) => [first, second].map((state) => ({ kind, ...state })));

it('plants every kind, and crowds beside them', () => {
  const planted = new Set(world.cases.map(({ kind }) => kind));
  expect(KINDS.filter((kind) => !planted.has(kind))).toEqual([]);
  expect([...planted].some((kind) => kind.startsWith('dense-'))).toBe(true);
});

it('gives every item an id of its own, in one case', () => {
  for (const delivery of ['first', 'second'] as const) {
    const { left, right, cases } = sceneOf(world, delivery);
    expect(new Set([...left, ...right].map(({ id }) => id)).size).toBe(left.length + right.length);
    expect(left.length + right.length).toBe(cases.flatMap((one) => [...one.left, ...one.right]).length);
  }
});

it('has answers that say something of each item of a case, once', () => {
  const wrong = states.filter(({ left, right, answers }) =>
    answers.some(
      (answer) =>
        !sameTexts(
          answer.flatMap((group) => group.left),
          idsOf(left),
        ) ||
        !sameTexts(
          answer.flatMap((group) => group.right),
          idsOf(right),
        ),
    ),
  );
  expect(wrong.map(({ kind }) => kind)).toEqual([]);
});

it('lets only what agrees within the tolerance be matched', () => {
  const isWithin = (state: CaseState, { left, right }: AnswerGroup): boolean => {
    const [units, other] = [totalOf(state.left, left), totalOf(state.right, right)];
    return magnitude(other - units) <= allowance(POLICY, currencyOf(state), units);
  };
  const wrong = states.filter(
    ({ kind, ...state }) =>
      !kind.startsWith('fx-') &&
      state.answers.flat().some((group) => group.outcomes.includes('matched') && !isWithin(state, group)),
  );
  expect(wrong.map(({ kind }) => kind)).toEqual([]);
});

it.each(['flat', 'percent', 'huge'])(
  'goes to the very edge of the %s tolerance, and one smallest unit past it',
  (edge) => {
    const beyond = (kind: string): bigint[] =>
      world.cases
        .filter((one) => one.kind === kind)
        .map(({ first }) => {
          const [left, right] = [totalOf(first.left), totalOf(first.right)];
          return magnitude(right - left) - allowance(POLICY, currencyOf(first), left);
        });
    expect(new Set(beyond(`amount-${edge}-inside`))).toEqual(new Set([0n]));
    expect(new Set(beyond(`amount-${edge}-outside`))).toEqual(new Set([1n]));
  },
);

it('lets no case meet another one by accident', () => {
  const parties = Map.groupBy(world.cases, ({ first, second }) => partyOf(first) ?? partyOf(second));
  for (const cases of parties.values()) {
    const sparse = cases.filter(({ kind }) => !kind.startsWith('dense-'));
    expect(collision(sparse, POLICY).map(({ kind }) => kind)).toEqual([]);
  }
});

it('sees two cases whose amounts meet', () => {
  const [one, other] = [0, 1].map(() => createWorld({ seed, cases: 1, weights: only('missing-left'), dense: 0 }));
  expect(collision([...(one?.cases ?? []), ...(other?.cases ?? [])], POLICY)).toHaveLength(2);
});

it('makes the same world of the same seed and another one of another', () => {
  const again = createWorld({ seed, cases: KINDS.length + 40 });
  expect(sceneOf(again, 'second')).toEqual(sceneOf(world, 'second'));
  expect(sceneOf(createWorld({ seed: seed + 1, cases: 5 }), 'first')).not.toEqual(
    sceneOf(createWorld({ seed, cases: 5 }), 'first'),
  );
});

it('leaves out what weighs nothing', () => {
  const { cases } = createWorld({ seed, cases: 30, weights: only('exact'), dense: 0 });
  expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(['exact']));
});

function only(kind: string): Record<string, number> {
  return Object.fromEntries(KINDS.map((one) => [one, one === kind ? 1 : 0]));
}

function idsOf(items: readonly TruthItem[]): string[] {
  return items.map(({ id }) => id);
}

function sameTexts(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join();
}

/** In smallest units; of all items when no ids are given. */
function totalOf(items: readonly TruthItem[], ids: readonly string[] = idsOf(items)): bigint {
  return items
    .filter(({ id }) => ids.includes(id))
    .reduce((sum, { amount, currency }) => sum + toUnits(amount, minorUnits(currency)), 0n);
}

function currencyOf({ left, right }: CaseState): string {
  return (left[0] ?? right[0])?.currency ?? '';
}

function partyOf({ left, right }: CaseState): string | undefined {
  return left[0]?.counterparty ?? right[0]?.counterparty ?? undefined;
}
