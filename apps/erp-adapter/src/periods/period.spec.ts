import { describe, expect, it } from 'vitest';
import { isPeriodClosed, nextOpenDate, standingOf, type KnownPeriod } from './period.ts';

const month = (n: string, days: string, more: Partial<KnownPeriod> = {}): KnownPeriod => ({
  ...{ name: `${n}/2026`, startDate: `2026-${n}-01`, endDate: `2026-${n}-${days}`, status: 'OPEN', ledgers: [] },
  ...more,
});
const [march, april, may] = [month('03', '31'), month('04', '30'), month('05', '31')];
const locked = (ledger: 'RECEIVABLE' | 'PAYABLE') => ({ ledgers: [{ ledger, status: 'LOCKED' as const }] });

describe('the period of a date', () => {
  it.each<[string, string, readonly KnownPeriod[], string]>([
    ['is open', '2026-03-31', [march], 'open'],
    ['is closed', '2026-03-31', [{ ...march, status: 'CLOSED' }], 'closed'],
    ['is locked for all but a few', '2026-03-01', [{ ...march, status: 'LOCKED' }], 'closed'],
    ['is closed for receivables', '2026-03-01', [{ ...march, ...locked('RECEIVABLE') }], 'closed'],
    ['is closed for payables', '2026-03-01', [{ ...march, ...locked('PAYABLE') }], 'open'],
    ['has a status that is newer than we are', '2026-03-01', [{ ...march, status: 'UNKNOWN' }], 'closed'],
    ['is closed in one of two books', '2026-03-01', [march, { ...march, status: 'CLOSED' }], 'closed'],
    ['is not known, the day before', '2026-02-28', [march], 'unknown'],
    ['is not known, the day after', '2026-04-01', [march], 'unknown'],
  ])('%s', (_name, date, periods, expected) => {
    expect(standingOf(date, periods).kind).toBe(expected);
  });
});

describe('the next open day', () => {
  it.each<[string, readonly KnownPeriod[], string | null]>([
    ['is the first of the next month', [march, may, april], '2026-04-01'],
    ['passes over months that are closed', [march, { ...april, status: 'CLOSED' }, may], '2026-05-01'],
    [
      'passes over months that are closed in one of two books',
      [april, { ...april, status: 'LOCKED' }, may],
      '2026-05-01',
    ],
    ['is not known', [march, { ...april, status: 'CLOSED' }], null],
    ['is not known without periods', [], null],
  ])('%s', (_name, periods, expected) => {
    expect(nextOpenDate('2026-03-31', periods)).toBe(expected);
  });
});

it.each([
  ['netsuite-period-closed', true],
  ['period-closed', true],
  ['netsuite-rejected', false],
])('a refusal %s is about a closed period: %s', (code, expected) => {
  expect(isPeriodClosed({ code })).toBe(expected);
});
