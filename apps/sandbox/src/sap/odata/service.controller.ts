import type { Request, RequestHandler, Response } from 'express';
import type { Pool } from 'pg';
import { parsePath } from './address.ts';
import { answerBatch } from './batch.controller.ts';
import { errorBody } from './error-body.ts';
import {
  asksForJson,
  languageOf,
  versionHeader,
  type Environment,
  type ODataAnswer,
  type ODataRequest,
} from './exchange.ts';
import { metadataXml } from './metadata.ts';
import type { Announcement, ODataService } from './model.ts';
import { answerRead } from './read.controller.ts';
import { inSnapshot } from './read.store.ts';
import { asSapError, methodNotAllowed, unknownService } from './refusals.ts';
import { serviceDocument } from './service-document.ts';
import { resolveTarget } from './target.store.ts';
import { inUnit, type Unit } from './unit.store.ts';
import { answerWrite, callFunction, methodOf } from './write.controller.ts';

export interface Host {
  readonly pool: Pool;
  readonly services: readonly ODataService[];
  /** `http://host:port/sap/opu/odata/sap` */
  readonly root: () => string;
  readonly now: () => Date;
  readonly languages: readonly string[];
  readonly pageSizes: Readonly<Record<string, number>>;
  /** Requests of one batch. */
  readonly batchLimit: number;
  readonly onAnnounced: (events: readonly Announcement[]) => void;
}

/** All services of the host; a signed-in user's name is in `response.locals.user`. */
export function odataHandler(host: Host): RequestHandler {
  return async (request, response) => {
    const { name, path, search } = addressOf(request);
    const language = languageOf(search.get('sap-language') ?? request.get('accept-language'), host.languages);
    const call: ODataRequest = {
      method: request.method,
      path,
      search,
      headers: headersOf(request),
      body: bodyOf(request),
    };
    const service = host.services.find((each) => each.name === name);
    const frame = { service: service?.name ?? null, language, json: asksForJson(call) };
    try {
      if (!service) throw unknownService(name);
      const user = (response.locals as { user: string }).user;
      const root = `${host.root()}/${name}`;
      const env: Environment = { service, root, now: host.now(), user, language, pageSizes: host.pageSizes };
      send(response, await answerCall(host, env, call));
    } catch (error) {
      const sapError = asSapError(error);
      const { contentType, body } = errorBody(sapError, { ...frame, now: host.now() });
      send(response, { status: sapError.status, headers: { ...versionHeader, 'content-type': contentType }, body });
    }
  };
}

async function answerCall(host: Host, env: Environment, call: ODataRequest): Promise<ODataAnswer> {
  const isRead = call.method === 'GET' || call.method === 'HEAD';
  if (call.path === '' || call.path === '$metadata') {
    if (!isRead) throw methodNotAllowed(call.method, call.path === '' ? env.service.name : call.path);
    return call.path === '' ? serviceDocument(env, asksForJson(call)) : metadataAnswer(env);
  }
  if (call.path === '$batch') return answerBatchCall(host, env, call);
  return isRead ? answerReadCall(host, env, call) : answerWriteCall(host, env, call);
}

function answerBatchCall(host: Host, env: Environment, call: ODataRequest): Promise<ODataAnswer> {
  return answerBatch(env, call, {
    limit: host.batchLimit,
    read: (request) => answerReadCall(host, env, request),
    inUnit: (work) =>
      inUnit(host.pool, env, host.onAnnounced, (unit) => work((request) => writeIn(unit, env, request))),
  });
}

/** A read sees one state of the books; a function may write, whatever its method says. */
async function answerReadCall(host: Host, env: Environment, call: ODataRequest): Promise<ODataAnswer> {
  const segments = parsePath(call.path);
  const target = await inSnapshot(host.pool, async (tx) => {
    const found = await resolveTarget(tx, env.service, segments);
    return found.kind === 'function' ? found : answerRead(tx, env, found, call);
  });
  if (!('kind' in target)) return target;
  return inUnit(host.pool, env, host.onAnnounced, (unit) => callFunction(unit, env, target.function, call));
}

async function answerWriteCall(host: Host, env: Environment, call: ODataRequest): Promise<ODataAnswer> {
  return inUnit(host.pool, env, host.onAnnounced, (unit) => writeIn(unit, env, call));
}

/** One write inside a unit that others may share. */
async function writeIn(unit: Unit, env: Environment, call: ODataRequest): Promise<ODataAnswer> {
  const target = await resolveTarget(unit.tx, env.service, parsePath(call.path));
  return answerWrite(unit, env, target, { ...call, method: methodOf(call) });
}

function metadataAnswer({ service, root }: Environment): ODataAnswer {
  const headers = { ...versionHeader, 'content-type': 'application/xml;charset=utf-8' };
  return { status: 200, headers, body: metadataXml(service, root) };
}

/** Service and path as the client encoded them: an encoded slash is part of a key. */
function addressOf(request: Request): { name: string; path: string; search: URLSearchParams } {
  const url = request.originalUrl;
  const mark = url.includes('?') ? url.indexOf('?') : url.length;
  const [name = '', ...rest] = url.slice(request.baseUrl.length + 1, mark).split('/');
  const path = rest.join('/').replace(/^\/+|\/+$/g, '');
  return { name: safeDecode(name.split(';')[0]!), path, search: new URLSearchParams(url.slice(mark + 1)) };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function headersOf(request: Request): ODataRequest['headers'] {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
}

function bodyOf(request: Request): string {
  return typeof request.body === 'string' ? request.body : '';
}

function send(response: Response, { status, headers, body }: ODataAnswer): void {
  response.status(status).set(headers);
  if (status === 204) response.end();
  else response.send(Buffer.from(body));
}
