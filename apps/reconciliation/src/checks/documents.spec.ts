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

  it.each(['order', 'credit-memo'] as const)('are compared by what they say of a contract: %s', (type) => {
    const contractId = '00000003-1be4-5dc4-8e8a-cb4851233a4e';
    const document = { ...invoice, contractId };
    const of = (change: object) => compareDocuments(type, [document], [{ ...document, ...change }]);
    expect(of({})).toEqual([]);
    expect(of({ contractId: null })).toMatchObject([{ kind: 'contract', expected: contractId, actual: null }]);
    const typed = { ...document, contractId: 'contract 101' };
    expect(compareDocuments(type, [typed], [{ ...document, contractId: null }])).toEqual([]);
    expect(compareDocuments(type, [typed], [document])).toMatchObject([{ kind: 'contract', expected: null }]);
    // A credit memo may have it from its invoice.
    expect(compareDocuments(type, [{ ...document, contractId: null }], [document])).toHaveLength(
      type === 'order' ? 1 : 0,
    );
    expect(of({ amount: '10.51' })).toMatchObject([{ check: `${type}s-erp-topic`, kind: 'amount', objectType: type }]);
    const [rest] = of({ rest: '0.51' });
    expect(rest).toMatchObject({ kind: type === 'order' ? 'unbilled' : 'unapplied', difference: '0.01' });
    expect(compareDocuments(type, [document], [])).toMatchObject([{ kind: 'missing', expected: '10.5' }]);
    expect(compareDocuments(type, [], [document])).toMatchObject([{ kind: 'extra', actual: '10.5' }]);
  });
});
