import type { PoolClient } from 'pg';
import type { Write } from '../odata/model.ts';
import { postBill, writeBill, type BillHead, type BillLine } from './billing.store.ts';
import { customerItems, markCleared, type OpenItem } from './clearing.store.ts';
import { postReversal, type DocumentKey } from './journal.store.ts';
import { messages } from './messages.ts';
import { touchOrder } from './order-lock.store.ts';
import { lockRow, unpadded, type Columns } from './rows.store.ts';

interface Bill extends DocumentKey {
  readonly BillingDocument: string;
  readonly SDDocumentCategory: 'M' | 'N' | 'O' | 'S';
  readonly BillingDocumentIsCancelled: boolean;
}

/** Of a bill, what its cancellation and its credit memo share with it. */
const head = `
select "SalesOrganization", "DistributionChannel", "Division", "SoldToParty", "TransactionCurrency", "CustomerPaymentTerms",
  "DocumentReferenceID", "AssignmentReference", "PurchaseOrderByCustomer" from billing_document where "BillingDocument" = $1`;
const itemColumns = `'SalesDocumentItemCategory', i."SalesDocumentItemCategory", 'Material', i."Material", 'BillingDocumentItemText', i."BillingDocumentItemText",
  'BillingQuantityUnit', i."BillingQuantityUnit", 'TaxCode', i."TaxCode", 'ServicesRenderedDate', i."ServicesRenderedDate", 'PricingDate', i."PricingDate",
  'ProfitCenter', i."ProfitCenter", 'CostCenter', i."CostCenter", 'SalesDocument', i."SalesDocument", 'SalesDocumentItem', i."SalesDocumentItem"`;

async function lockBill(tx: PoolClient, number: string): Promise<Bill> {
  const bill = await lockRow<Bill>(tx, 'billing_document', { BillingDocument: unpadded(number) });
  if (!bill) throw messages.noBill(number);
  return bill;
}

async function headColumns(tx: PoolClient, number: string): Promise<Columns> {
  return (await tx.query<Record<string, string | null>>(head, [number])).rows[0]!;
}

/** Cancels an invoice or a credit memo by a document of its own; answers its number. Without a date it has the bill's. */
export async function cancelBill(write: Write, number: string, date: string | null): Promise<string> {
  const { tx, now } = write;
  const bill = await lockBill(tx, number);
  const { SDDocumentCategory: category } = bill;
  if (bill.BillingDocumentIsCancelled || (category !== 'M' && category !== 'O'))
    throw messages.cannotCancel(bill.BillingDocument);
  const on = date ?? (await dateOfBill(tx, bill.BillingDocument));
  const lines = await mirrored(tx, bill.BillingDocument);
  const kind = category === 'M' ? ({ category: 'N', type: 'S1' } as const) : ({ category: 'S', type: 'S2' } as const);
  const columns = { ...(await headColumns(tx, bill.BillingDocument)), CancelledBillingDocument: bill.BillingDocument };
  const cancellation = await writeBill(write, { ...kind, date: on, companyCode: bill.CompanyCode, columns }, lines);
  await postCancellation(write, bill, cancellation, on);
  await tx.query(
    `update billing_document set "BillingDocumentIsCancelled" = true, "LastChangeDate" = $2::timestamptz::date,
       "LastChangeDateTime" = greatest($2::timestamptz, "LastChangeDateTime" + interval '1 microsecond') where "BillingDocument" = $1`,
    [bill.BillingDocument, now.toISOString()],
  );
  for (const order of await ordersOf(tx, bill.BillingDocument)) await touchOrder(write, order);
  const type = 'sap.s4.beh.billingdocument.v1.BillingDocument';
  write.announce({ type: `${type}.Cancelled.v1`, key: { BillingDocument: bill.BillingDocument } });
  write.announce({ type: `${type}.Created.v1`, key: { BillingDocument: cancellation } });
  return cancellation;
}

async function dateOfBill(tx: PoolClient, number: string): Promise<string> {
  const sql = `select "BillingDocumentDate"::text as date from billing_document where "BillingDocument" = $1`;
  return (await tx.query<{ date: string }>(sql, [number])).rows[0]!.date;
}

async function ordersOf(tx: PoolClient, number: string): Promise<string[]> {
  const sql = `select distinct i."SalesDocument" as order from billing_item i join billing_document d on d."BillingDocument" = i."BillingDocument"
    where i."BillingDocument" = $1 and d."SDDocumentCategory" = 'M' and i."SalesDocument" is not null`;
  return (await tx.query<{ order: string }>(sql, [number])).rows.map(({ order }) => order);
}

async function mirrored(tx: PoolClient, number: string): Promise<BillLine[]> {
  const { rows } = await tx.query<BillLine>(
    `select i."BillingDocumentItem" as item, jsonb_build_object(${itemColumns}, 'BillingQuantity', i."BillingQuantity"::text, 'NetAmount', i."NetAmount"::text,
       'TaxAmount', i."TaxAmount"::text, 'ReferenceSDDocument', i."BillingDocument", 'ReferenceSDDocumentItem', i."BillingDocumentItem",
       'ReferenceSDDocumentCategory', d."SDDocumentCategory") as columns
     from billing_item i join billing_document d on d."BillingDocument" = i."BillingDocument" where i."BillingDocument" = $1
     order by i."BillingDocumentItem"::int`,
    [number],
  );
  return rows;
}

/** Original and reversal clear each other, unless the original was cleared before: then the reversal stays open. */
async function postCancellation(write: Write, bill: Bill, cancellation: string, date: string): Promise<void> {
  const { tx } = write;
  const original: DocumentKey = {
    CompanyCode: bill.CompanyCode,
    FiscalYear: bill.FiscalYear,
    AccountingDocument: bill.AccountingDocument,
  };
  const wasOpen = (await customerItems(tx, original)).every(({ clearing }) => clearing === null);
  const header = { ReferenceDocumentType: 'VBRK', OriginalReferenceDocument: cancellation };
  const reversal = await postReversal(write, original, date, header);
  await tx.query(
    `update billing_document set "FiscalYear" = $2, "AccountingDocument" = $3, "AbsltAccountingExchangeRate" = (
       select "AbsltAccountingExchangeRate" from billing_document where "BillingDocument" = $4) where "BillingDocument" = $1`,
    [cancellation, reversal.FiscalYear, reversal.AccountingDocument, bill.BillingDocument],
  );
  await tx.query(
    `update accounting_item set "BillingDocument" = $4 where "CompanyCode" = $1 and "FiscalYear" = $2 and "AccountingDocument" = $3 and "FinancialAccountType" = 'D'`,
    [reversal.CompanyCode, reversal.FiscalYear, reversal.AccountingDocument, cancellation],
  );
  const items: OpenItem[] = [...(await customerItems(tx, original)), ...(await customerItems(tx, reversal))];
  if (wasOpen) await markCleared(write, items, reversal, date);
}

export interface Credit {
  readonly billingDocument: string;
  readonly items: readonly { readonly item: string; readonly netAmount?: string | undefined }[] | null;
  readonly date: string;
}

/** Tax in proportion; the last part takes what is left of it. */
const creditable = `
select i."BillingDocumentItem" as item, abs(n.net) > abs(i."NetAmount" - c.net) or n.net = 0 or sign(n.net) <> sign(i."NetAmount") as over,
  jsonb_build_object(${itemColumns}, 'BillingQuantity', case when n.net = i."NetAmount" then i."BillingQuantity"
      else round(i."BillingQuantity" * n.net / i."NetAmount", 3) end::text, 'NetAmount', n.net::text,
    'TaxAmount', case when n.net = i."NetAmount" - c.net then i."TaxAmount" - c.tax else round(i."TaxAmount" * n.net / i."NetAmount", y.decimals) end::text,
    'ReferenceSDDocument', i."BillingDocument", 'ReferenceSDDocumentItem', i."BillingDocumentItem", 'ReferenceSDDocumentCategory', 'M') as columns
from billing_item i join billing_document d on d."BillingDocument" = i."BillingDocument" join currency y on y."Currency" = d."TransactionCurrency"
cross join lateral (select coalesce(sum(x."NetAmount"), 0) as net, coalesce(sum(x."TaxAmount"), 0) as tax
  from billing_item x join billing_document e on e."BillingDocument" = x."BillingDocument"
  where x."ReferenceSDDocument" = i."BillingDocument" and x."ReferenceSDDocumentItem" = i."BillingDocumentItem"
    and e."SDDocumentCategory" = 'O' and not e."BillingDocumentIsCancelled") c
left join (select k->>'item' as item, (k->>'netAmount')::numeric as net from jsonb_array_elements($2::jsonb) k) w on w.item = i."BillingDocumentItem"
cross join lateral (select coalesce(round(w.net, y.decimals), i."NetAmount" - c.net) as net) n
where i."BillingDocument" = $1 and ($2::jsonb is null or w.item is not null) and ($2::jsonb is not null or n.net <> 0)
order by i."BillingDocumentItem"::int`;

/** A credit memo for an invoice; without items for all that is not credited yet. Its number. */
export async function creditBill(write: Write, credit: Credit): Promise<string> {
  const { tx } = write;
  const bill = await lockBill(tx, credit.billingDocument);
  if (bill.SDDocumentCategory !== 'M' || bill.BillingDocumentIsCancelled)
    throw messages.cannotCancel(bill.BillingDocument);
  const asked = credit.items === null ? null : JSON.stringify(credit.items);
  const { rows } = await tx.query<BillLine & { over: boolean }>(creditable, [bill.BillingDocument, asked]);
  const over = rows.find((row) => row.over) ?? credit.items?.find(({ item }) => !rows.some((row) => row.item === item));
  if (over) throw messages.creditTooMuch(over.item);
  if (rows.length === 0) throw messages.nothingToBill(bill.BillingDocument);
  const columns = await headColumns(tx, bill.BillingDocument);
  const made: BillHead = { category: 'O', type: 'G2', date: credit.date, companyCode: bill.CompanyCode, columns };
  const number = await writeBill(write, made, rows);
  const reference = {
    InvoiceReference: bill.AccountingDocument,
    InvoiceReferenceFiscalYear: bill.FiscalYear,
    InvoiceItemReference: '001',
  };
  await postBill(write, number, reference);
  write.announce({
    type: 'sap.s4.beh.billingdocument.v1.BillingDocument.Created.v1',
    key: { BillingDocument: number },
  });
  return number;
}
