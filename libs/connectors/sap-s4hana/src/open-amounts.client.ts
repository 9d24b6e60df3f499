import { sum, type DecimalString } from '@tieout/canonical';
import type { SapClient } from './client.ts';
import { documentId } from './identity.ts';
import { allByKey } from './keyset.client.ts';
import { and, eq, flag } from './literals.ts';
import { rawFields, type Raw } from './raw-fields.ts';
import { SERVICES } from './services.ts';

const KEYS = ['CompanyCode', 'FiscalYear', 'AccountingDocument', 'AccountingDocumentItem'];
const SELECT = [
  ...KEYS,
  ...['InvoiceReference', 'InvoiceReferenceFiscalYear', 'DebitCreditCode', 'AmountInTransactionCurrency'],
];

/** What is open of each accounting document, with what names it: open items in one reading, and not document by document. */
export async function openAmounts(client: SapClient, signal: AbortSignal): Promise<ReadonlyMap<string, DecimalString>> {
  const filter = and(eq('FinancialAccountType', 'D'), eq('IsCleared', flag(false)));
  const set = { service: SERVICES.items, set: 'A_OperationalAcctgDocItemCube', keys: KEYS };
  const rows = await allByKey(
    client,
    { ...set, query: { select: SELECT, filter, top: 500 } },
    { signal, use: 'backfill' },
  );
  const byDocument = Map.groupBy(rows.map(rawFields), belongsTo);
  return new Map([...byDocument].map(([document, items]) => [document, sum(items.map(signedAmount))]));
}

/** The document that an open item counts for. */
function belongsTo(item: Raw): string {
  const { CompanyCode = '', FiscalYear = '', AccountingDocument = '', InvoiceReference } = item;
  return InvoiceReference === undefined
    ? documentId({ companyCode: CompanyCode, fiscalYear: FiscalYear, number: AccountingDocument })
    : documentId({
        companyCode: CompanyCode,
        fiscalYear: item['InvoiceReferenceFiscalYear'] ?? FiscalYear,
        number: InvoiceReference,
      });
}

/** Debits positive, whether SAP states a sign or not. */
export function signedAmount({ AmountInTransactionCurrency = '0', DebitCreditCode }: Raw): DecimalString {
  const magnitude = AmountInTransactionCurrency.replace('-', '');
  return sum([DebitCreditCode === 'H' ? `-${magnitude}` : magnitude]);
}
