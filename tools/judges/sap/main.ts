import { startSapSandbox } from '@tieout/sandbox';
import { judgeVendor, lockedNode } from '../src/vendor-judge.ts';

/* SAP's own Cloud SDK generates a client from the sandbox's metadata and works with it: reads, writes, batches, errors. */
process.exitCode = await judgeVendor({
  vendor: 'sap',
  folder: import.meta.dirname,
  startSandbox: (databaseUrl) => startSapSandbox({ databaseUrl, pageSizes: { A_BusinessPartner: 3 } }),
  command: lockedNode,
});
