import { accountItem } from './account-item.map.ts';
import { accountOf, type Account } from './account.ts';
import type { BillingRecord } from './billing.map.ts';
import type { Origin } from './identity.ts';
import type { DocumentRules } from './invoice.map.ts';
import type { Row } from './odata.ts';

/* Rows as the wire gives them. */

export const origin: Origin = { instance: 'corporate' };
export const customerId = '0a3c3b7e-1111-5222-8333-444455556666';
export const contractId = '5b1d7a90-2222-5333-8444-555566667777';
export const customers = new Map([['1000001', customerId]]);
export const rules: DocumentRules = {
  isPayment: ({ documentType, billingDocument }) => documentType === 'DZ' && billingDocument === null,
  disputeBlocks: ['D'],
};

const march = '/Date(1773532800000)/';

export function billingRow(more: Row = {}, item: Row = {}): Row {
  return {
    ...{ BillingDocument: '90000001', SDDocumentCategory: 'M', BillingDocumentType: 'F2' },
    ...{ BillingDocumentDate: march, BillingDocumentIsCancelled: false, CancelledBillingDocument: '' },
    ...{ CompanyCode: '1010', FiscalYear: '2026', AccountingDocument: '9400000001' },
    ...{ TotalNetAmount: '100.00', TaxAmount: '19.00', TotalGrossAmount: '119.00', TransactionCurrency: 'EUR' },
    ...{ SoldToParty: '1000001', PayerParty: '1000001', DunningBlockingReason: '' },
    LastChangeDateTime: '/Date(1773566400123+0000)/',
    to_Item: {
      results: [
        {
          ...{ BillingDocumentItem: '10', BillingDocumentItemText: 'Instalment', Material: 'SERVICE' },
          ...{ BillingQuantity: '3.000', NetAmount: '100.00', TaxAmount: '19.00' },
          ...{ SalesDocument: '1', SalesDocumentItem: '10' },
          ...{ ReferenceSDDocument: '1', ReferenceSDDocumentCategory: 'C' },
          ...item,
        },
      ],
    },
    ...more,
  };
}

/** @param signed of the customer's side: what is owed is positive, what is paid negative */
export function itemRow(document: string, signed: string, more: Row = {}): Row {
  return {
    ...{ CompanyCode: '1010', FiscalYear: '2026', AccountingDocument: document, AccountingDocumentItem: '001' },
    ...{ AccountingDocumentType: 'DZ', FinancialAccountType: 'D', Customer: '1000001', BillingDocument: '' },
    ...{ DebitCreditCode: signed.startsWith('-') ? 'H' : 'S', AmountInTransactionCurrency: signed },
    ...{ InvoiceReference: '', InvoiceReferenceFiscalYear: '0000', InvoiceItemReference: '000' },
    ...{ ClearingAccountingDocument: '', ClearingDocFiscalYear: '0000' },
    ...{ PostingDate: march, NetDueDate: null, TransactionCurrency: 'EUR' },
    ...{ IsReversal: false, IsReversed: false, ReverseDocument: '', ReverseDocumentFiscalYear: '' },
    ...more,
  };
}

export const INVOICE = '9400000001';
export const ofInvoice = (more: Row = {}): Row =>
  itemRow(INVOICE, '119.00', {
    AccountingDocumentType: 'RV',
    BillingDocument: '90000001',
    NetDueDate: '/Date(1776124800000)/',
    ...more,
  });
export const clearedBy = (number: string): Row => ({
  ClearingAccountingDocument: number,
  ClearingDocFiscalYear: '2026',
});
export const naming = (number: string): Row => ({
  ...{ InvoiceReference: number, InvoiceReferenceFiscalYear: '2026', InvoiceItemReference: '001' },
});

export const account = (...rows: readonly Row[]): Account => accountOf(rows.map(accountItem));

export function billing(row: Row, of: Account): BillingRecord {
  const key = contractId.replaceAll('-', '');
  return { row, account: of, contractKeys: new Map([['1', key]]), customers };
}
