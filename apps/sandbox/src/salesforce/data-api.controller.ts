import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type { Pool } from 'pg';
import { exactBody } from './body.controller.ts';
import type { Catalog } from './catalog.ts';
import { compositeRouter, lockFault } from './composite.controller.ts';
import { errorBody, SalesforceFault } from './errors.ts';
import type { TokenRegistry } from './oauth.controller.ts';
import { queryRouter } from './query.controller.ts';
import { sobjectsRouter } from './sobjects.controller.ts';
import { changeOrigin, type Transact } from './write.ts';

export const API_VERSION = 'v63.0';
const BASE = `/services/data/${API_VERSION}`;
const DAILY_LIMIT = 100_000;

/** Calls counted so far, and how many of the next are refused for the daily limit. */
export interface Meter {
  calls: number;
  refusals: number;
}

export interface DataApi {
  readonly pool: Pool;
  readonly catalog: Catalog;
  readonly transact: Transact;
  readonly tokens: TokenRegistry;
  readonly meter: Meter;
}

/** SOQL, sObject calls and collections under /services/data. */
export function mountDataApi(api: Express, { pool, catalog, transact, tokens, meter }: DataApi): void {
  const version = { label: "Spring '25", url: BASE, version: API_VERSION.slice(1) };
  api.get('/services/data', (_request, response) => void response.json([version]));
  api.use('/services/data', usage(meter), tokens.guard, limits(meter));
  api.use('/services/data', express.text({ type: () => true, limit: '6mb' }), exactBody);
  api.get(BASE, (_request, response) => {
    response.json({
      sobjects: `${BASE}/sobjects`,
      query: `${BASE}/query`,
      queryAll: `${BASE}/queryAll`,
      composite: `${BASE}/composite`,
    });
  });
  const origin = (request: Request): string => changeOrigin(API_VERSION, request.get('sforce-call-options'));
  api.use(
    BASE,
    queryRouter({ pool, catalog, base: BASE }),
    sobjectsRouter({ pool, catalog, transact, origin, base: BASE }),
    compositeRouter({ catalog, transact, origin }),
  );
}

/** A refused session is not counted, but told the usage as well. */
const usage =
  (meter: Meter): RequestHandler =>
  (_request, response, next) => {
    response.setHeader('Sforce-Limit-Info', `api-usage=${meter.calls}/${DAILY_LIMIT}`);
    next();
  };

const limits =
  (meter: Meter): RequestHandler =>
  (_request, response, next) => {
    meter.calls++;
    response.setHeader('Sforce-Limit-Info', `api-usage=${meter.calls}/${DAILY_LIMIT}`);
    if (meter.refusals > 0) {
      meter.refusals--;
      throw new SalesforceFault(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    }
    next();
  };

/** Any error as the REST API's array of one. */
export const asErrorBody: ErrorRequestHandler = (error: Error & { type?: string }, _request, response, _next) => {
  const fault = lockFault(error);
  if (fault instanceof SalesforceFault) return void response.status(fault.status).json(errorBody(fault.fault));
  if (error.type === 'entity.too.large')
    return void response.status(413).json(errorBody({ code: 'REQUEST_ENTITY_TOO_LARGE', message: error.message }));
  response
    .status(500)
    .json(errorBody({ code: 'UNKNOWN_EXCEPTION', message: `An unexpected error occurred: ${error.message}` }));
};
