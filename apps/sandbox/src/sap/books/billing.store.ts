import type { PoolClient } from 'pg';
import type { Write } from '../odata/model.ts';
import { accounts, post, type PostingLine } from './journal.store.ts';
import { messages } from './messages.ts';
import { lockOrder, touchOrder, type Order } from './order-lock.store.ts';
import { dateOf, insertRow, nextNumber, timeOf, type Columns } from './rows.store.ts';

/** What a person bills of an order; without items all that is left. */
export interface Billing {
  readonly salesOrder: string;
  /** Without quantity and amount what is left of the item; an amount alone bills that share of it. */
  readonly items: readonly BilledItem[] | null;
  readonly date: string;
  /** Per cent, in place of the order's own. */
  readonly taxRate: string | null;
  readonly reference: string | null;
}

export interface BilledItem {
  readonly item: string;
  readonly quantity?: string | undefined;
  readonly netAmount?: string | undefined;
}

/** An item of a bill to be made; amounts have the currency's decimals. */
export interface BillLine {
  readonly item: string;
  readonly columns: Columns;
}

/** A header of a bill to be made. */
export interface BillHead {
  readonly category: 'M' | 'N' | 'O' | 'S';
  readonly type: 'F2' | 'G2' | 'S1' | 'S2';
  readonly date: string;
  readonly companyCode: string;
  readonly columns: Columns;
}

/** Makes an invoice of an order and posts it. Its number. */
export async function billOrder(write: Write, billing: Billing): Promise<string> {
  const { tx } = write;
  const order = await lockOrder(tx, billing.salesOrder);
  await checkBlocks(tx, order);
  const lines = await linesOf(tx, order, billing);
  if (lines.length === 0) throw messages.nothingToBill(order.SalesOrder);
  const number = await writeBill(write, headOf(order, billing), lines);
  await postBill(write, number, null);
  await touchOrder(write, order.SalesOrder);
  write.announce({
    type: 'sap.s4.beh.billingdocument.v1.BillingDocument.Created.v1',
    key: { BillingDocument: number },
  });
  return number;
}

async function checkBlocks(tx: PoolClient, order: Order): Promise<void> {
  if (order.TotalCreditCheckStatus === 'B') throw messages.creditBlock(order.SalesOrder);
  if (order.HeaderBillingBlockReason) throw messages.billingBlock(`Order ${order.SalesOrder}`);
  const { rowCount } = await tx.query(
    `select from customer c join business_partner p on p."BusinessPartner" = c."Customer" where c."Customer" = $1
       and (coalesce(c."BillingIsBlockedForCustomer", '') <> '' or c."PostingIsBlocked" or p."BusinessPartnerIsBlocked"
         or exists (select from customer_sales_area s where s."Customer" = c."Customer" and s."SalesOrganization" = $2
           and coalesce(s."BillingIsBlockedForCustomer", '') <> ''))`,
    [order.SoldToParty, order.SalesOrganization],
  );
  if (rowCount !== 0) throw messages.billingBlock(`Customer ${order.SoldToParty}`);
}

function headOf(order: Order, { date, reference }: Billing): BillHead {
  const {
    SalesOrganization,
    DistributionChannel,
    OrganizationDivision: Division,
    SoldToParty,
    TransactionCurrency,
  } = order;
  const { CustomerPaymentTerms, PurchaseOrderByCustomer, AssignmentReference } = order;
  const DocumentReferenceID = reference ?? order.AccountingDocExternalReference;
  const area = { SalesOrganization, DistributionChannel, Division };
  const columns = {
    ...area,
    SoldToParty,
    TransactionCurrency,
    CustomerPaymentTerms,
    PurchaseOrderByCustomer,
    AssignmentReference,
    DocumentReferenceID,
  };
  return { category: 'M', type: 'F2', date, companyCode: order.company_code, columns };
}

/** A part's amounts are in proportion and rounded; the last part takes what is left, so that the parts are the item. */
const openLines = `
select i."SalesOrderItem" as item, q.quantity::text, n.net::text,
  round(case when $3::numeric is not null then n.net * $3::numeric / 100 when n.net = b.net_left then b.tax_left
    when i."NetAmount" = 0 then 0 else i."TaxAmount" * n.net / i."NetAmount" end, y.decimals)::text as tax,
  abs(n.net) > abs(b.net_left) or (n.net <> 0 and sign(n.net) <> sign(b.net_left)) or q.quantity > b.quantity_left as over,
  coalesce(i."ItemBillingBlockReason", '') <> '' as blocked,
  jsonb_build_object('SalesDocumentItemCategory', i."SalesOrderItemCategory", 'Material', i."Material", 'BillingDocumentItemText', i."SalesOrderItemText",
    'BillingQuantityUnit', i."RequestedQuantityUnit", 'TaxCode', i."TaxCode", 'PricingDate', i."PricingDate", 'ProfitCenter', i."ProfitCenter",
    'ServicesRenderedDate', coalesce(i."ServicesRenderedDate", $4::date)) as columns
from sales_order_item i join order_item_billed b on b."SalesOrder" = i."SalesOrder" and b."SalesOrderItem" = i."SalesOrderItem"
join sales_order o on o."SalesOrder" = i."SalesOrder" join currency y on y."Currency" = o."TransactionCurrency"
left join (select k->>'item' as item, (k->>'quantity')::numeric as quantity, (k->>'netAmount')::numeric as net from jsonb_array_elements($2::jsonb) k) w
  on w.item = i."SalesOrderItem"
cross join lateral (select round(coalesce(w.net, case when w.quantity is null or w.quantity = b.quantity_left then b.net_left
    else i."NetAmount" * w.quantity / i."RequestedQuantity" end), y.decimals) as net) n
cross join lateral (select coalesce(w.quantity, case when n.net = b.net_left or i."NetAmount" = 0 then b.quantity_left
    else round(i."RequestedQuantity" * n.net / i."NetAmount", 3) end) as quantity) q
where i."SalesOrder" = $1 and ($2::jsonb is null or w.item is not null) and coalesce(i."SalesDocumentRjcnReason", '') = ''
  and (b.billing_status <> 'C') order by i."SalesOrderItem"::int`;

interface OpenLine {
  readonly item: string;
  readonly quantity: string;
  readonly net: string;
  readonly tax: string;
  readonly over: boolean;
  readonly blocked: boolean;
  readonly columns: Columns;
}

async function linesOf(tx: PoolClient, order: Order, { items, taxRate, date }: Billing): Promise<BillLine[]> {
  const asked = items === null ? null : JSON.stringify(items);
  const { rows } = await tx.query<OpenLine>(openLines, [order.SalesOrder, asked, taxRate, date]);
  const missing = items?.find(({ item }) => !rows.some((row) => row.item === item));
  if (missing) throw messages.nothingToBill(`item ${missing.item}`);
  return rows.map(({ item, quantity, net, tax, over, blocked, columns }) => {
    if (over) throw messages.tooMuchBilled(item);
    if (blocked) throw messages.billingBlock(`Item ${item}`);
    const source = { SalesDocument: order.SalesOrder, SalesDocumentItem: item, ReferenceSDDocument: order.SalesOrder };
    const reference = { ...source, ReferenceSDDocumentItem: item, ReferenceSDDocumentCategory: 'C' };
    return { item, columns: { ...columns, ...reference, BillingQuantity: quantity, NetAmount: net, TaxAmount: tax } };
  });
}

/** Writes a bill with its items and totals, not yet posted. */
export async function writeBill({ tx, now, user }: Write, head: BillHead, lines: readonly BillLine[]): Promise<string> {
  const BillingDocument = await nextNumber(tx, 'billing document', '', 90_000_000n);
  await insertRow(tx, 'billing_document', {
    ...head.columns,
    BillingDocument,
    SDDocumentCategory: head.category,
    BillingDocumentType: head.type,
    BillingDocumentDate: head.date,
    CompanyCode: head.companyCode,
    CreatedByUser: user.slice(0, 12),
    CreationDate: dateOf(now),
    CreationTime: timeOf(now),
    LastChangeDateTime: now.toISOString(),
  });
  for (const { item, columns } of lines)
    await insertRow(tx, 'billing_item', { ...columns, BillingDocument, BillingDocumentItem: item });
  await tx.query(
    `update billing_document d set "TotalNetAmount" = s.net, "TaxAmount" = s.tax
     from (select sum("NetAmount") as net, sum("TaxAmount") as tax from billing_item where "BillingDocument" = $1) s
     where d."BillingDocument" = $1`,
    [BillingDocument],
  );
  return BillingDocument;
}

interface Bill {
  readonly company: string;
  readonly date: string;
  readonly currency: string;
  readonly customer: string;
  readonly gross: string;
  readonly tax: string;
  readonly terms: string;
  readonly days: number;
  readonly reference: string | null;
  readonly assignment: string | null;
  readonly order: string | null;
}

/** Debits for an invoice, credits for a credit memo. */
const toPost = `
select d."CompanyCode" as company, d."BillingDocumentDate"::text as date, d."TransactionCurrency" as currency, d."SoldToParty" as customer,
  (s.sign * (d."TotalNetAmount" + d."TaxAmount"))::text as gross, (-s.sign * d."TaxAmount")::text as tax, t."PaymentTerms" as terms, t.days,
  d."DocumentReferenceID" as reference, d."AssignmentReference" as assignment,
  (select min("SalesDocument") from billing_item i where i."BillingDocument" = d."BillingDocument") as order
from billing_document d join payment_terms t on t."PaymentTerms" = d."CustomerPaymentTerms"
cross join lateral (select case d."SDDocumentCategory" when 'M' then 1 else -1 end as sign) s where d."BillingDocument" = $1`;
const revenue = `
select (case d."SDDocumentCategory" when 'M' then -1 else 1 end * sum(i."NetAmount"))::text as amount, i."ProfitCenter" as center, i."TaxCode" as code
from billing_item i join billing_document d on d."BillingDocument" = i."BillingDocument" where d."BillingDocument" = $1
group by d."SDDocumentCategory", i."ProfitCenter", i."TaxCode" order by 2, 3`;

/** Posts a bill: the customer, revenue by profit centre, output tax. `reference`: the invoice that a credit memo is for. */
export async function postBill(write: Write, number: string, reference: Columns | null): Promise<void> {
  const { tx } = write;
  const bill = (await tx.query<Bill>(toPost, [number])).rows[0]!;
  const { rows } = await tx.query<{ amount: string; center: string | null; code: string | null }>(revenue, [number]);
  const due = { DueCalculationBaseDate: bill.date, PaymentTerms: bill.terms, NetPaymentDays: String(bill.days) };
  const origin = { BillingDocument: number, SalesDocument: bill.order, AssignmentReference: bill.assignment };
  const lines: PostingLine[] = [
    {
      account: 'D',
      glAccount: accounts.receivables,
      amount: bill.gross,
      local: null,
      columns: { Customer: bill.customer, ...due, ...origin, ...(reference ?? {}), PaymentReference: bill.reference },
    },
    ...rows.map(({ amount, center, code }) => ({
      account: 'S' as const,
      glAccount: accounts.revenue,
      amount,
      local: null,
      columns: { ProfitCenter: center, TaxCode: code, SalesDocument: bill.order },
    })),
  ];
  if (/[1-9]/.test(bill.tax))
    lines.push({ account: 'S', glAccount: accounts.tax, amount: bill.tax, local: null, columns: {} });
  const header = {
    ReferenceDocumentType: 'VBRK',
    OriginalReferenceDocument: number,
    DocumentReferenceID: bill.reference,
  };
  const { company: companyCode, date, currency } = bill;
  const key = await post(write, { companyCode, type: 'RV', date, currency, header, lines });
  await tx.query(
    `update billing_document d set "FiscalYear" = $2, "AccountingDocument" = $3, "AbsltAccountingExchangeRate" = a."ExchangeRate"
     from accounting_document a where d."BillingDocument" = $1 and a."CompanyCode" = d."CompanyCode" and a."FiscalYear" = $2 and a."AccountingDocument" = $3`,
    [number, key.FiscalYear, key.AccountingDocument],
  );
}
