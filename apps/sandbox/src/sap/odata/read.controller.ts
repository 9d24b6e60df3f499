import type { PoolClient } from 'pg';
import { entityJson, rowEtag } from './entity-json.ts';
import { versionHeader, type Environment, type ODataAnswer, type ODataRequest } from './exchange.ts';
import type { EntitySet } from './model.ts';
import { projectionOf } from './projection.ts';
import { checkNames, parseQuery } from './query-options.ts';
import { countEntities, readEntities, readEntity, type Entity, type Scope } from './read.store.ts';
import { segmentNotFound } from './refusals.ts';
import type { Target } from './target.store.ts';
import { toWire, wireJson } from './wire-values.ts';

type Of<Kind extends Target['kind']> = Extract<Target, { kind: Kind }>;

/** Answers a GET of anything but a function. @throws SapError */
export async function answerRead(
  tx: PoolClient,
  env: Environment,
  target: Exclude<Target, { kind: 'function' }>,
  request: ODataRequest,
): Promise<ODataAnswer> {
  switch (target.kind) {
    case 'collection':
      return readCollection(tx, env, target, request);
    case 'count':
      return readCount(tx, env, target, request);
    case 'entity':
      return readOne(tx, env, target, request);
    case 'property':
      return readProperty(tx, target, request);
  }
}

async function readCollection(
  tx: PoolClient,
  env: Environment,
  { set, scope }: Of<'collection'>,
  { path, search }: ODataRequest,
): Promise<ODataAnswer> {
  const query = parseQuery(env.service, set, search);
  const pageSize = env.pageSizes[set.name] ?? set.pageSize ?? Infinity;
  const left = Math.max(0, (query.top ?? Infinity) - query.taken);
  const limit = Math.min(left, pageSize);
  // One more than the page tells whether there is another.
  const found = limit === 0 ? [] : await readEntities(tx, set, scope, query, limit + 1);
  const page = found.length > limit ? found.slice(0, limit) : found;
  const hasMore = found.length > limit && left > limit;
  const count = query.inlineCount ? { __count: await countEntities(tx, set, scope, query) } : {};
  const results = page.map((entity) => entityJson(env, set, entity, query.projection));
  const next = hasMore ? { __next: nextLink(env, path, search, query.taken + limit) } : {};
  return json(200, { d: { ...count, results, ...next } });
}

/** The address of the next page: the one asked for, with how many rows were given so far. */
function nextLink({ root }: Environment, path: string, search: URLSearchParams, taken: number): string {
  const options = [...search].filter(([name]) => name !== '$skiptoken');
  const text = options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${root}/${path}?${[...text, `$skiptoken=${taken}`].join('&')}`;
}

async function readCount(
  tx: PoolClient,
  env: Environment,
  { set, scope }: Of<'count'>,
  { search }: ODataRequest,
): Promise<ODataAnswer> {
  const count = await countEntities(tx, set, scope, parseQuery(env.service, set, search));
  return { status: 200, headers: { ...versionHeader, 'content-type': 'text/plain;charset=utf-8' }, body: count };
}

async function readOne(
  tx: PoolClient,
  env: Environment,
  { set, scope }: Of<'entity'>,
  { search }: ODataRequest,
): Promise<ODataAnswer> {
  checkNames(search);
  return entityAnswer(tx, env, { set, scope, select: search.get('$select'), expand: search.get('$expand') });
}

interface Wanted {
  readonly set: EntitySet;
  readonly scope: Scope;
  readonly select?: string | null;
  readonly expand?: string | null;
  readonly status?: number;
}

/** One entity with its ETag. @throws SapError 404 when it is not there */
export async function entityAnswer(
  tx: PoolClient,
  env: Environment,
  { set, scope, select = null, expand = null, status = 200 }: Wanted,
): Promise<ODataAnswer> {
  const projection = projectionOf(env.service, set, select, expand);
  const entity: Entity | null = await readEntity(tx, set, scope, projection);
  if (!entity) throw segmentNotFound(set.name);
  const etag = rowEtag(set, entity.row);
  return json(status, { d: entityJson(env, set, entity, projection) }, etag === null ? {} : { etag });
}

async function readProperty(
  tx: PoolClient,
  { set, scope, property, raw }: Of<'property'>,
  { search }: ODataRequest,
): Promise<ODataAnswer> {
  checkNames(search);
  const entity = await readEntity(tx, set, scope, { properties: [property], navigations: [] });
  if (!entity) throw segmentNotFound(set.name);
  const value = toWire(property, entity.row[property.name] ?? null);
  if (!raw) return json(200, { d: { [property.name]: value } });
  return {
    status: 200,
    headers: { ...versionHeader, 'content-type': 'text/plain;charset=utf-8' },
    body: value === null ? '' : String(value),
  };
}

function json(status: number, content: object, headers: Readonly<Record<string, string>> = {}): ODataAnswer {
  return {
    status,
    headers: { ...versionHeader, 'content-type': 'application/json;charset=utf-8', ...headers },
    body: wireJson(content),
  };
}
