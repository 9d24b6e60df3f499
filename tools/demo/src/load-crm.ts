import { customerIdOf, type SalesforceClient } from '@tieout/connector-salesforce';
import type { Receivable, RejectedRow } from './receivables.ts';

/** Number of a customer to the canonical id that its account gets. */
export type CustomerIds = ReadonlyMap<string, string>;

export interface CrmLoad {
  readonly client: SalesforceClient;
  readonly instance: string;
  readonly currency: string;
  /** Called and awaited after each portion with the customers loaded so far and their share of all. */
  readonly onLoaded: (loaded: CustomerIds, share: number) => Promise<void>;
}

export interface LoadedCustomers {
  readonly ids: CustomerIds;
  /** Rows of customers that were refused. */
  readonly rejected: readonly RejectedRow[];
}

/** Small, so that a service can be killed while customers still come. */
const PORTION = 5;

/** Creates or updates one account per customer of the rows; safe to repeat. */
export async function loadCustomers(rows: readonly Receivable[], load: CrmLoad): Promise<LoadedCustomers> {
  const names = new Map(rows.map(({ customer, customerName }) => [customer, customerName]));
  const accounts = [...names].map(([number, name]) => ({
    External_Id__c: number,
    AccountNumber: number,
    Name: name,
    CurrencyIsoCode: load.currency,
  }));
  const ids = new Map<string, string>();
  const refused = new Map<string, string>();
  for (let start = 0; start < accounts.length; start += PORTION) {
    const portion = accounts.slice(start, start + PORTION);
    const results = await load.client.upsertRecords('Account', 'External_Id__c', portion);
    results.forEach((result, index) => {
      const number = portion[index]!.AccountNumber;
      if (result.success && result.id !== undefined) ids.set(number, customerIdOf(load.instance, result.id));
      else refused.set(number, `Salesforce refuses customer ${number}: ${result.errors[0]?.message ?? 'no reason'}`);
    });
    await load.onLoaded(ids, (start + portion.length) / accounts.length);
  }
  const rejected = rows.flatMap(({ line, customer }) => {
    const reason = refused.get(customer);
    return reason === undefined ? [] : [{ line, reason }];
  });
  return { ids, rejected };
}
