import type { EntityManager } from 'typeorm';
import { verifyBreak } from '../breaks/break-case.ts';
import { statesAfter } from '../breaks/break-query.store.ts';
import { breakChains } from '../breaks/chains.store.ts';
import type { Sample } from './sample.ts';

const EVERY_MS = 15 * 60_000;
const PAGE = 200;

/**
 * Counts the breaks whose audit chain does not hold: an entry that was changed, taken out or put in, or a break that is not as its last entry
 * left it. All chains are read a page at a time, behind the scrape that finds the last count older than a quarter of an hour; until
 * the first count there is none.
 */
export function chainFaults(everyMs = EVERY_MS): (tx: EntityManager) => Promise<readonly Sample[]> {
  let faults: number | null = null;
  let failure: Error | null = null;
  let last = Number.NEGATIVE_INFINITY;
  return (tx) => {
    if (performance.now() - last > everyMs) {
      last = performance.now();
      // Not awaited: a scrape does not wait for all chains. What went wrong is told by the next one.
      countFaults(tx).then(
        (count) => void ([faults, failure] = [count, null]),
        (error: Error) => void (failure = error),
      );
    }
    if (failure !== null) return Promise.reject(failure);
    return Promise.resolve(faults === null ? [] : [{ labels: {}, value: faults }]);
  };
}

export async function countFaults(tx: EntityManager): Promise<number> {
  let faults = 0;
  let after: string | null = null;
  while (true) {
    const page: { readonly last: string | null; readonly faults: number } = await pageAfter(tx, after);
    faults += page.faults;
    if (page.last === null) return faults;
    after = page.last;
  }
}

/** States and chains of one moment: a break that changes meanwhile is no fault. `last` is null on the last page. */
function pageAfter(tx: EntityManager, after: string | null): Promise<{ last: string | null; faults: number }> {
  return tx.transaction('REPEATABLE READ', async (page) => {
    const states = await statesAfter(page, after, PAGE);
    const ids = states.map(({ breakId }) => breakId);
    const chains = await breakChains(page, ids);
    const broken = states.filter((state) => verifyBreak(state, chains.get(state.breakId) ?? []).fault !== null);
    return { last: states.length < PAGE ? null : (ids.at(-1) ?? null), faults: broken.length };
  });
}
