import { randomUUID } from 'node:crypto';
import { layoutOf } from '@tieout/matching';
import { inTransaction } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { accountsOf } from '../statements/statement.store.ts';
import type { ComparisonDefinition } from './comparison.ts';
import type { ComparisonDesk } from './comparison-desk.ts';
import { requestComparisonRun } from './comparison-run.store.ts';
import { awaitFullRun, lockComparison, setAsOf, setRules, setState } from './comparison.store.ts';
import type { RulesInUse, StoredComparison } from './comparison.store.ts';
import { holdSources, loadComparison } from './load-sides.worker.ts';

/** Loads the items of a comparison that can be made by now and has its first full run made; otherwise says what is missing. */
export async function activate(desk: ComparisonDesk, comparison: StoredComparison): Promise<void> {
  const { manager } = desk.dataSource;
  const rules = await desk.activeRules(manager, comparison.definition.rules);
  const missing = await missingFor(manager, comparison.definition, rules);
  if (rules === null || missing.length > 0) {
    if (missing.join() !== comparison.reasons.join())
      await setState(manager, comparison.comparisonId, 'inactive', missing);
    return;
  }
  await inTransaction(desk.dataSource, async (tx) => {
    await holdSources(tx);
    const locked = await lockComparison(tx, comparison.comparisonId);
    if (locked?.state !== 'inactive') return;
    await loadComparison(tx, locked, rules);
    await setState(tx, locked.comparisonId, 'waiting', []);
    await request(tx, locked, 'start');
  });
  desk.logger.info({ comparison: comparison.definition.name, rules: rules.name }, 'comparison is made from now on');
}

async function missingFor(
  tx: EntityManager,
  { rules: rulesName, sides }: ComparisonDefinition,
  rules: RulesInUse | null,
): Promise<readonly string[]> {
  const missing = rules === null ? [`no version of the rule set ${rulesName} is active`] : [];
  for (const { name, source } of sides)
    if (source.kind === 'file' && (await accountsOf(tx, source.account)).length === 0)
      missing.push(`${name}: no statement of account ${source.account} was handed in`);
  return missing;
}

/** Takes another version of the rule set into use once it is active, and the date of today where no statement says how far it goes. */
export async function renew(desk: ComparisonDesk, comparison: StoredComparison): Promise<void> {
  const { definition, comparisonId, rules, state, asOf } = comparison;
  const active = await desk.activeRules(desk.dataSource.manager, definition.rules);
  if (active !== null && active.hash !== rules?.hash) await renewRules(desk, comparison, active);
  else if (state === 'live' && asOf !== desk.today() && !definition.sides.some(({ source }) => source.kind === 'file'))
    await setAsOf(desk.dataSource.manager, comparisonId, desk.today());
}

async function renewRules(
  desk: ComparisonDesk,
  { comparisonId, rules }: StoredComparison,
  active: RulesInUse,
): Promise<void> {
  const regroups = rules === null || layoutOf(rules.ruleSet) !== layoutOf(active.ruleSet);
  await inTransaction(desk.dataSource, async (tx) => {
    if (regroups) await holdSources(tx);
    const locked = await lockComparison(tx, comparisonId);
    if (locked === null || locked.rules?.hash === active.hash) return;
    if (regroups) await loadComparison(tx, locked, active);
    else await setRules(tx, comparisonId, active);
    await awaitFullRun(tx, [comparisonId]);
    await request(tx, locked, 'rules');
  });
}

const request = (tx: EntityManager, { comparisonId }: StoredComparison, trigger: 'start' | 'rules'): Promise<void> =>
  requestComparisonRun(tx, { runId: randomUUID(), comparisonId, trigger, asOf: null });
