import { runBenchmark } from './benchmark.ts';

/** `npm run bench -- <what> [options]`; only what is asked for is loaded. */
const [what, ...args] = process.argv.slice(2);
const code = await run().catch(explain);
process.exit(code);

async function run(): Promise<number> {
  if (what === 'messaging') return runBenchmark((await import('./messaging/main.ts')).messaging, args);
  if (what === 'reconciliation') return runBenchmark((await import('./reconciliation/main.ts')).reconciliation, args);
  if (what === 'erp') return runBenchmark((await import('./erp/main.ts')).erp, args);
  if (what === 'quality') return (await import('./quality/main.ts')).quality(args);
  console.error('npm run bench -- messaging|reconciliation|erp|quality [--help]');
  return 2;
}

/** What the caller got wrong is said in a line, everything else with its stack. */
function explain(error: unknown): number {
  const isUsage = error instanceof RangeError || (error instanceof TypeError && 'code' in error);
  console.error(isUsage ? error.message : error);
  return 2;
}
