import { describe, expect, it } from 'vitest';
import { decided, groupsOf, item, pairs, rules } from './matching.fixture.ts';
import type { Item } from './item.ts';

const A = { reference: 'A-1' };
const MATCHED = ['matched L1 | R1'];
/** Both sides of one pair under one rule. */
const pair = (rule: Record<string, unknown>, left: Partial<Item>, right: Partial<Item>): string[] =>
  decided({
    left: [item('L1', left)],
    right: [item('R1', right)],
    ruleSet: rules(pairs({ nearMiss: 'off', ...rule })),
  });
const APART = ['break missing-right L1 |', 'break missing-left | R1'];

describe('keys', () => {
  const row = (what: string, rule: object, left: Partial<Item>, right: Partial<Item>, isPair: boolean) => ({
    what,
    rule,
    left,
    right,
    isPair,
  });
  it.each([
    row('agree letter for letter', {}, A, A, true),
    row('do not agree in another case', {}, A, { reference: 'a-1' }, false),
    row(
      'agree after normalising',
      { keys: [{ field: 'reference', normalise: ['upper', 'alnum'] }] },
      A,
      { reference: 'a 1' },
      true,
    ),
    row('that are missing on both sides agree on nothing', {}, {}, {}, false),
    row(
      'of several fields must all agree',
      { keys: ['reference', 'counterparty'] },
      { ...A, counterparty: 'X' },
      { ...A, counterparty: 'Y' },
      false,
    ),
    row(
      'of several fields that all agree',
      { keys: ['reference', 'counterparty'] },
      { ...A, counterparty: 'X' },
      { ...A, counterparty: 'X' },
      true,
    ),
    row(
      'cross from one field to another',
      { keys: [{ left: 'reference', right: 'fields.order' }] },
      A,
      { fields: { order: 'A-1' } },
      true,
    ),
    row('shorter than asked prove nothing', { keys: [{ field: 'reference', minLength: 4 }] }, A, A, false),
    row(
      'that many items may have are none where a rule wants distinctive ones',
      { keys: [{ field: 'reference', distinctive: true }] },
      { reference: 'June 2026' },
      { reference: 'June 2026' },
      false,
    ),
    row(
      'by digits, of each word',
      { keys: [{ left: 'reference', right: 'text', how: 'left-in-right', normalise: ['digits'] }] },
      { reference: 'INV-482915037' },
      { text: 'PAYMENT 482915037, 771200345' },
      true,
    ),
    row(
      'left in the right text',
      { keys: [{ left: 'reference', right: 'text', how: 'left-in-right' }] },
      { reference: 'INV-0071' },
      { text: 'pays inv 71, thanks' },
      true,
    ),
    row(
      'left not as a part of a longer word',
      { keys: [{ left: 'reference', right: 'text', how: 'left-in-right' }] },
      { reference: 'INV-71' },
      { text: 'pays INV-712' },
      false,
    ),
    row(
      'right in the left text',
      { keys: [{ left: 'text', right: 'reference', how: 'right-in-left' }] },
      { text: 'ref: 2024/55 of May' },
      { reference: '2024-55' },
      true,
    ),
  ])('$what', ({ rule, left, right, isPair }) => {
    expect(pair(rule as Record<string, unknown>, left, right)).toEqual(isPair ? MATCHED : APART);
  });
});

describe('amounts', () => {
  const row = (what: string, amount: object | null, right: string, isPair: boolean, others: Partial<Item> = {}) => ({
    what,
    amount,
    right,
    isPair,
    others,
  });
  it.each([
    row('equal', null, '100', true),
    row('one cent off without a tolerance', null, '100.01', false),
    row('at the absolute bound above', { absolute: '0.5' }, '100.5', true),
    row('one unit outside it above', { absolute: '0.5' }, '100.5001', false),
    row('at the absolute bound below', { absolute: '0.5' }, '99.5', true),
    row('one unit outside it below', { absolute: '0.5' }, '99.4999', false),
    row('at the percentage', { percent: '0.25' }, '100.25', true),
    row('one unit outside the percentage', { percent: '0.25' }, '99.7499', false),
    row('at one smallest unit', { minorUnits: 1 }, '100.01', true),
    row('outside one smallest unit', { minorUnits: 1 }, '100.0101', false),
    row('at one yen', { minorUnits: 1 }, '101', true, { currency: 'JPY' }),
    row('at the bound of its own currency', { absolute: '0.01', currencies: { JPY: '5' } }, '105', true, {
      currency: 'JPY',
    }),
    row('outside the bound of its own currency', { absolute: '9', currencies: { JPY: '5' } }, '106', false, {
      currency: 'JPY',
    }),
    row('within a percentage but above the cap', { percent: '5', atMost: '1' }, '101.01', false),
    row('within a percentage and at the cap', { percent: '5', atMost: '1' }, '101', true),
    row('of another currency', { absolute: '1000' }, '100', false, {}),
  ])('$what', ({ what, amount, right, isPair, others }) => {
    const currency = what === 'of another currency' ? { currency: 'USD' } : {};
    const result = pair({ amount }, { ...A, ...others }, { ...A, ...others, amount: right, ...currency });
    expect(result.map((line) => line.replace(/ \(.*/, ''))).toEqual(isPair ? MATCHED : APART);
  });

  it('of opposite signs agree where a rule says so, and only there', () => {
    expect(pair({ sign: 'opposite' }, A, { ...A, amount: '-100' })).toEqual(MATCHED);
    expect(pair({ sign: 'opposite' }, A, A)).toEqual(APART);
    expect(pair({}, A, { ...A, amount: '-100' })).toEqual(APART);
    expect(pair({ sign: 'opposite', amount: { absolute: '1' } }, A, { ...A, amount: '-100.4' })).toEqual([
      'matched L1 | R1 (0.4)',
    ]);
  });

  it('beyond any float are told apart in their last digit', () => {
    const [one, other] = ['12345678901234567890.0001', '12345678901234567890.0002'];
    expect(pair({ amount: { absolute: '0.0001' } }, { ...A, amount: one }, { ...A, amount: other })).toEqual([
      'matched L1 | R1 (0.0001)',
    ]);
    expect(pair({}, { ...A, amount: one }, { ...A, amount: other })).toEqual(APART);
  });
});

describe('dates', () => {
  it.each([
    ['at the first day', '2026-01-08', true],
    ['a day before it', '2026-01-07', false],
    ['at the last day', '2026-01-15', true],
    ['a day after it', '2026-01-16', false],
    ['missing', null, false],
  ] as const)('%s', (_, date, isPair) => {
    expect(pair({ date: { from: -2, to: 5 } }, A, { ...A, date })).toEqual(isPair ? MATCHED : APART);
  });
});

describe('texts that are alike', () => {
  const fuzzy = { keys: [], fuzzy: [{ field: 'counterparty', by: 'edit', atLeast: 0.8 }] };
  it('match from the least score on', () => {
    expect(pair(fuzzy, { counterparty: 'abcde' }, { counterparty: 'abcdx' })).toEqual(MATCHED);
    expect(pair(fuzzy, { counterparty: 'abcde' }, { counterparty: 'abcxx' })).toEqual(APART);
    expect(pair(fuzzy, { counterparty: 'abcde' }, {})).toEqual(APART);
  });
  it('pass when a text is missing where a rule says so', () => {
    const lenient = { keys: ['reference'], fuzzy: [{ field: 'counterparty', atLeast: 0.8, missing: 'pass' }] };
    expect(pair(lenient, { ...A, counterparty: 'abcde' }, A)).toEqual(MATCHED);
    expect(pair(lenient, { ...A, counterparty: 'abcde' }, { ...A, counterparty: 'vwxyz' })).toEqual(APART);
  });
  it('say how much in the evidence', () => {
    const [group] = groupsOf({
      left: [item('L1', { counterparty: 'abcde' })],
      right: [item('R1', { counterparty: 'abcdx' })],
      ruleSet: rules(pairs(fuzzy)),
    });
    expect(group?.evidence).toEqual({ 'similarity of counterparty': '0.8' });
  });
});

describe('conditions', () => {
  it.each([
    [{ field: 'text', contains: ['Refund'] }, { text: 'a refund, late' }, true],
    [{ field: 'text', contains: ['refund'] }, { text: 'refunded' }, false],
    [{ field: 'text', startsWith: 'RE' }, { text: 'REF' }, true],
    [{ field: 'text', equals: ['x', 'y'] }, { text: 'y' }, true],
    [{ field: 'text', present: false }, { text: 'y' }, false],
    [{ field: 'amount', min: '100', max: '100' }, {}, true],
    [{ field: 'amount', min: '100.01' }, {}, false],
  ])('%o', (condition, left, isPair) => {
    expect(pair({ when: { left: [condition] } }, { ...A, ...left }, A)).toEqual(isPair ? MATCHED : APART);
  });
});

describe('several candidates', () => {
  const twoToOne = {
    left: [item('L1', A), item('L2', { ...A, date: '2026-01-20' })],
    right: [item('R1', { ...A, date: '2026-01-21' })],
  };
  const near = pairs({ date: { from: 0, to: 3 } });

  it('are one ambiguous group with all of them', () => {
    expect(decided({ ...twoToOne, ruleSet: rules(pairs({ nearMiss: 'off' })) })).toEqual([
      'ambiguous L1 L2 | R1 (-100)',
    ]);
  });
  it('are chosen among by a later rule when the first one passes them on', () => {
    expect(decided({ ...twoToOne, ruleSet: rules(pairs({ onAmbiguity: 'pass' }), near) })).toEqual([
      'break missing-right L1 |',
      'matched L2 | R1',
    ]);
  });
  it('passed on are ambiguous in the end when no later rule chooses', () => {
    expect(decided({ ...twoToOne, ruleSet: rules(pairs({ onAmbiguity: 'pass' })) })).toEqual([
      'ambiguous L1 L2 | R1 (-100)',
    ]);
  });
  it('are not noted by a rule that ignores them', () => {
    expect(decided({ ...twoToOne, ruleSet: rules(pairs({ onAmbiguity: 'ignore', nearMiss: 'off' })) })).toHaveLength(3);
  });
  it('passed on do not go to an item that was no candidate', () => {
    const right = [...twoToOne.right, item('R2', { reference: 'B-2', date: '2026-01-10' })];
    const byDay = pairs({ keys: [], outcome: 'suggested', date: { from: 0, to: 0 } });
    expect(decided({ ...twoToOne, right, ruleSet: rules(pairs({ onAmbiguity: 'pass' }), byDay) })).toEqual([
      'ambiguous L1 L2 | R1 (-100)',
      'break missing-left | R2',
    ]);
  });
  it('passed on go to a pair that is the only one among all of them, not to one that is left over', () => {
    const on = (id: string, date: string) => item(id, { ...A, date });
    const left = [on('L1', '2026-01-01'), on('L2', '2026-01-10')];
    const right = [on('R1', '2026-01-10'), on('R2', '2026-01-19')];
    const wide = pairs({ date: { from: 0, to: 30 } });
    const ruleSet = rules(pairs({ onAmbiguity: 'pass' }), pairs({ date: { from: 0, to: 0 } }), wide);
    expect(decided({ left, right, ruleSet })).toEqual(['suggested L1 | R2', 'matched L2 | R1']);
  });
  it('of which all others turn out to belong elsewhere leave a suggestion', () => {
    const left = [item('L1', A), item('L2', A), item('L3', { amount: '-100', reverses: 'L2' })];
    const ruleSet = rules(pairs({ onAmbiguity: 'pass' }), { kind: 'reversal', withinDays: 3 });
    expect(decided({ left, right: [item('R1', A)], ruleSet })).toEqual([
      'suggested L1 | R1',
      'explained reversal L2 L3 |',
    ]);
  });
  it('in a chain are ambiguous as a whole: a pair needs two items that have no other candidate', () => {
    const left = [item('L1', { ...A, date: '2026-01-01' }), item('L2', { ...A, date: '2026-01-05' })];
    const right = [item('R1', { ...A, date: '2026-01-03' }), item('R2', { ...A, date: '2026-01-07' })];
    expect(decided({ left, right, ruleSet: rules(pairs({ date: { from: -2, to: 2 } })) })).toEqual([
      'ambiguous L1 L2 | R1 R2',
    ]);
    expect(decided({ left, right, ruleSet: rules(pairs({ date: { from: 0, to: 2 } })) })).toEqual([
      'matched L1 | R1',
      'matched L2 | R2',
    ]);
  });
  it('that nothing tells apart are called duplicates, and a break where a rule says so', () => {
    const given = { left: [item('L1', A), item('L2', A)], right: [item('R1', A)] };
    expect(decided({ ...given, ruleSet: rules(pairs()) })).toEqual(['ambiguous duplicate L1 L2 | R1 (-100)']);
    expect(decided({ ...given, ruleSet: rules(pairs({ duplicates: 'break' })) })).toEqual([
      'break duplicate L1 L2 | R1 (-100)',
    ]);
  });
  it('that nothing tells apart, as many on either side, are paired where a rule says so', () => {
    const given = { left: [item('L2', A), item('L1', A)], right: [item('R1', A), item('R2', A)] };
    expect(decided({ ...given, ruleSet: rules(pairs()) })).toEqual(['ambiguous L1 L2 | R1 R2']);
    expect(decided({ ...given, ruleSet: rules(pairs({ twins: 'pair' })) })).toEqual([
      'matched L1 | R1',
      'matched L2 | R2',
    ]);
    const different = { ...given, left: [item('L2', { ...A, text: 'other' }), item('L1', A)] };
    const readsText = pairs({ keys: ['text'], onAmbiguity: 'ignore' });
    expect(decided({ ...different, ruleSet: rules(pairs({ twins: 'pair' }), readsText) })).toEqual([
      'ambiguous L1 L2 | R1 R2',
    ]);
  });
  it('too many to compare are left alone, and say so', () => {
    const many = (side: string, counterparty: string) =>
      Array.from({ length: 1001 }, (_, n) => item(`${side}${n}`, { counterparty: `${counterparty} ${n}` }));
    const rule = pairs({ keys: [], fuzzy: [{ field: 'counterparty', atLeast: 0.5 }] });
    const groups = groupsOf({ left: many('L', 'a'), right: many('R', 'b'), ruleSet: rules(rule) });
    expect(groups.every(({ outcome }) => outcome === 'break')).toBe(true);
    expect(groups[0]?.evidence['search']).toMatch(/^rule-1: 1001 left and 1001 right candidates/);
  });
});

it('takes an item once: what an earlier rule used is no candidate of a later one', () => {
  const left = [item('L1', { ...A, text: 'T' }), item('L2', { text: 'T' })];
  const right = [item('R1', { ...A, text: 'T' })];
  expect(decided({ left, right, ruleSet: rules(pairs(), pairs({ keys: ['text'] })) })).toEqual([
    'matched L1 | R1',
    'break missing-right L2 |',
  ]);
});

it('says by what a pair was matched', () => {
  const [group] = groupsOf({ left: [item('L1', A)], right: [item('R1', A)], ruleSet: rules(pairs()) });
  expect(group).toEqual({
    outcome: 'matched',
    rule: 'rule-1',
    type: null,
    left: ['L1'],
    right: ['R1'],
    difference: '0',
    currency: 'EUR',
    confidence: 1,
    expectedClearing: null,
    evidence: { keys: 'reference', amount: 'equal' },
  });
});
