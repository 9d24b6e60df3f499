import { describe, expect, it } from 'vitest';
import { readShownDate, showDate } from './date-format.ts';
import { readListQuery } from './list-query.ts';
import { recordType } from './record-types.ts';

describe('dates of an account', () => {
  it.each([
    ['M/D/YYYY', '3/1/2026'],
    ['D.M.YYYY', '1.3.2026'],
    ['YYYY-MM-DD', '2026-03-01'],
  ] as const)('are shown and read as %s', (format, shown) => {
    expect(showDate(format, '2026-03-01 10:00:00')).toBe(shown);
    expect(readShownDate(format, shown)).toBe('2026-03-01');
    expect(readShownDate(format, shown.replace('1', '32'))).toBeNull();
  });
});

describe('the query of a list', () => {
  const invoice = recordType('invoice')!;
  const read = (q: string): unknown => readListQuery(q, invoice, 'D.M.YYYY');

  it('is conditions joined by AND, in the account’s date format', () => {
    expect(read('lastModifiedDate ON_OR_AFTER "31.12.2025" AND exchangeRate GREATER 1.05 AND memo EMPTY')).toEqual({
      sql: 't.lastmodifieddate::date >= $1::date and t.exchangerate > $2::numeric and t.memo is null',
      values: ['2025-12-31', '1.05'],
    });
  });

  it.each([
    ['lastModifiedDate AFTER "12/31/2025"', /Unparseable date: "12\/31\/2025"/],
    ['tranDate CONTAIN "1.1.2026"', /CONTAIN cannot be used/],
    ['nothing IS "x"', /was not found/],
    ['memo IS "x" OR memo IS "y"', /near 'memo IS "x" OR/],
    [`memo IS "x'; drop table transaction --`, /Unexpected text/],
    ['memo IS', /A value is expected/],
  ])('refuses %s', (q, words) => expect(() => read(q)).toThrow(words));
});
