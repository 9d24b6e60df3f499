import { DataError } from '@tieout/messaging';
import type { SalesforceConfig } from './config.ts';
import { FIELDS, type Entities, type EntityName } from './entities.ts';
import { failureOf, toError } from './failure.client.ts';
import { send, type Answer } from './http.client.ts';
import { createPubSub, type Subscription } from './pubsub.client.ts';
import { allSoql, changedSoql, IDS_PER_QUERY, recordsSoql, type Position } from './soql.ts';
import { createSessionSource, type SessionSource } from './token.client.ts';
import type { ContractReading, QueryPage, RecordStamp, SaveResult, VendorRecord } from './vendor-types.ts';

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
  /** Id and stamp of the next records in the order (SystemModstamp, Id), deleted ones included. */
  changed(
    entity: EntityName,
    after: Position | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Reading<RecordStamp>>;
  /** These records as they are now, deleted ones included; one that was purged meanwhile is not among them. */
  byId<E extends EntityName>(entity: E, ids: readonly string[], signal?: AbortSignal): Promise<Reading<Entities[E]>>;
  /** Contracts by id as `byId`, each with its lines and the codes of their products. */
  contractsById(ids: readonly string[], signal?: AbortSignal): Promise<Reading<ContractReading>>;
  /** Every record that is not deleted, in one reading of the org: changes meanwhile do not show. */
  all<E extends EntityName>(
    entity: E,
    signal?: AbortSignal,
  ): Promise<{ readonly records: readonly Entities[E][]; readonly total: number }>;
  /** Subscribes to the changes of all selected entities behind `replayId`, or to all that are still kept. */
  subscribe(replayId: string | null, signal: AbortSignal): Promise<Subscription>;
  /** Creates or updates by the value of the external-id field `key` in each record; one result per record, in order. */
  upsertRecords(
    type: string,
    key: string,
    records: readonly Readonly<Record<string, unknown>>[],
  ): Promise<readonly SaveResult[]>;
  /** Deletes into the recycle bin; one result per id, in order. */
  deleteRecords(ids: readonly string[]): Promise<readonly SaveResult[]>;
  /** Ends the connection that subscriptions use. */
  close(): void;
}

type Call = (name: string, path: string, init?: RequestInit) => Promise<Answer>;

/** A client of one org: a session, and a connection once something is subscribed to. */
export function createSalesforceClient(config: SalesforceConfig): SalesforceClient {
  const sessions = createSessionSource(config);
  const call = authorised(config, sessions);
  const base = `/services/data/${config.apiVersion}`;
  const pubsub = createPubSub(config, sessions);
  return {
    ...reads(call, base),
    ...writes(call, base),
    subscribe: (replayId, signal) => pubsub.subscribe(replayId, signal),
    close: () => pubsub.close(),
  };
}

function reads(call: Call, base: string): Pick<SalesforceClient, 'changed' | 'byId' | 'contractsById' | 'all'> {
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
  const where = async <E extends EntityName>(
    entity: E,
    field: 'Id' | 'Contract__c',
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<Reading<Entities[E]>> => {
    const soqls = chunks(ids, IDS_PER_QUERY).map((part) => recordsSoql(entity, field, part));
    const reading = await read<Entities[E]>(`${entity} by id`, soqls, signal);
    reading.records.forEach((record) => checkShape(entity, record));
    return reading;
  };
  return {
    changed: (entity, after, limit, signal) => read(`changed ${entity}`, [changedSoql(entity, after, limit)], signal),
    byId: (entity, ids, signal) => where(entity, 'Id', ids, signal),
    async contractsById(ids, signal) {
      const { records: contracts, askedAt } = await where('Contract', 'Id', ids, signal);
      const found = contracts.map(({ Id }) => Id);
      const { records: lines } = await where('Contract_Line__c', 'Contract__c', found, signal);
      const named = new Set(lines.flatMap(({ Product__c }) => (Product__c === null ? [] : [Product__c])));
      const { records: products } = await where('Product2', 'Id', [...named], signal);
      const productCodes = new Map(products.map(({ Id, ProductCode }) => [Id, ProductCode]));
      const linesOf = Map.groupBy(lines, ({ Contract__c }) => Contract__c);
      const records = contracts.map((contract) => ({
        contract,
        lines: linesOf.get(contract.Id) ?? [],
        productCodes,
      }));
      return { records, askedAt };
    },
    async all<E extends EntityName>(entity: E, signal?: AbortSignal) {
      const first = await query(`all ${entity}`, 'query', allSoql(entity), signal);
      const records: Entities[E][] = [];
      for await (const page of pages<Entities[E]>(call, first, signal)) records.push(...page);
      records.forEach((record) => checkShape(entity, record));
      return { records, total: Number((first.body as QueryPage<unknown>).totalSize) };
    },
  };
}

function writes(call: Call, base: string): Pick<SalesforceClient, 'upsertRecords' | 'deleteRecords'> {
  return {
    async upsertRecords(type, key, records) {
      const results: SaveResult[] = [];
      for (const part of chunks(records, COLLECTION_LIMIT)) {
        const body = { allOrNone: false, records: part.map((record) => ({ attributes: { type }, ...record })) };
        const init = { method: 'PATCH', body: JSON.stringify(body) };
        const answer = await call(`upsert ${type}`, `${base}/composite/sobjects/${type}/${key}`, init);
        results.push(...(answer.body as SaveResult[]));
      }
      return results;
    },
    async deleteRecords(ids) {
      const results: SaveResult[] = [];
      for (const part of chunks(ids, COLLECTION_LIMIT)) {
        const path = `${base}/composite/sobjects?ids=${part.join(',')}&allOrNone=false`;
        const answer = await call('delete records', path, { method: 'DELETE' });
        results.push(...(answer.body as SaveResult[]));
      }
      return results;
    },
  };
}

/** Calls with the session in force; a refused session is renewed once, then the refusal stands. */
function authorised(config: SalesforceConfig, sessions: SessionSource): Call {
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
function checkShape(entity: EntityName, record: VendorRecord): void {
  const missing = FIELDS[entity].filter((field) => !(field in record));
  if (missing.length > 0)
    throw new DataError('salesforce-answer', `${entity} ${record.Id} came without ${missing.join(', ')}`);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
