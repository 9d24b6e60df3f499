import { describe, expect, it } from 'vitest';
import { decided, item, pairs, rules } from './matching.fixture.ts';

const A = { reference: 'A-1' };
const B = { reference: 'B-2' };
const ruleSet = rules(pairs(), { kind: 'reversal', withinDays: 10, keys: ['reference'] });
const onlyNamed = rules(pairs(), { kind: 'reversal', withinDays: 10 });
const original = (id: string) => item(id, A);
const reversal = (id: string, stated: object = {}) => item(id, { ...A, amount: '-100', date: '2026-01-20', ...stated });

describe('posted and reversed on one side', () => {
  it('nets to nothing when the other side knows of neither', () => {
    expect(decided({ left: [original('L1'), reversal('L2')], ruleSet })).toEqual(['explained reversal L1 L2 |']);
    expect(decided({ right: [original('R1'), reversal('R2')], ruleSet })).toEqual(['explained reversal | R1 R2']);
  });
  it('is told by the id that is reversed, whatever the reference', () => {
    const left = [original('L1'), reversal('L2', { ...B, reverses: 'L1' })];
    expect(decided({ left, ruleSet: onlyNamed })).toEqual(['explained reversal L1 L2 |']);
  });
  it('is a break each when the amounts differ, even by the smallest unit', () => {
    expect(decided({ left: [original('L1'), reversal('L2', { amount: '-100.01' })], ruleSet })).toHaveLength(2);
  });
  it('says nothing when two could be the original', () => {
    expect(decided({ left: [original('L1'), original('L2'), reversal('L3')], ruleSet })).toHaveLength(3);
  });
  it('says nothing when two could be the reversal', () => {
    expect(decided({ left: [original('L1'), reversal('L2'), reversal('L3')], ruleSet })).toHaveLength(3);
  });
});

describe('posted on both sides', () => {
  const given = { left: [original('L1'), reversal('L2')], right: [original('R1')], ruleSet };
  it('and reversed on one is timing while the other side may follow', () => {
    expect(decided({ ...given, asOf: '2026-01-30' })).toEqual(['matched L1 | R1', 'timing reversal-missing L2 |']);
  });
  it('and reversed on one is a break a day after that', () => {
    expect(decided({ ...given, asOf: '2026-01-31' })).toEqual(['matched L1 | R1', 'break reversal-missing L2 |']);
  });
  it('and reversed on the right only', () => {
    const right = [original('R1'), reversal('R2')];
    expect(decided({ left: [original('L1')], right, ruleSet })).toEqual([
      'matched L1 | R1',
      'break reversal-missing | R2',
    ]);
  });
  it('is not reversed by what came before it', () => {
    const left = [original('L1'), reversal('L2', { date: '2026-01-09' })];
    expect(decided({ ...given, left })).toEqual(['matched L1 | R1', 'break missing-right L2 |']);
  });
  it('and reversed on both is matched though the reversals have no key in common', () => {
    const left = [original('L1'), reversal('L2', { reference: 'CN-7', reverses: 'L1' })];
    const right = [original('R1'), reversal('R2', { reference: 'X-9', reverses: 'R1' })];
    expect(decided({ left, right, ruleSet: onlyNamed })).toEqual(['matched L1 | R1', 'matched reversal L2 | R2']);
  });
  it('and reversed by another amount is one break with both', () => {
    const left = [original('L1'), reversal('L2', { reference: 'CN-7', reverses: 'L1' })];
    const right = [original('R1'), reversal('R2', { reference: 'X-9', reverses: 'R1', amount: '-90' })];
    expect(decided({ left, right, ruleSet: onlyNamed })).toEqual(['matched L1 | R1', 'break amount L2 | R2 (10)']);
  });
  it('and reversed by the same reference and another amount is a near miss, not missing', () => {
    const right = [original('R1'), reversal('R2', { amount: '-90' })];
    expect(decided({ ...given, right })).toEqual(['matched L1 | R1', 'break amount L2 | R2 (10)']);
  });
});

describe('credited in part', () => {
  const left = [original('L1'), reversal('L2', { reference: 'CN-7', reverses: 'L1', amount: '-30' })];
  it('agrees with a side that shows what is left', () => {
    expect(decided({ left, right: [item('R1', { ...A, amount: '70' })], ruleSet })).toEqual([
      'explained reversal L1 L2 | R1',
    ]);
  });
  it('is not what an item says that names itself', () => {
    const itself = [item('L1', { ...A, reverses: 'L1' })];
    expect(decided({ left: itself, right: [item('R1', { ...A, amount: '200' })], ruleSet })).toEqual([
      'break amount L1 | R1 (100)',
    ]);
  });
  it('does not agree with less, even by the smallest unit', () => {
    expect(decided({ left, right: [item('R1', { ...A, amount: '69.99' })], ruleSet })).toEqual([
      'break amount L1 | R1 (-30.01)',
      'break missing-right L2 |',
    ]);
  });
});

it('an original named in the text of its reversal is its original', () => {
  const mentions = rules({
    kind: 'reversal',
    withinDays: 10,
    keys: [{ left: 'reference', right: 'text', how: 'left-in-right' }],
  });
  const left = [
    item('L1', { reference: 'INV-1001' }),
    item('L2', { reference: 'CN-5', amount: '-100', text: 'credit for INV-1001' }),
    item('L3', { reference: 'CN-6', amount: '-100', text: 'credit' }),
  ];
  expect(decided({ left, ruleSet: mentions })).toEqual(['explained reversal L1 L2 |', 'break missing-right L3 |']);
});
