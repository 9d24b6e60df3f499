import { describe, expect, it } from 'vitest';
import { checkErpBalances, checkInvoiceBalances } from './invoice-balance.ts';
import type { Allocation, BalancedInvoice } from './invoice-balance.ts';

const invoice: BalancedInvoice = {
  ...{ id: 'i', number: 'n', legalEntityId: 'le', customerId: null, currency: 'USD', date: '2026-01-01' },
  ...{ amount: '100', rest: '10', paid: '85', credited: '5', changedAt: null },
};
const settles = (...amounts: string[]): Allocation[] =>
  amounts.map((amount, n) => ({ documentId: `d${n}`, invoiceId: 'i', amount, currency: 'USD', changedAt: null }));
const balances = (
  invoices: readonly BalancedInvoice[],
  payments: readonly Allocation[],
  credits: readonly Allocation[] | null,
  writeOffs: readonly Allocation[] | null = null,
) => checkInvoiceBalances(invoices, { payments, credits, writeOffs });

describe('gross = payments + credits + write-offs + open', () => {
  it.each<[string, Partial<BalancedInvoice>, string[], string | null]>([
    ['holds', {}, ['80', '5'], null],
    ['holds whatever the invoice itself says was paid', { paid: '0' }, ['85'], null],
    ['misses a payment', {}, ['80'], '-5'],
    ['has a cent too much', {}, ['80', '5.01'], '0.01'],
    ['has a cent too little', {}, ['80', '4.99'], '-0.01'],
    ['holds for an invoice nobody paid', { rest: '95' }, [], null],
    ['counts a reversed payment back', { rest: '15' }, ['85', '-5'], null],
  ])('%s', (_name, change, amounts, expected) => {
    const found = balances([{ ...invoice, ...change }], settles(...amounts), null);
    expect(found.map(({ difference }) => difference)).toEqual(expected === null ? [] : [expected]);
  });

  it.each<[string, Partial<BalancedInvoice>, string[], string | null]>([
    ['hold when they say what the invoice says', {}, ['5'], null],
    ['hold in parts', {}, ['2', '3'], null],
    ['hold whatever the invoice itself says was credited', { credited: '0' }, ['5'], null],
    ['that are not there are missing, whatever the invoice itself says', {}, [], '-5'],
    ['are a cent too much', {}, ['5.01'], '0.01'],
    ['are a cent too little', {}, ['4.99'], '-0.01'],
  ])('credits taken from the credit memos %s', (_name, change, credits, expected) => {
    const found = balances([{ ...invoice, ...change }], settles('85'), settles(...credits));
    expect(found.map(({ kind, difference }) => [kind, difference])).toEqual(
      expected === null ? [] : [['balance', expected]],
    );
  });

  it('tells what each side says of payments and credits', () => {
    const [found] = balances([invoice], settles('85'), settles('4'));
    expect(found?.evidence).toEqual({
      ...{ number: 'n', open: '10', payments: '85', paidAsTheInvoiceSays: '85' },
      ...{ credited: '4', creditedAsTheInvoiceSays: '5', creditsFrom: 'credit memos' },
      ...{ residual: '1', residualKind: 'settled by no payment, credit memo or write-off that is known' },
    });
  });

  it('calls what nobody settled, not even by the word of the invoice, not settled', () => {
    const [found] = balances([{ ...invoice, credited: '0' }], settles('85'), settles());
    expect(found?.evidence).toMatchObject({ residual: '5', residualKind: 'not settled' });
  });

  it('counts write-offs once somebody states them', () => {
    expect(balances([invoice], settles('85'), settles(), settles('5'))).toEqual([]);
    expect(balances([invoice], settles('85'), settles(), settles('4'))).toMatchObject([
      { kind: 'balance', difference: '-1', evidence: { writtenOff: '4', residual: '1' } },
    ]);
  });

  it('adds up no other currency: that is the one thing it says then', () => {
    const euros = settles('5').map((one) => ({ ...one, currency: 'EUR' }));
    expect(balances([invoice], settles('85'), euros)).toMatchObject([
      { kind: 'currency', expected: 'USD', actual: 'EUR', difference: null, evidence: { amounts: '5 EUR' } },
    ]);
  });

  it('is timing while what settles the invoice is at work, however quiet the invoice is', () => {
    const quiet = { ...invoice, changedAt: '2026-01-01T00:00:00.000Z' };
    const memo = settles('4').map((one) => ({ ...one, changedAt: '2026-01-02T00:00:00.000Z' }));
    expect(balances([quiet], [], memo)[0]?.changedAt).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']);
    expect(balances([quiet], [], [])[0]?.changedAt).toEqual(['2026-01-01T00:00:00.000Z']);
  });

  it('leaves allocations to invoices that it does not know alone', () => {
    expect(balances([], settles('1'), settles('1'))).toEqual([]);
  });

  it('holds inside the ERP, or says that it was not asked', () => {
    const ids = { vendorId: '1', vendorCustomerId: null, customerAccountId: null, legalEntity: null };
    const erp = { ...invoice, ...ids, appliedPayments: '85', appliedCredits: '5' };
    expect(checkErpBalances([erp])).toEqual([]);
    expect(checkErpBalances([{ ...erp, appliedCredits: '4.99' }])).toMatchObject([
      { check: 'invoice-balance', kind: 'erp-balance', expected: '100', actual: '99.99', difference: '-0.01' },
    ]);
    expect(checkErpBalances([{ ...erp, appliedPayments: null }])).toEqual([]);
  });
});
