import { amountOf, rowOf } from '@tieout/connector-erp';
import { negate, type DateString, type DecimalString } from '@tieout/canonical';
import { documentId } from './identity.ts';
import type { Row } from './odata.ts';
import { accountingItemRow, type AccountingItemRow } from './vendor-types.ts';

/** An item of a customer's (or, where accounts are netted, a supplier's) account. */
export interface AccountItem {
  /** Its accounting document, as `documentId`. */
  readonly document: string;
  readonly number: string;
  readonly documentType: string | null;
  readonly companyCode: string;
  readonly customer: string | null;
  readonly isCustomerItem: boolean;
  /** The billing document that it was posted for. */
  readonly billingDocument: string | null;
  /** What the customer owes by it: negative of payments and credits. */
  readonly amount: DecimalString;
  readonly currency: string;
  /** Document that cleared it; null while it is open. Items that one document cleared settle each other. */
  readonly clearing: string | null;
  /** Accounting document of the invoice that a partial payment, or a rest, belongs to. */
  readonly reference: string | null;
  /** Item of that document; null when it does not matter which. */
  readonly referenceItem: string | null;
  readonly postingDate: DateString;
  readonly dueDate: DateString | null;
  readonly paymentMethod: string | null;
  readonly dunningBlock: string | null;
  readonly isReversal: boolean;
  readonly isReversed: boolean;
  /** The other document of a reversal. */
  readonly reverseDocument: string | null;
}

/** An item as SAP states it. Whether it states amounts with a sign differs by release: debit and credit say it. */
export function accountItem(raw: Row): AccountItem {
  const row = rowOf('accounting item', accountingItemRow, raw);
  const { CompanyCode: companyCode, FiscalYear: fiscalYear, AccountingDocument: number } = row;
  const amount = amountOf('item amount', row.AmountInTransactionCurrency, row.TransactionCurrency).replace('-', '');
  return {
    document: documentId({ companyCode, fiscalYear, number }),
    number: row.AccountingDocumentItem,
    documentType: row.AccountingDocumentType,
    companyCode,
    customer: row.Customer,
    isCustomerItem: row.FinancialAccountType === 'D',
    billingDocument: row.BillingDocument,
    amount: row.DebitCreditCode === 'S' ? amount : negate(amount),
    currency: row.TransactionCurrency,
    clearing: other(row, row.ClearingAccountingDocument, row.ClearingDocFiscalYear),
    reference: other(row, row.InvoiceReference, row.InvoiceReferenceFiscalYear),
    referenceItem: row.InvoiceItemReference === '000' ? null : row.InvoiceItemReference,
    postingDate: row.PostingDate,
    dueDate: row.NetDueDate,
    paymentMethod: row.PaymentMethod,
    dunningBlock: row.DunningBlockingReason,
    isReversal: row.IsReversal ?? false,
    isReversed: row.IsReversed ?? false,
    reverseDocument: other(row, row.ReverseDocument, row.ReverseDocumentFiscalYear),
  };
}

/** A document of the same company code; `V` in a reference names none, and no year means the item's own. */
function other(
  { CompanyCode, FiscalYear }: AccountingItemRow,
  number: string | null,
  year: string | null,
): string | null {
  if (number === null || number === 'V') return null;
  const fiscalYear = year === null || year === '0000' ? FiscalYear : year;
  return documentId({ companyCode: CompanyCode, fiscalYear, number });
}
