import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, lastDayOfTerm } from './days.ts';

describe('days', () => {
  it.each([
    ['2026-02-27', 2, '2026-03-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-03-29', 1, '2026-03-30'],
  ])('count over months, leap days and clock changes: %s and %i', (date, days, expected) => {
    expect(addDays(date, days)).toBe(expected);
  });

  it('between two dates are what leads from one to the other', () => {
    const days = fc.integer({ min: -4_000, max: 4_000 });
    fc.assert(fc.property(days, (n) => daysBetween('2026-01-31', addDays('2026-01-31', n)) === n));
  });

  it.each([
    ['2026-04-01', 12, '2027-03-31'],
    ['2026-01-15', 1, '2026-02-14'],
    ['2026-01-31', 1, '2026-02-27'],
    ['2024-02-29', 12, '2025-02-27'],
  ])('end a term: %s, %i months', (start, months, expected) => {
    expect(lastDayOfTerm(start, months)).toBe(expected);
  });
});
