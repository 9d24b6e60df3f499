import { describe, expect, it } from 'vitest';
import type { Account } from './account.ts';
import { mapCreditMemo } from './credit-memo.map.ts';
import {
  account,
  billing,
  billingRow,
  clearedBy,
  contractId,
  customerId,
  customers,
  INVOICE,
  itemRow,
  naming,
  ofInvoice,
  origin,
  rules,
} from './documents.fixture.ts';
import { idOf } from './identity.ts';
import type { Row } from './odata.ts';
import { mapPayment } from './payment.map.ts';

const invoiceId = idOf('BillingDocument', origin, '90000001');
const payment = (number: string, of: Account) =>
  mapPayment({ document: `1010/2026/${number}`, account: of, customers }, origin, rules);
const P = '1400000001';

describe('a payment', () => {
  it('settles the invoices that it was cleared with, and the rest waits', () => {
    const of = account(
      ofInvoice(clearedBy(P)),
      itemRow(P, '-119.00', clearedBy(P)),
      itemRow(P, '-31.00', { AccountingDocumentItem: '002', PaymentMethod: 'T' }),
    );
    expect(payment(P, of)).toEqual({
      kind: 'mapped',
      value: {
        paymentId: idOf('AccountingDocument', origin, `1010/2026/${P}`),
        ...{
          lifecycle: 'POSTED',
          number: P,
          currency: 'EUR',
          paymentDate: '2026-03-15',
          period: '2026-03',
          method: null,
        },
        legalEntityId: idOf('CompanyCode', origin, '1010'),
        customerAccountId: idOf('Customer', origin, '1000001'),
        ...{ customerId, amount: '150', unapplied: '31', refunded: '0', reversalOf: null },
        allocations: [{ invoiceId, amount: '119' }],
        source: {
          ...{ system: 'sap-s4hana', instance: 'corporate', entity: 'AccountingDocument', id: `1010/2026/${P}` },
          ...{ version: null, changedAt: null },
        },
      },
    });
  });

  it('counts for the invoice that a part of it names', () => {
    expect(payment(P, account(ofInvoice(), itemRow(P, '-19.00', naming(INVOICE))))).toMatchObject({
      value: { amount: '19', unapplied: '0', allocations: [{ invoiceId, amount: '19' }] },
    });
  });

  it('is what came in: a rest that it left open is not paid', () => {
    const residual = itemRow(P, '20.00', { AccountingDocumentItem: '003', ...naming(INVOICE) });
    const of = account(ofInvoice(clearedBy(P)), itemRow(P, '-119.00', clearedBy(P)), residual);
    expect(payment(P, of)).toMatchObject({
      value: { amount: '99', unapplied: '0', allocations: [{ invoiceId, amount: '99' }] },
    });
  });

  it('keeps what a transfer left of it', () => {
    const T = '100000001';
    const transfer = { AccountingDocumentType: 'AB' };
    const of = account(
      ofInvoice(clearedBy(T)),
      itemRow(P, '-150.00', clearedBy(T)),
      itemRow(T, '31.00', { ...transfer, ...clearedBy(T) }),
      itemRow(T, '-31.00', { ...transfer, AccountingDocumentItem: '002', ...naming(P) }),
    );
    expect(payment(P, of)).toMatchObject({
      value: { amount: '150', unapplied: '31', allocations: [{ invoiceId, amount: '119' }] },
    });
  });

  it('settles the oldest first where SAP only says that all is settled, and what it names before', () => {
    const second = (more: Row): Row =>
      itemRow('9400000002', '50.00', { AccountingDocumentType: 'RV', BillingDocument: '90000002', ...more });
    const older = { NetDueDate: '/Date(1773532800000)/' };
    const other = '1400000002';
    const group = (named: Row): Account =>
      account(
        ofInvoice(clearedBy('C')),
        second({ ...clearedBy('C'), ...older }),
        itemRow(P, '-60.00', { ...clearedBy('C'), ...named }),
        itemRow(other, '-109.00', clearedBy('C')),
      );
    const secondId = idOf('BillingDocument', origin, '90000002');
    const byId = (parts: readonly { invoiceId: string; amount: string }[]): object[] =>
      parts.toSorted((a, b) => (a.invoiceId < b.invoiceId ? -1 : 1));
    expect(payment(P, group({}))).toMatchObject({
      value: {
        allocations: byId([
          { invoiceId, amount: '10' },
          { invoiceId: secondId, amount: '50' },
        ]),
      },
    });
    expect(payment(P, group(naming(INVOICE)))).toMatchObject({ value: { allocations: [{ invoiceId, amount: '60' }] } });
    expect(payment(other, group(naming(INVOICE)))).toMatchObject({
      value: {
        allocations: byId([
          { invoiceId, amount: '59' },
          { invoiceId: secondId, amount: '50' },
        ]),
      },
    });
  });

  it('is void once it is reversed, and so is its reversal, which names it', () => {
    const [R, both] = ['1400000002', clearedBy('1400000002')];
    const of = account(
      itemRow(P, '-119.00', { ...both, IsReversed: true, ReverseDocument: R, ReverseDocumentFiscalYear: '2026' }),
      itemRow(R, '119.00', { ...both, IsReversal: true, ReverseDocument: P, ReverseDocumentFiscalYear: '2026' }),
    );
    const reversalOf = idOf('AccountingDocument', origin, `1010/2026/${P}`);
    expect(payment(P, of)).toMatchObject({
      value: { lifecycle: 'VOIDED', amount: '119', allocations: [], reversalOf: null },
    });
    expect(payment(R, of)).toMatchObject({
      value: { lifecycle: 'VOIDED', amount: '119', allocations: [], reversalOf },
    });
  });

  it('to the customer is negative and pays out the credit that it was cleared with', () => {
    const memo = { AccountingDocumentType: 'RV', BillingDocument: '90000003', ...clearedBy(P) };
    const of = account(itemRow('9400000003', '-30.00', memo), itemRow(P, '30.00', clearedBy(P)));
    expect(payment(P, of)).toMatchObject({
      value: {
        amount: '-30',
        refunded: '-30',
        unapplied: '0',
        reversalOf: idOf('BillingDocument', origin, '90000003'),
      },
    });
  });

  it('is refused without an item of a customer, with several customers, or charging for no invoice', () => {
    expect(payment('1', account())).toMatchObject({ problem: { code: 'does-not-add-up' } });
    const two = account(
      itemRow(P, '-1.00'),
      itemRow(P, '-1.00', { AccountingDocumentItem: '002', Customer: '1000002' }),
    );
    expect(payment(P, two)).toMatchObject({ problem: { code: 'invalid-value' } });
    const strange = account(itemRow(P, '-10.00'), itemRow(P, '1.00', { AccountingDocumentItem: '002' }));
    expect(payment(P, strange)).toMatchObject({ problem: { code: 'does-not-add-up', message: /for no invoice/ } });
  });
});

const memoRow = (more: Row = {}): Row =>
  billingRow(
    {
      BillingDocument: '90000003',
      SDDocumentCategory: 'O',
      BillingDocumentType: 'G2',
      AccountingDocument: '9400000003',
      ...more,
    },
    { ReferenceSDDocument: '90000001', ReferenceSDDocumentCategory: 'M' },
  );
const ofMemo = (more: Row = {}): Row =>
  itemRow('9400000003', '-119.00', { AccountingDocumentType: 'RV', BillingDocument: '90000003', ...more });
const memo = (row: Row, of: Account) => mapCreditMemo(billing(row, of), origin, rules);

describe('a credit memo', () => {
  it('is open until something is settled by it, and names the invoice that it was made from', () => {
    expect(memo(memoRow(), account(ofMemo()))).toMatchObject({
      value: {
        ...{ lifecycle: 'OPEN', contractId, customerId, gross: '119', applied: '0', unapplied: '119', refunded: '0' },
        ...{ allocations: [], reversalOf: invoiceId, lines: [{ net: '100', tax: '19', quantity: '3' }] },
      },
    });
    const of = account(ofInvoice(clearedBy('C')), ofMemo(clearedBy('C')));
    expect(memo(memoRow(), of)).toMatchObject({
      value: { lifecycle: 'APPLIED', applied: '119', unapplied: '0', allocations: [{ invoiceId, amount: '119' }] },
    });
  });

  it('counts for the invoice that its open item names', () => {
    expect(memo(memoRow(), account(ofInvoice(), ofMemo(naming(INVOICE))))).toMatchObject({
      value: { lifecycle: 'APPLIED', allocations: [{ invoiceId, amount: '119' }] },
    });
  });

  it('that was paid out settled no invoice', () => {
    const of = account(ofMemo(clearedBy(P)), itemRow(P, '119.00', clearedBy(P)));
    expect(memo(memoRow(), of)).toMatchObject({
      value: { lifecycle: 'APPLIED', applied: '0', refunded: '119', allocations: [] },
    });
  });

  it('is what cancels an invoice: void with it, open where the invoice had been paid', () => {
    const row = memoRow({ SDDocumentCategory: 'N', BillingDocumentType: 'S1', CancelledBillingDocument: '90000001' });
    const reversal = { IsReversal: true, ...clearedBy('9400000003') };
    const pair = account(ofInvoice({ IsReversed: true, ...clearedBy('9400000003') }), ofMemo(reversal));
    expect(memo(row, pair)).toMatchObject({ value: { lifecycle: 'VOIDED', reversalOf: invoiceId, unapplied: '0' } });
    const open = account(
      ofInvoice({ IsReversed: true, ...clearedBy(P) }),
      itemRow(P, '-119.00', clearedBy(P)),
      ofMemo({ IsReversal: true }),
    );
    expect(memo(row, open)).toMatchObject({ value: { lifecycle: 'OPEN', reversalOf: invoiceId, unapplied: '119' } });
  });

  it('is refused when its postings are not its amount', () => {
    const of = account(ofMemo({ AmountInTransactionCurrency: '-118.00' }));
    expect(memo(memoRow(), of)).toMatchObject({ kind: 'refused', problem: { code: 'does-not-add-up' } });
  });
});
