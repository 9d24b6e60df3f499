import { createCallBudget } from '../src/budget/call-budget.worker.ts';
import { openBudgetDatabase } from './budget-database.ts';

/** A replica that takes all the places it gets, says how many, and never gives one back. */
const dataSource = await openBudgetDatabase(process.argv[2] ?? '');
const budget = createCallBudget({
  dataSource,
  account: 'held',
  ...{ concurrency: 4, longestCallMs: 200, leaseMs: 1_500, settleMs: 200 },
  logger: { warn: (...what: unknown[]) => process.stderr.write(String(what)) },
});
let held = 0;
for (let n = 0; n < 4; n += 1)
  void budget.run('process', () => {
    held += 1;
    if (held === 4) process.stdout.write('holds all\n');
    return new Promise(() => undefined);
  });
