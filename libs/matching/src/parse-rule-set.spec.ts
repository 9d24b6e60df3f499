import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_RULES } from './default-rules.ts';
import { pairs } from './matching.fixture.ts';
import { parseRuleSet, RuleSetError } from './parse-rule-set.ts';

type Json = Record<string, unknown>;
const set = (...rules: Json[]): Json => ({
  name: 'test',
  rules: rules.map((rule, n) => ({ name: `rule-${n + 1}`, ...rule })),
});
const timing = (stated: Json = {}): Json => ({ kind: 'timing', days: 5, ...stated });
const explain = (stated: Json = {}): Json => ({ kind: 'explain', type: 'fee', ...stated });

function problemsOf(input: unknown): string[] {
  try {
    parseRuleSet(input);
    return [];
  } catch (error) {
    if (!(error instanceof RuleSetError)) throw error;
    return error.problems.map(({ code, path, reason }) => `${code} ${path}: ${reason}`);
  }
}

describe('a rule set', () => {
  it('fills in what was left out', () => {
    expect(parseRuleSet(set(pairs())).rules[0]).toEqual({
      kind: 'match',
      name: 'rule-1',
      description: '',
      keys: [{ left: 'reference', right: 'reference', how: 'equal', normalise: [], minLength: 1, distinctive: false }],
      fuzzy: [],
      agree: [],
      date: null,
      amount: null,
      cardinality: '1:1',
      group: null,
      search: null,
      sign: 'same',
      when: { left: [], right: [] },
      outcome: 'matched',
      onAmbiguity: 'hold',
      twins: 'hold',
      duplicates: 'hold',
      nearMiss: 'break',
      confidence: null,
    });
  });
  it('is plain data, and parsing it again gives the same', () => {
    expect(parseRuleSet(JSON.parse(JSON.stringify(DEFAULT_RULES)))).toEqual(DEFAULT_RULES);
  });
  it('is written as the README shows', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(readme) ?? [];
    expect(parseRuleSet(parse(yaml)).rules.map(({ kind }) => kind)).toContain('reversal');
  });
  it('keeps amounts exact: text in quotes, not a number with a point', () => {
    expect(problemsOf(set(pairs({ amount: { absolute: 0.1 } })))).toEqual([
      'malformed rules[0].amount.absolute: an amount as text in quotes, so that it stays exact',
    ]);
    expect(parseRuleSet(set(pairs({ amount: { absolute: '0.10' } }))).rules[0]).toMatchObject({
      amount: { absolute: '0.1' },
    });
  });
});

describe('malformed: refused with path and reason', () => {
  it.each([
    [null, 'malformed rule set'],
    [{ ...set(), colour: 1 }, 'Unrecognized key: "colour"'],
    [set(pairs({ tolerence: 1 })), 'malformed rules[0]: Unrecognized key: "tolerence"'],
    [set({ kind: 'guess' }), 'malformed rules[0].kind'],
    [set(pairs({ keys: ['refrence'] })), 'malformed rules[0].keys[0].field: not a field of an item'],
    [
      set(pairs({ keys: [{ field: 'reference', left: 'text' }] })),
      'malformed rules[0].keys[0]: either field, or left and right',
    ],
    [set(pairs({ keys: [{ left: 'reference' }] })), 'malformed rules[0].keys[0]: either field, or left and right'],
    [set(pairs({ fuzzy: [{ field: 'text', atLeast: 0 }] })), 'malformed rules[0].fuzzy[0].atLeast'],
    [set(pairs({ amount: { absolute: 'NaN' } })), 'malformed rules[0].amount.absolute: not a decimal number'],
    [set(pairs({ amount: { currencies: { EURO: '1' } } })), 'not an ISO 4217 currency code'],
    [set(pairs({ name: 'Same reference' })), 'malformed rules[0].name: small letters'],
    [{ name: 'test', block: ['reference'], rules: [] }, 'malformed block[0]'],
  ])('%#', (input, problem) => {
    const problems = problemsOf(input);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});

describe('contradictory: refused with the reason', () => {
  const search = { cardinality: '1:N', group: 'search' };
  const fx = { kind: 'fx', keys: ['reference'] };
  it.each<[string, Json]>([
    ['rules[0].date: from 3 is after to -1', set(pairs({ date: { from: 3, to: -1 } }))],
    ['rules[0].amount.absolute: a tolerance of -1 is negative', set(pairs({ amount: { absolute: '-1' } }))],
    ['rules[0].amount.minorUnits: a tolerance of -1 is negative', set(pairs({ amount: { minorUnits: -1 } }))],
    [
      'rules[0].amount.currencies.JPY: a tolerance of -1 is negative',
      set(pairs({ amount: { currencies: { JPY: '-1' } } })),
    ],
    ['rules[0].amount.percent: 101 percent is more than the amount itself', set(pairs({ amount: { percent: '101' } }))],
    ['rules[0].amount: states no bound', set(pairs({ amount: { atMost: '1' } }))],
    ['rules[0].amount.atMost: 1 is less than absolute 2', set(pairs({ amount: { absolute: '2', atMost: '1' } }))],
    ['rules[0].outcome: an amount and a day prove nothing', set(pairs({ keys: [] }))],
    ['rules[0].group: a pair has no group', set(pairs({ group: 'keys' }))],
    ['rules[0].keys: 1:N by keys needs keys', set(pairs({ keys: [], outcome: 'suggested', cardinality: '1:N' }))],
    ['rules[0].search: bounds of a search', set(pairs({ search: { maxSize: 3 } }))],
    ['rules[0].twins: twins are paired by rules with 1:1', set(pairs({ ...search, twins: 'pair' }))],
    ['rules[0].duplicates: need onAmbiguity: hold', set(pairs({ duplicates: 'break', onAmbiguity: 'pass' }))],
    ['rules[0].onAmbiguity: only candidates of pairs are passed on', set(pairs({ ...search, onAmbiguity: 'pass' }))],
    [
      'rules[0].nearMiss: a near miss is told by keys',
      set(pairs({ keys: [], outcome: 'suggested', nearMiss: 'break' })),
    ],
    [
      'rules[0].when.left[0]: min 2 is more than max 1',
      set(pairs({ when: { left: [{ field: 'amount', min: '2', max: '1' }] } })),
    ],
    ['rules[0].when.left[0]: asks for nothing', set(pairs({ when: { left: [{ field: 'text' }] } }))],
    ['rules[0].when[0]: min and max are for amount', set(explain({ when: [{ field: 'text', min: '1' }] }))],
    [
      'rules[0].when[0]: an amount is compared by min and max',
      set(explain({ when: [{ field: 'amount', contains: 'x' }] })),
    ],
    [
      'rules[0].when[0]: wants a text and none',
      set(explain({ when: [{ field: 'text', contains: 'x', present: false }] })),
    ],
    ['rules[0]: an fx rule is for items of two currencies, and block', { ...set(fx), block: ['currency'] }],
    [
      'rules[0].keys: an fx rule is for items of two currencies, and a key',
      set({ ...fx, keys: ['reference', 'currency'] }),
    ],
    ['rules[0].keys: two converted amounts prove nothing', set({ ...fx, keys: [], outcome: 'suggested' })],
    ['rules[1].name: rule-1 is the name of an earlier rule', set(pairs(), pairs({ name: 'rule-1', keys: ['text'] }))],
    ['rules[1]: rule-2 looks at both sides and stands after rule-1', set(timing(), pairs())],
    ['block: currency stands there twice', { ...set(), block: ['currency', 'currency'] }],
  ])('%s', (problem, input) => {
    const problems = problemsOf(input);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`contradictory ${problem}`);
  });
});

describe('unreachable: refused, with the rule that takes everything before', () => {
  const before = (earlier: Json, later: Json) => problemsOf(set(earlier, later));
  const unreachable = [
    'unreachable rules[1]: rule rule-2 decides nothing: whatever it takes, rule-1 before it takes already',
  ];
  it.each<[string, Json, Json]>([
    ['the same again', pairs(), pairs()],
    ['the same again with another outcome', pairs(), pairs({ outcome: 'suggested' })],
    ['a further key', pairs(), pairs({ keys: ['reference', 'text'] })],
    ['fewer days', pairs({ date: { from: -5, to: 5 } }), pairs({ date: { from: 0, to: 5 } })],
    ['a smaller tolerance', pairs({ amount: { absolute: '1' } }), pairs({ amount: { absolute: '0.5' } })],
    ['a condition more', pairs(), pairs({ when: { left: [{ field: 'text', present: true }] } })],
    [
      'more alike',
      pairs({ fuzzy: [{ field: 'text', atLeast: 0.8 }] }),
      pairs({ fuzzy: [{ field: 'text', atLeast: 0.9 }] }),
    ],
    ['1:N after N:M', pairs({ cardinality: 'N:M' }), pairs({ cardinality: '1:N' })],
    ['shorter timing', timing(), timing({ days: 4, side: 'left' })],
    ['explain after explain of all', explain(), explain({ type: 'other', when: [{ field: 'text', present: true }] })],
  ])('%s', (_, earlier, later) => {
    expect(before(earlier, later)).toEqual(unreachable);
  });
  it.each<[string, Json, Json]>([
    ['more days', pairs({ date: { from: 0, to: 5 } }), pairs({ date: { from: -5, to: 5 } })],
    ['a larger tolerance', pairs({ amount: { absolute: '0.5' } }), pairs({ amount: { absolute: '1' } })],
    ['one of several keys', pairs({ keys: ['reference', 'text'] }), pairs()],
    ['fewer days, among what was passed on', pairs({ onAmbiguity: 'pass' }), pairs({ date: { from: 0, to: 1 } })],
    ['the other sign', pairs(), pairs({ sign: 'opposite' })],
    ['groups', pairs(), pairs({ cardinality: 'N:M' })],
    ['longer timing', timing(), timing({ days: 6 })],
    ['timing after explain of some', explain({ when: [{ field: 'text', present: true }] }), timing()],
  ])('but not %s', (_, earlier, later) => {
    expect(before(earlier, later)).toEqual([]);
  });
});

it('all problems are told at once, the code is that of the first', () => {
  const input = set(pairs({ date: { from: 1, to: 0 } }), pairs({ keys: ['text'], amount: { absolute: '-1' } }));
  expect(problemsOf(input)).toHaveLength(2);
  expect(() => parseRuleSet(input)).toThrow(expect.objectContaining({ code: 'contradictory' }));
});
