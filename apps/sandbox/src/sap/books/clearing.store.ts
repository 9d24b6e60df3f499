import type { PoolClient } from 'pg';
import type { Write } from '../odata/model.ts';
import { accounts, post, postReversal, type DocumentKey } from './journal.store.ts';
import { messages } from './messages.ts';
import { dateOf } from './rows.store.ts';

export interface OpenItem extends DocumentKey {
  readonly AccountingDocumentItem: string;
  readonly currency: string;
  /** Signed. */
  readonly amount: string;
}

/** How a person names a document: a bill by its number, or a document of the ledger. */
export interface Named {
  readonly billingDocument?: string | undefined;
  readonly accountingDocument?: string | undefined;
  readonly fiscalYear?: string | undefined;
}

export interface Account {
  readonly companyCode: string;
  readonly customer: string;
  readonly currency?: string | undefined;
}

export function nameOf({ billingDocument, accountingDocument }: Named): string {
  return billingDocument ?? accountingDocument ?? '';
}

/** The customer's open items of a document, locked. @throws SapError when there are none */
export async function openItems(
  tx: PoolClient,
  { companyCode, customer, currency }: Account,
  named: Named,
): Promise<OpenItem[]> {
  const { rows } = await tx.query<OpenItem & { companyCode: string }>(
    `select i."CompanyCode", i."FiscalYear", i."AccountingDocument", i."AccountingDocumentItem", d."TransactionCurrency" as currency,
       i."AmountInTransactionCurrency"::text as amount
     from accounting_item i join accounting_document d using ("CompanyCode", "FiscalYear", "AccountingDocument")
     where i."FinancialAccountType" = 'D' and i."Customer" = $1 and i."CompanyCode" = $2 and i."ClearingAccountingDocument" is null
       and ($3::text is null or i."BillingDocument" = $3) and ($4::text is null or i."AccountingDocument" = $4)
       and ($5::text is null or i."FiscalYear" = $5) and ($3::text is not null or $4::text is not null)
     order by i."AccountingDocumentItem" for update of i`,
    [customer, companyCode, named.billingDocument ?? null, named.accountingDocument ?? null, named.fiscalYear ?? null],
  );
  if (rows.length === 0) throw messages.notOpen(nameOf(named));
  if (currency !== undefined && rows.some((row) => row.currency !== currency))
    throw messages.otherCurrency(nameOf(named));
  return rows;
}

/** Open items that refer to an invoice: partial payments. */
export async function referringItems(tx: PoolClient, invoice: DocumentKey): Promise<OpenItem[]> {
  const { rows } = await tx.query<OpenItem>(
    `select i."CompanyCode", i."FiscalYear", i."AccountingDocument", i."AccountingDocumentItem", d."TransactionCurrency" as currency,
       i."AmountInTransactionCurrency"::text as amount
     from accounting_item i join accounting_document d using ("CompanyCode", "FiscalYear", "AccountingDocument")
     where i."CompanyCode" = $1 and i."InvoiceReferenceFiscalYear" = $2 and i."InvoiceReference" = $3 and i."FinancialAccountType" = 'D'
       and i."ClearingAccountingDocument" is null and i."FollowOnDocumentType" = 'V' for update of i`,
    [invoice.CompanyCode, invoice.FiscalYear, invoice.AccountingDocument],
  );
  return rows;
}

/** Sums of items, in both currencies. */
export async function sums(tx: PoolClient, items: readonly OpenItem[]): Promise<{ amount: string; local: string }> {
  const { rows } = await tx.query<{ amount: string; local: string }>(
    `select coalesce(sum("AmountInTransactionCurrency"), 0)::text as amount, coalesce(sum("AmountInCompanyCodeCurrency"), 0)::text as local
     from accounting_item i where exists (select from jsonb_array_elements($1::jsonb) k where k->>'CompanyCode' = i."CompanyCode"
       and k->>'FiscalYear' = i."FiscalYear" and k->>'AccountingDocument' = i."AccountingDocument"
       and k->>'AccountingDocumentItem' = i."AccountingDocumentItem")`,
    [JSON.stringify(items)],
  );
  return rows[0]!;
}

/** Marks items as cleared by a document. */
export async function markCleared(
  { tx, now }: Write,
  items: readonly OpenItem[],
  by: DocumentKey,
  date: string,
): Promise<void> {
  await tx.query(
    `update accounting_item i set "ClearingAccountingDocument" = $2, "ClearingDocFiscalYear" = $3, "ClearingDate" = $4, "ClearingCreationDate" = $5,
       "ClearingIsReversed" = false, changed = $6
     from jsonb_array_elements($1::jsonb) k where k->>'CompanyCode' = i."CompanyCode" and k->>'FiscalYear' = i."FiscalYear"
       and k->>'AccountingDocument' = i."AccountingDocument" and k->>'AccountingDocumentItem' = i."AccountingDocumentItem"`,
    [JSON.stringify(items), by.AccountingDocument, by.FiscalYear, date, dateOf(now), now.toISOString()],
  );
}

/** Clears documents that are zero together, without a payment. @throws SapError when they are not */
export async function clear(
  write: Write,
  account: Account,
  documents: readonly Named[],
  date: string,
): Promise<DocumentKey> {
  const { tx } = write;
  const items: OpenItem[] = [];
  for (const named of documents) items.push(...(await openItems(tx, account, named)));
  const currency = items[0]?.currency;
  if (currency === undefined || items.some((item) => item.currency !== currency))
    throw messages.otherCurrency(nameOf(documents[0] ?? {}));
  const { amount, local } = await sums(tx, items);
  if (!isZero(amount)) throw messages.notBalanced(amount);
  const columns = { Customer: account.customer };
  const lines = isZero(local)
    ? []
    : ([
        { account: 'D', glAccount: accounts.receivables, amount: '0', local: negated(local), columns },
        { account: 'S', glAccount: accounts.differences, amount: '0', local, columns: {} },
      ] as const);
  const key = await post(write, { companyCode: account.companyCode, type: 'AB', date, currency, header: {}, lines });
  const own = lines.length === 0 ? [] : [{ ...key, AccountingDocumentItem: '001', currency, amount: '0' }];
  await markCleared(write, [...items, ...own], key, date);
  return key;
}

/** Takes a clearing back: its items are open again. A clearing document with lines of its own is reversed. */
export async function resetClearing(write: Write, clearing: DocumentKey): Promise<number> {
  const { tx, now } = write;
  const values = [clearing.CompanyCode, clearing.AccountingDocument, clearing.FiscalYear];
  const { rowCount } = await tx.query(
    `update accounting_item set "ClearingAccountingDocument" = null, "ClearingDocFiscalYear" = null, "ClearingDate" = null, "ClearingCreationDate" = null,
       "ClearingIsReversed" = true, changed = $4 where "CompanyCode" = $1 and "ClearingAccountingDocument" = $2 and "ClearingDocFiscalYear" = $3`,
    [...values, now.toISOString()],
  );
  if (!rowCount) throw messages.notCleared(clearing.AccountingDocument);
  const { rows } = await tx.query<{ date: string }>(
    `select d."PostingDate"::text as date from accounting_document d where d."CompanyCode" = $1 and d."AccountingDocument" = $2 and d."FiscalYear" = $3
       and d."AccountingDocumentType" = 'AB' and not d."IsReversed"
       and exists (select from accounting_item i where i."CompanyCode" = d."CompanyCode" and i."AccountingDocument" = d."AccountingDocument"
         and i."FiscalYear" = d."FiscalYear")`,
    values,
  );
  if (rows[0]) await reverseAndClear(write, clearing, rows[0].date);
  return rowCount;
}

/** Reverses a document whose customer items are open; both sides then clear each other. */
export async function reverseAndClear(
  write: Write,
  original: DocumentKey,
  date: string,
  header = {},
): Promise<DocumentKey> {
  const reversal = await postReversal(write, original, date, header);
  const items = [...(await customerItems(write.tx, original)), ...(await customerItems(write.tx, reversal))];
  await markCleared(write, items, reversal, date);
  return reversal;
}

export async function customerItems(
  tx: PoolClient,
  key: DocumentKey,
): Promise<(OpenItem & { readonly clearing: string | null })[]> {
  const { rows } = await tx.query<OpenItem & { clearing: string | null }>(
    `select "CompanyCode", "FiscalYear", "AccountingDocument", "AccountingDocumentItem", '' as currency, "AmountInTransactionCurrency"::text as amount,
       "ClearingAccountingDocument" as clearing
     from accounting_item where "CompanyCode" = $1 and "FiscalYear" = $2 and "AccountingDocument" = $3 and "FinancialAccountType" = 'D'`,
    [key.CompanyCode, key.FiscalYear, key.AccountingDocument],
  );
  return rows;
}

export function isZero(amount: string): boolean {
  return !/[1-9]/.test(amount);
}

export function negated(amount: string): string {
  if (isZero(amount)) return amount.replace('-', '');
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
