import { DataError } from '@tieout/messaging';
import {
  ACCOUNT_FIELDS,
  accountsByIdSoql,
  allAccountsSoql,
  changedAccountsSoql,
  IDS_PER_QUERY,
  type AccountPosition,
} from './account-query.ts';
import type { SalesforceConfig } from './config.ts';
import { failureOf, toError } from './failure.client.ts';
import { send, type Answer } from './http.client.ts';
import { createSessionSource } from './token.client.ts';
import type { Account, AccountStamp, QueryPage, SaveResult } from './vendor-types.ts';

/** Identifies our writes in `changeOrigin` of the change events that they cause. */
const CLIENT_NAME = 'tieout';
const COLLECTION_LIMIT = 200;

/** Records, and an instant by the server's clock (ours when it states none) not after the first of them was asked for. */
export interface Reading<R> {
  readonly records: readonly R[];
  readonly askedAt: Date;
}

/** What is read and written of Salesforce. Every method throws TransientError, DataError or MisconfiguredError. */
export interface SalesforceClient {
  /** Id and stamp of the next accounts in the order (SystemModstamp, Id), deleted ones included. */
  changedAccounts(after: AccountPosition | null, limit: number, signal?: AbortSignal): Promise<Reading<AccountStamp>>;
  /** These accounts as they are now, deleted ones included; one that was purged meanwhile is not among them. */
  accountsById(ids: readonly string[], signal?: AbortSignal): Promise<Reading<Account>>;
  /** Every account that is not deleted, page by page; one reading of the org, changes meanwhile do not show. */
  allAccounts(signal?: AbortSignal): AsyncGenerator<readonly Account[]>;
  /** Creates or updates by the value of the external-id field `key` in each record; one result per record, in order. */
  upsertAccounts(
    key: string,
    records: readonly Readonly<Record<string, string | null>>[],
  ): Promise<readonly SaveResult[]>;
}

type Call = (name: string, path: string, init?: RequestInit) => Promise<Answer>;

/** A client of one org. Holds a session, no connection; nothing to close. */
export function createSalesforceClient(config: SalesforceConfig): SalesforceClient {
  const call = authorised(config);
  const base = `/services/data/${config.apiVersion}`;
  const query = (name: string, resource: 'query' | 'queryAll', soql: string, signal?: AbortSignal): Promise<Answer> =>
    call(name, `${base}/${resource}?q=${encodeURIComponent(soql)}`, signal ? { signal } : {});
  const read = async <R>(name: string, soqls: readonly string[], signal?: AbortSignal): Promise<Reading<R>> => {
    const records: R[] = [];
    let askedAt: Date | undefined;
    for (const soql of soqls) {
      const now = new Date();
      const answer = await query(name, 'queryAll', soql, signal);
      askedAt ??= answer.askedAt ?? now; // The oldest reading decides what may have been missed.
      for await (const page of pages<R>(call, answer, signal)) records.push(...page);
    }
    return { records, askedAt: askedAt ?? new Date() };
  };
  return {
    changedAccounts: (after, limit, signal) => read('changed accounts', [changedAccountsSoql(after, limit)], signal),
    async accountsById(ids, signal) {
      const reading = await read<Account>('accounts by id', chunks(ids, IDS_PER_QUERY).map(accountsByIdSoql), signal);
      reading.records.forEach(checkShape);
      return reading;
    },
    async *allAccounts(signal) {
      const first = await query('all accounts', 'query', allAccountsSoql(), signal);
      for await (const page of pages<Account>(call, first, signal)) {
        page.forEach(checkShape);
        yield page;
      }
    },
    async upsertAccounts(key, records) {
      const results: SaveResult[] = [];
      for (const part of chunks(records, COLLECTION_LIMIT)) {
        const body = {
          allOrNone: false,
          records: part.map((record) => ({ attributes: { type: 'Account' }, ...record })),
        };
        const init = { method: 'PATCH', body: JSON.stringify(body) };
        const answer = await call('upsert accounts', `${base}/composite/sobjects/Account/${key}`, init);
        results.push(...(answer.body as SaveResult[]));
      }
      return results;
    },
  };
}

/** Calls with the session in force; a refused session is renewed once, then the refusal stands. */
function authorised(config: SalesforceConfig): Call {
  const sessions = createSessionSource(config);
  return async (name, path, init = {}) => {
    for (let attempt = 1; ; attempt += 1) {
      const session = await sessions.current();
      const headers = {
        authorization: `Bearer ${session.accessToken}`,
        accept: 'application/json',
        'sforce-call-options': `client=${CLIENT_NAME}`,
        ...(init.body ? { 'content-type': 'application/json' } : {}),
      };
      const answer = await send(name, session.instanceUrl + path, { ...init, headers }, config.timeoutMs);
      if (answer.status >= 200 && answer.status < 300) return answer;
      if (answer.status !== 401 || attempt > 1) throw toError(name, failureOf(answer.status, answer.body));
      sessions.refused(session);
    }
  };
}

/** Follows nextRecordsUrl verbatim, as the vendor demands. */
async function* pages<R>(call: Call, first: Answer, signal?: AbortSignal): AsyncGenerator<readonly R[]> {
  let page = first.body as QueryPage<R>;
  for (;;) {
    if (!Array.isArray(page?.records))
      throw new DataError('salesforce-answer', 'Salesforce answered a query without records');
    yield page.records;
    if (page.done || page.nextRecordsUrl === undefined) return;
    page = (await call('next records', page.nextRecordsUrl, signal ? { signal } : {})).body as QueryPage<R>;
  }
}

/** A field that is absent, and not null, was not delivered: to go on would publish it as empty. */
function checkShape(account: Account): void {
  const missing = ACCOUNT_FIELDS.filter((field) => account[field] === undefined);
  if (missing.length > 0)
    throw new DataError('salesforce-answer', `Account ${account.Id} came without ${missing.join(', ')}`);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
