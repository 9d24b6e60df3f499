import { parseRuleSet } from '@tieout/matching';
import type { Item } from '@tieout/matching';
import { describe, expect, it } from 'vitest';
import { parseComparison } from './comparison.ts';
import { decide } from './decide-block.ts';

const RULES = parseRuleSet({
  name: 'rules',
  rules: [
    { kind: 'match', name: 'reference', keys: ['reference'], outcome: 'matched' },
    { kind: 'match', name: 'amount', date: { from: 0, to: 0 }, outcome: 'suggested' },
    { kind: 'timing', name: 'young', days: 5 },
  ],
});
const CONTEXT = { asOf: '2026-01-20', rates: [] };
const comparison = (...names: readonly string[]) =>
  parseComparison({
    ...{ name: 'c', description: 'd', owner: 'o', rules: 'rules' },
    sides: names.map((name) => ({ name, of: 'topic:payment' })),
  });
const TWO = comparison('payment', 'line');
const item = (id: string, amount: string, over: Partial<Item> = {}): Item => ({
  ...{ id, amount, currency: 'EUR', date: '2026-01-02', reference: id.slice(1), counterparty: null, text: null },
  ...{ legalEntity: 'L1', reverses: null, changedAt: null, fields: { customerId: 'C1' }, ...over },
});
const worksOf = (left: readonly Item[], right: readonly Item[]) =>
  decide(TWO, [left, right], RULES, CONTEXT).groups.flatMap(({ parts }) => parts.flatMap(({ work }) => work ?? []));

describe('what people have to look at', () => {
  it('is nothing where the rules prove it, or where it is on its way', () => {
    const late = item('p2', '7', { date: '2026-01-18' });
    const result = decide(TWO, [[item('p1', '5'), late], [item('l1', '5')]], RULES, CONTEXT);
    expect(result.groups.map(({ outcome, parts: [part] }) => [outcome, part?.work])).toEqual([
      ['matched', undefined],
      ['timing', undefined],
    ]);
    expect(result.dueOn).toBe('2026-01-23');
  });

  it('is what has no counterpart, on either side, under its own name', () => {
    expect(worksOf([item('p1', '5')], [item('l2', '7')])).toMatchObject([
      {
        ...{ check: 'c', kind: 'missing-right', objectType: 'payment', object: 'p1', expected: '5', actual: null },
        ...{ currency: 'EUR', legalEntityId: 'L1', customerId: 'C1', evidence: { left: 'p1', reference: '1' } },
      },
      {
        kind: 'missing-left',
        objectType: 'line',
        object: 'l2',
        expected: null,
        actual: '7',
        evidence: { right: 'l2' },
      },
    ]);
  });

  it('is an amount that differs, with both sides', () => {
    expect(worksOf([item('p1', '5')], [item('l1', '4.5')])).toMatchObject([
      {
        kind: 'amount',
        object: 'p1',
        expected: '5',
        actual: '4.5',
        difference: '-0.5',
        evidence: { left: 'p1', right: 'l1' },
      },
    ]);
  });

  it('is a pair that somebody has to confirm', () => {
    const [work] = worksOf([item('p1', '5')], [item('l2', '5')]);
    expect(work).toMatchObject({
      kind: 'suggested',
      object: 'p1',
      evidence: { rule: 'amount', left: 'p1', right: 'l2' },
    });
  });

  it('says of three sides which other side it is about', () => {
    const three = comparison('payment', 'line', 'ledger');
    const result = decide(three, [[item('p1', '5')], [item('l1', '5')], []], RULES, CONTEXT);
    expect(result.groups).toMatchObject([{ outcome: 'break', parts: [{ outcome: 'matched' }, { outcome: 'break' }] }]);
    expect(result.groups[0]?.parts[1]?.work).toMatchObject({ kind: 'missing-right-ledger', object: 'p1' });
  });
});

describe('the result of a block', () => {
  it('does not depend on the order of its items', () => {
    const left = [item('p1', '5'), item('p2', '7'), item('p3', '7', { reference: 'x' })];
    const right = [item('l1', '5'), item('l3', '7'), item('l4', '9')];
    const [one, other] = [
      decide(TWO, [left, right], RULES, CONTEXT),
      decide(TWO, [left.toReversed(), right.toReversed()], RULES, CONTEXT),
    ];
    expect(other).toEqual(one);
  });

  it('has another hash when what it says is other', () => {
    const hash = (amount: string): string => decide(TWO, [[item('p1', amount)], []], RULES, CONTEXT).hash;
    expect([hash('5') === hash('5'), hash('5') === hash('6')]).toEqual([true, false]);
  });
});
