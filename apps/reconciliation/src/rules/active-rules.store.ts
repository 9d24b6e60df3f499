import type { RuleSet } from '@tieout/matching';
import type { EntityManager } from 'typeorm';
import { activeVersion } from './rule-set.store.ts';

export interface ActiveRules {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly ruleSet: RuleSet;
}

/** The rules that hold now; null when no version of the name is active. */
export async function activeRules(tx: EntityManager, name: string): Promise<ActiveRules | null> {
  const found = await activeVersion(tx, name);
  if (found === null) return null;
  const { version, hash } = found.state;
  return { name, version, hash, ruleSet: found.rules };
}
