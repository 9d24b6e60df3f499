import { hash } from 'node:crypto';
import { decideBlock } from '@tieout/matching';
import type { Group, Item, MatchContext, RuleSet } from '@tieout/matching';
import { combine } from './combine.ts';
import type { ComparisonDefinition } from './comparison.ts';
import { figuresOf } from './figures.ts';
import { settled } from './settle.ts';
import { workOf } from './group-work.ts';
import type { BlockResult, GroupPart } from './stored-group.ts';
import { encodeGroups } from './stored-groups.ts';

export interface DecideContext extends MatchContext {
  /** See `settled`; absent where all sides are read at once. */
  readonly settledBefore?: string | null;
}

/** Decides the items of one block, a list per side: the one function that continuous and full runs share. */
export function decide(
  comparison: ComparisonDefinition,
  sides: readonly (readonly Item[])[],
  ruleSet: RuleSet,
  context: DecideContext,
): BlockResult {
  const [left = [], ...others] = sides;
  const byId = sides.map((items) => new Map(items.map((item) => [item.id, item])));
  const parts = others.flatMap((right, index): GroupPart[] => {
    const side = index + 1;
    const items = { left: byId[0] ?? new Map<string, Item>(), right: byId[side] ?? new Map<string, Item>() };
    return decideBlock({ left, right }, ruleSet, context).map((decided) => {
      const group = settled(decided, items, context.settledBefore ?? null, context.asOf);
      const work = workOf(comparison, side, group, items);
      return work === null ? withSide(group, side) : { ...group, side, work };
    });
  });
  const groups = combine(parts, others.length);
  const encoded = encodeGroups(groups);
  return { groups, encoded, hash: hash('sha256', encoded), figures: figuresOf(groups, byId), dueOn: dueOn(parts) };
}

/** Written out: a spread of so many properties costs more than deciding about most groups. */
function withSide(group: Group, side: number): GroupPart {
  const { outcome, rule, type, left, right, difference, currency, confidence, expectedClearing, evidence } = group;
  return { outcome, rule, type, left, right, difference, currency, confidence, expectedClearing, evidence, side };
}

function dueOn(parts: readonly GroupPart[]): string | null {
  const days = parts.flatMap(({ outcome, expectedClearing }) =>
    outcome === 'timing' && expectedClearing !== null ? [expectedClearing] : [],
  );
  return days.length === 0 ? null : days.reduce((a, b) => (b < a ? b : a));
}
