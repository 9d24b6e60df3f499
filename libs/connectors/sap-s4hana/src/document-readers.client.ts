import type { DocumentRecordRead, KnownCustomers, RecordRead, StateOf } from '@tieout/connector-erp';
import type { AccountItem } from './account-item.map.ts';
import type { AccountReader } from './account.client.ts';
import { CREDIT_CATEGORIES, INVOICE_CATEGORIES, type BillingRecord } from './billing.map.ts';
import { changedAccountSource, changedBillingSource } from './change-sources.client.ts';
import type { SapClient } from './client.ts';
import { mapCreditMemo } from './credit-memo.map.ts';
import { customersOf, textOf } from './customers.client.ts';
import { idOf, type Origin } from './identity.ts';
import { inParts } from './in-parts.ts';
import { mapInvoice, type DocumentRules } from './invoice.map.ts';
import { and, anyOf } from './literals.ts';
import type { Row } from './odata.ts';
import { mapPayment } from './payment.map.ts';
import type { Depth } from './reading-cursor.ts';
import { recordReader, type RereadableReader } from './record-reader.client.ts';
import { allRows } from './rows.client.ts';
import { BILLING } from './selects.ts';
import { SERVICES } from './services.ts';

export interface DocumentParts {
  readonly client: SapClient;
  readonly accounts: AccountReader;
  readonly known: KnownCustomers;
  readonly origin: Origin;
  readonly depth: Depth;
  readonly ledger: string;
  readonly rules: DocumentRules & { readonly paymentTypes: readonly string[] };
}

interface States {
  readonly 'finance.invoice.v1': StateOf<'finance.invoice.v1'>;
  readonly 'finance.credit-memo.v1': StateOf<'finance.credit-memo.v1'>;
  readonly 'finance.payment.v1': StateOf<'finance.payment.v1'>;
}
type Reader<T extends keyof States> = RereadableReader<T, DocumentRecordRead<States[T]> & RecordRead<StateOf<T>>>;

/** Billing documents of some categories with all that says how they stand. */
export async function readBilling(
  { client, accounts, known }: Pick<DocumentParts, 'client' | 'accounts' | 'known'>,
  ids: readonly string[],
  categories: readonly string[],
  signal: AbortSignal,
): Promise<readonly BillingRecord[]> {
  return inParts(ids, async (part) => {
    const filter = and(anyOf('BillingDocument', part), anyOf('SDDocumentCategory', categories));
    const set = [SERVICES.billing, 'A_BillingDocument'] as const;
    const rows = await allRows(client, set, { ...BILLING, filter, orderBy: ['BillingDocument'] }, { signal });
    const [account, contractKeys, customers] = await Promise.all([
      accounts.around({ billing: rows.map((row) => String(row['BillingDocument'])) }, { signal }),
      contractKeysOf(client, rows, signal),
      customersOf(
        known,
        rows.map((row) => textOf(row['SoldToParty'])),
      ),
    ]);
    return rows.map((row) => ({ row, account, contractKeys, customers }));
  });
}

/** What the orders that are billed say of their contract. */
async function contractKeysOf(
  client: SapClient,
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | null>> {
  const items = rows.flatMap((row) => (row['to_Item'] as { results?: readonly Row[] } | undefined)?.results ?? []);
  const orders = [...new Set(items.flatMap((item) => textOf(item['SalesDocument']) ?? []))];
  const select = ['SalesOrder', 'PurchaseOrderByShipToParty'];
  const found = await inParts(orders, (part) =>
    allRows(
      client,
      [SERVICES.orders, 'A_SalesOrder'],
      { select, filter: anyOf('SalesOrder', part), orderBy: ['SalesOrder'] },
      { signal },
    ),
  );
  return new Map(found.map((row) => [String(row['SalesOrder']), textOf(row['PurchaseOrderByShipToParty'])]));
}

const billed = (items: readonly AccountItem[]): string[] =>
  items.flatMap(({ billingDocument }) => billingDocument ?? []);
const numbers = (rows: readonly Row[]): string[] => rows.map((row) => String(row['BillingDocument']));

export function invoiceReader(parts: DocumentParts): Reader<'finance.invoice.v1'> {
  const { client, accounts, depth, origin, ledger, rules } = parts;
  return recordReader({
    stream: 'invoice',
    topic: 'finance.invoice.v1',
    objectType: 'invoice',
    sources: [
      changedBillingSource(client, depth, { name: 'billing', categories: INVOICE_CATEGORIES }, numbers),
      changedAccountSource(client, accounts, depth, { name: 'accounts', fromNow: true, ledger }, billed),
    ],
    byIds: async (ids, signal) =>
      (await readBilling(parts, ids, INVOICE_CATEGORIES, signal)).map((record) => ({
        ...vendorOf(record),
        mapped: mapInvoice(record, origin, rules),
      })),
    keyOf: (vendorId) => idOf('BillingDocument', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}

export function creditMemoReader(parts: DocumentParts): Reader<'finance.credit-memo.v1'> {
  const { client, accounts, depth, origin, ledger, rules } = parts;
  return recordReader({
    stream: 'credit-memo',
    topic: 'finance.credit-memo.v1',
    objectType: 'credit-memo',
    sources: [
      changedBillingSource(client, depth, { name: 'billing', categories: CREDIT_CATEGORIES }, numbers),
      changedAccountSource(client, accounts, depth, { name: 'accounts', fromNow: true, ledger }, billed),
    ],
    byIds: async (ids, signal) =>
      (await readBilling(parts, ids, CREDIT_CATEGORIES, signal)).map((record) => ({
        ...vendorOf(record),
        mapped: mapCreditMemo(record, origin, rules),
      })),
    keyOf: (vendorId) => idOf('BillingDocument', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}

/** The payer's balance is what moves. */
const vendorOf = ({ row }: BillingRecord): { vendorId: string; customer: string | null } => ({
  vendorId: String(row['BillingDocument']),
  customer: textOf(row['PayerParty']) ?? textOf(row['SoldToParty']),
});

export function paymentReader(parts: DocumentParts): Reader<'finance.payment.v1'> {
  const { client, accounts, known, depth, origin, ledger, rules } = parts;
  const documentTypes = rules.paymentTypes;
  const payments = (items: readonly AccountItem[]): string[] =>
    items.filter((item) => item.isCustomerItem && rules.isPayment(item)).map(({ document }) => document);
  return recordReader({
    stream: 'payment',
    topic: 'finance.payment.v1',
    objectType: 'payment',
    sources: [changedAccountSource(client, accounts, depth, { name: 'accounts', ledger, documentTypes }, payments)],
    byIds: async (documents, signal) =>
      inParts(documents, async (part) => {
        const account = await accounts.around({ documents: part }, { signal });
        const stand = part.filter((document) => account.ofDocument(document).length > 0);
        const customerOf = (document: string): string | null => account.ofDocument(document)[0]?.customer ?? null;
        const customers = await customersOf(known, stand.map(customerOf));
        return stand.map((document) => ({
          vendorId: document,
          customer: customerOf(document),
          mapped: mapPayment({ document, account, customers }, origin, rules),
        }));
      }),
    keyOf: (vendorId) => idOf('AccountingDocument', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}
