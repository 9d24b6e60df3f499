import { describe, expect, it } from 'vitest';
import { parseRules, readRules, RulesFileError } from './rules-file.ts';

const RULES = `# what we match by
name: payments-bank
rules:
  - kind: match
    name: exact
    keys: [reference]
    outcome: matched
  - kind: timing
    name: young
    days: 5
`;
/** Where each problem is, as \`line path\`. */
function problems(source: string): string[] {
  try {
    parseRules(source, 'rules.yaml');
  } catch (error) {
    if (error instanceof RulesFileError) return error.problems.map(({ line, path }) => `${line} ${path}`);
    throw error;
  }
  return [];
}

describe('a file of rules', () => {
  it('is read with every default', () => {
    expect(parseRules(RULES, 'rules.yaml').rules.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      ...['match exact', 'timing young'],
    ]);
  });

  it.each<[string, string, string[]]>([
    ['a word that means nothing', RULES.replace('keys:', 'key:'), ['4 rules[0]']],
    ['a value of the wrong kind', RULES.replace('days: 5', 'days: many'), ['10 rules[1].days']],
    ['two rules of one name', RULES.replace('young', 'exact'), ['9 rules[1].name']],
    [
      'several at once',
      RULES.replace('matched', 'certain').replace('days: 5', 'days: -1'),
      ['7 rules[0].outcome', '10 rules[1].days'],
    ],
    ['what is no YAML', 'name: [', ['1 ']],
    ['a key that is there twice', `${RULES}name: again\n`, ['11 ']],
    ['nothing', '', ['1 rule set']],
    ['a list', '- 1\n', ['1 rule set']],
  ])('with %s is refused where it is', (_, source, expected) => {
    expect(problems(source)).toEqual(expected);
  });

  it('names file, line, path and reason, one problem a line', () => {
    const wrong = RULES.replace('days: 5', 'days: many');
    expect(() => parseRules(wrong, 'rules.yaml')).toThrow(/^rules\.yaml:10:11 rules\[1\]\.days .+$/);
  });

  it('that is none is refused, and so is a bomb of aliases', () => {
    expect(() => readRules('/nowhere/rules.yaml')).toThrow(/no such file/);
    const bomb = [
      'a: &a0 [x, x]',
      ...Array.from({ length: 9 }, (_, n) => `b${n}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`),
    ];
    expect(problems(bomb.join('\n'))).toEqual(['1 ']);
  });
});
