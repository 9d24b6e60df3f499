import type { CallBudget, CallUse } from '@tieout/connector-erp';
import { errorCode, MisconfiguredError, outcomeUnknown } from '@tieout/messaging';
import { entityPath, parameterString, queryString, shapeString } from './address.ts';
import { pageOfAnswer, rowOfAnswer } from './answer.client.ts';
import { readBatch, writeBatch } from './batch.client.ts';
import type { SapConfig } from './config.ts';
import type { WireAnswer } from './http.client.ts';
import type { BatchPart, BatchResult, Body, Key, ODataPage, Query, Row, SapMessage, Shape, Written } from './odata.ts';
import { messagesOf } from './sap-message.ts';
import { createSender, type Call } from './sender.client.ts';

export interface CallOptions {
  /** Whose turn is first in the account's budget; reads are `read`, writes are `process` when it is left out. */
  readonly use?: CallUse;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The OData V2 services of one S/4HANA. Every method throws TransientError (`outcome-unknown` when a write got no answer,
 * `sap-changed-meanwhile` when the ETag was not the current one: nothing was written, read again), DataError or
 * MisconfiguredError, and nothing else.
 */
export interface SapClient {
  /** One entity, or null when there is none under the key. */
  get(service: string, set: string, key: Key, options?: Shape & CallOptions): Promise<Row | null>;
  /** One answer of a query. Its `next` is given to `follow`. */
  page(service: string, set: string, query: Query, options?: CallOptions): Promise<ODataPage>;
  /** The server's next page. */
  follow(next: string, options?: CallOptions): Promise<ODataPage>;
  /**
   * Every row of a query, page by page: `__next` where the server pages, else `$top` and `$skip` of `pageSize`, for which
   * `orderBy` has to be unique. Rows that change place meanwhile may be missed: a stream reads by its key instead.
   */
  pages(service: string, set: string, query: Query, options?: CallOptions): AsyncGenerator<ODataPage, void>;
  /** POST, with its parts below navigations. The answer does not have them unless the service repeats them. */
  create(service: string, set: string, body: Body, options?: CallOptions): Promise<Written>;
  /** Changes what is named and leaves the rest. */
  update(service: string, target: Target, changes: Body, options?: CallOptions): Promise<Written>;
  remove(service: string, target: Target, options?: CallOptions): Promise<Written>;
  /** A function import that changes something; parameters as keys are. */
  invoke(
    service: string,
    name: string,
    parameters: Exclude<Key, string>,
    options?: CallOptions & { readonly etag?: string },
  ): Promise<Written>;
  /** Reads and change sets in one call; each has a result of its own. */
  batch(service: string, parts: readonly BatchPart[], options?: CallOptions): Promise<readonly BatchResult[]>;
  /** Closes idle connections. */
  close(): void;
}

export interface Target {
  readonly set: string;
  readonly key: Key;
  /** Of the row that was read; null where the type has none. */
  readonly etag: string | null;
}

export interface SapClientOptions {
  /** Of the account, shared by its replicas. */
  readonly budget: CallBudget;
  /** Hears of warnings that came with a success. */
  readonly onMessages?: (call: string, messages: readonly SapMessage[]) => void;
}

const json = { 'content-type': 'application/json' };

export function createSapClient(config: SapConfig, { budget, onMessages }: SapClientOptions): SapClient {
  const sender = createSender(config, budget);
  const at = addresses(config);
  const reads = createReads(config, sender.send);
  const write = async (
    call: Omit<Call, 'use' | 'writes'>,
    options: CallOptions,
    wrapper?: string,
  ): Promise<Written> => {
    const answer = await sender.send({ ...call, use: options.use ?? 'process', signal: options.signal, writes: true });
    const messages = messagesOf(answer.headers['sap-message']);
    if (messages.length > 0) onMessages?.(call.name, messages);
    return { row: writtenRow(call.name, answer, wrapper), messages };
  };
  return {
    ...reads,
    create(service, set, body, options = {}) {
      const call = { name: `create ${set}`, method: 'POST', headers: json, body: JSON.stringify(body) } as const;
      return write({ ...call, ...at(service, set) }, options);
    },
    update(service, { set, key, etag }, changes, options = {}) {
      const headers = { ...json, ...(etag === null ? {} : { 'if-match': etag }) };
      const call = { name: `update ${set}`, method: 'PATCH', headers, body: JSON.stringify(changes) } as const;
      return write({ ...call, ...at(service, entityPath(set, key)) }, options);
    },
    remove(service, { set, key, etag }, options = {}) {
      const headers = etag === null ? {} : { 'if-match': etag };
      const call = { name: `remove ${set}`, method: 'DELETE', headers } as const;
      return write({ ...call, ...at(service, entityPath(set, key)) }, options);
    },
    invoke(service, name, parameters, options = {}) {
      const headers = options.etag === undefined ? {} : { 'if-match': options.etag };
      const call = { name: `invoke ${name}`, method: 'POST', headers } as const;
      return write({ ...call, ...at(service, `${name}${parameterString(parameters)}`) }, options, name);
    },
    async batch(service, parts, { use, signal } = {}) {
      const { contentType, body } = writeBatch(parts, config.without);
      const writes = parts.some(({ kind }) => kind === 'change-set');
      const call = { name: `batch ${service}`, method: 'POST', body, ...at(service, '$batch') } as const;
      const headers = { 'content-type': contentType, accept: 'multipart/mixed' };
      const answer = await sender.send({
        ...call,
        headers,
        writes,
        use: use ?? (writes ? 'process' : 'read'),
        signal,
      });
      return readBatch(call.name, parts, answer);
    },
    close: () => sender.close(),
  };
}

type Reads = Pick<SapClient, 'get' | 'page' | 'follow' | 'pages'>;

function createReads(config: SapConfig, send: (call: Call) => Promise<WireAnswer>): Reads {
  const at = addresses(config);
  const read = (call: Pick<Call, 'name' | 'url' | 'service'>, { use, signal }: CallOptions): Promise<WireAnswer> =>
    send({ ...call, method: 'GET', writes: false, use: use ?? 'read', signal });
  const follow: Reads['follow'] = async (next, options = {}) => {
    const url = ownAddress(config, next);
    const answer = await read({ name: 'query next page', url, service: new URL('.', url) }, options);
    return pageOfAnswer('query next page', answer.text, answer.date);
  };
  const page: Reads['page'] = async (service, set, query, options = {}) => {
    const name = `query ${set}`;
    const answer = await read({ name, ...at(service, `${set}${queryString(set, query, config.without)}`) }, options);
    return pageOfAnswer(name, answer.text, answer.date);
  };
  return {
    page,
    follow,
    async get(service, set, key, options = {}) {
      const name = `get ${set}`;
      const address = at(service, `${entityPath(set, key)}${shapeString(set, options, config.without)}`);
      try {
        const answer = await read({ name, ...address }, options);
        return rowOfAnswer(name, answer.text);
      } catch (error) {
        if (errorCode(error) === 'sap-not-found') return null;
        throw error;
      }
    },
    pages: (service, set, query, options = {}) =>
      allPages(
        query,
        config.pageSize,
        (window) => page(service, set, window, options),
        (next) => follow(next, options),
      ),
  };
}

async function* allPages(
  query: Query,
  pageSize: number,
  page: (window: Query) => Promise<ODataPage>,
  follow: (next: string) => Promise<ODataPage>,
): AsyncGenerator<ODataPage, void> {
  const most = query.top ?? Infinity;
  for (let seen = 0; seen < most;) {
    const top = Math.min(pageSize, most - seen);
    let rows = 0;
    for (let next: string | null | undefined; next !== null;) {
      const answer: ODataPage =
        next === undefined ? await page({ ...query, top, skip: (query.skip ?? 0) + seen }) : await follow(next);
      rows += answer.rows.length;
      next = answer.next;
      yield answer;
    }
    if (rows < top) return;
    seen += rows;
  }
}

/** Where a service and something in it are. */
function addresses(config: SapConfig): (service: string, path: string) => Pick<Call, 'url' | 'service'> {
  return (service, path) => {
    const root = `${config.url}${config.basePath}/${service}/`;
    return { url: new URL(`${root}${path}`), service: new URL(root) };
  };
}

/** Credentials go to the system and nowhere else. */
function ownAddress(config: SapConfig, next: string): URL {
  const url = new URL(next, `${config.url}${config.basePath}/`);
  if (url.origin === new URL(config.url).origin) return url;
  throw new MisconfiguredError(
    'sap-foreign-page',
    `SAP's next page is at ${url.origin}, the instance at ${config.url}: the proxy between has to pass the Host header on`,
  );
}

/** An answer that cannot be read does not undo the write. */
function writtenRow(name: string, answer: WireAnswer, wrapper: string | undefined): Row | null {
  if (answer.status === 204 || answer.text.trim() === '') return null;
  try {
    return rowOfAnswer(name, answer.text, wrapper);
  } catch (cause) {
    throw outcomeUnknown(`SAP ${name}: done, and the answer is unreadable: ${(cause as Error).message}`, { cause });
  }
}
