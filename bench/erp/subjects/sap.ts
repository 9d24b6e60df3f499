import { startSapSandbox } from '@tieout/sandbox';
import { config, say } from '../../parent.ts';

/** SAP S/4HANA in a process of its own, each of whose answers takes so long beside the work; 0: as fast as it can. */
const { vendorMs, ...options } = config<{ readonly databaseUrl: string; readonly vendorMs: number }>();
const sandbox = await startSapSandbox(options);
if (vendorMs > 0) sandbox.injectFault({ kind: 'slow', count: Number.MAX_SAFE_INTEGER, delayMs: vendorMs });
say('ready');
say('credentials', sandbox.credentials);
