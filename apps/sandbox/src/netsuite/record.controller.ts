import { Router, type Request, type Response } from 'express';
import type { Pool, PoolClient } from 'pg';
import { ExternalIdTaken, inTransaction } from './database.store.ts';
import type { DateFormat } from './date-format.ts';
import { writeEntity } from './entity.store.ts';
import { parseExact, type ExactJson } from './exact-json.ts';
import { readListQuery } from './list-query.ts';
import { invalidContent, NetSuiteProblem, notFound, userError } from './problem.ts';
import { readWrite, type NameValidation, type RecordWrite } from './record-body.ts';
import { keyCondition, listIds, readRecord, readSublist, type RecordKey } from './record-read.store.ts';
import { recordType, transforms, type RecordType } from './record-types.ts';
import { deleteRecord } from './removal.store.ts';
import { writeTransaction } from './transaction.store.ts';
import { transformRecord } from './transform.store.ts';

interface Account {
  readonly pool: Pool;
  readonly now: () => Date;
  readonly baseUrl: () => string;
  readonly dateFormat: DateFormat;
}

export const recordMediaType = 'application/vnd.oracle.resource+json; type=singular; charset=UTF-8';
export const collectionMediaType = 'application/vnd.oracle.resource+json; type=collection; charset=UTF-8';

/** `/services/rest/record/v1/...`: synchronous calls; an idempotency key is ignored, as NetSuite ignores it here. */
export function recordRouter(account: Account): Router {
  const router = Router();
  router.get('/:type', (request, response) => list(account, request, response));
  router.post('/:type', (request, response) => create(account, request, response));
  router.get('/:type/:id', (request, response) => read(account, request, response));
  router.put('/:type/:id', (request, response) => upsert(account, request, response));
  router.patch('/:type/:id', (request, response) => change(account, request, response));
  router.delete('/:type/:id', (request, response) => remove(account, request, response));
  router.post('/:type/:id/\\!transform/:target', (request, response) => transform(account, request, response));
  router.get('/:type/:id/:sublist', (request, response) => sublist(account, request, response));
  return router;
}

async function list({ pool, baseUrl, dateFormat }: Account, request: Request, response: Response): Promise<void> {
  const type = typeOf(request);
  const limit = boundedInteger(request, 'limit', 1000, 1000);
  const offset = boundedInteger(request, 'offset', 0, Number.MAX_SAFE_INTEGER);
  if (offset % limit !== 0) throw badParameter('Invalid offset: it must be divisible by the limit.');
  const q = typeof request.query['q'] === 'string' ? request.query['q'] : '';
  const { ids, total } = await listIds(pool, type, limit, offset, readListQuery(q, type, dateFormat));
  const self = `${baseUrl()}/services/rest/record/v1/${type.name}`;
  response.type(collectionMediaType).send(
    JSON.stringify({
      links: [{ rel: 'self', href: `${self}?limit=${limit}&offset=${offset}` }],
      count: ids.length,
      hasMore: offset + ids.length < total,
      items: ids.map((id) => ({ links: [{ rel: 'self', href: `${self}/${id}` }], id })),
      offset,
      totalResults: total,
    }),
  );
}

async function read({ pool, baseUrl }: Account, request: Request, response: Response): Promise<void> {
  const type = typeOf(request);
  const plainEnums = request.query['simpleEnumFormat'] === 'true';
  const base = `${baseUrl()}/services/rest/record/v1`;
  const record = await readRecord(pool, type, keyOf(request), { base, plainEnums });
  if (!record) throw notFound();
  if (request.query['expandSubResources'] === 'true') {
    for (const name of type.sublists) {
      const items = await readSublist(pool, name, record.id);
      const links = (record[name] as { links: unknown }).links;
      record[name] = { links, items, totalResults: items.length };
    }
  }
  response.type(recordMediaType).send(JSON.stringify(onlyFields(record, request.query['fields'])));
}

/** `fields` names what is wanted, comma-separated; id and links come with it. */
function onlyFields(record: Record<string, unknown>, fields: unknown): Record<string, unknown> {
  if (typeof fields !== 'string') return record;
  const wanted = new Set(['id', 'links', ...fields.split(',').map((name) => name.trim())]);
  return Object.fromEntries(Object.entries(record).filter(([name]) => wanted.has(name)));
}

async function sublist({ pool }: Account, request: Request, response: Response): Promise<void> {
  const type = typeOf(request);
  const name = type.sublists.find((s) => s === request.params['sublist']);
  if (!name) throw new NetSuiteProblem(404, 'INVALID_URL', 'Invalid URL.');
  const id = await findId(pool, type, keyOf(request));
  if (id === null) throw notFound();
  const items = await readSublist(pool, name, id);
  response.type(collectionMediaType).send(JSON.stringify({ links: [], items, totalResults: items.length }));
}

async function create(account: Account, request: Request, response: Response): Promise<void> {
  const type = typeOf(request);
  const write = writeOf(type, request);
  try {
    const id = await save(account, type, null, write, request);
    answerWritten(account, response, type, id);
  } catch (error) {
    if (error instanceof ExternalIdTaken) throw userError('This record already exists.');
    throw error;
  }
}

async function upsert(account: Account, request: Request, response: Response): Promise<void> {
  const type = typeOf(request);
  const key = keyOf(request);
  if (key.by !== 'externalid')
    throw new NetSuiteProblem(400, 'INVALID_URL', 'Upsert takes an external id (eid:) only.');
  const write = writeOf(type, request);
  (write.values as Map<string, string | null>).set('externalid', key.value);
  const id = await saveUnderKey(account, type, key, write, request).catch((error: unknown) => {
    // Another call created it between our look and our insert: now it is an update.
    if (error instanceof ExternalIdTaken) return saveUnderKey(account, type, key, write, request);
    throw error;
  });
  answerWritten(account, response, type, id);
}

/** A create like POST: asked twice it is done twice. */
async function transform(account: Account, request: Request, response: Response): Promise<void> {
  const type = typeOf(request);
  const target = recordType(String(request.params['target']));
  if (!target || !transforms[type.name]?.includes(target.name))
    throw new NetSuiteProblem(404, 'INVALID_URL', `A ${type.name} cannot be transformed that way.`);
  const empty = String(request.body).trim() === '';
  const write = empty ? readWrite(target, {}, 'Error') : writeOf(target, request);
  try {
    const id = await inTransaction(account.pool, async (tx) => {
      const source = await findId(tx, type, keyOf(request));
      if (source === null) throw notFound();
      return transformRecord(tx, target, source, write, writeOptions(request, account.now()));
    });
    answerWritten(account, response, target, id);
  } catch (error) {
    if (error instanceof ExternalIdTaken) throw userError('This record already exists.');
    throw error;
  }
}

function saveUnderKey(
  account: Account,
  type: RecordType,
  key: RecordKey,
  write: RecordWrite,
  request: Request,
): Promise<string> {
  return save(account, type, key, write, request);
}

async function change(account: Account, request: Request, response: Response): Promise<void> {
  const type = typeOf(request);
  const write = writeOf(type, request);
  const key = keyOf(request);
  const id = await inTransaction(account.pool, async (tx) => {
    const existing = await findId(tx, type, key, true);
    if (existing === null) throw notFound();
    return store(tx, type, existing, write, request, account.now());
  });
  answerWritten(account, response, type, id);
}

async function remove({ pool, now }: Account, request: Request, response: Response): Promise<void> {
  const type = typeOf(request);
  await inTransaction(pool, async (tx) => {
    const id = await findId(tx, type, keyOf(request), true);
    if (id === null) throw notFound();
    await deleteRecord(tx, type, id, now());
  });
  response.status(204).end();
}

function save(
  { pool, now }: Account,
  type: RecordType,
  key: RecordKey | null,
  write: RecordWrite,
  request: Request,
): Promise<string> {
  return inTransaction(pool, async (tx) => {
    const existing = key ? await findId(tx, type, key, true) : null;
    return store(tx, type, existing, write, request, now());
  });
}

function store(
  tx: PoolClient,
  type: RecordType,
  existing: string | null,
  write: RecordWrite,
  request: Request,
  at: Date,
): Promise<string> {
  const options = writeOptions(request, at);
  if (!type.transactionType) return writeEntity(tx, type, existing, write, options.now);
  return writeTransaction(tx, type, existing, write, options);
}

function writeOptions(request: Request, at: Date): { now: Date; replaced: ReadonlySet<string> } {
  const { replace } = request.query;
  // The vendor's stamps have a resolution of one second.
  const now = new Date(Math.floor(at.getTime() / 1000) * 1000);
  return { now, replaced: new Set(typeof replace === 'string' ? replace.split(',') : []) };
}

async function findId(db: Pool | PoolClient, type: RecordType, key: RecordKey, lock = false): Promise<string | null> {
  const { sql, value } = keyCondition(type, key);
  const query = `select t.id from ${type.table} t where ${sql}${lock ? ' for no key update' : ''}`;
  return (await db.query<{ id: string }>(query, [value])).rows[0]?.id ?? null;
}

function answerWritten({ baseUrl }: Account, response: Response, type: RecordType, id: string): void {
  response.setHeader('Location', `${baseUrl()}/services/rest/record/v1/${type.name.toLowerCase()}/${id}`);
  response.status(204).end();
}

function typeOf(request: Request): RecordType {
  const type = recordType(String(request.params['type']));
  if (!type)
    throw new NetSuiteProblem(404, 'INVALID_URL', `Record type '${String(request.params['type'])}' does not exist.`);
  return type;
}

function keyOf(request: Request): RecordKey {
  const id = String(request.params['id']);
  return id.startsWith('eid:') ? { by: 'externalid', value: id.slice(4) } : { by: 'id', value: id };
}

function writeOf(type: RecordType, request: Request): RecordWrite {
  const validation = nameValidation(request);
  return readWrite(type, parseBody(request), validation);
}

export function parseBody(request: Request): ExactJson {
  try {
    return parseExact(String(request.body));
  } catch {
    throw invalidContent('Invalid content in the request body. Malformed JSON.');
  }
}

export function boundedInteger(request: Request, name: string, byDefault: number, maximum: number): number {
  const text = request.query[name];
  if (text === undefined) return byDefault;
  const value = typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : -1;
  if (value < (name === 'limit' ? 1 : 0) || value > maximum)
    throw badParameter(`Invalid value for the parameter ${name}.`);
  return value;
}

function badParameter(detail: string): NetSuiteProblem {
  return new NetSuiteProblem(400, 'INVALID_PARAMETER', detail);
}

/** Clients in the wild send it in either case. */
function nameValidation(request: Request): NameValidation {
  const asked = request.get('X-NetSuite-PropertyNameValidation')?.toLowerCase();
  return asked === 'error' ? 'Error' : asked === 'ignore' ? 'Ignore' : 'Warning';
}
