import { startNetSuiteSandbox, type NetSuiteCredentials } from '@tieout/sandbox';
import { config, heard, say } from '../../parent.ts';

/** What the sandbox is started with. */
export interface NetSuiteConfig {
  readonly databaseUrl: string;
  readonly concurrency: number;
  /** Every write and look-up of customers takes so long; 0: as fast as it can. */
  readonly vendorMs: number;
}
export interface NetSuiteReady {
  readonly credentials: NetSuiteCredentials;
}
export interface Usage {
  readonly calls: number;
  readonly refused: number;
  readonly inFlight: number;
}

/** The vendor in a process of its own. */
const { vendorMs, ...options } = config<NetSuiteConfig>();
const sandbox = await startNetSuiteSandbox(options);
if (vendorMs > 0)
  sandbox.injectFault({ kind: 'slow', count: Number.MAX_SAFE_INTEGER, path: '/record/v1/customer', delayMs: vendorMs });
say('ready');
say('credentials', { credentials: sandbox.credentials } satisfies NetSuiteReady);
for (;;) {
  await heard('usage?');
  say('usage', sandbox.usage() satisfies Usage);
}
