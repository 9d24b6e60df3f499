import { describe, expect, it } from 'vitest';
import { decided, groupsOf, item, rules } from './matching.fixture.ts';

const A = { reference: 'A-1' };
const group = (stated: Record<string, unknown> = {}) => ({
  kind: 'match',
  outcome: 'matched',
  keys: ['reference'],
  cardinality: 'N:M',
  nearMiss: 'off',
  ...stated,
});
const some = (side: string, ...amounts: string[]) =>
  amounts.map((amount, n) => item(`${side}${n + 1}`, { ...A, amount }));

describe('items with the same keys', () => {
  const cases = [
    ['1:N', some('L', '100'), some('R', '60', '40'), true],
    ['N:1', some('L', '60', '40'), some('R', '100'), true],
    ['N:M', some('L', '60', '40'), some('R', '70', '30'), true],
    ['N:M', some('L', '100'), some('R', '60', '40'), true],
    ['1:N', some('L', '60', '40'), some('R', '100'), false],
    ['N:1', some('L', '100'), some('R', '60', '40'), false],
    ['N:1', some('L', '60', '40'), some('R', '70', '30'), false],
    ['N:M', some('L', '100'), some('R', '100'), false],
    ['N:M', some('L', '60', '40'), some('R', '70', '30.01'), false],
  ] as const;
  it.each(cases)('%s', (cardinality, left, right, isGroup) => {
    const lines = decided({ left, right, ruleSet: rules(group({ cardinality })) });
    const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id).join(' ');
    if (isGroup) expect(lines).toEqual([`matched ${ids(left)} | ${ids(right)}`]);
    else expect(lines).toHaveLength(left.length + right.length);
  });

  it('agree within a tolerance of the sum, and not one unit outside it', () => {
    const ruleSet = rules(group({ amount: { absolute: '0.02' } }));
    expect(decided({ left: some('L', '100'), right: some('R', '60', '40.02'), ruleSet })).toEqual([
      'matched L1 | R1 R2 (0.02)',
    ]);
    expect(decided({ left: some('L', '100'), right: some('R', '60', '40.0201'), ruleSet })).toHaveLength(3);
  });
  it('agree with the signs the other way round where a rule says so', () => {
    const ruleSet = rules(group({ sign: 'opposite' }));
    expect(decided({ left: some('L', '100'), right: some('R', '-60', '-40'), ruleSet })).toEqual([
      'matched L1 | R1 R2',
    ]);
  });
  it('of two currencies are no group, though their sums are equal', () => {
    const right = [item('R1', { ...A, amount: '60' }), item('R2', { ...A, amount: '40', currency: 'USD' })];
    expect(decided({ left: some('L', '100'), right, ruleSet: rules(group()) })).toHaveLength(3);
  });
  it('must all be within the days, not only each near a next one', () => {
    const on = (id: string, amount: string, date: string) => item(id, { ...A, amount, date });
    const left = [on('L1', '60', '2026-01-01'), on('L2', '40', '2026-01-05')];
    const right = [on('R1', '70', '2026-01-03'), on('R2', '30', '2026-01-07')];
    expect(decided({ left, right, ruleSet: rules(group({ date: { from: -2, to: 6 } })) })).toEqual([
      'matched L1 L2 | R1 R2',
    ]);
    expect(decided({ left, right, ruleSet: rules(group({ date: { from: -2, to: 5 } })) })).toHaveLength(4);
  });
  it('are told by the days when the key comes back', () => {
    const on = (id: string, amount: string, date: string) => item(id, { ...A, amount, date });
    const left = [on('L1', '100', '2026-01-31'), on('L2', '100', '2026-02-28')];
    const right = [
      on('R1', '60', '2026-02-02'),
      on('R2', '40', '2026-02-03'),
      on('R3', '55', '2026-03-02'),
      on('R4', '45', '2026-03-03'),
    ];
    const ruleSet = rules(group({ date: { from: 0, to: 10 } }));
    expect(decided({ left, right, ruleSet })).toEqual(['matched L1 | R1 R2', 'matched L2 | R3 R4']);
  });
  it('say how many they are', () => {
    const [only] = groupsOf({ left: some('L', '100'), right: some('R', '60', '40'), ruleSet: rules(group()) });
    expect(only?.evidence).toEqual({ keys: 'reference', items: '1 left, 2 right' });
  });
});

describe('a bundle that names its items in the text', () => {
  const named = group({ keys: [{ left: 'reference', right: 'text', how: 'left-in-right' }] });
  it('is one group', () => {
    const left = [
      item('L1', { reference: 'INV-1001', amount: '60' }),
      item('L2', { reference: 'INV-1002', amount: '40' }),
    ];
    const right = [item('R1', { text: 'INV-1001, INV-1002' })];
    expect(decided({ left, right, ruleSet: rules(named) })).toEqual(['matched L1 L2 | R1']);
  });
  it('with an item too many is none', () => {
    const left = [
      item('L1', { reference: 'INV-1001', amount: '60' }),
      item('L2', { reference: 'INV-1002', amount: '40' }),
    ];
    const right = [item('R1', { text: 'INV-1001, INV-1002' }), item('R2', { text: 'INV-1002 again', amount: '1' })];
    expect(decided({ left, right, ruleSet: rules(named) })).toHaveLength(4);
  });
});

describe('what a rule of pairs left ambiguous', () => {
  const first = { kind: 'match', outcome: 'matched', keys: ['reference'], onAmbiguity: 'pass' };
  it('is settled when all of it belongs to one item', () => {
    const left = [...some('L', '100', '100', '-100')];
    expect(decided({ left, right: some('R', '100'), ruleSet: rules(first, group()) })).toEqual([
      'matched L1 L2 L3 | R1',
    ]);
  });
  it('is not settled by several to several, which agree whichever way they belong', () => {
    const given = { left: some('L', '100', '100'), right: some('R', '100', '100') };
    expect(decided({ ...given, ruleSet: rules(first, group()) })).toEqual(['ambiguous L1 L2 | R1 R2']);
  });
});
