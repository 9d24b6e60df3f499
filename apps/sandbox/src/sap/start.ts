import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { Pool } from 'pg';
import { createFaultList } from '../fault-list.ts';
import { plannerOptions } from '../planner-options.store.ts';
import { LOOPBACK, type RunningSandbox, type SandboxOptions } from '../sandbox.ts';
import { adminRouter, answerAdminError } from './admin.controller.ts';
import { faultInjection } from './fault-injection.controller.ts';
import type { Fault } from './faults.ts';
import {
  answerUnreadable,
  authentication,
  concurrencyGate,
  csrfProtection,
  rootRedirect,
  type Load,
} from './gate.controller.ts';
import { createTokenOffice } from './oauth.controller.ts';
import { forRelease } from './odata/edm.ts';
import { odataHandler } from './odata/service.controller.ts';
import { createSessions } from './odata/sessions.ts';
import type { SapSystem } from './odata/system.ts';
import { newSapSecrets, type SapSecrets } from './secrets.ts';
import { s4System } from './system.ts';

/** What the SAP connector takes as configuration, with what the system adds (`eventMesh`). */
export interface SapCredentials extends SapSecrets {
  readonly url: string;
  /** Number of the SAP client: `100`. */
  readonly client: string;
  readonly tokenUrl: string;
  readonly [more: string]: unknown;
}

export interface SapSandboxOptions extends SandboxOptions {
  readonly client?: string;
  /** In front of a service's name; `/sap/opu/odata/sap` when absent. */
  readonly basePath?: string;
  /** Year of the release: properties that came later do not exist. */
  readonly release?: number;
  /** Rows of a server-driven page by entity set. */
  readonly pageSizes?: Readonly<Record<string, number>>;
  /** How long an unused session and its CSRF token live; half an hour when absent. */
  readonly sessionIdleMs?: number;
  readonly tokenSeconds?: number;
  /** Calls that the system serves at a time, and what more of them get. */
  readonly concurrency?: number;
  readonly overloadStatus?: 429 | 503;
  /** Requests of one `$batch`. */
  readonly batchLimit?: number;
  /** Of messages; the first is taken when the client asks for another one. */
  readonly languages?: readonly string[];
  /** New ones when absent. */
  readonly secrets?: SapSecrets;
  /** What the system consists of; S/4HANA's sales and finance when absent. */
  readonly system?: SapSystem;
}

export interface SapSandbox extends RunningSandbox<SapCredentials> {
  readonly vendor: 'sap-s4hana';
  /** Lets the next calls fail; the same as `POST /sandbox/faults`. */
  injectFault(fault: Fault): void;
  clearFaults(): void;
  /** Ends all sessions and tokens; the same as `DELETE /sandbox/sessions`. */
  endSessions(): void;
  /** Authenticated calls and refusals for concurrency since the start. */
  usage(): { readonly calls: number; readonly refused: number };
}

const oauthPath = '/sap/bc/sec/oauth2';
const maximumBody = '10mb';

/** One SAP S/4HANA system: OData V2 services with their gate over a PostgreSQL schema. */
export async function startSapSandbox(options: SapSandboxOptions): Promise<SapSandbox> {
  const now = options.now ?? ((): Date => new Date());
  const host = options.host ?? LOOPBACK;
  const client = options.client ?? '100';
  const odataPath = options.basePath ?? '/sap/opu/odata/sap';
  const secrets = options.secrets ?? newSapSecrets();
  const system = options.system ?? s4System();
  const pool = await openPool(options.databaseUrl, system.schema);
  await system.install(pool, now());
  let url = '';
  const open = system.open({ pool, now, url: () => url, oauth: secrets });
  const faults = createFaultList<Fault>();
  const sessions = createSessions(options.sessionIdleMs ?? 30 * 60_000);
  const office = createTokenOffice(secrets, options.tokenSeconds ?? 3600, now);
  const load: Load = {
    limit: options.concurrency ?? 50,
    status: options.overloadStatus ?? 429,
    inFlight: 0,
    calls: 0,
    refused: 0,
  };
  const api = express().disable('x-powered-by').disable('etag');
  api.use((_request, response, next) => {
    response.setHeader('Date', now().toUTCString());
    next();
  });
  api.use('/sandbox', adminRouter({ faults, sessions, office }));
  if (open.sideDoor) api.use('/sandbox', open.sideDoor);
  api.use('/sandbox', answerAdminError);
  const strike = faultInjection(faults, now);
  // A call of OData is struck when it has its place: a late one keeps others out.
  api.use((request, response, next) => (request.path.startsWith(odataPath) ? next() : strike(request, response, next)));
  if (open.routes) api.use(open.routes);
  api.use(oauthPath, office.router);
  api.use(odataPath, authentication({ client, ...secrets }, office), concurrencyGate(load), strike, rootRedirect);
  api.use(odataPath, csrfProtection(sessions, client, now), express.text({ type: () => true, limit: maximumBody }));
  api.use(
    odataPath,
    odataHandler({
      pool,
      services: system.services.map((service) => forRelease(service, options.release ?? Infinity)),
      root: () => `${url}${odataPath}`,
      now,
      languages: options.languages ?? ['en', 'de'],
      pageSizes: options.pageSizes ?? {},
      batchLimit: options.batchLimit ?? 200,
      onAnnounced: open.announced,
    }),
  );
  api.use(odataPath, answerUnreadable);
  const server = await listen(api, options.port ?? 0, host);
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    vendor: 'sap-s4hana',
    url,
    credentials: { url, client, ...secrets, tokenUrl: `${url}${oauthPath}/token`, ...open.credentials() },
    injectFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    endSessions: () => {
      sessions.expireAll();
      office.revokeAll();
    },
    usage: () => ({ calls: load.calls, refused: load.refused }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await open.close?.();
      await pool.end();
    },
  };
}

async function listen(api: Express, port: number, host: string): Promise<ReturnType<typeof createServer>> {
  const server = createServer(api).listen(port, host);
  await once(server, 'listening');
  return server;
}

async function openPool(databaseUrl: string, schema: string): Promise<Pool> {
  const planner = await plannerOptions(databaseUrl);
  // A sandbox may lose its last second in a crash, so it does not wait for the disk.
  const session = `-c search_path=${schema} -c TimeZone=UTC -c synchronous_commit=off -c statement_timeout=60000${planner}`;
  const pool = new Pool({ connectionString: databaseUrl, max: 12, options: session });
  // A connection lost while idle is replaced by the next query.
  pool.on('error', () => undefined);
  return pool;
}
