import type { Invoice, Payment } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { invoiceContribution, paymentContribution } from './contribution.ts';

const source = { system: 'netsuite', instance: 'main', entity: 'invoice', id: '1', version: null, changedAt: null };
const invoice: Invoice = {
  invoiceId: 'i',
  revision: 3n,
  lifecycle: 'OPEN',
  number: 'INV1',
  legalEntityId: 'e',
  customerAccountId: null,
  customerId: null,
  contractId: null,
  currency: 'USD',
  issueDate: '2013-01-31',
  dueDate: null,
  period: '2013-02',
  net: '100',
  tax: '21.82',
  gross: '121.82',
  paid: '55.94',
  credited: '0',
  open: '65.88',
  disputed: false,
  lines: [],
  reversalOf: null,
  source,
};
const payment: Payment = {
  paymentId: 'p',
  revision: 1n,
  lifecycle: 'POSTED',
  number: 'PMT1',
  legalEntityId: 'e',
  customerAccountId: null,
  customerId: null,
  currency: 'USD',
  paymentDate: '2013-03-01',
  period: '2013-02',
  amount: '55.94',
  unapplied: '0',
  refunded: null,
  method: null,
  allocations: [],
  reversalOf: null,
  source,
};

describe('an invoice', () => {
  it('counts with gross and open in the month of its date, not of its accounting period', () => {
    expect(invoiceContribution(invoice)).toEqual({
      objectId: 'i',
      revision: 3n,
      legalEntityId: 'e',
      month: '2013-01',
      currency: 'USD',
      invoices: 1,
      invoiced: '121.82',
      paid: '0',
      open: '65.88',
    });
  });
  it.each(['VOIDED', 'DELETED'] as const)('counts nothing when it is %s', (lifecycle) => {
    expect(invoiceContribution({ ...invoice, lifecycle })).toMatchObject({ invoices: 0, invoiced: '0', open: '0' });
  });
});

describe('a payment', () => {
  it('is cash received in the month of its date', () => {
    expect(paymentContribution(payment)).toMatchObject({
      month: '2013-03',
      invoices: 0,
      invoiced: '0',
      paid: '55.94',
      open: '0',
    });
  });
  it.each(['VOIDED', 'DELETED'] as const)('counts nothing when it is %s', (lifecycle) => {
    expect(paymentContribution({ ...payment, lifecycle })).toMatchObject({ paid: '0' });
  });
});
