import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMonths, firstDayOf, isDate, lastDayOf, monthsBetween, periodOf, periodRange } from './periods.ts';

const period = fc
  .tuple(fc.integer({ min: 1900, max: 2100 }), fc.integer({ min: 1, max: 12 }))
  .map(([y, m]) => `${y}-${String(m).padStart(2, '0')}`);

describe('periods', () => {
  it('are the month of a date', () => {
    expect(periodOf('2013-01-31')).toBe('2013-01');
  });

  it.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-1-1', '26-01-01', '2026-01-01T00:00:00Z', ''])(
    'refuse %j as a date',
    (text) => {
      expect(isDate(text)).toBe(false);
      expect(() => periodOf(text)).toThrow('is not a date');
    },
  );

  it('know every day that exists and no other', () => {
    const days = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(days, (day) => void expect(isDate(day.toISOString().slice(0, 10))).toBe(true)));
    expect(['1900-02-29', '2000-02-29', '2023-04-31', '2023-12-32', '2023-01-00'].filter(isDate)).toEqual([
      '2000-02-29',
    ]);
  });

  it('add and measure months over year ends', () => {
    expect(addMonths('2026-11', 3)).toBe('2027-02');
    expect(addMonths('2026-01', -1)).toBe('2025-12');
    fc.assert(
      fc.property(
        period,
        fc.integer({ min: -500, max: 500 }),
        (p, n) => void expect(monthsBetween(p, addMonths(p, n))).toBe(n),
      ),
    );
  });

  it('have a first and a last day', () => {
    expect([firstDayOf('2024-02'), lastDayOf('2024-02'), lastDayOf('2100-02'), lastDayOf('2026-12')]).toEqual([
      '2024-02-01',
      '2024-02-29',
      '2100-02-28',
      '2026-12-31',
    ]);
  });

  it('range from one to another, both included', () => {
    expect(periodRange('2025-12', '2026-02')).toEqual(['2025-12', '2026-01', '2026-02']);
    expect(periodRange('2026-02', '2025-12')).toEqual([]);
  });

  it('refuse a month that does not exist', () => {
    expect(() => addMonths('2026-13', 1)).toThrow('is not a month');
  });
});
