import type { PoolClient } from 'pg';
import type { Write } from '../odata/model.ts';
import { messages } from './messages.ts';
import { insertRow, nextNumber, type Columns } from './rows.store.ts';

export interface DocumentKey {
  readonly CompanyCode: string;
  readonly FiscalYear: string;
  readonly AccountingDocument: string;
}

/** A document of the ledger to be posted. Amounts are signed: debits positive. */
export interface Posting {
  readonly companyCode: string;
  /** RV bill, DZ payment, AB clearing. */
  readonly type: 'RV' | 'DZ' | 'AB';
  readonly date: string;
  readonly currency: string;
  readonly header: Columns;
  readonly lines: readonly PostingLine[];
}

export interface PostingLine {
  /** D customer, S general ledger. */
  readonly account: 'D' | 'S';
  readonly glAccount: string;
  readonly amount: string;
  /** In the company code's currency; null: by the rate of the day. */
  readonly local: string | null;
  readonly columns: Columns;
}

export const accounts = {
  bank: '11001000',
  receivables: '12100000',
  tax: '22000000',
  revenue: '41000000',
  differences: '72500000',
} as const;

const firstNumbers = { RV: 9_400_000_000n, DZ: 1_400_000_000n, AB: 100_000_000n } as const;

/**
 * Posts a document. The first line takes what rounding into the company code's currency leaves over, unless it says its local
 * amount itself. @throws SapError when a period is closed, a rate is missing
 */
export async function post({ tx, now, user }: Write, posting: Posting): Promise<DocumentKey> {
  const { companyCode, type, date, currency, lines } = posting;
  for (const { account, glAccount } of lines) await checkPeriod(tx, companyCode, date, account, glAccount);
  if (lines.length === 0) await checkPeriod(tx, companyCode, date, '+', '');
  const rate = await rateToLocal(tx, companyCode, currency, date);
  const FiscalYear = date.slice(0, 4);
  const AccountingDocument = await nextNumber(
    tx,
    `document ${type}`,
    `${companyCode} ${FiscalYear}`,
    firstNumbers[type],
  );
  const key = { CompanyCode: companyCode, FiscalYear, AccountingDocument };
  await insertRow(tx, 'accounting_document', {
    DocumentDate: date,
    OriginalReferenceDocument: `${AccountingDocument}${companyCode}${FiscalYear}`,
    ReferenceDocumentType: 'BKPFF',
    ...posting.header,
    ...key,
    AccountingDocumentType: type,
    PostingDate: date,
    FiscalPeriod: periodOf(date),
    TransactionCurrency: currency,
    ExchangeRate: rate,
    AccountingDocCreatedByUser: user.slice(0, 12),
    created: now.toISOString(),
  });
  for (const [n, line] of lines.entries()) {
    await insertRow(tx, 'accounting_item', {
      ...line.columns,
      ...key,
      AccountingDocumentItem: String(n + 1).padStart(3, '0'),
      FinancialAccountType: line.account,
      PostingKey: postingKey(type, line),
      GLAccount: line.glAccount,
      AmountInTransactionCurrency: line.amount,
      AmountInCompanyCodeCurrency: line.local ?? '0',
      changed: now.toISOString(),
    });
  }
  await localAmounts(tx, key, rate, lines);
  return key;
}

/** Lines without a local amount get one by the rate; the first of them evens the document out. */
async function localAmounts(
  tx: PoolClient,
  key: DocumentKey,
  rate: string,
  lines: readonly PostingLine[],
): Promise<void> {
  const converted = lines.flatMap(({ local }, n) => (local === null ? [String(n + 1).padStart(3, '0')] : []));
  if (converted.length === 0) return;
  const values = [key.CompanyCode, key.FiscalYear, key.AccountingDocument];
  const where = `i."CompanyCode" = $1 and i."FiscalYear" = $2 and i."AccountingDocument" = $3`;
  await tx.query(
    `update accounting_item i set "AmountInCompanyCodeCurrency" = round(i."AmountInTransactionCurrency" * $4, y.decimals)
     from company_code c join currency y on y."Currency" = c."Currency"
     where ${where} and c."CompanyCode" = $1 and i."AccountingDocumentItem" = any($5)`,
    [...values, rate, converted],
  );
  await tx.query(
    `update accounting_item i set "AmountInCompanyCodeCurrency" = i."AmountInCompanyCodeCurrency" - d.difference
     from (select coalesce(sum(i."AmountInCompanyCodeCurrency"), 0) as difference from accounting_item i where ${where}) d
     where ${where} and i."AccountingDocumentItem" = $4 and d.difference <> 0`,
    [...values, converted[0]],
  );
}

export function periodOf(date: string): string {
  return `0${date.slice(5, 7)}`;
}

async function checkPeriod(
  tx: PoolClient,
  companyCode: string,
  date: string,
  type: string,
  account: string,
): Promise<void> {
  const { rowCount } = await tx.query(
    `select from closed_period where "CompanyCode" = $1 and "FiscalYear" = $2 and "FiscalPeriod" = $3 and "FinancialAccountType" in ('+', $4)`,
    [companyCode, date.slice(0, 4), date.slice(5, 7), type],
  );
  if (rowCount !== 0) throw messages.periodClosed(periodOf(date), date.slice(0, 4), type, account);
}

/** What one unit of `currency` is in the company code's; a negative rate is an indirect quotation. */
export async function rateToLocal(
  tx: PoolClient,
  companyCode: string,
  currency: string,
  date: string,
): Promise<string> {
  const { rows } = await tx.query<{ local: string; rate: string | null }>(
    `select c."Currency" as local, case when c."Currency" = $2 then '1' else (
       select (case when "ExchangeRate" > 0 then "ExchangeRate" else 1 / -"ExchangeRate" end * "NumberOfTargetCurrencyUnits" / "NumberOfSourceCurrencyUnits")::text
       from exchange_rate where "ExchangeRateType" = 'M' and "SourceCurrency" = $2 and "TargetCurrency" = c."Currency" and "ValidityStartDate" <= $3
       order by "ValidityStartDate" desc limit 1) end as rate
     from company_code c where c."CompanyCode" = $1`,
    [companyCode, currency, date],
  );
  const found = rows[0];
  if (!found) throw messages.noCompanyCode(companyCode);
  if (found.rate === null) throw messages.noRate(currency, found.local, date);
  return found.rate;
}

function postingKey(type: Posting['type'], { account, amount }: PostingLine): string {
  const credit = amount.startsWith('-');
  if (account === 'S') return credit ? '50' : '40';
  if (type === 'DZ') return credit ? '15' : '05';
  return credit ? '11' : '01';
}

/** The mirror of a document: every amount with the other sign, both marked. Its key. */
export async function postReversal(
  write: Write,
  original: DocumentKey,
  date: string,
  header: Columns,
): Promise<DocumentKey> {
  const { tx } = write;
  const values = [original.CompanyCode, original.FiscalYear, original.AccountingDocument];
  const where = `"CompanyCode" = $1 and "FiscalYear" = $2 and "AccountingDocument" = $3`;
  const { rows: heads } = await tx.query<{ type: Posting['type']; currency: string }>(
    `select "AccountingDocumentType" as type, "TransactionCurrency" as currency from accounting_document where ${where}`,
    values,
  );
  const { rows: lines } = await tx.query<Mirrored>(
    `select "FinancialAccountType" as account, "GLAccount" as "glAccount", (-"AmountInTransactionCurrency")::text as amount,
       (-"AmountInCompanyCodeCurrency")::text as local,
       jsonb_build_object('Customer', "Customer", 'ProfitCenter', "ProfitCenter", 'TaxCode', "TaxCode", 'SalesDocument', "SalesDocument",
         'PaymentTerms', "PaymentTerms", 'NetPaymentDays', "NetPaymentDays"::text, 'AssignmentReference', "AssignmentReference") as columns
     from accounting_item where ${where} order by "AccountingDocumentItem"`,
    values,
  );
  const base = (columns: Columns): Columns => ({
    ...columns,
    DueCalculationBaseDate: columns['Customer'] ? date : null,
  });
  const reversal = await post(write, {
    companyCode: original.CompanyCode,
    type: heads[0]!.type,
    date,
    currency: heads[0]!.currency,
    header: {
      ...header,
      IsReversal: true,
      ReverseDocument: original.AccountingDocument,
      ReverseDocumentFiscalYear: original.FiscalYear,
      ReversalReason: '01',
    },
    lines: lines.map((line) => ({ ...line, columns: base(line.columns) })),
  });
  await tx.query(
    `update accounting_document set "IsReversed" = true, "ReverseDocument" = $4, "ReverseDocumentFiscalYear" = $5, "ReversalReason" = '01' where ${where}`,
    [...values, reversal.AccountingDocument, reversal.FiscalYear],
  );
  await tx.query(`update accounting_item set changed = $4 where ${where}`, [...values, write.now.toISOString()]);
  return reversal;
}

type Mirrored = PostingLine & { readonly columns: Columns };
