import { hash } from 'node:crypto';
import { decideBlock, exactKind, exactRuleOf, splitBlock } from '@tieout/matching';
import type { ExactKind, Group, Item, MatchContext, RuleSet } from '@tieout/matching';
import { combine } from './combine.ts';
import type { ComparisonDefinition } from './comparison.ts';
import { exactFigures, exactPairsOf, NO_PAIRS } from './exact-pairs.ts';
import type { ExactPairs } from './exact-pairs.ts';
import { addFigures, figuresOf } from './figures.ts';
import { settled } from './settle.ts';
import { workOf } from './group-work.ts';
import type { BlockResult, Figure, GroupPart, StoredGroup } from './stored-group.ts';
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
  const [left = [], right = [], third] = sides;
  const split = third === undefined ? splitBlock({ left, right }, ruleSet) : null;
  if (split === null) return decideRest(comparison, NO_PAIRS, sides, ruleSet, context);
  return decideRest(comparison, exactPairsOf(split), [split.rest.left, split.rest.right], ruleSet, context);
}

/** The same where the exact pairs are found already and the sides are without them. */
export function decideRest(
  comparison: ComparisonDefinition,
  pairs: ExactPairs,
  sides: readonly (readonly Item[])[],
  ruleSet: RuleSet,
  context: DecideContext,
): BlockResult {
  const byId = sides.map((items) => new Map(items.map((item) => [item.id, item])));
  const parts = partsOf(comparison, sides, byId, ruleSet, context);
  const groups = combine(parts, sides.length - 1);
  const encoded = encodeGroups(groups, pairs.count === 0 ? null : kindOf(ruleSet, pairs.currency));
  return {
    ...{ groups, encoded, pairs: pairs.text, hash: hash('sha256', `${encoded}\n${pairs.text}`) },
    ...{ figures: figuresWith(pairs, groups, byId, ruleSet), dueOn: dueOn(parts) },
  };
}

type ById = ReadonlyMap<string, Item>;

function partsOf(
  comparison: ComparisonDefinition,
  [left = [], ...others]: readonly (readonly Item[])[],
  byId: readonly ById[],
  ruleSet: RuleSet,
  context: DecideContext,
): GroupPart[] {
  return others.flatMap((right, index): GroupPart[] => {
    if (left.length + right.length === 0) return [];
    const side = index + 1;
    const items = { left: byId[0] ?? new Map<string, Item>(), right: byId[side] ?? new Map<string, Item>() };
    return decideBlock({ left, right }, ruleSet, context).map((decided) => {
      const group = settled(decided, items, context.settledBefore ?? null, context.asOf);
      const work = workOf(comparison, side, group, items);
      return work === null ? withSide(group, side) : { ...group, side, work };
    });
  });
}

function figuresWith(
  pairs: ExactPairs,
  groups: readonly StoredGroup[],
  byId: readonly ById[],
  ruleSet: RuleSet,
): readonly Figure[] {
  const rule = pairs.count === 0 ? null : exactRuleOf(ruleSet);
  const figures = figuresOf(groups, byId);
  if (rule === null) return figures;
  const totals = new Map<string, Figure>();
  addFigures(totals, exactFigures(pairs, rule));
  addFigures(totals, figures);
  return [...totals.values()];
}

const KINDS = new WeakMap<RuleSet, Map<string, ExactKind>>();

/** One object for all blocks of a currency: its text is made once. */
function kindOf(ruleSet: RuleSet, currency: string): ExactKind {
  let kinds = KINDS.get(ruleSet);
  if (kinds === undefined) KINDS.set(ruleSet, (kinds = new Map<string, ExactKind>()));
  let kind = kinds.get(currency);
  if (kind === undefined) kinds.set(currency, (kind = exactKind(ruleSet, currency)));
  return kind;
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
