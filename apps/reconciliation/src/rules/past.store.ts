import type { DataSource, EntityManager } from 'typeorm';
import { confirmedMatches } from '../breaks/break.store.ts';
import { loadRates } from '../breaks/exchange-rate.store.ts';
import { comparisonsUsing, findComparison } from '../comparisons/comparison.store.ts';
import { markAllBlocks } from '../comparisons/dirty.store.ts';
import { latestItemDate, pastBlocks } from './past-items.store.ts';
import type { Past, PastPair } from './back-test.worker.ts';

/** What rule sets need to know of the comparisons that use them. */
export const comparisonsOfRules = {
  async usedBy(tx: EntityManager, ruleSet: string): Promise<readonly string[]> {
    return (await comparisonsUsing(tx, ruleSet)).map(({ name }) => name);
  },
  rulesChanged: markAllBlocks,
  latestDate: latestItemDate,
};

/** The stored items of the comparisons, as back-tests read them. */
export const pastOf = (dataSource: DataSource): Past => ({
  async pairs(tx, name) {
    const found = await findComparison(tx, name);
    // A comparison that is no longer defined has no past.
    if (found === null) return [];
    const { comparisonId, definition } = found;
    const [first, ...others] = definition.sides;
    return others.map((other, index): PastPair => ({
      ...{ left: first?.name ?? '', right: other.name },
      blocks: (asOf, by) => pastBlocks(dataSource, { comparisonId, left: 0, right: index + 1, asOf, ...by }),
    }));
  },
  rates: loadRates,
  async confirmed(tx, comparison) {
    return (await confirmedMatches(tx, comparison)).map(({ breakId: id, ...match }) => ({ id, ...match }));
  },
});
