import { findSet } from './edm.ts';
import { rowEtag } from './entity-json.ts';
import { versionHeader, type Environment, type ODataAnswer, type ODataRequest } from './exchange.ts';
import { parseChange, parseCreation } from './input.ts';
import { fits, parseLiteral } from './literals.ts';
import {
  SapError,
  type ComplexType,
  type EdmType,
  type EntitySet,
  type FunctionImport,
  type Key,
  type Values,
} from './model.ts';
import { readEntity, type Entity, type Scope } from './read.store.ts';
import { entityAnswer } from './read.controller.ts';
import { etagMismatch, etagMissing, malformed, methodNotAllowed, segmentNotFound } from './refusals.ts';
import type { Target } from './target.store.ts';
import type { Unit, Warning } from './unit.store.ts';
import { sameEtag, toWire, wireJson, type Raw } from './wire-values.ts';

type Entities = Extract<Target, { kind: 'collection' | 'entity' }>;

/** Does one write in its unit. @throws SapError; the unit is then to be rolled back */
export async function answerWrite(
  unit: Unit,
  env: Environment,
  target: Target,
  request: ODataRequest,
): Promise<ODataAnswer> {
  const answer = await written(unit, env, target, request);
  const warnings = unit.takeWarnings();
  const message = warnings.length === 0 ? {} : { 'sap-message': sapMessage(warnings, env.language) };
  return { ...answer, headers: { ...answer.headers, ...message } };
}

/** A client behind a proxy that knows only GET and POST says the method in a header. */
export function methodOf({ method, headers }: Pick<ODataRequest, 'method' | 'headers'>): string {
  const tunnelled = headers['x-http-method']?.toUpperCase();
  const actual = method === 'POST' && tunnelled !== undefined ? tunnelled : method;
  return actual === 'MERGE' ? 'PATCH' : actual;
}

async function written(unit: Unit, env: Environment, target: Target, request: ODataRequest): Promise<ODataAnswer> {
  const method = methodOf(request);
  if (target.kind === 'function') return callFunction(unit, env, target.function, request);
  checkNoOptions(request.search);
  if (target.kind === 'collection' && method === 'POST') return create(unit, env, target, request);
  if (target.kind === 'entity' && method === 'PATCH') return update(unit, target, request);
  if (target.kind === 'entity' && method === 'DELETE') return remove(unit, target, request);
  throw methodNotAllowed(method, target.set.name);
}

function checkNoOptions(search: URLSearchParams): void {
  if ([...search.keys()].some((name) => name.startsWith('$')))
    throw malformed(
      'The Data Services Request contains SystemQueryOptions that are not allowed for this Request Type',
      'Die Anfrage enthält Systemabfrageoptionen, die für diesen Anfragetyp nicht erlaubt sind',
    );
}

function checkContentType({ headers }: ODataRequest): void {
  const type = headers['content-type'] ?? '';
  if (/\bjson\b/i.test(type)) return;
  const en = `Unsupported content type '${type.slice(0, 100)}'`;
  throw new SapError(415, '/IWFND/CM_MGW_RT/064', { en, de: `Inhaltstyp '${type.slice(0, 100)}' nicht unterstützt` });
}

async function create(
  unit: Unit,
  env: Environment,
  { set, scope }: Entities,
  request: ODataRequest,
): Promise<ODataAnswer> {
  if (!set.create) throw methodNotAllowed('POST', set.name);
  checkContentType(request);
  const values = parseCreation(env.service, set, request.body);
  // What the path already says: the order of a new item.
  const key = await set.create(unit.write, { ...values, ...scope });
  const expand = expandedPaths(values).join(',');
  const answer = await entityAnswer(unit.tx, env, { set, scope: keyOf(set, key), expand, status: 201 });
  const { uri } = (JSON.parse(answer.body) as { d: { __metadata: { uri: string } } }).d.__metadata;
  return { ...answer, headers: { ...answer.headers, location: uri } };
}

/** Navigations that a deep insert used, which its answer shows expanded. Only they hold lists. */
function expandedPaths(values: Values): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (!Array.isArray(value)) return [];
    const below = (value as readonly Values[]).flatMap(expandedPaths);
    return [name, ...new Set(below.map((path) => `${name}/${path}`))];
  });
}

function keyOf(set: EntitySet, key: Key): Scope {
  return Object.fromEntries(set.keys.map((name) => [name, key[name] ?? null]));
}

async function update(unit: Unit, { set, scope }: Entities, request: ODataRequest): Promise<ODataAnswer> {
  if (!set.update) throw methodNotAllowed('PATCH', set.name);
  checkContentType(request);
  const key = await lockEntity(unit, set, scope, request);
  await set.update(unit.write, key, parseChange(set, request.body, key));
  return { status: 204, headers: versionHeader, body: '' };
}

async function remove(unit: Unit, { set, scope }: Entities, request: ODataRequest): Promise<ODataAnswer> {
  if (!set.remove) throw methodNotAllowed('DELETE', set.name);
  const key = await lockEntity(unit, set, scope, request);
  await set.remove(unit.write, key);
  return { status: 204, headers: versionHeader, body: '' };
}

/** Lets one writer at a time at the entity and compares its ETag. @throws SapError 404, 428, 412 */
async function lockEntity(unit: Unit, set: EntitySet, scope: Scope, { headers }: ODataRequest): Promise<Key> {
  const found = await readKey(unit, set, scope);
  const key = Object.fromEntries(set.keys.map((name) => [name, String(found.row[name])]));
  const name = JSON.stringify([set.name, ...Object.values(key)]);
  await unit.tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
  const etag = rowEtag(set, (await readKey(unit, set, keyOf(set, key))).row);
  if (etag === null) return key;
  const given = headers['if-match'];
  if (given === undefined) throw etagMissing();
  if (!sameEtag(given, etag)) throw etagMismatch();
  return key;
}

async function readKey({ tx }: Unit, set: EntitySet, scope: Scope): Promise<Entity> {
  const found = await readEntity(tx, set, scope, { properties: [], navigations: [] });
  if (!found) throw segmentNotFound(set.name);
  return found;
}

/** Runs a function import; its parameters are literals of the address. */
export async function callFunction(
  unit: Unit,
  env: Environment,
  called: FunctionImport,
  { method, search }: ODataRequest,
): Promise<ODataAnswer> {
  if (method !== called.method) throw methodNotAllowed(method, called.name);
  const { returns } = called;
  const values = await called.run(unit.write, functionParameters(called, search));
  if (typeof returns !== 'string') return complexAnswer(env, called.name, returns, values);
  const set = findSet(env.service, returns)!;
  return entityAnswer(unit.tx, env, { set, scope: keyOf(set, values as Key) });
}

function complexAnswer(
  { service }: Environment,
  name: string,
  { name: type, properties }: ComplexType,
  values: Values,
): ODataAnswer {
  const fields = properties.map((property) => [
    property.name,
    toWire(property, (values[property.name] ?? null) as Raw),
  ]);
  const content = { __metadata: { type: `${service.name}.${type}` }, ...(Object.fromEntries(fields) as object) };
  const headers = { ...versionHeader, 'content-type': 'application/json;charset=utf-8' };
  return { status: 200, headers, body: wireJson({ d: { [name]: content } }) };
}

function functionParameters({ parameters }: FunctionImport, search: URLSearchParams): Values {
  return Object.fromEntries(
    parameters.map(({ name, type, maxLength }) => {
      const text = search.get(name);
      const literal = text === null ? null : parseLiteral(text);
      if (!literal || !fits(type, literal) || literal.text.length > (maxLength ?? Infinity))
        throw malformed(`Invalid or missing parameter '${name}'`, `Parameter '${name}' fehlt oder ist ungültig`);
      return [name, parameterValue(type, literal.text)];
    }),
  );
}

function parameterValue(type: EdmType, text: string): string | boolean | number {
  if (type === 'Edm.Boolean') return text === 'true';
  return type === 'Edm.Int32' ? Number(text) : text;
}

/** The header's JSON: the first warning, the others as its details. */
function sapMessage(warnings: readonly Warning[], language: string): string {
  const [first, ...details] = warnings.map(({ number, texts }) => ({
    code: number,
    message: texts[language] ?? texts['en'] ?? number,
    target: '',
    severity: 'warning',
    transition: false,
  }));
  // Header values are Latin-1; whatever is beyond is escaped as JSON allows.
  return JSON.stringify({ ...first, details }).replace(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
