import { describe, expect, it } from 'vitest';
import { difference, latestOf, listed, severityOf, sortDifferences } from './difference.ts';
import type { Difference } from './difference.ts';

const one = difference({
  ...{ check: 'customers-crm-erp', kind: 'name', objectType: 'customer', object: 'c', expected: 'a', actual: 'b' },
});

describe('differences', () => {
  it('are in one order whatever the input, each id once', () => {
    const others: Difference[] = [{ ...one, actual: 'z' }, { ...one, object: 'a' }, { ...one, kind: 'taxId' }, one];
    const sorted = sortDifferences(others);
    expect(sorted.map(({ object, kind, actual }) => [object, kind, actual])).toEqual([
      ['a', 'name', 'b'],
      ['c', 'name', 'b'],
      ['c', 'taxId', 'b'],
    ]);
    expect(sorted.map(({ evidence }) => evidence)).toEqual([{}, { statedTimes: '2' }, {}]);
    expect(sortDifferences(others.toReversed())).toEqual(sorted);
  });

  it.each<[Pick<Difference, 'check' | 'kind'>, string]>([
    [{ check: 'invoices-erp-topic', kind: 'date' }, 'warning'],
    [{ check: 'payments-erp-topic', kind: 'unapplied' }, 'critical'],
    [{ check: 'unapplied-payments', kind: 'unapplied' }, 'warning'],
    [{ check: 'contract-billing', kind: 'period' }, 'critical'],
    [{ check: 'contract-billing', kind: 'net' }, 'critical'],
    [{ check: 'orders-crm-erp', kind: 'duplicate' }, 'critical'],
    [{ check: 'forecast-planning-topic', kind: 'unusable' }, 'critical'],
  ])('%j are %s', (what, expected) => {
    expect(severityOf(what)).toBe(expected);
  });

  it('have the amount between two nets', () => {
    expect(difference({ ...one, kind: 'net', expected: '1.1', actual: '1' }).difference).toBe('-0.1');
    expect(difference({ ...one, kind: 'duplicate', expected: '1', actual: '2' }).difference).toBeNull();
  });

  it.each([
    ['0.0001', '0', '-0.0001'],
    ['0.00001', '0', null],
    ['999999999999999.9999', '0', '-999999999999999.9999'],
    ['1000000000000000', '0', null],
    ['1000000000000000', '1000000000000000.5', '0.5'],
  ])('have the amount that a break can state: %s and %s', (expected, actual, gap) => {
    expect(difference({ ...one, kind: 'amount', expected, actual })).toMatchObject({
      expected,
      actual,
      difference: gap,
    });
  });

  it('list at most twenty names', () => {
    expect(listed(['b', 'a', 'b'])).toBe('a b');
    const many = Array.from({ length: 22 }, (_, n) => String(n + 10));
    expect(listed(many)).toMatch(/^10 11 .* 29 and 2 more$/);
    expect(listed(many.slice(0, 20))).not.toContain('more');
  });

  it('know the latest change only when every change is known', () => {
    expect(latestOf(['2026-01-02', '2026-01-03', '2026-01-01'])).toBe('2026-01-03');
    expect(latestOf(['2026-01-02', null])).toBeNull();
    expect(latestOf([])).toBeNull();
  });
});
