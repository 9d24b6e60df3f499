import { describe, expect, it } from 'vitest';
import { compareDocuments } from './documents.ts';
import type { Document } from './documents.ts';

const invoice: Document = {
  id: 'a',
  number: 'INV1',
  legalEntityId: 'le',
  customerId: null,
  currency: 'USD',
  date: '2026-01-31',
  amount: '10.5',
  rest: '0.5',
  changedAt: null,
};
const told = (erp: Document[], topic: Document[]): unknown[] =>
  compareDocuments('invoice', erp, topic).map(({ kind, object, expected, actual, difference }) => [
    kind,
    object,
    expected,
    actual,
    difference,
  ]);

describe('documents item by item', () => {
  it.each<[string, Partial<Document>, unknown[]]>([
    ['are equal', {}, []],
    ['are equal when only the writing of an amount differs', { amount: '10.50', rest: '00.5000' }, []],
    ['are equal when only the customer link differs', { customerId: 'c' }, []],
    ['differ by the smallest amount', { amount: '10.5001' }, [['amount', 'a', '10.5', '10.5001', '0.0001']]],
    ['differ by a cent less', { amount: '10.49' }, [['amount', 'a', '10.5', '10.49', '-0.01']]],
    ['differ in what is open', { rest: '0.51' }, [['open', 'a', '0.5', '0.51', '0.01']]],
    ['differ in the currency', { currency: 'EUR' }, [['currency', 'a', 'USD', 'EUR', null]]],
    ['differ by a day', { date: '2026-02-01' }, [['date', 'a', '2026-01-31', '2026-02-01', null]]],
    ['differ in the number', { number: 'INV01' }, [['number', 'a', 'INV1', 'INV01', null]]],
    ['differ in the legal entity', { legalEntityId: 'other' }, [['legal-entity', 'a', 'le', 'other', null]]],
    [
      'differ in two fields',
      { amount: '1', rest: '1' },
      [
        ['amount', 'a', '10.5', '1', '-9.5'],
        ['open', 'a', '0.5', '1', '0.5'],
      ],
    ],
  ])('%s', (_name, change, expected) => {
    expect(told([invoice], [{ ...invoice, ...change }])).toEqual(expected);
  });

  it('are missing where only the ERP has them, and extra where only the topic has', () => {
    expect(told([invoice], [])).toEqual([['missing', 'a', '10.5', null, null]]);
    expect(told([], [invoice])).toEqual([['extra', 'a', null, '10.5', null]]);
    expect(told([], [])).toEqual([]);
  });

  it('name what rests of a payment unapplied', () => {
    const [found] = compareDocuments('payment', [invoice], [{ ...invoice, rest: '0' }]);
    expect(found).toMatchObject({ check: 'payments-erp-topic', kind: 'unapplied', difference: '-0.5' });
  });
});
