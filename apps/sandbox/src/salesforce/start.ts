import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { LOOPBACK, type RunningSandbox, type SandboxOptions } from '../sandbox.ts';
import { adminRouter } from './admin.controller.ts';
import { createCatalog } from './catalog.ts';
import { API_VERSION, asErrorBody, mountDataApi } from './data-api.controller.ts';
import { createOrg, openPool } from './database.store.ts';
import { SalesforceFault } from './errors.ts';
import { createEventLog } from './events/event-log.store.ts';
import { connectedApp, newIdentity, type OrgIdentity } from './identity.ts';
import { oauthRouter, TokenRegistry } from './oauth.controller.ts';
import { startPubSub, type Cut } from './pubsub/server.ts';
import type { StreamSettings } from './pubsub/subscription.ts';
import { createTransact } from './transact.store.ts';

/** What the Salesforce connector takes as configuration. */
export interface SalesforceCredentials {
  readonly loginUrl: string;
  readonly consumerKey: string;
  readonly username: string;
  readonly privateKeyPem: string;
  readonly apiVersion: string;
  /** Host and port of the Pub/Sub API. */
  readonly pubsubEndpoint: string;
  /** The certificate that it shows: self-signed, so a client has to be told. */
  readonly pubsubCaPem: string;
}

export interface SalesforceSandboxOptions extends SandboxOptions {
  /** Of the Pub/Sub API; the vendor's times by default. */
  readonly pubsub?: Partial<StreamSettings> & { readonly port?: number };
  /** What clients sign in with and whom they trust; a new one when absent. */
  readonly identity?: OrgIdentity;
}

export interface SalesforceSandbox extends RunningSandbox<SalesforceCredentials> {
  readonly vendor: 'salesforce';
  /** For the client_credentials flow. */
  readonly consumerSecret: string;
  /** Ends every session, as an administrator can: the next call gets 401 INVALID_SESSION_ID. */
  expireSessions(): void;
  /** Refuses the next `calls` data calls with 403 REQUEST_LIMIT_EXCEEDED. */
  exhaustLimit(calls: number): void;
  /** Cuts every connection to the Pub/Sub API, or ends every stream with UNAVAILABLE. */
  cutStreams(how?: Cut): void;
  /** Forgets all change events, as if they had been published longer ago than they are kept. */
  dropRetainedEvents(): Promise<void>;
  /** Calls of the data API and tokens issued since the start, and subscriptions open now. */
  usage(): { readonly calls: number; readonly tokens: number; readonly streams: number };
}

/** The part of an org that the connector uses: OAuth, SOQL, sObject calls and the change events of the Pub/Sub API. */
export async function startSalesforceSandbox(options: SalesforceSandboxOptions): Promise<SalesforceSandbox> {
  const now = options.now ?? ((): Date => new Date());
  const host = options.host ?? LOOPBACK;
  const identity = options.identity ?? (await newIdentity(host));
  const pool = openPool(options.databaseUrl);
  const catalog = createCatalog();
  await createOrg(pool, catalog);
  const app = connectedApp(identity);
  const tokens = new TokenRegistry();
  const meter = { calls: 0, refusals: 0 };
  const log = createEventLog(pool, now);
  for (const object of catalog.all()) await log.register(object);
  const settings = { keepaliveMs: 270_000, creditTimeoutMs: 60_000, blankSchemaIds: false, ...options.pubsub };
  const transact = createTransact({ pool, catalog, log, now });
  let url = '';
  const api = express().disable('x-powered-by').disable('etag');
  api.use((_request, response, next) => {
    response.setHeader('Date', now().toUTCString());
    next();
  });
  api.use(oauthRouter({ app, tokens, now, baseUrl: () => url }));
  const pubsub = await startPubSub({
    catalog,
    log,
    tokens,
    settings,
    instanceUrl: () => url,
    certificate: { pem: identity.pubsubCaPem, key: identity.pubsubKeyPem },
    host,
    port: options.pubsub?.port,
  });
  api.use('/sandbox', adminRouter({ pool, catalog, transact, log, tokens, meter, settings, pubsub, now }));
  mountDataApi(api, { pool, catalog, transact, tokens, meter });
  api.use(() => {
    throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
  });
  api.use(asErrorBody);
  const server = createServer(api).listen(options.port ?? 0, host);
  await once(server, 'listening');
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    vendor: 'salesforce',
    url,
    credentials: {
      loginUrl: url,
      consumerKey: app.consumerKey,
      username: app.username,
      privateKeyPem: identity.privateKeyPem,
      apiVersion: API_VERSION,
      pubsubEndpoint: pubsub.endpoint,
      pubsubCaPem: identity.pubsubCaPem,
    },
    consumerSecret: app.consumerSecret,
    expireSessions: () => tokens.revokeAll(),
    exhaustLimit: (calls) => void (meter.refusals = calls),
    cutStreams: (how = 'reset') => pubsub.cut(how),
    dropRetainedEvents: () => log.dropRetained(),
    usage: () => ({ calls: meter.calls, tokens: tokens.issued, streams: pubsub.streams() }),
    close: async () => {
      await pubsub.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}
