import { describe, expect, it } from 'vitest';
import { clashes, provenAccounts } from './account-proof.ts';
import type { AccountPart } from './account-proof.ts';
import { linesOf, withBalances } from './statement.ts';
import type { StatementPart } from './statement.ts';

const part = (
  from: string,
  to: string,
  opening: string | null,
  moved: string,
  closing: string | null,
): StatementPart => ({
  ...{ account: 'DE1', statementId: `${from}/${to}`, sequence: null, from, to, currency: 'EUR' },
  ...{ opening, closing, moved, lineCount: 1 },
});
const used = (one: StatementPart, account = 'main'): AccountPart => ({
  ...{ account, statementId: `file of ${one.statementId}`, status: 'used', problems: [], part: one },
});
const january = part('2026-01-01', '2026-01-31', '0', '10', '10');
const february = part('2026-02-01', '2026-02-28', '10', '-3', '7');
const march = part('2026-03-01', '2026-03-31', '7', '1', '8');

describe('the statements of an account', () => {
  it('tell everything up to the last day when each adds up and follows the one before', () => {
    expect(provenAccounts([used(february), used(january)])).toEqual({ problems: [], coveredTo: '2026-02-28' });
  });

  it('of several accounts tell everything up to the day of the one that is furthest behind', () => {
    const other = { ...january, account: 'DE2' };
    expect(provenAccounts([used(january), used(february), used(other, 'psp')]).coveredTo).toBe('2026-01-31');
  });

  it.each<[string, readonly AccountPart[], RegExp]>([
    ['there is none', [], /no statement was handed in/],
    ['days are missing', [used(january), used(march)], /main: .*missing/],
    ['one does not add up', [used({ ...january, moved: '9' })], /main: .*entries for 1 are missing or wrong/],
    [
      'one says no balances',
      [used(part('2026-01-01', '2026-01-31', null, '1', null))],
      /no opening and closing balance/,
    ],
    ['one does not say its days', [used({ ...january, from: null, to: null })], /which days they cover/],
    [
      'lines of one cannot be read',
      [
        used(january),
        {
          ...{ account: 'main', statementId: 'f', status: 'incomplete', part: null },
          problems: [{ at: 'line 7', line: 7, column: 'amount', code: 'bad-amount', reason: '"abc" is no amount' }],
        },
      ],
      /statement f is not used, .*line 7: "abc" is no amount/,
    ],
  ])('prove nothing when %s', (_, parts, reason) => {
    expect(provenAccounts(parts).problems.join('; ')).toMatch(reason);
  });

  it('may not tell a day twice, but may leave a gap that another one fills', () => {
    expect(clashes([january], [march])).toEqual([]);
    expect(clashes([january, march], [february])).toEqual([]);
    const [overlap] = clashes(
      [january],
      [part('2026-01-31', '2026-02-28', '10', '-3', '7')].map((one) => ({ ...one, opening: '9' })),
    );
    expect(overlap).toMatchObject({ code: 'overlapping-days' });
    expect(clashes([january], [january])).toMatchObject([{ code: 'duplicate-statement' }]);
  });
});

describe('a statement file', () => {
  const lines = { ...january, lines: [] };

  it('that says no balances takes those that a person states, and no others', () => {
    const csv = { ...lines, opening: null, closing: null };
    const stated = { opening: '1', closing: '11', from: '2026-01-01', to: '2026-01-31' };
    expect(withBalances([csv], stated)).toMatchObject([{ opening: '1', closing: '11' }]);
    expect(withBalances([lines], stated)).toMatchObject([{ opening: '0', closing: '10' }]);
    expect(withBalances([csv, csv], stated)).toEqual([csv, csv]);
  });

  it('has lines whose ids say which account they are of', () => {
    const line = {
      ...{ id: '1', amount: '1', currency: 'EUR', date: null, reference: null, counterparty: null, text: null },
      ...{ legalEntity: null, reverses: null, changedAt: null, fields: { a: 'b' } },
    };
    expect(linesOf('main', { ...lines, lines: [line] })).toMatchObject([
      { id: 'main/1', fields: { a: 'b', account: 'main' } },
    ]);
  });
});
