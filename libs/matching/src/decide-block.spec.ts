import { compare, negate, subtract } from '@tieout/canonical';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideBlock } from './decide-block.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import type { Block, Item } from './item.ts';
import { item, pairs, rules } from './matching.fixture.ts';
import type { RuleSet } from './rule-set.ts';
import { totalsOf } from './totals.ts';

/* Items of few references, amounts, days and names, so that most of them resemble others. fast-check prints the seed of a failure. */

const some = <T>(...values: T[]) => fc.constantFrom(...values);
const stated = fc.record({
  amount: some('100', '100', '60', '40', '-100', '100.01', '99.5', '0'),
  currency: some('EUR', 'EUR', 'EUR', 'USD'),
  date: some('2026-01-10', '2026-01-11', '2026-01-14', '2026-03-30', null),
  reference: some('INV-1001', 'INV-1002', 'inv 1001', 'INV-1003', null),
  counterparty: some('Acme GmbH', 'ACME', 'Borealis', null),
  text: some('pays INV-1001', 'INV-1001 INV-1002', 'bank fee', null),
});
const side = (name: string) =>
  fc.array(stated, { maxLength: 10 }).chain((list) => {
    const ids = list.map((_, n) => `${name}${n}`);
    const reverses = fc.array(some(null, null, null, ...ids), { minLength: list.length, maxLength: list.length });
    return reverses.map((others) => list.map((one, n) => item(ids[n] ?? '', { ...one, reverses: others[n] ?? null })));
  });
const block = fc.record({ left: side('L'), right: side('R') });

const rates = [{ from: 'USD', to: 'EUR', date: '2026-01-05', rate: '1.004', source: 'test' }];
const context = { asOf: '2026-03-31', rates };
const reference = { field: 'reference', normalise: ['upper', 'alnum'] };
const EVERYTHING = rules(
  pairs({ onAmbiguity: 'pass', date: { from: -1, to: 4 } }),
  pairs({ keys: [reference], twins: 'pair', amount: { absolute: '0.5' }, onAmbiguity: 'pass' }),
  pairs({ keys: [{ left: 'reference', right: 'text', how: 'left-in-right' }], agree: ['counterparty'] }),
  { kind: 'fx', keys: [reference], amount: { percent: '1' } },
  { kind: 'reversal', keys: [reference], withinDays: 5 },
  pairs({ keys: [reference], cardinality: 'N:M' }),
  pairs({ keys: ['text'], sign: 'opposite', duplicates: 'break' }),
  pairs({ keys: ['currency'], cardinality: 'N:1', group: 'search', search: { maxSize: 3 }, outcome: 'suggested' }),
  pairs({
    keys: ['currency'],
    cardinality: 'N:M',
    group: 'search',
    search: { maxSize: 3 },
    outcome: 'suggested',
    date: { from: 0, to: 5 },
  }),
  { kind: 'explain', type: 'fee', when: [{ field: 'text', contains: 'bank fee' }] },
  { kind: 'timing', days: 3 },
);

const ids = (items: readonly Item[]): string[] => items.map(({ id }) => id).sort();

describe.each<[string, RuleSet]>([
  ['every kind of rule', EVERYTHING],
  ['the default rules', DEFAULT_RULES],
])('%s', (_, ruleSet) => {
  const decide = (given: Block) => decideBlock(given, ruleSet, context);

  it('puts every item of both sides into one group, and conserves the sums', () => {
    fc.assert(
      fc.property(block, (given) => {
        const groups = decide(given);
        expect(groups.flatMap(({ left }) => left).sort()).toEqual(ids(given.left));
        expect(groups.flatMap(({ right }) => right).sort()).toEqual(ids(given.right));
        expect(totalsOf(given, groups).isConserved).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('does not depend on the order of the items, and says the same again', () => {
    const shuffled = block.chain((given) => {
      const orders = fc.tuple(order(given.left), order(given.right));
      return orders.map(([left, right]) => ({ given, other: { left, right } }));
    });
    fc.assert(
      fc.property(shuffled, ({ given, other }) => {
        expect(decide(other)).toEqual(decide(given));
      }),
      { numRuns: 150 },
    );
  });

  it('states the true difference, in one currency or none', () => {
    fc.assert(
      fc.property(block, (given) => {
        for (const group of decide(given)) {
          if (group.type === 'fx') continue;
          const left = given.left.filter(({ id }) => group.left.includes(id));
          const right = given.right.filter(({ id }) => group.right.includes(id));
          const currencies = new Set([...left, ...right].map(({ currency }) => currency));
          expect(group.currency).toBe(currencies.size === 1 ? [...currencies][0] : null);
          if (group.difference !== null)
            expect(compare(group.difference, differenceOf(left, right, group.evidence['sign']))).toBe(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('matches nothing beyond its tolerances', () => {
    fc.assert(
      fc.property(block, (given) => {
        for (const { outcome, type, difference, currency } of decide(given)) {
          if (outcome !== 'matched' || type === 'fx') continue;
          expect(currency).not.toBeNull();
          expect(Math.abs(Number(difference))).toBeLessThanOrEqual(0.5);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is not moved by items that have nothing in common with the others', () => {
    const foreign = { reference: 'ZZ-9999', counterparty: 'Zulu', amount: '7777.77', currency: 'CHF', text: 'zulu' };
    fc.assert(
      fc.property(block, (given) => {
        const more = { left: [...given.left, item('L99', foreign)], right: given.right };
        expect(decide(more).filter(({ left }) => !left.includes('L99'))).toEqual(decide(given));
      }),
      { numRuns: 100 },
    );
  });
});

function order(items: readonly Item[]): fc.Arbitrary<Item[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
}

function differenceOf(left: readonly Item[], right: readonly Item[], sign: string | undefined): string {
  const sum = (items: readonly Item[]): string =>
    items.reduce((total, { amount }) => subtract(total, negate(amount)), '0');
  return subtract(sign === 'opposite' ? negate(sum(right)) : sum(right), sum(left));
}

describe('what is looked up is what trying every pair finds', () => {
  const key = (text: string | null): string => (text ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
  const days = (a: Item, b: Item): number => (Date.parse(b.date ?? '') - Date.parse(a.date ?? '')) / 86_400_000;
  const difference = (a: Item, b: Item): number => Math.abs(Number(a.amount) - Number(b.amount));
  const isInside = (n: number, low: number, high: number): boolean => n >= low && n <= high;
  it.each<[string, Record<string, unknown>, (a: Item, b: Item) => boolean]>([
    ['equal', {}, (a, b) => a.reference !== null && a.reference === b.reference && a.amount === b.amount],
    [
      'normalised',
      { keys: [reference] },
      (a, b) => key(a.reference) !== '' && key(a.reference) === key(b.reference) && a.amount === b.amount,
    ],
    [
      'days',
      { date: { from: -1, to: 3 } },
      (a, b) =>
        a.reference !== null && a.reference === b.reference && a.amount === b.amount && isInside(days(a, b), -1, 3),
    ],
    [
      'tolerance',
      { keys: ['counterparty'], amount: { absolute: '0.5' } },
      (a, b) => a.counterparty !== null && a.counterparty === b.counterparty && difference(a, b) <= 0.5,
    ],
    [
      'tolerance and days, no key',
      { keys: [], outcome: 'suggested', amount: { absolute: '0.01' }, date: { from: 0, to: 1 } },
      (a, b) => difference(a, b) < 0.0101 && isInside(days(a, b), 0, 1),
    ],
    [
      'words',
      { keys: [{ left: 'reference', right: 'text', how: 'left-in-right' }] },
      (a, b) =>
        a.amount === b.amount &&
        a.reference !== null &&
        (b.text ?? '').replace(/INV-/g, 'INV').split(' ').includes(key(a.reference)),
    ],
  ])('%s', (_, rule, isCandidate) => {
    const ruleSet = rules(pairs({ nearMiss: 'off', ...rule }));
    fc.assert(
      fc.property(block, ({ left, right }) => {
        const candidates = (a: Item) => right.filter((b) => a.currency === b.currency && isCandidate(a, b));
        const others = (b: Item) => left.filter((a) => a.currency === b.currency && isCandidate(a, b));
        const expected = left.flatMap((a) =>
          candidates(a)
            .filter((b) => candidates(a).length === 1 && others(b).length === 1)
            .map((b) => `${a.id} ${b.id}`),
        );
        const found = decideBlock({ left, right }, ruleSet, context).filter(
          ({ outcome }) => outcome === 'matched' || outcome === 'suggested',
        );
        expect(found.map((group) => `${group.left.join()} ${group.right.join()}`).sort()).toEqual(expected.sort());
      }),
      { numRuns: 100 },
    );
  });
});

it('decides nothing of an empty block', () => {
  expect(decideBlock({ left: [], right: [] }, DEFAULT_RULES, context)).toEqual([]);
});
