import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES, defaultRules, detectSign, latestDate } from './default-rules.ts';
import type { Item } from './item.ts';
import { decided, groupsOf, item } from './matching.fixture.ts';

const INV = { reference: 'INV-1001', counterparty: 'Acme GmbH' };
const pair = (left: Partial<Item>, right: Partial<Item>): string[] =>
  decided({ left: [item('L1', left)], right: [item('R1', right)], ruleSet: DEFAULT_RULES });
const MATCHED = ['matched L1 | R1'];
const SUGGESTED = ['suggested L1 | R1'];
const APART = ['break missing-right L1 |', 'break missing-left | R1'];

describe('of two exports that nobody wrote rules for', () => {
  it.each<[string, Partial<Item>, Partial<Item>, string[]]>([
    ['the same reference and amount is a match', INV, { reference: 'INV-1001' }, MATCHED],
    ['so is a reference written otherwise', INV, { reference: 'inv 01001' }, MATCHED],
    ['and one in the text of the other side', INV, { text: 'thanks for INV-1001!' }, MATCHED],
    ['on either side', { text: 'INV-1001' }, { reference: 'inv1001' }, MATCHED],
    ['but not a part of a longer one', INV, { reference: 'INV-10012', date: '2026-02-20' }, APART],
    ['a cent of rounding is suggested', INV, { ...INV, amount: '100.01' }, ['suggested L1 | R1 (0.01)']],
    ['two cents are a break with both sides', INV, { ...INV, amount: '100.02' }, ['break amount L1 | R1 (0.02)']],
    ['half a year apart is suggested', INV, { ...INV, date: '2026-07-10' }, SUGGESTED],
    ['a misspelt reference of the same company is suggested', INV, { ...INV, reference: 'INV-1010' }, SUGGESTED],
    [
      'a misspelt reference of somebody else is not',
      INV,
      { ...INV, reference: 'INV-1010', counterparty: 'Borealis' },
      APART,
    ],
    [
      'company, amount and a few days are suggested',
      { counterparty: 'Acme GmbH' },
      { counterparty: 'ACME', date: '2026-01-15' },
      SUGGESTED,
    ],
    ['more days are not', { counterparty: 'Acme GmbH' }, { counterparty: 'ACME', date: '2026-01-16' }, APART],
    [
      'amount and days are suggested where a side names no company',
      { counterparty: 'Acme' },
      { date: '2026-01-13' },
      SUGGESTED,
    ],
    ['and are not where both do and differ', { counterparty: 'Acme' }, { counterparty: 'Borealis' }, APART],
    [
      'another currency is a break, with any amount',
      INV,
      { ...INV, amount: '110', currency: 'USD' },
      ['break currency L1 | R1 (null)'],
    ],
    ['the wrong sign is a break of twice the amount', INV, { ...INV, amount: '-100' }, ['break amount L1 | R1 (-200)']],
    [
      'a word that many use is a match of the same company',
      { ...INV, reference: 'RENT' },
      { ...INV, reference: 'rent' },
      MATCHED,
    ],
    ['and where a side names none', { ...INV, reference: 'RENT' }, { reference: 'RENT' }, MATCHED],
    [
      'a word that many use is suggested at most for somebody else',
      { ...INV, reference: '2026-06' },
      { reference: '2026-06', counterparty: 'Borealis' },
      SUGGESTED,
    ],
    ['a reference of its own is a match whoever pays', INV, { ...INV, counterparty: 'Borealis' }, MATCHED],
  ])('%s', (_, left, right, lines) => {
    expect(pair(left, right)).toEqual(lines);
  });

  it('several payments of one invoice, several invoices of one payment', () => {
    const right = [item('R1', { ...INV, amount: '60' }), item('R2', { text: 'rest of INV-1001', amount: '40' })];
    expect(
      decided({
        left: [item('L1', INV)],
        right: [item('R1', { ...INV, amount: '60' }), item('R2', { ...INV, amount: '40' })],
        ruleSet: DEFAULT_RULES,
      }),
    ).toEqual(['matched L1 | R1 R2']);
    expect(decided({ left: [item('L1', INV)], right, ruleSet: DEFAULT_RULES })[0]).toMatch(
      /^(suggested|break amount) L1 \| R1/,
    );
    const bundle = [item('L1', INV), item('L2', { reference: 'INV-1002', amount: '40' })];
    expect(
      decided({
        left: bundle,
        right: [item('R1', { amount: '140', reference: 'INV-1001 / INV-1002' })],
        ruleSet: DEFAULT_RULES,
      }),
    ).toEqual(['matched L1 L2 | R1']);
  });
  it('a sum without any reference is suggested', () => {
    const left = [
      item('L1', { counterparty: 'Acme GmbH', amount: '33.01' }),
      item('L2', { counterparty: 'Acme GmbH', amount: '67.16' }),
    ];
    expect(
      decided({ left, right: [item('R1', { counterparty: 'ACME', amount: '100.17' })], ruleSet: DEFAULT_RULES }),
    ).toEqual(['suggested L1 L2 | R1']);
  });
  it('the same reference each month goes by the month', () => {
    const monthly = (side: string) =>
      ['01', '02', '03', '04'].map((month) =>
        item(`${side}${month}`, { reference: 'RENT-7', date: `2026-${month}-0${side === 'L' ? 1 : 4}` }),
      );
    const lines = decided({
      left: monthly('L'),
      right: monthly('R').filter(({ id }) => id !== 'R02'),
      ruleSet: DEFAULT_RULES,
      asOf: '2026-06-30',
    });
    expect(lines).toEqual(['matched L01 | R01', 'break missing-right L02 |', 'matched L03 | R03', 'matched L04 | R04']);
  });
  it('the same reference each month is no match of the month before, though nothing else is left', () => {
    const rent = (id: string, date: string) => item(id, { reference: 'RENT-7', date });
    const left = [rent('L1', '2026-03-20'), rent('L2', '2026-04-19')];
    const right = [rent('R1', '2026-04-19'), rent('R2', '2026-05-19')];
    expect(decided({ left, right, ruleSet: DEFAULT_RULES, asOf: '2026-06-30' })).toEqual([
      'suggested L1 | R2',
      'matched L2 | R1',
    ]);
  });
  it('a wrong amount is not guessed away by another item of the company', () => {
    const of = (id: string, reference: string, amount: string) => item(id, { reference, amount, counterparty: 'Acme' });
    const left = [of('L1', 'INV-1001', '1000'), of('L2', 'INV-1002', '900')];
    expect(decided({ left, right: [of('R1', 'INV-1001', '900')], ruleSet: DEFAULT_RULES })).toEqual([
      'break amount L1 | R1 (-100)',
      'break missing-right L2 |',
    ]);
  });
  it('a bank fee is explained, a large one is not', () => {
    const right = [
      item('R1', { amount: '-12.5', text: 'Account fee 03/2026' }),
      item('R2', { amount: '-1200', text: 'Account fee 03/2026' }),
    ];
    expect(decided({ right, ruleSet: DEFAULT_RULES })).toEqual(['explained fee | R1', 'break missing-left | R2']);
  });
  it('what is young at the end is timing', () => {
    expect(decided({ left: [item('L1')], ruleSet: DEFAULT_RULES, asOf: '2026-01-15' })).toEqual(['timing timing L1 |']);
    expect(decided({ left: [item('L1')], ruleSet: DEFAULT_RULES, asOf: '2026-01-16' })).toEqual([
      'break missing-right L1 |',
    ]);
  });
  it('no pair is matched without a reference', () => {
    const same = { counterparty: 'Acme', text: 'the same text' };
    expect(groupsOf({ left: [item('L1', same)], right: [item('R1', same)], ruleSet: DEFAULT_RULES })).toMatchObject([
      { outcome: 'suggested' },
    ]);
  });
});

describe('an export with the signs the other way round', () => {
  const left = [
    item('L1', INV),
    item('L2', { reference: 'INV-1002', amount: '-5' }),
    item('L3', { reference: 'INV-1003' }),
  ];
  const right = [
    item('R1', { ...INV, amount: '-100' }),
    item('R2', { reference: 'INV-1002', amount: '5' }),
    item('R3', { reference: 'INV-1003' }),
  ];
  it('is told by most of the amounts', () => {
    expect(detectSign({ left, right })).toBe('opposite');
    expect(detectSign({ left, right: left })).toBe('same');
    expect(detectSign({ left, right: [] })).toBe('same');
  });
  it('has rules of its own, in which the same sign is the wrong one', () => {
    expect(decided({ left, right, ruleSet: defaultRules('opposite') })).toEqual([
      'matched L1 | R1',
      'matched L2 | R2',
      'break amount L3 | R3 (-200)',
    ]);
  });
});

it('the latest date of both sides', () => {
  expect(
    latestDate({ left: [item('L1')], right: [item('R1', { date: '2026-02-01' }), item('R2', { date: null })] }),
  ).toBe('2026-02-01');
  expect(latestDate({ left: [item('L1', { date: null })], right: [] })).toBeNull();
});
