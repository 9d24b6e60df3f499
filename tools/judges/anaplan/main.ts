import { startAnaplanSandbox } from '@tieout/sandbox';
import { judgeVendor } from '../src/vendor-judge.ts';

/* The vendor's community client, anaplan-sdk for Python, works on the Anaplan sandbox: a judge of the protocol that is not ours. */
process.exitCode = await judgeVendor({
  vendor: 'anaplan',
  folder: import.meta.dirname,
  startSandbox: (databaseUrl) => startAnaplanSandbox({ databaseUrl, requestsPerMinute: 60_000 }),
});
