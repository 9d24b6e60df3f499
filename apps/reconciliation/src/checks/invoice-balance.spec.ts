import { describe, expect, it } from 'vitest';
import { checkErpBalances, checkInvoiceBalances } from './invoice-balance.ts';
import type { BalancedInvoice } from './invoice-balance.ts';

const invoice: BalancedInvoice = {
  ...{ id: 'i', number: 'n', legalEntityId: 'le', customerId: null, currency: 'USD', date: '2026-01-01' },
  ...{ amount: '100', rest: '10', paid: '85', credited: '5', changedAt: null },
};
const pays = (...amounts: string[]) => amounts.map((amount, n) => ({ paymentId: `p${n}`, invoiceId: 'i', amount }));

describe('gross = payments + credits + open', () => {
  it.each<[string, Partial<BalancedInvoice>, string[], string | null]>([
    ['holds', {}, ['80', '5'], null],
    ['holds whatever the invoice itself says was paid', { paid: '0' }, ['85'], null],
    ['misses a payment', {}, ['80'], '-5'],
    ['has a cent too much', {}, ['80', '5.01'], '0.01'],
    ['has a cent too little', {}, ['80', '4.99'], '-0.01'],
    ['holds for an invoice nobody paid', { rest: '95' }, [], null],
    ['counts a reversed payment back', { rest: '15' }, ['85', '-5'], null],
  ])('%s', (_name, change, amounts, expected) => {
    const found = checkInvoiceBalances([{ ...invoice, ...change }], pays(...amounts));
    expect(found.map(({ difference }) => difference)).toEqual(expected === null ? [] : [expected]);
  });

  it('leaves allocations to invoices that it does not know alone', () => {
    expect(checkInvoiceBalances([], pays('1'))).toEqual([]);
  });

  it('holds inside the ERP, or says that it was not asked', () => {
    const erp = { ...invoice, appliedPayments: '85', appliedCredits: '5' };
    expect(checkErpBalances([erp])).toEqual([]);
    expect(checkErpBalances([{ ...erp, appliedCredits: '4.99' }])).toMatchObject([
      { check: 'invoice-balance', kind: 'erp-balance', expected: '100', actual: '99.99', difference: '-0.01' },
    ]);
    expect(checkErpBalances([{ ...erp, appliedPayments: null }])).toEqual([]);
  });
});
