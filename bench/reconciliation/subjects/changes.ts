import type { RuleSet } from '@tieout/matching';
import { inTransaction } from '@tieout/messaging';
import type { Logger } from '@tieout/platform';
import type { DataSource } from 'typeorm';
import type { BreakDesk } from '../../../apps/reconciliation/src/breaks/break-desk.worker.ts';
import type { ComparisonDesk } from '../../../apps/reconciliation/src/comparisons/comparison-desk.ts';
import { decideMarked } from '../../../apps/reconciliation/src/comparisons/decide-marked.worker.ts';
import { markBlocks } from '../../../apps/reconciliation/src/comparisons/dirty.store.ts';
import { AS_OF } from '../dataset.ts';
import type { ChangesAnswer } from './matcher.ts';

interface Live {
  readonly dataSource: DataSource;
  readonly breaks: BreakDesk;
  readonly logger: Logger;
  readonly comparisonId: number;
  readonly ruleSet: RuleSet;
  readonly context: { readonly runId: string };
}

/** Adds a cent to so many items spread over the left side, as the service does it: change and mark, then the marked block. */
export async function decideChanges(live: Live, count: number): Promise<ChangesAnswer> {
  await makeLive(live);
  const desk = deskOf(live);
  const milliseconds: number[] = [];
  for (const { item_id: id, block } of await someItems(live, count)) {
    const begun = performance.now();
    await inTransaction(live.dataSource, async (tx) => {
      await tx.query(
        `UPDATE comparison_item SET amount = trim_scale(amount::numeric + 0.01)::text
         WHERE comparison_id = $1 AND side = 0 AND item_id = $2`,
        [live.comparisonId, id],
      );
      await markBlocks(tx, live.comparisonId, [block]);
    });
    if (!(await decideMarked(desk, 0))) throw new Error('no block was marked');
    milliseconds.push(performance.now() - begun);
  }
  return { milliseconds };
}

/** The ids are hashes, so the ones above some text are any of all blocks. */
function someItems({ dataSource, comparisonId }: Live, count: number): Promise<{ item_id: string; block: string }[]> {
  const from = Math.floor(Math.random() * 0xff)
    .toString(16)
    .padStart(2, '0');
  return dataSource.query(
    `SELECT item_id, block FROM comparison_item WHERE comparison_id = $1 AND side = 0
     ORDER BY item_id >= $2 DESC, item_id LIMIT $3`,
    [comparisonId, from, count],
  );
}

async function makeLive({ dataSource, comparisonId, ruleSet, context }: Live): Promise<void> {
  const rules = { name: 'bench', version: 1, hash: 'bench', ruleSet };
  await dataSource.query(
    `UPDATE comparison SET state = 'live', as_of = $2, last_run_id = $3, rules = $4 WHERE comparison_id = $1`,
    [comparisonId, AS_OF, context.runId, JSON.stringify(rules)],
  );
}

/** Only what a decision about a marked block reaches for. */
function deskOf({ dataSource, breaks, logger }: Live): ComparisonDesk {
  const unused = (): never => {
    throw new Error('not part of a single decision');
  };
  return {
    ...{ dataSource, breaks, logger, definitions: [] },
    rates: async () => [],
    ...{ activeRules: unused, today: unused, caughtUp: unused, requestSnapshots: unused, deadlineMs: 0, runsKept: 0 },
    settleMs: 0,
  };
}
