import { releaseSettled, settleAmbiguities, signatures, type Signature } from './ambiguities.ts';
import { claimNearMisses, releaseClaims, type Claims } from './claims.ts';
import { compiled, type CompiledPairRule, type CompiledReversal } from './compile.ts';
import type { Group } from './group.ts';
import type { Block, MatchContext } from './item.ts';
import { matchExchange } from './match-exchange.ts';
import { matchGroups } from './match-groups.ts';
import { matchPairs } from './match-pairs.ts';
import { matchBySearch } from './match-search.ts';
import { decideNearMisses } from './near-misses.ts';
import { decideMissing, decideOneSided } from './one-sided.ts';
import { decideReversals } from './reversals.ts';
import type { RuleSet } from './rule-set.ts';
import { openWork, type Work } from './work.ts';

/**
 * Every item of the block in exactly one group, sorted by its first id. Pure; the order of the items does not matter.
 * The rules on two sides in their order, then what they left ambiguous, then near misses, then the rules on one side, then breaks.
 * Ids must be unique on their side: whoever reads a side refuses duplicates.
 */
export function decideBlock(block: Block, ruleSet: RuleSet, context: MatchContext): Group[] {
  const rules = compiled(ruleSet);
  const work = openWork(block, context, rules.scale);
  const signature = signatures(work, rules.signature);
  let claims: Claims | null = null;
  for (const rule of rules.twoSided) {
    if (work.left.free + work.right.free === 0) break;
    if (rule.kind !== 'reversal' && rule.pairing.isWeak) claims ??= claimNearMisses(work, rules.twoSided);
    decideRule(work, rule, signature);
    if (work.ambiguities.length > 0) releaseSettled(work);
    if (claims !== null) releaseClaims(work, claims);
  }
  if (work.ambiguities.length > 0) settleAmbiguities(work, signature);
  if (work.left.free + work.right.free > 0) {
    decideNearMisses(work, rules.twoSided);
    for (const rule of rules.oneSided) decideOneSided(work, rule);
    decideMissing(work);
  }
  return sorted(work.groups);
}

function decideRule(work: Work, rule: CompiledPairRule | CompiledReversal, signature: Signature): void {
  if (rule.kind === 'reversal') return decideReversals(work, rule);
  if (rule.kind === 'fx') return matchExchange(work, rule, signature);
  if (rule.rule.group === 'keys') return matchGroups(work, rule);
  if (rule.rule.group === 'search') return matchBySearch(work, rule);
  matchPairs(work, rule, signature);
}

/** Groups with left items first; items usually come by id, and then there is nothing to sort. */
function sorted(groups: Group[]): Group[] {
  for (let n = 1; n < groups.length; n += 1) {
    if (compareGroups(groups[n - 1] as Group, groups[n] as Group) > 0) return groups.sort(compareGroups);
  }
  return groups;
}

function compareGroups(a: Group, b: Group): number {
  const [x, y] = [a.left[0], b.left[0]];
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  if (x !== undefined || y !== undefined) return x !== undefined ? -1 : 1;
  return (a.right[0] as string) < (b.right[0] as string) ? -1 : 1;
}
