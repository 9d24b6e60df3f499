import { describe, expect, it } from 'vitest';
import { decided, groupsOf, item, pairs, rules } from './matching.fixture.ts';

const A = { reference: 'A-1' };
const ruleSet = rules(pairs({ date: { from: 0, to: 3 }, amount: { absolute: '1' }, agree: ['fields.cost'] }));
const near = (right: object, rule = ruleSet): string[] =>
  decided({ left: [item('L1', A)], right: [item('R1', { ...A, ...right })], ruleSet: rule });

describe('one break with both sides when the keys agree and one thing does not', () => {
  it.each([
    ['the amount', { amount: '98.99' }, 'break amount L1 | R1 (-1.01)'],
    ['the date', { date: '2026-01-14' }, 'break date L1 | R1'],
    ['the currency', { currency: 'USD' }, 'break currency L1 | R1 (null)'],
    ['a field', { fields: { cost: 'X' } }, 'break field L1 | R1'],
  ])('%s', (_, right, line) => {
    expect(near(right)).toEqual([line]);
  });
  it('but not when two things do not', () => {
    expect(near({ amount: '98.99', date: '2026-01-14' })).toHaveLength(2);
    expect(near({ amount: '98.99', fields: { cost: 'X' } })).toHaveLength(2);
  });
  it('nor when a rule wants none, nor for a key that tells items apart badly', () => {
    expect(near({ amount: '90' }, rules(pairs({ nearMiss: 'off' })))).toHaveLength(2);
    const weak = {
      left: [item('L1', { counterparty: 'C' })],
      right: [item('R1', { counterparty: 'C', amount: '90' })],
    };
    expect(decided({ ...weak, ruleSet: rules(pairs({ keys: ['counterparty'] })) })).toHaveLength(2);
  });
  it('says what was expected and what is there', () => {
    const right = [item('R1', { ...A, fields: { cost: 'X' } })];
    const [group] = groupsOf({ left: [item('L1', { ...A, fields: { cost: 'Y' } })], right, ruleSet });
    expect(group?.evidence).toEqual({ keys: 'reference', 'fields.cost': 'Y | X' });
  });
});

describe('one to several', () => {
  it('with a sum that differs is one break', () => {
    const right = [item('R1', { ...A, amount: '60' }), item('R2', { ...A, amount: '30' })];
    expect(decided({ left: [item('L1', A)], right, ruleSet })).toEqual(['break amount L1 | R1 R2 (-10)']);
  });
  it('of two currencies is not', () => {
    const right = [item('R1', { ...A, amount: '60' }), item('R2', { ...A, amount: '30', currency: 'USD' })];
    expect(decided({ left: [item('L1', A)], right, ruleSet })).toHaveLength(3);
  });
});

it('fields of master data that must agree: equal ones match, unknown on both sides is equal', () => {
  const master = rules(pairs({ agree: ['fields.name', 'fields.terms'] }));
  const customer = (id: string, fields: Record<string, string>) => item(id, { ...A, amount: '0', fields });
  const compare = (left: Record<string, string>, right: Record<string, string>) =>
    decided({ left: [customer('L1', left)], right: [customer('R1', right)], ruleSet: master });
  expect(compare({ name: 'X' }, { name: 'X' })).toEqual(['matched L1 | R1']);
  expect(compare({ name: 'X' }, { name: 'Y' })).toEqual(['break field L1 | R1']);
  expect(compare({ name: 'X' }, { name: 'X', terms: '30' })).toEqual(['break field L1 | R1']);
});

it('comes before timing: a counterpart with another amount will not clear by itself', () => {
  const withTiming = rules(pairs(), { kind: 'timing', days: 90 });
  expect(
    decided({
      left: [item('L1', A)],
      right: [item('R1', { ...A, amount: '90' })],
      ruleSet: withTiming,
      asOf: '2026-01-11',
    }),
  ).toEqual(['break amount L1 | R1 (-10)']);
});
