import { describe, expect, it } from 'vitest';
import { accountOf, type Account } from './account.ts';
import {
  account,
  billing,
  billingRow,
  clearedBy,
  contractId,
  customerId,
  INVOICE,
  itemRow,
  naming,
  ofInvoice,
  origin,
  rules,
} from './documents.fixture.ts';
import { idOf } from './identity.ts';
import { mapInvoice } from './invoice.map.ts';
import type { Row } from './odata.ts';

const map = (row: Row, of: Account) => mapInvoice(billing(row, of), origin, rules);
const refusal = (code: string, message: RegExp): object => ({
  kind: 'refused',
  problem: { code, message: expect.stringMatching(message) as string },
});

describe('an invoice', () => {
  it('is a billing document with what its order, its posting and its lines say', () => {
    expect(map(billingRow(), account(ofInvoice()))).toEqual({
      kind: 'mapped',
      value: {
        invoiceId: idOf('BillingDocument', origin, '90000001'),
        ...{ lifecycle: 'OPEN', number: '90000001', currency: 'EUR', customerId, contractId, reversalOf: null },
        legalEntityId: idOf('CompanyCode', origin, '1010'),
        customerAccountId: idOf('Customer', origin, '1000001'),
        ...{ issueDate: '2026-03-15', dueDate: '2026-04-14', period: '2026-03', disputed: false },
        ...{ net: '100', tax: '19', gross: '119', paid: '0', credited: '0', open: '119' },
        lines: [
          {
            ...{ lineNumber: 10, itemCode: 'SERVICE', description: 'Instalment', quantity: '3', unitPrice: null },
            ...{ net: '100', tax: '19' },
          },
        ],
        source: {
          ...{ system: 'sap-s4hana', instance: 'corporate', entity: 'BillingDocument', id: '90000001', version: null },
          changedAt: '2026-03-15T09:20:00.123Z',
        },
      },
    });
  });

  it('waits for its posting, except when it is of nothing', () => {
    expect(map(billingRow({ AccountingDocument: '' }), accountOf([]))).toMatchObject({
      value: { lifecycle: 'PENDING', open: '119', dueDate: null },
    });
    const nothing = { TotalNetAmount: '0.00', TaxAmount: '0.00', TotalGrossAmount: '0.00' };
    const row = billingRow(nothing, { NetAmount: '0.00', TaxAmount: '0.00' });
    expect(map(row, accountOf([]))).toMatchObject({ value: { lifecycle: 'PAID', open: '0' } });
  });

  it('is paid by what was cleared with it', () => {
    const paid = account(ofInvoice(clearedBy('1400000001')), itemRow('1400000001', '-119.00', clearedBy('1400000001')));
    expect(map(billingRow(), paid)).toMatchObject({
      value: { lifecycle: 'PAID', paid: '119', credited: '0', open: '0' },
    });
  });

  it('is paid in part by open items that name it', () => {
    const part = account(ofInvoice(), itemRow('1400000001', '-19.00', naming(INVOICE)));
    expect(map(billingRow(), part)).toMatchObject({ value: { lifecycle: 'OPEN', paid: '19', open: '100' } });
  });

  it('stays owed with the rest that a payment carried on, until that is cleared', () => {
    const residual = (more: Row = {}): Row =>
      itemRow('1400000001', '20.00', { AccountingDocumentItem: '003', ...naming(INVOICE), ...more });
    const cleared = [ofInvoice(clearedBy('1400000001')), itemRow('1400000001', '-119.00', clearedBy('1400000001'))];
    expect(map(billingRow(), account(...cleared, residual()))).toMatchObject({
      value: { lifecycle: 'OPEN', paid: '99', open: '20' },
    });
    const later = [residual(clearedBy('1400000002')), itemRow('1400000002', '-20.00', clearedBy('1400000002'))];
    expect(map(billingRow(), account(...cleared, ...later))).toMatchObject({
      value: { lifecycle: 'PAID', paid: '119', open: '0' },
    });
  });

  it('is credited by whatever is no payment: credit memos, transfers, a supplier account', () => {
    const credit = { AccountingDocumentType: 'RV', BillingDocument: '90000009', ...clearedBy('100000001') };
    const supplier = {
      AccountingDocumentType: 'KR',
      FinancialAccountType: 'K',
      Customer: '',
      ...clearedBy('100000001'),
    };
    const settled = account(
      ofInvoice(clearedBy('100000001')),
      itemRow('9400000009', '-11.90', credit),
      itemRow('1900000001', '-7.10', supplier),
      itemRow('1400000001', '-100.00', clearedBy('100000001')),
    );
    expect(map(billingRow(), settled)).toMatchObject({ value: { paid: '100', credited: '19', open: '0' } });
  });

  it('takes the sign from debit and credit, whatever sign the release states', () => {
    const unsigned = itemRow('1400000001', '-19.00', { ...naming(INVOICE), AmountInTransactionCurrency: '19.000' });
    expect(map(billingRow(), account(ofInvoice(), unsigned))).toMatchObject({ value: { paid: '19', open: '100' } });
  });

  it('is void when its cancellation settled it, and stands when it had been paid', () => {
    const cancelled = billingRow({ BillingDocumentIsCancelled: true });
    const reversal = { AccountingDocumentType: 'RV', BillingDocument: '90000002', IsReversal: true };
    const pair = account(
      ofInvoice({ ...clearedBy('9400000002'), IsReversed: true }),
      itemRow('9400000002', '-119.00', { ...reversal, ...clearedBy('9400000002') }),
    );
    expect(map(cancelled, pair)).toMatchObject({
      value: { lifecycle: 'VOIDED', paid: '0', credited: '119', open: '0' },
    });
    const paid = account(
      ofInvoice({ ...clearedBy('1400000001'), IsReversed: true }),
      itemRow('1400000001', '-119.00', clearedBy('1400000001')),
    );
    expect(map(cancelled, paid)).toMatchObject({ value: { lifecycle: 'PAID', paid: '119' } });
  });

  it('is disputed under the dunning blocks that say so', () => {
    expect(map(billingRow(), account(ofInvoice({ DunningBlockingReason: 'D' })))).toMatchObject({
      value: { disputed: true },
    });
    expect(map(billingRow({ DunningBlockingReason: 'A' }), account(ofInvoice()))).toMatchObject({
      value: { disputed: false },
    });
  });

  it('names no contract when its orders have several, or somebody else wrote the field', () => {
    const record = billing(billingRow(), account(ofInvoice()));
    const strange = { ...record, contractKeys: new Map([['1', 'PO 4711']]) };
    expect(mapInvoice(strange, origin, rules)).toMatchObject({ value: { contractId: null } });
  });
});

describe('an invoice is refused', () => {
  it('when lines, totals, postings or clearing do not add up', () => {
    expect(map(billingRow({}, { NetAmount: '99.00' }), account(ofInvoice()))).toMatchObject(
      refusal('does-not-add-up', /^lines/),
    );
    expect(map(billingRow({ TotalGrossAmount: '120.00' }), account(ofInvoice()))).toMatchObject(
      refusal('does-not-add-up', /^net and tax/),
    );
    const posted = account(ofInvoice({ AmountInTransactionCurrency: '118.00' }));
    expect(map(billingRow(), posted)).toMatchObject(refusal('does-not-add-up', /^postings/));
    const torn = account(ofInvoice(clearedBy('1400000001')));
    expect(map(billingRow(), torn)).toMatchObject(refusal('does-not-add-up', /1400000001 cleared sum up to 119/));
  });

  it('when more is applied than was billed', () => {
    const over = account(ofInvoice(), itemRow('1400000001', '-120.00', naming(INVOICE)));
    expect(map(billingRow(), over)).toMatchObject(refusal('does-not-add-up', /more is applied/));
  });

  it('when its clearing mixes currencies', () => {
    const other = itemRow('1400000001', '-119.00', { ...clearedBy('1400000001'), TransactionCurrency: 'USD' });
    expect(map(billingRow(), account(ofInvoice(clearedBy('1400000001')), other))).toMatchObject(
      refusal('does-not-add-up', /several currencies/),
    );
  });

  it('for an unknown currency, too many digits, a missing value, or a posting that cannot be read', () => {
    expect(map(billingRow({ TransactionCurrency: 'XXQ' }), accountOf([]))).toMatchObject(
      refusal('unknown-currency', /XXQ/),
    );
    expect(map(billingRow({ TotalNetAmount: '100.001' }), accountOf([]))).toMatchObject(
      refusal('too-many-decimals', /TotalNetAmount/),
    );
    const huge = { TotalNetAmount: '9999999999999999.00' };
    expect(map(billingRow(huge, { NetAmount: '9999999999999999.00' }), accountOf([]))).toMatchObject(
      refusal('too-large', /digits/),
    );
    expect(map(billingRow({ BillingDocumentDate: null }), accountOf([]))).toMatchObject(
      refusal('invalid-value', /BillingDocumentDate/),
    );
    const problem = { code: 'invalid-value', field: 'accounting item', message: 'no posting date' } as const;
    const unreadable = accountOf([], [{ document: '1010/2026/9400000001', billingDocument: '90000001', problem }]);
    expect(map(billingRow(), unreadable)).toMatchObject(refusal('invalid-value', /no posting date/));
  });
});
