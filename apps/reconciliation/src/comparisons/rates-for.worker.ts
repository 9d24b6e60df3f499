import type { ExchangeRate } from '@tieout/matching';
import type { EntityManager } from 'typeorm';
import { namedSources } from '../breaks/rates-in-use.ts';
import type { ComparisonDesk } from './comparison-desk.ts';
import type { RulesInUse } from './comparison.store.ts';

/** Rates that rules ask for; most rule sets ask for none, and a table of rates is long. */
export async function ratesFor(
  desk: Pick<ComparisonDesk, 'rates'>,
  tx: EntityManager,
  { ruleSet }: Pick<RulesInUse, 'ruleSet'>,
): Promise<readonly ExchangeRate[]> {
  return ruleSet.rules.some(({ kind }) => kind === 'fx') ? desk.rates(tx, namedSources([ruleSet])) : [];
}
