import { startSalesforceSandbox } from '@tieout/sandbox';
import { judgeVendor, lockedNode } from '../src/vendor-judge.ts';

/* jsforce and salesforce-pubsub-api-client, clients that are not ours, work on the Salesforce sandbox: REST, SOQL, change events. */
process.exitCode = await judgeVendor({
  vendor: 'salesforce',
  folder: import.meta.dirname,
  // They begin at the newest event; a keepalive tells them, and the judge, when that is.
  startSandbox: (databaseUrl) => startSalesforceSandbox({ databaseUrl, pubsub: { keepaliveMs: 500 } }),
  command: lockedNode,
});
