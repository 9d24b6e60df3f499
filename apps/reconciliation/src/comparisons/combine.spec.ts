import type { Group } from '@tieout/matching';
import { describe, expect, it } from 'vitest';
import { combine } from './combine.ts';
import { addFigures, figuresOf } from './figures.ts';
import type { Figure, GroupPart } from './stored-group.ts';
import { summaryOf } from './summary.ts';

const part = (side: number, outcome: Group['outcome'], left: string[], right: string[]): GroupPart => ({
  ...{ side, outcome, left, right, rule: null, type: null, difference: null, currency: null, confidence: 1 },
  ...{ expectedClearing: null, evidence: {} },
});
const item = (id: string, amount: string, currency = 'EUR') => ({
  ...{ id, amount, currency, date: null, reference: null, counterparty: null, text: null, legalEntity: null },
  ...{ reverses: null, changedAt: null, fields: {} },
});

describe('what the pairs of three sides say', () => {
  it('is one group where they share items of the first side, as good as the worst of them', () => {
    const bundle = part(1, 'matched', ['a', 'b'], ['x']);
    const single = part(2, 'matched', ['a'], ['p']);
    const missing = part(2, 'break', ['b'], []);
    const other = part(1, 'matched', ['c'], ['y']);
    const alone = part(2, 'timing', [], ['q']);
    const groups = combine([bundle, other, single, missing, alone], 2);
    expect(groups).toEqual([
      { outcome: 'break', parts: [bundle, single, missing] },
      { outcome: 'matched', parts: [other] },
      { outcome: 'timing', parts: [alone] },
    ]);
  });

  it('stays apart where there is one pair only', () => {
    const parts = [part(1, 'matched', ['a'], ['x']), part(1, 'break', ['b'], [])];
    expect(combine(parts, 1).map(({ outcome }) => outcome)).toEqual(['matched', 'break']);
  });
});

describe('the figures of groups', () => {
  const sides = [
    new Map([item('a', '10'), item('b', '0.1'), item('c', '5', 'USD')].map((one) => [one.id, one])),
    new Map([item('x', '10.1')].map((one) => [one.id, one])),
    new Map([item('p', '10')].map((one) => [one.id, one])),
  ];
  const groups = combine(
    [
      part(1, 'matched', ['a', 'b'], ['x']),
      part(2, 'matched', ['a'], ['p']),
      part(2, 'matched', ['b'], []),
      part(1, 'break', ['c'], []),
    ],
    2,
  );

  it('count every item once and sum exactly, by side and currency', () => {
    expect(figuresOf(groups, sides)).toEqual([
      { outcome: 'matched', side: 0, currency: 'EUR', groups: 1, items: 2, amount: '10.1' },
      { outcome: 'matched', side: 1, currency: 'EUR', groups: 0, items: 1, amount: '10.1' },
      { outcome: 'matched', side: 2, currency: 'EUR', groups: 0, items: 1, amount: '10' },
      { outcome: 'break', side: 0, currency: 'USD', groups: 1, items: 1, amount: '5' },
    ]);
  });

  it('add up over blocks, and say how much is matched', () => {
    const totals = new Map<string, Figure>();
    addFigures(totals, figuresOf(groups, sides));
    addFigures(totals, figuresOf(groups, sides));
    const summary = summaryOf([...totals.values()], ['a', 'b', 'c'], 1);
    expect(summary).toMatchObject({ items: 10, autoMatchRate: 0.8, matchRate: 0.9 });
    expect(summary.outcomes.matched).toEqual({
      groups: 2,
      items: 8,
      sides: {
        a: { items: 4, amounts: { EUR: '20.2' } },
        b: { items: 2, amounts: { EUR: '20.2' } },
        c: { items: 2, amounts: { EUR: '20' } },
      },
    });
    expect(summary.outcomes.break.sides['a']).toEqual({ items: 2, amounts: { USD: '10' } });
  });

  it('have no rate where there is nothing, and none of 1 while something is left', () => {
    expect(summaryOf([], ['a', 'b'], 0)).toMatchObject({ items: 0, autoMatchRate: null, matchRate: null });
    const many = { side: 0, currency: 'EUR', groups: 1, amount: '1' };
    const figures = [
      { ...many, outcome: 'matched' as const, items: 999_999 },
      { ...many, outcome: 'break' as const, items: 1 },
    ];
    expect(summaryOf(figures, ['a', 'b'], 0).autoMatchRate).toBe(0.9999);
  });
});
