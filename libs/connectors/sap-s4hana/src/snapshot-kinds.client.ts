import { negate, subtract, sum, type DecimalString } from '@tieout/canonical';
import type { AccountReader } from './account.client.ts';
import { liveBilledItems } from './billed-items.client.ts';
import { CREDIT_CATEGORIES, INVOICE_CATEGORIES } from './billing.map.ts';
import type { SapClient } from './client.ts';
import { readPartners, type CustomerParts } from './customer-reader.client.ts';
import { documentId } from './identity.ts';
import { inParts } from './in-parts.ts';
import { and, anyOf, date, eq, le, ne } from './literals.ts';
import type { SapMappingConfig } from './mapping-config.ts';
import type { Row } from './odata.ts';
import { openAmounts, signedAmount } from './open-amounts.client.ts';
import { rawFields, rowsBelow, type Raw } from './raw-fields.ts';
import { allRows } from './rows.client.ts';
import { BILLING_HEADER, ORDER_HEADER } from './selects.ts';
import { SERVICES } from './services.ts';
import type { SnapshotKind } from './snapshot.client.ts';
import type { SnapshotItem } from './snapshot.ts';

export interface SnapshotParts extends Pick<CustomerParts, 'client' | 'known'> {
  readonly accounts: AccountReader;
  readonly config: Pick<SapMappingConfig, 'salesAreas' | 'taxTypes' | 'paymentDocumentTypes'>;
}

export type SnapshotObject = 'customer' | 'order' | 'invoice' | 'invoice-line' | 'credit-memo' | 'payment';

const upTo = (property: string, cutOff: string | null): string[] =>
  cutOff === null ? [] : [le(property, date(cutOff))];

/** A new one for each reading: it may hold what was read before the pages. */
export const snapshotKinds: Readonly<Record<SnapshotObject, (parts: SnapshotParts) => SnapshotKind>> = {
  customer: customers,
  order: orders,
  invoice: (parts) => billing(parts, INVOICE_CATEGORIES, { gross: 'TotalGrossAmount', open: 'OpenAmount' }),
  'invoice-line': invoiceLines,
  'credit-memo': (parts) => billing(parts, CREDIT_CATEGORIES, { amount: 'TotalGrossAmount', unapplied: 'OpenAmount' }),
  payment: payments,
};

function customers(parts: SnapshotParts): SnapshotKind {
  const types = Object.values(parts.config.taxTypes);
  return {
    keyset: { service: SERVICES.partners, set: 'A_BusinessPartner', keys: ['BusinessPartner'] },
    select: ['BusinessPartner', 'Customer'],
    filter: () => ne('Customer', ''),
    summed: {},
    items: async (rows, signal) => {
      const numbers = rows.map((row) => String(row['Customer']));
      const records = await inParts(numbers, (part) =>
        readPartners(parts, anyOf('Customer', part), { signal, use: 'backfill' }),
      );
      return records.map(({ row, customerId }) => ({
        itemId: String(row['Customer']),
        fields: {
          ...rawFields(row),
          ...taxFields(row, types),
          ...archived(row),
          // Who it is, as the adapter remembers the key that it wrote.
          ...(customerId === null ? {} : { customerId }),
        },
      }));
    },
  };
}

function taxFields(row: Row, types: readonly string[]): Raw {
  const tax = rowsBelow(row, 'to_BusinessPartnerTax').find(({ BPTaxType }) => types.includes(String(BPTaxType)));
  return tax === undefined ? {} : rawFields(tax);
}

function archived(row: Row): Raw {
  const customer = (row['to_Customer'] ?? {}) as Row;
  return customer['DeletionIndicator'] === true ? { DeletionIndicator: 'true' } : {};
}

function orders({ client, config }: SnapshotParts): SnapshotKind {
  const companies = new Map(
    Object.values(config.salesAreas).map(({ salesOrganization, companyCode }) => [salesOrganization, companyCode]),
  );
  const below = ['SalesOrderItem', 'NetAmount', 'TaxAmount', 'SalesDocumentRjcnReason'].map(
    (name) => `to_Item/${name}`,
  );
  return {
    keyset: { service: SERVICES.orders, set: 'A_SalesOrder', keys: ['SalesOrder'] },
    ...{ select: [...ORDER_HEADER, ...below], expand: ['to_Item'] },
    filter: (cutOff) => and(ne('SalesOrder', ''), ...upTo('SalesOrderDate', cutOff)),
    summed: { net: 'AskedNetAmount', unbilled: 'UnbilledNetAmount' },
    items: async (rows, signal) => {
      const numbers = rows.map((row) => String(row['SalesOrder']));
      const billed = await liveBilledItems(client, numbers, { signal, use: 'backfill' });
      return rows.map((row) => {
        const itemId = String(row['SalesOrder']);
        const company = companies.get(String(row['SalesOrganization']));
        return {
          itemId,
          fields: {
            ...rawFields(row),
            ...orderAmounts(rowsBelow(row, 'to_Item'), billed.get(itemId) ?? []),
            ...(company === undefined ? {} : { CompanyCode: company }),
          },
        };
      });
    },
  };
}

/** Items less the items of invoices; of a rejected item only what was billed is asked for. */
function orderAmounts(items: readonly Row[], billed: readonly Row[]): Raw {
  const amount = (row: Row, name: string): DecimalString => sum([String(row[name] ?? '0')]);
  const taken = (item: Row): DecimalString =>
    sum(
      billed
        .filter((bill) => Number(bill['SalesDocumentItem']) === Number(item['SalesOrderItem']))
        .map((bill) => amount(bill, 'NetAmount')),
    );
  const isRejected = (item: Row): boolean => (item['SalesDocumentRjcnReason'] ?? '') !== '';
  const net = sum(items.map((item) => (isRejected(item) ? taken(item) : amount(item, 'NetAmount'))));
  const standing = items.filter((item) => !isRejected(item) || taken(item) === amount(item, 'NetAmount'));
  return {
    AskedNetAmount: net,
    AskedTaxAmount: sum(standing.map((item) => amount(item, 'TaxAmount'))),
    UnbilledNetAmount: subtract(net, sum(items.map(taken))),
  };
}

function billing(parts: SnapshotParts, categories: readonly string[], summed: SnapshotKind['summed']): SnapshotKind {
  let open: ReadonlyMap<string, DecimalString> = new Map();
  return {
    keyset: { service: SERVICES.billing, set: 'A_BillingDocument', keys: ['BillingDocument'] },
    select: BILLING_HEADER,
    filter: (cutOff) => and(anyOf('SDDocumentCategory', categories), ...upTo('BillingDocumentDate', cutOff)),
    summed,
    prepare: async (signal) => {
      open = await openAmounts(parts.client, signal);
    },
    items: async (rows, signal) => {
      const undone = await undoneBilling(parts, rows, signal);
      const contracts = await orderFields(parts.client, rows, signal);
      return rows.map((row) => billingItem(row, open, undone, contracts));
    },
  };
}

function billingItem(
  row: Row,
  open: ReadonlyMap<string, DecimalString>,
  undone: ReadonlySet<string>,
  contracts: ReadonlyMap<string, Raw>,
): SnapshotItem {
  const fields = rawFields(row);
  const { BillingDocument: itemId = '', CompanyCode = '', FiscalYear = '', AccountingDocument } = fields;
  const isCredit = CREDIT_CATEGORIES.includes(fields['SDDocumentCategory'] ?? '');
  const key = documentId({ companyCode: CompanyCode, fiscalYear: FiscalYear, number: AccountingDocument ?? '' });
  // Before it is posted there is no item that could say it.
  const stated = AccountingDocument === undefined ? null : (open.get(key) ?? '0');
  const amount = stated === null ? (fields['TotalGrossAmount'] ?? '0') : isCredit ? negate(stated) : stated;
  return {
    itemId,
    fields: {
      ...fields,
      ...contracts.get(itemId),
      OpenAmount: amount,
      ...(undone.has(itemId) ? { UndoneByReversal: 'true' } : {}),
    },
  };
}

/** Billing documents of a page that are cancelled or cancel, and that nothing but the other one settled. */
async function undoneBilling(
  { accounts }: SnapshotParts,
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const concerned = rows
    .filter(
      (row) => row['BillingDocumentIsCancelled'] === true || ['N', 'S'].includes(String(row['SDDocumentCategory'])),
    )
    .map((row) => String(row['BillingDocument']));
  if (concerned.length === 0) return new Set();
  const account = await accounts.around({ billing: concerned }, { signal, use: 'backfill' });
  return new Set(concerned.filter((id) => account.ofBilling(id).every((item) => account.isUndone(item))));
}

/** The contract key of the one order that a billing document bills. */
async function orderFields(
  client: SapClient,
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Raw>> {
  const documents = rows.map((row) => String(row['BillingDocument']));
  const select = ['BillingDocument', 'BillingDocumentItem', 'SalesDocument'];
  const orderBy = ['BillingDocument', 'BillingDocumentItem'];
  const items = await inParts(documents, (part) =>
    allRows(
      client,
      [SERVICES.billing, 'A_BillingDocumentItem'],
      { select, filter: anyOf('BillingDocument', part), orderBy },
      { signal, use: 'backfill' },
    ),
  );
  const keys = await contractKeys(
    client,
    items.map((item) => String(item['SalesDocument'] ?? '')),
    signal,
  );
  return new Map(
    [...Map.groupBy(items, (item) => String(item['BillingDocument']))].flatMap(([document, of]): [string, Raw][] => {
      const found = new Set(of.map((item) => keys.get(String(item['SalesDocument'])) ?? ''));
      const [key = ''] = found;
      return found.size === 1 && key !== '' ? [[document, { PurchaseOrderByShipToParty: key }]] : [];
    }),
  );
}

async function contractKeys(
  client: SapClient,
  orders: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const asked = [...new Set(orders)].filter((order) => order !== '');
  const select = ['SalesOrder', 'PurchaseOrderByShipToParty'];
  const found = await inParts(asked, (part) =>
    allRows(
      client,
      [SERVICES.orders, 'A_SalesOrder'],
      { select, filter: anyOf('SalesOrder', part), orderBy: ['SalesOrder'] },
      { signal, use: 'backfill' },
    ),
  );
  return new Map(found.map((row) => [String(row['SalesOrder']), String(row['PurchaseOrderByShipToParty'] ?? '')]));
}

const LINE = [
  ...['BillingDocumentItem', 'NetAmount', 'SalesDocument', 'SalesDocumentItem', 'Material', 'BillingDocumentItemText'],
];

function invoiceLines(parts: SnapshotParts): SnapshotKind {
  return {
    keyset: { service: SERVICES.billing, set: 'A_BillingDocument', keys: ['BillingDocument'] },
    ...{ select: [...BILLING_HEADER, ...LINE.map((name) => `to_Item/${name}`)], expand: ['to_Item'] },
    filter: (cutOff) => and(anyOf('SDDocumentCategory', ['M', 'P']), ...upTo('BillingDocumentDate', cutOff)),
    summed: { net: 'NetAmount' },
    items: async (rows, signal) => {
      const items = rows.flatMap((row) => rowsBelow(row, 'to_Item'));
      const [undone, ordered] = await Promise.all([
        undoneBilling(parts, rows, signal),
        orderItemFields(
          parts.client,
          items.map((item) => String(item['SalesDocument'] ?? '')),
          signal,
        ),
      ]);
      return rows.flatMap((row) => {
        const document = String(row['BillingDocument']);
        return rowsBelow(row, 'to_Item').map((item) => ({
          itemId: `${document}/${String(item['BillingDocumentItem'])}`,
          fields: {
            ...rawFields(row),
            ...rawFields(item),
            ...ordered.get(`${String(item['SalesDocument'])}/${Number(item['SalesDocumentItem'])}`),
            ...(undone.has(document) ? { UndoneByReversal: 'true' } : {}),
          },
        }));
      });
    },
  };
}

/** Contract key of orders and billing key of their items, by `order/item`. */
async function orderItemFields(
  client: SapClient,
  orders: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Raw>> {
  const asked = [...new Set(orders)].filter((order) => order !== '');
  const keys = await contractKeys(client, asked, signal);
  const items = await inParts(asked, (part) =>
    allRows(
      client,
      [SERVICES.orders, 'A_SalesOrderItem'],
      {
        select: ['SalesOrder', 'SalesOrderItem', 'MaterialByCustomer'],
        ...{ filter: anyOf('SalesOrder', part), orderBy: ['SalesOrder', 'SalesOrderItem'] },
      },
      { signal, use: 'backfill' },
    ),
  );
  return new Map(
    items.map((item) => {
      const { SalesOrder = '', SalesOrderItem = '', MaterialByCustomer } = rawFields(item);
      const key = keys.get(SalesOrder) ?? '';
      const own = MaterialByCustomer === undefined ? {} : { MaterialByCustomer };
      return [
        `${SalesOrder}/${Number(SalesOrderItem)}`,
        { ...own, ...(key === '' ? {} : { PurchaseOrderByShipToParty: key }) },
      ];
    }),
  );
}

const PAYMENT_KEYS = ['CompanyCode', 'FiscalYear', 'AccountingDocument', 'AccountingDocumentItem'];
const PAYMENT = [
  ...PAYMENT_KEYS,
  ...['AccountingDocumentType', 'PostingDate', 'Customer', 'TransactionCurrency', 'AmountInTransactionCurrency'],
  ...['DebitCreditCode', 'IsReversal', 'IsReversed'],
];

function payments({ client, config }: SnapshotParts): SnapshotKind {
  let open: ReadonlyMap<string, DecimalString> = new Map();
  const byDocument = new Map<string, SnapshotItem & { readonly fields: Record<string, string> }>();
  return {
    keyset: { service: SERVICES.items, set: 'A_OperationalAcctgDocItemCube', keys: PAYMENT_KEYS },
    select: PAYMENT,
    filter: (cutOff) =>
      and(
        eq('FinancialAccountType', 'D'),
        anyOf('AccountingDocumentType', config.paymentDocumentTypes),
        ...upTo('PostingDate', cutOff),
      ),
    summed: { amount: 'PaymentAmount', unapplied: 'OpenAmount' },
    prepare: async (signal) => {
      open = await openAmounts(client, signal);
    },
    // One item for each document: what comes later of it is added to the item that is there already.
    items: (rows) => {
      const added: SnapshotItem[] = [];
      for (const fields of rows.map(rawFields)) {
        const { CompanyCode = '', FiscalYear = '', AccountingDocument = '' } = fields;
        const itemId = documentId({ companyCode: CompanyCode, fiscalYear: FiscalYear, number: AccountingDocument });
        const item = byDocument.get(itemId) ?? { itemId, fields: paymentFields(fields, open.get(itemId) ?? '0') };
        item.fields['PaymentAmount'] = subtract(item.fields['PaymentAmount'] ?? '0', signedAmount(fields));
        if (!byDocument.has(itemId)) added.push(item);
        byDocument.set(itemId, item);
      }
      return added;
    },
  };
}

function paymentFields(
  { AccountingDocumentItem: _item, AmountInTransactionCurrency: _amount, DebitCreditCode: _code, ...fields }: Raw,
  open: DecimalString,
): Record<string, string> {
  const isUndone = fields['IsReversal'] === 'true' || fields['IsReversed'] === 'true';
  return {
    ...fields,
    ...{ PaymentAmount: '0', OpenAmount: negate(open) },
    ...(isUndone ? { UndoneByReversal: 'true' } : {}),
  };
}
