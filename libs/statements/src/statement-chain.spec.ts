import { describe, expect, it } from 'vitest';
import { statementChain, type Statement } from './index.ts';

/** A day of March 2026 on which the balance went from one amount to another. */
function day(number: number, opening: string, closing: string, more: Partial<Statement> = {}): Statement {
  const date = `2026-03-${String(number).padStart(2, '0')}`;
  const moved = String(Number(closing) - Number(opening));
  return {
    account: 'A',
    statementId: `S${number}`,
    sequence: null,
    from: date,
    to: date,
    currency: 'EUR',
    opening,
    closing,
    moved,
    lines: [],
    ...more,
  };
}

const codes = (...statements: Statement[]): string[] =>
  statementChain(statements).map(({ code, at }) => `${at.split(' ').at(-1)} ${code}`);

describe('statements prove that nothing is missing', () => {
  it.each<[string, Statement[], string[]]>([
    ['days in a row, in any order', [day(3, '20', '30'), day(1, '0', '10'), day(2, '10', '20')], []],
    ['days without a statement over which nothing moved', [day(1, '0', '10'), day(5, '10', '20')], []],
    ['several accounts', [day(1, '0', '10'), day(2, '500', '510', { account: 'B' })], []],
    [
      'one account in two currencies',
      [day(1, '0', '10'), day(1, '7', '9', { currency: 'USD', statementId: 'U1' })],
      [],
    ],
    [
      'two statements of one day, one behind the other',
      [day(1, '0', '10', { sequence: 1 }), day(1, '10', '20', { statementId: 'S1b', sequence: 2 })],
      [],
    ],
    ['a month behind a day', [day(1, '0', '10'), day(2, '10', '50', { to: '2026-03-31' })], []],
    [
      'a new year numbers from one again',
      [day(1, '0', '10', { sequence: 250 }), day(2, '10', '20', { sequence: 1 })],
      [],
    ],
    ['a missing day', [day(1, '0', '10'), day(3, '20', '30')], ['S3 missing-days']],
    [
      'a missing number, though the balance did not move',
      [day(1, '0', '10', { sequence: 7 }), day(3, '10', '30', { sequence: 9 })],
      ['S3 missing-days'],
    ],
    [
      'the same statement twice',
      [day(1, '0', '10'), day(1, '0', '10'), day(2, '10', '20')],
      ['S1 duplicate-statement'],
    ],
    [
      'the same day under another id',
      [day(1, '0', '10'), day(1, '0', '10', { statementId: 'X' })],
      ['X duplicate-statement'],
    ],
    ['one id for two days', [day(1, '0', '10'), day(2, '10', '20', { statementId: 'S1' })], ['S1 duplicate-statement']],
    [
      'a month and a day in it',
      [day(1, '0', '50', { to: '2026-03-31', statementId: 'M' }), day(7, '10', '20')],
      ['S7 overlapping-days'],
    ],
    [
      'days that overlap by one',
      [day(1, '0', '10', { to: '2026-03-02' }), day(2, '10', '20', { to: '2026-03-03' })],
      [],
    ],
    [
      'a month and its last day, on which nothing moved in the end',
      [day(1, '0', '10', { to: '2026-03-31', statementId: 'M' }), day(31, '10', '10')],
      ['S31 overlapping-days'],
    ],
    [
      'days that overlap by more',
      [day(1, '0', '10', { to: '2026-03-03' }), day(2, '10', '20', { to: '2026-03-04' })],
      ['S2 overlapping-days'],
    ],
    ['entries that do not add up', [day(1, '0', '10', { moved: '9.99' })], ['S1 incomplete-statement']],
    ['no opening balance', [day(1, '0', '10', { opening: null })], ['S1 missing-balance']],
    ['no balances', [day(1, '0', '10', { opening: null, closing: null }), day(2, '10', '20')], ['S1 missing-balance']],
  ])('%s', (_, statements, expected) => {
    expect(codes(...statements)).toEqual(expected);
  });

  it('says how much is missing', () => {
    const [problem] = statementChain([day(1, '0', '10', { moved: '7.5' })]);
    expect(problem).toMatchObject({
      at: 'account A, statement S1',
      reason: 'opening 0 and entries 7.5 make 7.5 EUR, the closing balance is 10: entries for 2.5 are missing or wrong',
    });
  });
});
