import { expect, it } from 'vitest';
import { decided, groupsOf, item, rules } from './matching.fixture.ts';

const timing = (stated: Record<string, unknown> = {}) => ({ kind: 'timing', days: 5, ...stated });

it.each([
  ['on the last day', '2026-01-15', 'timing timing L1 |'],
  ['a day later', '2026-01-16', 'break missing-right L1 |'],
  ['before its own date', '2026-01-09', 'timing timing L1 |'],
])('an item without a counterpart is timing while it is young: %s', (_, asOf, line) => {
  expect(decided({ left: [item('L1')], ruleSet: rules(timing()), asOf })).toEqual([line]);
});

it('timing says by when it should be gone', () => {
  const [group] = groupsOf({ left: [item('L1')], ruleSet: rules(timing()), asOf: '2026-01-11' });
  expect(group).toMatchObject({ expectedClearing: '2026-01-15', difference: '-100', currency: 'EUR' });
});

it('an item without a date is never young', () => {
  expect(decided({ left: [item('L1', { date: null })], ruleSet: rules(timing()), asOf: '2026-01-01' })).toEqual([
    'break missing-right L1 |',
  ]);
});

it('a rule for one side leaves the other alone', () => {
  const given = { left: [item('L1')], right: [item('R1')], asOf: '2026-01-11' };
  expect(decided({ ...given, ruleSet: rules(timing({ side: 'right' })) })).toEqual([
    'break missing-right L1 |',
    'timing timing | R1',
  ]);
});

it('an item for a known reason is explained with it, and only under all conditions', () => {
  const fees = {
    kind: 'explain',
    type: 'fee',
    side: 'right',
    when: [
      { field: 'text', contains: ['bank fee'] },
      { field: 'amount', min: '-50', max: '0' },
    ],
  };
  const fee = (id: string, amount: string, text: string) => item(id, { amount, text });
  const right = [
    fee('R1', '-50', 'Bank fee May'),
    fee('R2', '-50.01', 'Bank fee June'),
    fee('R3', '-5', 'bank feed'),
    fee('R4', '0.01', 'bank fee'),
  ];
  expect(decided({ right, ruleSet: rules(fees) })).toEqual([
    'explained fee | R1',
    'break missing-left | R2',
    'break missing-left | R3',
    'break missing-left | R4',
  ]);
});

it('the first of two rules decides', () => {
  const explain = { kind: 'explain', type: 'late', when: [{ field: 'reference', present: false }] };
  expect(decided({ left: [item('L1')], ruleSet: rules(explain, timing()), asOf: '2026-01-11' })).toEqual([
    'explained late L1 |',
  ]);
  expect(decided({ left: [item('L1')], ruleSet: rules(timing(), explain), asOf: '2026-01-11' })).toEqual([
    'timing timing L1 |',
  ]);
});
