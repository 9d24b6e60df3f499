import { describe, expect, it } from 'vitest';
import { erpDocument } from '../../test/sides.ts';
import { severityOf } from './difference.ts';
import type { ErpDocument } from './documents.ts';
import { checkUnappliedPayments } from './unapplied-payments.ts';

const payment: ErpDocument = { ...erpDocument, id: 'p', number: 'PAY1', rest: '0.01' };
const invoice: ErpDocument = { ...erpDocument, id: 'i', number: 'INV1', rest: '0.01' };
const told = (pay: Partial<ErpDocument>, owed: Partial<ErpDocument>): unknown[] =>
  checkUnappliedPayments([{ ...payment, ...pay }], [{ ...invoice, ...owed }]).map(({ object, actual }) => [
    object,
    actual,
  ]);

describe('a payment that waits to be applied', () => {
  it.each<[string, Partial<ErpDocument>, Partial<ErpDocument>, unknown[]]>([
    ['stands against what the customer owes', {}, {}, [['p', '0.01']]],
    ['is none when all of it is applied', { rest: '0.00' }, {}, []],
    ['has nothing to be applied to', {}, { rest: '0' }, []],
    ['is another customer’s', { customerAccountId: 'other' }, {}, []],
    ['is of another legal entity', { legalEntityId: 'other' }, {}, []],
    ['is in another currency', { currency: 'EUR' }, {}, []],
    ['is of nobody, as is the invoice', { customerAccountId: null }, { customerAccountId: null }, []],
    ['was refunded beyond its amount', { rest: '-1' }, {}, []],
  ])('%s', (_name, pay, owed, expected) => {
    expect(told(pay, owed)).toEqual(expected);
  });

  it('is a warning with the open invoices', () => {
    const invoices = [invoice, { ...invoice, id: 'i2', number: 'INV0', rest: '5' }];
    const [found] = checkUnappliedPayments([payment], invoices);
    expect(found).toMatchObject({
      ...{ check: 'unapplied-payments', kind: 'unapplied', objectType: 'payment', expected: '0', difference: '0.01' },
      ...{ legalEntityId: 'le', customerId: 'cust', currency: 'CHF', changedAt: [null, null] },
      evidence: { number: 'PAY1', amount: '100', openInvoices: 'INV0 INV1', owed: '5.01', erpCustomer: '77' },
    });
    expect(found && severityOf(found)).toBe('warning');
  });
});
