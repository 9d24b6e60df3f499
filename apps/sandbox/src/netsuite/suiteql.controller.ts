import type { Request, RequestHandler, Response } from 'express';
import type { Pool } from 'pg';
import type { DateFormat } from './date-format.ts';
import { isObject, NumberText, type ExactJson } from './exact-json.ts';
import { NetSuiteProblem } from './problem.ts';
import { boundedInteger, collectionMediaType, parseBody } from './record.controller.ts';
import type { Catalog } from './suiteql-sql.ts';
import { SuiteQlError } from './suiteql-tokens.ts';
import { runSuiteQl } from './suiteql.store.ts';

interface QueryAccount {
  readonly pool: Pool;
  readonly catalog: Catalog;
  readonly baseUrl: () => string;
  readonly dateFormat: DateFormat;
}

/** `POST /services/rest/query/v1/suiteql?limit&offset`. */
export function suiteQlHandler({ pool, catalog, baseUrl, dateFormat }: QueryAccount): RequestHandler {
  return async (request, response) => {
    if (!/(^|,)\s*transient\s*(,|$)/i.test(request.get('Prefer') ?? '')) {
      throw new NetSuiteProblem(
        400,
        'INVALID_HEADER',
        'The required request header Prefer must have the value transient.',
      );
    }
    const limit = boundedInteger(request, 'limit', 1000, 1000);
    const offset = boundedInteger(request, 'offset', 0, 99_999);
    if (offset % limit !== 0) throw invalidQuery('The offset must be divisible by the limit.', 'offset');
    const { q, params } = readQuery(parseBody(request));
    try {
      const { items, total } = await runSuiteQl(pool, catalog, { q, params, limit, offset, dateFormat });
      answer(response, request, baseUrl(), { items, total, limit, offset });
    } catch (error) {
      if (error instanceof SuiteQlError) throw invalidQuery(error.message, 'q');
      throw error;
    }
  };
}

function readQuery(body: ExactJson): { q: string; params: string[] } {
  const q = isObject(body) ? body['q'] : undefined;
  if (!isObject(body) || typeof q !== 'string') throw invalidQuery('The body must have a query in q.', 'q');
  const given = body['params'] ?? [];
  if (!Array.isArray(given) || given.length > 2000) throw invalidQuery('params must be an array.', 'params');
  const params = (given as readonly ExactJson[]).map((value) => {
    if (value instanceof NumberText) return value.text;
    if (typeof value === 'string') return value;
    throw invalidQuery('A parameter must be text or a number.', 'params');
  });
  return { q, params };
}

interface Page {
  readonly items: readonly Record<string, string>[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
}

function answer(response: Response, _request: Request, base: string, { items, total, limit, offset }: Page): void {
  const at = (rel: string, to: number): object => ({
    rel,
    href: `${base}/services/rest/query/v1/suiteql?limit=${limit}&offset=${to}`,
  });
  const hasMore = offset + items.length < total;
  const last = Math.max(0, Math.floor((total - 1) / limit) * limit);
  const links = [
    ...(hasMore ? [at('next', offset + limit), at('last', last)] : []),
    ...(offset > 0 ? [at('first', 0), at('previous', offset - limit)] : []),
    at('self', offset),
  ];
  response.setHeader('Preference-Applied', 'transient');
  const rows = items.map((item) => ({ links: [], ...item }));
  response
    .type(collectionMediaType)
    .send(JSON.stringify({ links, count: rows.length, hasMore, items: rows, offset, totalResults: total }));
}

function invalidQuery(detail: string, parameter: string): NetSuiteProblem {
  const text =
    parameter === 'q'
      ? `Invalid search query. Detailed unprocessed description follows. Search error occurred: ${detail}`
      : detail;
  return new NetSuiteProblem(400, 'INVALID_PARAMETER', text, parameter);
}
