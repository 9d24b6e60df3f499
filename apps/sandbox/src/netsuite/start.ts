import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { Pool } from 'pg';
import { createFaultList } from '../fault-list.ts';
import { plannerOptions } from '../planner-options.store.ts';
import { LOOPBACK, type RunningSandbox, type SandboxOptions } from '../sandbox.ts';
import { adminRouter } from './admin.controller.ts';
import { createBearerTokens } from './bearer-tokens.ts';
import type { DateFormat } from './date-format.ts';
import { deedsRouter } from './deeds.controller.ts';
import type { Fault } from './faults.ts';
import { answerProblem, authentication, concurrencyGate, faultInjection, type Load } from './gate.controller.ts';
import { asynchronously, jobRouter } from './job.controller.ts';
import { newMachineIdentity, type MachineIdentity } from './machine-identity.ts';
import type { TokenSecrets } from './oauth.ts';
import { NetSuiteProblem } from './problem.ts';
import { recordRouter } from './record.controller.ts';
import { createAccount, schemaName } from './schema.store.ts';
import { suiteQlHandler } from './suiteql.controller.ts';
import { readCatalog } from './suiteql.store.ts';
import { tokenPath, tokenRouter } from './token.controller.ts';

/** What the NetSuite connector takes as configuration, for either way to sign in. */
export interface NetSuiteCredentials extends TokenSecrets, MachineIdentity {
  readonly url: string;
}

export interface NetSuiteSandboxOptions extends SandboxOptions {
  /** Calls that the account serves at a time; more get 429. */
  readonly concurrency?: number;
  /** IANA name of the account's time zone: what SuiteQL's dates are in. */
  readonly timeZone?: string;
  /** How the account shows dates. */
  readonly dateFormat?: DateFormat;
  /** What calls are signed with; new ones when absent. */
  readonly secrets?: TokenSecrets;
  /** The machine that may ask for bearer tokens; a new one when absent. */
  readonly machine?: MachineIdentity;
}

export interface NetSuiteSandbox extends RunningSandbox<NetSuiteCredentials> {
  readonly vendor: 'netsuite';
  /** Lets the next calls fail; the same as `POST /sandbox/faults`. */
  injectFault(fault: Fault): void;
  /** Authenticated calls and refusals for concurrency since the start. */
  usage(): { readonly calls: number; readonly refused: number; readonly inFlight: number; readonly peak: number };
}

/** One NetSuite account: record API, SuiteQL and both ways to sign in over a PostgreSQL schema. */
export async function startNetSuiteSandbox(options: NetSuiteSandboxOptions): Promise<NetSuiteSandbox> {
  const now = options.now ?? ((): Date => new Date());
  const host = options.host ?? LOOPBACK;
  const [pool, queryPool] = await openPools(options);
  await createAccount(pool, now());
  const secrets = options.secrets ?? newTokenSecrets();
  const machine = options.machine ?? (await newMachineIdentity(now()));
  const tokens = createBearerTokens();
  const faults = createFaultList<Fault>();
  const load: Load = {
    ...{ limit: options.concurrency ?? 15, inFlight: 0, calls: 0, refused: 0, peak: 0 },
    ...{ overload: 'refuse', overloadDelayMs: 60_000, jobDelayMs: 20 },
  };
  let url = '';
  const baseUrl = (): string => url;
  const api = express().disable('x-powered-by').disable('etag');
  api.use((_request, response, next) => {
    // Clients take the vendor's clock from here.
    response.setHeader('Date', now().toUTCString());
    next();
  });
  api.use('/sandbox', adminRouter({ pool, faults, load, tokens, now }));
  api.use('/sandbox', deedsRouter({ pool, now }));
  api.use(tokenPath, tokenRouter({ machine, tokens, now, baseUrl }));
  api.use('/services/rest', authentication({ secrets, tokens, now }), concurrencyGate(load), faultInjection(faults));
  const { dateFormat = 'M/D/YYYY' } = options;
  await restApi(api, { pool, queryPool, now, baseUrl, load, dateFormat });
  const server = createServer(api).listen(options.port ?? 0, host);
  await once(server, 'listening');
  url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    vendor: 'netsuite',
    url,
    credentials: { url, ...secrets, ...machine },
    injectFault: (fault) => faults.add(fault),
    usage: () => ({ calls: load.calls, refused: load.refused, inFlight: load.inFlight, peak: load.peak }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([pool.end(), queryPool.end()]);
    },
  };
}

/** Writes and SuiteQL have a pool each: whatever a query says, its connection cannot write and ends in time. */
async function openPools({
  databaseUrl,
  timeZone = 'America/Los_Angeles',
}: NetSuiteSandboxOptions): Promise<[Pool, Pool]> {
  // A sandbox may lose its last second in a crash, so it does not wait for the disk.
  const session = `-c search_path=${schemaName} -c TimeZone=${timeZone} -c synchronous_commit=off -c standard_conforming_strings=on${await plannerOptions(databaseUrl)}`;
  const pools = [
    new Pool({ connectionString: databaseUrl, max: 10, options: session }),
    new Pool({
      connectionString: databaseUrl,
      max: 4,
      options: `${session} -c default_transaction_read_only=on -c statement_timeout=30000`,
    }),
  ] as const;
  // A connection lost while idle is replaced by the next query.
  for (const pool of pools) pool.on('error', () => undefined);
  return [...pools];
}

/** An account's integration record and its user's token. */
export function newTokenSecrets(): TokenSecrets {
  const secret = (): string => randomBytes(32).toString('hex');
  return {
    account: '7000001_SB1',
    consumerKey: secret(),
    consumerSecret: secret(),
    tokenKey: secret(),
    tokenSecret: secret(),
  };
}

interface Account {
  readonly pool: Pool;
  readonly queryPool: Pool;
  readonly now: () => Date;
  readonly baseUrl: () => string;
  readonly load: Load;
  readonly dateFormat: DateFormat;
}

async function restApi(api: Express, { pool, queryPool, now, baseUrl, load, dateFormat }: Account): Promise<void> {
  const catalog = await readCatalog(pool);
  api.use('/services/rest', express.text({ type: () => true, limit: '10mb' }));
  const records = recordRouter({ pool, now, baseUrl, dateFormat });
  const jobs = { pool, now, baseUrl, load };
  api.use('/services/rest/record/v1', asynchronously(jobs, records), records);
  api.use('/services/rest/async/v1', jobRouter(jobs));
  api.post('/services/rest/query/v1/suiteql', suiteQlHandler({ pool: queryPool, catalog, baseUrl, dateFormat }));
  api.get('/services/rest/system/v1/governanceLimits', (_request, response) => {
    response.json({ accountConcurrencyLimit: load.limit, accountUnallocatedConcurrencyLimit: load.limit });
  });
  api.use(() => {
    throw new NetSuiteProblem(404, 'INVALID_URL', 'Invalid URL. Provide a valid request URL.');
  });
  api.use(answerProblem);
}
