import { startNetSuiteSandbox } from '@tieout/sandbox';
import { judgeVendor } from '../src/vendor-judge.ts';

/* `netsuite` for Python, a client that is not ours, works on the NetSuite sandbox: signatures, record API and SuiteQL. */
process.exitCode = await judgeVendor({
  vendor: 'netsuite',
  folder: import.meta.dirname,
  startSandbox: (databaseUrl) => startNetSuiteSandbox({ databaseUrl }),
});
