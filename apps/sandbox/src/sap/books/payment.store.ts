import type { PoolClient } from 'pg';
import type { Write } from '../odata/model.ts';
import {
  isZero,
  markCleared,
  nameOf,
  negated,
  openItems,
  referringItems,
  resetClearing,
  reverseAndClear,
  customerItems,
  sums,
  type Account,
  type Named,
  type OpenItem,
} from './clearing.store.ts';
import { accounts, post, rateToLocal, type DocumentKey, type PostingLine } from './journal.store.ts';
import { messages } from './messages.ts';

export interface Payment extends Account {
  readonly currency: string;
  /** What came in, above zero. */
  readonly amount: string;
  readonly date: string;
  readonly reference: string | null;
  /** What it pays. Without an amount, or with all that is open, the invoice is cleared. */
  readonly invoices: readonly (Named & { readonly amount?: string | undefined })[];
  /** Credits that are used up along with it. */
  readonly credits: readonly Named[];
}

interface Plan {
  /** Cleared by the payment. */
  readonly cleared: readonly OpenItem[];
  readonly partial: readonly { readonly invoice: OpenItem; readonly amount: string }[];
}

/** Posts an incoming payment: what it does not clear or pay in part stays on the customer's account. */
export async function postPayment(write: Write, payment: Payment): Promise<DocumentKey> {
  const { tx } = write;
  if (payment.amount.startsWith('-') || isZero(payment.amount)) throw messages.amountInvalid();
  await checkAccount(tx, payment);
  const plan = await planPayment(tx, payment);
  const { amount: clearedAmount, local: clearedLocal } = await sums(tx, plan.cleared);
  const rest = await restOf(tx, payment, clearedAmount, plan);
  const columns = { Customer: payment.customer, DueCalculationBaseDate: payment.date, NetPaymentDays: '0' };
  const customer = { account: 'D', glAccount: accounts.receivables } as const;
  const lines: PostingLine[] = [
    { account: 'S', glAccount: accounts.bank, amount: payment.amount, local: null, columns: {} },
  ];
  if (plan.cleared.length > 0)
    lines.push({ ...customer, amount: negated(clearedAmount), local: negated(clearedLocal), columns });
  for (const { invoice, amount } of plan.partial)
    lines.push({ ...customer, amount: negated(amount), local: null, columns: { ...columns, ...reference(invoice) } });
  if (!isZero(rest)) lines.push({ ...customer, amount: negated(rest), local: null, columns });
  const difference = await rateDifference(tx, payment, lines);
  if (!isZero(difference))
    lines.push({ account: 'S', glAccount: accounts.differences, amount: '0', local: difference, columns: {} });
  const { companyCode, date, currency } = payment;
  const key = await post(write, {
    companyCode,
    type: 'DZ',
    date,
    currency,
    header: { DocumentReferenceID: payment.reference },
    lines,
  });
  const own = { ...key, AccountingDocumentItem: '002', currency, amount: negated(clearedAmount) };
  if (plan.cleared.length > 0) await markCleared(write, [...plan.cleared, own], key, date);
  return key;
}

function reference(invoice: OpenItem): Record<string, string> {
  return {
    InvoiceReference: invoice.AccountingDocument,
    InvoiceReferenceFiscalYear: invoice.FiscalYear,
    InvoiceItemReference: invoice.AccountingDocumentItem,
    FollowOnDocumentType: 'V',
  };
}

async function checkAccount(tx: PoolClient, { customer, companyCode }: Payment): Promise<void> {
  const { rows } = await tx.query<{ blocked: boolean }>(
    `select c."PostingIsBlocked" as blocked from customer c join customer_company k on k."Customer" = c."Customer"
     where c."Customer" = $1 and k."CompanyCode" = $2`,
    [customer, companyCode],
  );
  if (!rows[0]) throw messages.companyDataMissing(customer, companyCode);
  if (rows[0].blocked) throw messages.postingBlock(customer);
}

async function planPayment(tx: PoolClient, payment: Payment): Promise<Plan> {
  const cleared: OpenItem[] = [];
  const partial: { invoice: OpenItem; amount: string }[] = [];
  for (const named of payment.invoices) {
    const [invoice] = await openItems(tx, payment, named);
    const items = [invoice!, ...(await referringItems(tx, invoice!))];
    const { amount: open } = await sums(tx, items);
    const kind = named.amount === undefined ? 'all' : await compared(tx, named.amount, open);
    if (kind === 'more') throw messages.invoiceTooSmall(nameOf(named));
    if (kind === 'all') cleared.push(...items);
    else partial.push({ invoice: invoice!, amount: named.amount! });
  }
  for (const named of payment.credits) cleared.push(...(await openItems(tx, payment, named)));
  return { cleared, partial };
}

async function compared(tx: PoolClient, amount: string, open: string): Promise<'all' | 'part' | 'more'> {
  if (amount.startsWith('-') || isZero(amount)) throw messages.amountInvalid();
  const sql = `select case when $1::numeric = $2::numeric then 'all' when $1::numeric < $2::numeric then 'part' else 'more' end as kind`;
  return (await tx.query<{ kind: 'all' | 'part' | 'more' }>(sql, [amount, open])).rows[0]!.kind;
}

/** What of the payment is left for the account. */
async function restOf(tx: PoolClient, payment: Payment, cleared: string, { partial }: Plan): Promise<string> {
  const sql = `select ($1::numeric - $2::numeric - coalesce((select sum(a::numeric) from unnest($3::text[]) a), 0))::text as rest,
    round($1::numeric, y.decimals) = $1::numeric as fits, $2::numeric < 0 as negative from currency y where y."Currency" = $4`;
  const values = [payment.amount, cleared, partial.map(({ amount }) => amount), payment.currency];
  const found = (await tx.query<{ rest: string; fits: boolean; negative: boolean }>(sql, values)).rows[0];
  if (!found) throw messages.noCurrency(payment.currency);
  if (!found.fits) throw messages.amountInvalid();
  if (found.negative || found.rest.startsWith('-')) throw messages.paymentTooSmall();
  return found.rest;
}

/** Items are cleared at the rate they were posted at; what the day's rate makes of it is gain or loss. */
async function rateDifference(tx: PoolClient, payment: Payment, lines: readonly PostingLine[]): Promise<string> {
  const rate = await rateToLocal(tx, payment.companyCode, payment.currency, payment.date);
  const { rows } = await tx.query<{ difference: string }>(
    `select (-sum(coalesce((l->>'local')::numeric, round((l->>'amount')::numeric * $2, y.decimals))))::text as difference
     from jsonb_array_elements($1::jsonb) l, company_code c join currency y on y."Currency" = c."Currency" where c."CompanyCode" = $3`,
    [JSON.stringify(lines), rate, payment.companyCode],
  );
  return lines.some(({ local }) => local !== null) ? rows[0]!.difference : '0';
}

/** Reverses a payment. @throws SapError when it cleared something and the clearing is not to be reset */
export async function reversePayment(
  write: Write,
  payment: DocumentKey,
  date: string,
  reset: boolean,
): Promise<DocumentKey> {
  const { tx } = write;
  const { rows } = await tx.query<{ type: string; reversed: boolean }>(
    `select "AccountingDocumentType" as type, "IsReversed" or "IsReversal" as reversed from accounting_document
     where "CompanyCode" = $1 and "FiscalYear" = $2 and "AccountingDocument" = $3 for update`,
    [payment.CompanyCode, payment.FiscalYear, payment.AccountingDocument],
  );
  const found = rows[0];
  if (!found) throw messages.noDocument(payment.AccountingDocument);
  if (found.type !== 'DZ') throw messages.unsuited(payment.AccountingDocument);
  if (found.reversed) throw messages.reversed(payment.AccountingDocument);
  const cleared = (await customerItems(tx, payment)).flatMap(({ clearing, FiscalYear }) =>
    clearing === null ? [] : [{ clearing, FiscalYear }],
  );
  if (cleared.length > 0 && !reset) throw messages.clearedItems(payment.AccountingDocument);
  for (const number of new Set(cleared.map(({ clearing }) => clearing))) await resetBy(write, payment, number);
  return reverseAndClear(write, payment, date);
}

async function resetBy(write: Write, payment: DocumentKey, clearing: string): Promise<void> {
  const sql = `select distinct "ClearingDocFiscalYear" as year from accounting_item where "CompanyCode" = $1 and "FiscalYear" = $2
    and "AccountingDocument" = $3 and "ClearingAccountingDocument" = $4`;
  const values = [payment.CompanyCode, payment.FiscalYear, payment.AccountingDocument, clearing];
  const { rows } = await write.tx.query<{ year: string }>(sql, values);
  for (const { year } of rows)
    await resetClearing(write, { CompanyCode: payment.CompanyCode, FiscalYear: year, AccountingDocument: clearing });
}
