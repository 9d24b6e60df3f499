import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { anaplanConfig, createAnaplanClient, type AnaplanClient } from '@tieout/connector-anaplan';
import {
  createNetSuiteClient,
  netsuiteConfig,
  type NetSuiteClient,
  type NetSuiteConfig,
} from '@tieout/connector-netsuite';
import { createSalesforceClient, salesforceConfig, type SalesforceClient } from '@tieout/connector-salesforce';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { createCodec, createKafka, readBundle, type Codec } from '@tieout/messaging';
import { startAnaplanSandbox, startNetSuiteSandbox, startSalesforceSandbox, startSapSandbox } from '@tieout/sandbox';
import { requestToken, startStack, type RunningStack } from '@tieout/stack';
import type { Kafka } from 'kafkajs';
import { pino } from 'pino';
import { createSapUser, type SapUser } from './month-end/sap-user.client.ts';
import { SERVICES } from './options.ts';
import type { Progress } from './progress.ts';
import { provisionSandboxes, provisionServices } from './provision.ts';
import { YEARS } from './receivables.ts';
import { ANAPLAN_REQUESTS_PER_MINUTE, supervised, type Vendors } from './services.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

/** Everything that runs, and the demo's own ways to look at it. */
export interface Environment {
  readonly stack: RunningStack;
  readonly supervisor: Supervisor;
  /** By system, as the topics name it. */
  readonly vendorUrls: Readonly<Record<string, string>>;
  readonly salesforce: SalesforceClient;
  readonly netsuite: NetSuiteClient;
  /** What the demo's own calls to NetSuite are made with. */
  readonly netsuiteConfig: NetSuiteConfig;
  /** What people do in SAP and see there. */
  readonly sap: SapUser;
  readonly anaplan: AnaplanClient;
  readonly kafka: Kafka;
  /** File with the id bundle of the schemas. */
  readonly bundle: string;
  /** The demo's files: logs of the services, the report. Gone with the stack. */
  readonly folder: string;
  readonly codec: Codec;
  /** For what only an operator may do. */
  operatorToken(): Promise<string>;
}

/** The registry has just started, beside everything else that starts on this machine. */
const REGISTRY_TIMEOUT_MS = 60_000;
const ROOT = path.resolve(import.meta.dirname, '../../..');

/**
 * Starts stack, contracts, sandboxes and services, in this order. What was started is put into `resources` at once, so that it
 * is ended in reverse order also when a later step fails.
 */
export async function startEnvironment(resources: AsyncDisposableStack, progress: Progress): Promise<Environment> {
  progress.step('Starting Kafka, schema registry, PostgreSQL and an issuer of bearer tokens');
  const stack = await startStack({ onProgress: (message) => progress.note(message) });
  resources.defer(() => stack.stop());
  const folder = path.join(stack.folder, 'demo');
  mkdirSync(folder, { recursive: true });

  progress.step('Databases and contracts: a role and a schema per service, topics, schemas');
  const [logins, sandboxDatabase, codecs] = await Promise.all([
    provisionServices(stack.postgres, SERVICES),
    provisionSandboxes(stack.postgres),
    applyAllContracts(stack, folder),
  ]);

  progress.step('Starting the Salesforce, NetSuite, SAP and Anaplan sandboxes');
  const vendors = await startVendors(resources, sandboxDatabase);

  progress.step('Starting the services');
  const supervisor = createSupervisor({ folder, onEvent: (text) => progress.note(text) });
  resources.defer(() => supervisor.stop());
  const context = { root: ROOT, stack, bundle: codecs.bundle, vendors: vendors.credentials };
  await Promise.all(SERVICES.map((service) => supervisor.start(supervised(service, logins.get(service)!, context))));
  for (const [name, pid] of Object.entries(supervisor.pids()))
    progress.note(`${name.padEnd(20)} pid ${String(pid).padEnd(8)} ${await supervisor.url(name)}`);

  const { salesforce, netsuite, anaplan } = vendors.credentials;
  const netsuiteOptions = netsuiteConfig.parse({ ...netsuite, concurrency: 8 });
  return {
    stack,
    folder,
    bundle: codecs.bundle,
    supervisor,
    vendorUrls: vendors.urls,
    salesforce: createSalesforceClient(salesforceConfig.parse(salesforce)),
    netsuite: createNetSuiteClient(netsuiteOptions),
    netsuiteConfig: netsuiteOptions,
    sap: createSapUser(vendors.credentials.sap, new AbortController().signal),
    anaplan: createAnaplanClient(
      anaplanConfig.parse({ ...anaplan, pollMs: 100, requestsPerMinute: ANAPLAN_REQUESTS_PER_MINUTE / 4 }),
    ),
    kafka: createKafka({ clientId: 'tieout-demo', brokers: [...stack.brokers] }, pino({ level: 'silent' })),
    codec: codecs.codec,
    operatorToken: () => operatorToken(stack),
  };
}

async function operatorToken({ issuer }: RunningStack): Promise<string> {
  if (issuer === null) throw new Error('this stack was started without an issuer of tokens');
  return requestToken(issuer, { subject: 'demo', roles: ['operator'] });
}

async function applyAllContracts(stack: RunningStack, folder: string): Promise<{ bundle: string; codec: Codec }> {
  const registry = { url: stack.registryUrl, timeoutMs: REGISTRY_TIMEOUT_MS };
  const { bundle: ids } = await applyContracts({ brokers: stack.brokers, registry });
  if (ids === null) throw new Error('applying the contracts gave no id bundle');
  const bundle = path.join(folder, 'schema-ids.json');
  writeBundle(bundle, ids);
  return { bundle, codec: createCodec({ bundle: readBundle(bundle), registry: null }) };
}

async function startVendors(
  resources: AsyncDisposableStack,
  databaseUrl: string,
): Promise<{ credentials: Vendors; urls: Record<string, string> }> {
  const salesforce = await startSalesforceSandbox({ databaseUrl });
  resources.defer(() => salesforce.close());
  const netsuite = await startNetSuiteSandbox({ databaseUrl });
  resources.defer(() => netsuite.close());
  const sap = await startSapSandbox({ databaseUrl });
  resources.defer(() => sap.close());
  const anaplan = await startAnaplanSandbox({
    databaseUrl,
    years: YEARS,
    requestsPerMinute: ANAPLAN_REQUESTS_PER_MINUTE,
  });
  resources.defer(() => anaplan.close());
  return {
    credentials: {
      salesforce: salesforce.credentials,
      netsuite: netsuite.credentials,
      sap: sap.credentials,
      anaplan: anaplan.credentials,
    },
    urls: { salesforce: salesforce.url, netsuite: netsuite.url, 'sap-s4hana': sap.url, anaplan: anaplan.url },
  };
}
