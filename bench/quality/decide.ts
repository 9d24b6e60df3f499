import { blockKeyOf, decideBlock, type Group, type MatchContext, type RuleSet } from '@tieout/matching';
import type { Scene, TruthItem } from '@tieout/testing/reconciliation-truth';

export interface Decided {
  readonly key: string;
  readonly groups: readonly Group[];
}

/** Every block of both sides decided on its own, in no particular order of blocks. */
export function decideBlocks(
  { left, right }: Pick<Scene, 'left' | 'right'>,
  ruleSet: RuleSet,
  context: MatchContext,
): Decided[] {
  const keyOf = (item: TruthItem): string => blockKeyOf(item, ruleSet);
  const [lefts, rights] = [Map.groupBy(left, keyOf), Map.groupBy(right, keyOf)];
  return [...new Set([...lefts.keys(), ...rights.keys()])].map((key) => ({
    key,
    groups: decideBlock({ left: lefts.get(key) ?? [], right: rights.get(key) ?? [] }, ruleSet, context),
  }));
}

export function decideAll(
  scene: Pick<Scene, 'left' | 'right'>,
  ruleSet: RuleSet,
  context: MatchContext,
): readonly Group[] {
  return decideBlocks(scene, ruleSet, context).flatMap(({ groups }) => groups);
}
