import type { NetSuiteClient } from '@tieout/connector-netsuite';
import { errorKind } from '@tieout/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CustomerIds } from './load-crm.ts';
import type { Receivable, RejectedRow } from './receivables.ts';

/** NetSuite's own ids of the currencies that a new account has. */
const SEEDED_CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['USD', '1'],
  ['GBP', '2'],
  ['CAD', '3'],
  ['EUR', '4'],
]);
/** The service item that a new account has; every invoice has one line of it. */
const ITEM = '1';
const CONCURRENCY = 8;
const ATTEMPTS = 6;

export interface ErpLoad {
  readonly client: NetSuiteClient;
  readonly currency: string;
  readonly decimals: number;
  readonly signal: AbortSignal;
  /** Called after each document with the number loaded so far. */
  readonly onLoaded: (done: number, total: number) => void;
}

/** Where the documents of a legal entity go. */
export interface Books {
  readonly currencyId: string;
  /** Code of a legal entity to NetSuite's subsidiary id. */
  readonly subsidiaries: ReadonlyMap<string, string>;
  /** Rows of legal entities that were refused. */
  readonly rejected: readonly RejectedRow[];
}

/** What NetSuite took: a row whose payment alone was refused stands as not settled. */
export interface LoadedDocuments {
  readonly rows: readonly Receivable[];
  readonly rejected: readonly RejectedRow[];
}

/** Creates the currency and one subsidiary per legal entity; safe to repeat. */
export async function loadSubsidiaries(rows: readonly Receivable[], load: ErpLoad): Promise<Books> {
  const { client, currency, decimals } = load;
  const currencyId =
    SEEDED_CURRENCIES.get(currency) ??
    (await client.upsertRecord('currency', currency, {
      name: currency,
      symbol: currency,
      currencyPrecision: decimals,
    }));
  const subsidiaries = new Map<string, string>();
  const rejected: RejectedRow[] = [];
  for (const country of [...new Set(rows.map((row) => row.country))].sort()) {
    const body = { name: country, currency: { id: currencyId } };
    const answer = await unlessRefused(client.upsertRecord('subsidiary', `entity-${country}`, body));
    if ('id' in answer) subsidiaries.set(country, answer.id);
    else
      for (const row of rows)
        if (row.country === country)
          rejected.push({ line: row.line, reason: `legal entity ${country}: ${answer.refusal}` });
  }
  return { currencyId, subsidiaries, rejected };
}

/** Loads every invoice and, where it was settled, the payment that settles it in full; by external id, so safe to repeat. */
export async function loadDocuments(
  rows: readonly Receivable[],
  books: Books,
  customers: CustomerIds,
  load: ErpLoad,
): Promise<LoadedDocuments> {
  const loaded: Receivable[] = [];
  const rejected: RejectedRow[] = [];
  const total = rows.length + rows.filter(({ settledDate }) => settledDate !== null).length;
  let done = 0;
  const queue = [...rows];
  const worker = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      const refuse = (reason: string): void => void rejected.push({ line: row.line, reason });
      const left = await loadRow(row, refuse, books, customers, load);
      if (left !== null) loaded.push(left);
      done += row.settledDate === null ? 1 : 2;
      load.onLoaded(done, total);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return { rows: loaded, rejected };
}

/** @returns the row as it stands in NetSuite, null when it does not */
async function loadRow(
  row: Receivable,
  refuse: (reason: string) => void,
  books: Books,
  customers: CustomerIds,
  load: ErpLoad,
): Promise<Receivable | null> {
  const { invoice } = row;
  const issued = await unlessRefused(
    patiently(load, 'invoice', `invoice-${invoice}`, invoiceBody(row, books, customers)),
  );
  if ('refusal' in issued) {
    refuse(`invoice ${invoice}: ${issued.refusal}`);
    return null;
  }
  if (row.settledDate === null) return row;
  const paid = await unlessRefused(
    patiently(load, 'customerPayment', `payment-${invoice}`, paymentBody(row, issued.id, books, customers)),
  );
  if ('id' in paid) return row;
  refuse(`payment of invoice ${invoice}, which stays open: ${paid.refusal}`);
  return { ...row, settledDate: null };
}

/** What the vendor says against the data belongs to the row; anything else ends the run. */
async function unlessRefused(call: Promise<string>): Promise<{ readonly id: string } | { readonly refusal: string }> {
  try {
    return { id: await call };
  } catch (error) {
    if (errorKind(error) !== 'data') throw error;
    return { refusal: (error as Error).message };
  }
}

/** An upsert by external id may be sent again whatever became of the first one. */
async function patiently(
  load: ErpLoad,
  type: 'invoice' | 'customerPayment',
  externalId: string,
  body: object,
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    load.signal.throwIfAborted();
    try {
      return await load.client.upsertRecord(type, externalId, body, load.signal);
    } catch (error) {
      if (errorKind(error) !== 'transient' || attempt >= ATTEMPTS) throw error;
      await sleep(100 * 2 ** attempt);
    }
  }
}

/** Amounts go as text: a JSON number would pass through binary floating point. */
function invoiceBody(row: Receivable, books: Books, customers: CustomerIds): object {
  return {
    tranId: row.invoice,
    tranDate: row.invoiceDate,
    ...(row.dueDate === null ? {} : { dueDate: row.dueDate }),
    entity: { externalId: customers.get(row.customer) },
    subsidiary: { id: books.subsidiaries.get(row.country) },
    currency: { id: books.currencyId },
    custbody_disputed: row.disputed,
    item: { items: [{ item: { id: ITEM }, quantity: 1, amount: row.amount }] },
  };
}

function paymentBody(row: Receivable, invoiceId: string, books: Books, customers: CustomerIds): object {
  return {
    tranDate: row.settledDate,
    customer: { externalId: customers.get(row.customer) },
    subsidiary: { id: books.subsidiaries.get(row.country) },
    currency: { id: books.currencyId },
    payment: row.amount,
    apply: { items: [{ doc: { id: invoiceId }, apply: true, amount: row.amount }] },
  };
}
