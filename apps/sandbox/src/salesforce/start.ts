import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { Pool } from 'pg';
import type { RunningSandbox, SandboxOptions } from '../sandbox.ts';
import { createTables, SANDBOX_SCHEMA } from './account.store.ts';
import { compositeRouter } from './composite.controller.ts';
import { errorBody, SalesforceFault } from './errors.ts';
import { oauthRouter, TokenRegistry, type ConnectedApp } from './oauth.controller.ts';
import { queryRouter } from './query.controller.ts';
import { sobjectsRouter } from './sobjects.controller.ts';

/** What the Salesforce connector takes as configuration. */
export interface SalesforceCredentials {
  readonly loginUrl: string;
  readonly consumerKey: string;
  readonly username: string;
  readonly privateKeyPem: string;
  readonly apiVersion: string;
}

export interface SalesforceSandbox extends RunningSandbox<SalesforceCredentials> {
  readonly vendor: 'salesforce';
  /** For the client_credentials flow. */
  readonly consumerSecret: string;
  /** Ends every session, as an administrator can: the next call gets 401 INVALID_SESSION_ID. */
  expireSessions(): void;
  /** Refuses the next `calls` data calls with 403 REQUEST_LIMIT_EXCEEDED. */
  exhaustLimit(calls: number): void;
  /** Calls of the data API and tokens issued since the start. */
  usage(): { readonly calls: number; readonly tokens: number };
}

const API_VERSION = 'v63.0';
const BASE = `/services/data/${API_VERSION}`;
const DAILY_LIMIT = 100_000;

/** The part of an org that the connector uses: OAuth, SOQL and sObject calls on Account. */
export async function startSalesforceSandbox(options: SandboxOptions): Promise<SalesforceSandbox> {
  const now = options.now ?? ((): Date => new Date());
  const pool = new Pool({ connectionString: options.databaseUrl, max: 8, options: `-c search_path=${SANDBOX_SCHEMA}` });
  pool.on('error', () => undefined); // A connection lost while idle is replaced by the next query.
  await createTables(pool);
  const { app, privateKeyPem } = connectedApp();
  const tokens = new TokenRegistry();
  const meter = { calls: 0, refusals: 0 };
  let url = '';
  const api = express().disable('x-powered-by').disable('etag');
  api.use((_request, response, next) => {
    response.setHeader('Date', now().toUTCString());
    next();
  });
  api.use(oauthRouter({ app, tokens, now, baseUrl: () => url }));
  dataApi(api, { pool, tokens, now, meter });
  const server = createServer(api).listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    vendor: 'salesforce',
    url,
    credentials: {
      loginUrl: url,
      consumerKey: app.consumerKey,
      username: app.username,
      privateKeyPem,
      apiVersion: API_VERSION,
    },
    consumerSecret: app.consumerSecret,
    expireSessions: () => tokens.revokeAll(),
    exhaustLimit: (calls) => void (meter.refusals = calls),
    usage: () => ({ calls: meter.calls, tokens: tokens.issued }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}

function connectedApp(): { app: ConnectedApp; privateKeyPem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const app = {
    consumerKey: `3MVG9${randomBytes(30).toString('base64url')}`,
    consumerSecret: randomBytes(32).toString('hex').toUpperCase(),
    username: 'integration@tieout.example',
    publicKey,
  };
  return { app, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

interface DataApi {
  readonly pool: Pool;
  readonly tokens: TokenRegistry;
  readonly now: () => Date;
  readonly meter: { calls: number; refusals: number };
}

function dataApi(api: Express, { pool, tokens, now, meter }: DataApi): void {
  const version = { label: "Spring '25", url: BASE, version: API_VERSION.slice(1) };
  api.get('/services/data', (_request, response) => void response.json([version]));
  api.use('/services/data', usage(meter), tokens.guard, limits(meter), express.json({ limit: '6mb' }));
  api.get(BASE, (_request, response) => {
    response.json({
      sobjects: `${BASE}/sobjects`,
      query: `${BASE}/query`,
      queryAll: `${BASE}/queryAll`,
      composite: `${BASE}/composite`,
    });
  });
  api.use(BASE, queryRouter(pool, BASE), sobjectsRouter(pool, BASE, now), compositeRouter(pool, now));
  api.use(() => {
    throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
  });
  api.use(asErrorBody);
}

/** A refused session is not counted, but told the usage as well. */
const usage =
  (meter: DataApi['meter']): RequestHandler =>
  (_request, response, next) => {
    response.setHeader('Sforce-Limit-Info', `api-usage=${meter.calls}/${DAILY_LIMIT}`);
    next();
  };

const limits =
  (meter: DataApi['meter']): RequestHandler =>
  (_request, response, next) => {
    meter.calls++;
    response.setHeader('Sforce-Limit-Info', `api-usage=${meter.calls}/${DAILY_LIMIT}`);
    if (meter.refusals > 0) {
      meter.refusals--;
      throw new SalesforceFault(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    }
    next();
  };

const asErrorBody: ErrorRequestHandler = (
  error: Error & { status?: number; type?: string },
  _request,
  response,
  _next,
) => {
  if (error instanceof SalesforceFault) return void response.status(error.status).json(errorBody(error.fault));
  if (error.type === 'entity.parse.failed')
    return void response.status(400).json(errorBody({ code: 'JSON_PARSER_ERROR', message: error.message }));
  if (error.type === 'entity.too.large')
    return void response.status(413).json(errorBody({ code: 'REQUEST_ENTITY_TOO_LARGE', message: error.message }));
  response
    .status(500)
    .json(errorBody({ code: 'UNKNOWN_EXCEPTION', message: `An unexpected error occurred: ${error.message}` }));
};
