import { type Child, startChild } from '../child.ts';
import type { Environment } from './environment.ts';
import type { NetSuiteConfig, NetSuiteReady } from './subjects/netsuite.ts';

/** A vendor's sandbox in a process of its own, and what erp-adapter is configured with to reach it. */
export interface Vendor {
  readonly child: Child;
  readonly credentials: NetSuiteReady['credentials'];
  /** Value of ERP_INSTANCES. */
  readonly instances: string;
}

/** @param crm CRM instance whose customers the ERP shall hold */
export async function startNetSuite({
  crm = 'main',
  ...config
}: NetSuiteConfig & { readonly crm?: string }): Promise<Vendor> {
  const child = await startChild(new URL('./subjects/netsuite.ts', import.meta.url), config);
  const { credentials } = await child.next<NetSuiteReady>('credentials');
  return { child, credentials, instances: instancesOf(credentials, crm) };
}

const SECRETS = ['consumerKey', 'consumerSecret', 'tokenKey', 'tokenSecret'] as const;
const variable = (name: string): string => `BENCH_${name.toUpperCase()}`;

function instancesOf({ url, account }: NetSuiteReady['credentials'], crm: string): string {
  // JSON is YAML, too.
  return JSON.stringify([
    {
      ...{ name: 'main', system: 'netsuite', legalEntities: '*', timeZone: 'America/Los_Angeles', concurrency: 10 },
      crmInstances: [crm],
      connection: { url },
      auth: { account, ...Object.fromEntries(SECRETS.map((name) => [name, { env: variable(name) }])) },
    },
  ]);
}

/** @param credentials of the vendor, handed over in the environment */
export function adapterEnvironment(
  environment: Environment,
  databaseUrl: string,
  { instances, credentials }: Pick<Vendor, 'instances' | 'credentials'>,
): Record<string, string> {
  const secrets = Object.fromEntries(SECRETS.map((name) => [variable(name), credentials[name]]));
  return { ...environment.serviceEnvironment(databaseUrl), ERP_INSTANCES: instances, ...secrets };
}

/** A heap limit like that of a container: without one, garbage lies about as long as the machine has memory. */
export const HEAP_MIB = 384;

export function startAdapter(environment: Record<string, string>): Promise<Child> {
  const program = new URL('./subjects/adapter.ts', import.meta.url);
  return startChild(program, environment, null, [`--max-old-space-size=${HEAP_MIB}`]);
}
