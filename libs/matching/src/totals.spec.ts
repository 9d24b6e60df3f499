import { expect, it } from 'vitest';
import { groupsOf, item, pairs, rules } from './matching.fixture.ts';
import { countTotals, totalsOf } from './totals.ts';

const A = { reference: 'A-1' };
const block = {
  left: [
    item('L1', A),
    item('L2', { amount: '0.10', currency: 'USD' }),
    item('L3', { amount: '0.2', currency: 'USD' }),
  ],
  right: [item('R1', A)],
};
const groups = groupsOf({ ...block, ruleSet: rules(pairs()) });
const none = { items: 0, sums: {} };

it('count and sum each side and each outcome by currency', () => {
  const totals = totalsOf(block, groups);
  expect(totals.left).toEqual({ items: 3, sums: { EUR: '100', USD: '0.3' } });
  expect(totals.outcomes.matched).toEqual({
    groups: 1,
    left: { items: 1, sums: { EUR: '100' } },
    right: { items: 1, sums: { EUR: '100' } },
  });
  expect(totals.outcomes.break).toEqual({ groups: 2, left: { items: 2, sums: { USD: '0.3' } }, right: none });
  expect(totals.outcomes.timing).toEqual({ groups: 0, left: none, right: none });
  expect(totals.isConserved).toBe(true);
});

it('are not conserved when an item is lost, used twice or not of this block', () => {
  const [first, ...others] = groups;
  expect(totalsOf(block, others).isConserved).toBe(false);
  expect(totalsOf(block, first === undefined ? [] : [...groups, first]).isConserved).toBe(false);
  expect(totalsOf({ ...block, left: [...block.left, item('L1')] }, groups).isConserved).toBe(false);
});

it('add up over blocks', () => {
  const counter = countTotals();
  counter.add(block, groups);
  counter.add(block, groups);
  expect(counter.result().left).toEqual({ items: 6, sums: { EUR: '200', USD: '0.6' } });
});
