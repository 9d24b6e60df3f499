import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ComparisonError, parseComparison, takesAccount } from './comparison.ts';
import { readComparisons, withInstances } from './shipped-comparisons.store.ts';
import { sourceText, topicsOf } from './side-text.ts';

const good = {
  ...{ name: 'a-b', description: 'A = B', owner: 'treasury', rules: 'r' },
  sides: [
    { name: 'payment', of: 'topic:payment', instances: ['main'] },
    { name: 'erp', of: 'snapshot:payment@netsuite:second' },
    { name: 'bank', of: 'file:bank-*' },
  ],
};
const sides = (...of: readonly object[]) => ({ ...good, sides: of });
const left = { name: 'left', of: 'topic:invoice' };

function problemsOf(input: unknown): readonly string[] {
  try {
    parseComparison(input);
    return [];
  } catch (error) {
    if (error instanceof ComparisonError) return error.problems;
    throw error;
  }
}

describe('a comparison', () => {
  it('says where the items of each side come from', () => {
    const read = parseComparison(good);
    expect(read.sides.map(({ source }) => source)).toEqual([
      { kind: 'topic', object: 'payment', instances: ['main'] },
      { kind: 'snapshot', object: 'payment', system: 'netsuite', instance: 'second' },
      { kind: 'file', account: 'bank-*' },
    ]);
    expect(read.sides.map(({ source }) => sourceText(source))).toEqual([
      'topic:payment',
      'snapshot:payment@netsuite:second',
      'file:bank-*',
    ]);
    expect(topicsOf(read)).toEqual(['finance.payment.v1', 'finance.customer.v1']);
  });

  it.each<[string, unknown, RegExp]>([
    ['one side', sides(left), /sides/],
    ['four sides', sides(left, left, left, left), /sides/],
    ['two sides of one name', sides(left, left), /same name/],
    ['an unknown source', sides(left, { name: 'right', of: 'table:x' }), /neither topic:/],
    ['a topic without documents', sides(left, { name: 'right', of: 'topic:audit' }), /topic:audit is none of payment/],
    ['a snapshot of nobody', sides(left, { name: 'right', of: 'snapshot:payment@excel' }), /snapshot:payment@excel/],
    ['a file without an account', sides(left, { name: 'right', of: 'file:' }), /neither topic:/],
    ['instances of a file', sides(left, { name: 'right', of: 'file:a', instances: ['x'] }), /instances belong/],
    ['a name with blanks', { ...good, name: 'A b' }, /name: expected lower-case/],
    ['a key that means nothing', { ...good, rule: 'r' }, /rule/],
    ['no object', null, /comparison/],
  ])('is refused with the reason: %s', (_, input, reason) => {
    expect(problemsOf(input).join('; ')).toMatch(reason);
  });

  it('names every problem at once', () => {
    expect(problemsOf(sides({ name: 'a', of: 'x' }, { name: 'b', of: 'y' }))).toHaveLength(2);
  });

  it('takes the statements of an account, or of all whose names begin alike', () => {
    const of = (account: string) => ({ name: 's', source: { kind: 'file' as const, account } });
    const taken = (side: string, account: string) => takesAccount(of(side), account);
    expect([
      taken('main', 'main'),
      taken('main', 'main-2'),
      taken('bank-*', 'bank-eur'),
      taken('bank-*', 'psp'),
    ]).toEqual([true, false, true, false]);
    expect(takesAccount({ name: 's', source: { kind: 'topic', object: 'payment', instances: null } }, 'main')).toBe(
      false,
    );
  });
});

describe('the comparisons that Tieout brings along', () => {
  const folder = path.resolve(import.meta.dirname, '../../comparisons');

  it('can all be read, and take the instances that runs ask', () => {
    const asked = [{ object: 'payment', instance: 'second' }];
    const [payments] = withInstances(readComparisons(folder), asked).filter(({ name }) => name === 'payments-bank');
    expect(payments?.sides.map(({ source }) => source)).toEqual([
      { kind: 'topic', object: 'payment', instances: ['second'] },
      { kind: 'file', account: '*' },
    ]);
  });
});
