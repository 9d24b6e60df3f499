import type { NetSuiteClient } from '@tieout/connector-netsuite';
import { errorKind } from '@tieout/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CustomerIds } from './load-crm.ts';
import type { Receivable } from './receivables.ts';

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
  for (const country of [...new Set(rows.map((row) => row.country))].sort()) {
    const body = { name: country, currency: { id: currencyId } };
    subsidiaries.set(country, await client.upsertRecord('subsidiary', `entity-${country}`, body));
  }
  return { currencyId, subsidiaries };
}

/** Loads every invoice and, where it was settled, the payment that settles it in full; by external id, so safe to repeat. */
export async function loadDocuments(
  rows: readonly Receivable[],
  books: Books,
  customers: CustomerIds,
  load: ErpLoad,
): Promise<void> {
  const total = rows.length + rows.filter(({ settledDate }) => settledDate !== null).length;
  let done = 0;
  const queue = [...rows];
  const worker = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      const invoiceId = await patiently(load, 'invoice', `invoice-${row.invoice}`, invoiceBody(row, books, customers));
      load.onLoaded(++done, total);
      if (row.settledDate === null) continue;
      await patiently(load, 'customerPayment', `payment-${row.invoice}`, paymentBody(row, invoiceId, books, customers));
      load.onLoaded(++done, total);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
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
