import { negate } from '@tieout/canonical';
import { decideBlock } from '../decide-block.ts';
import type { Group } from '../group.ts';
import type { Block, Item, MatchContext } from '../item.ts';
import { blockKeyOf } from '../blocks.ts';
import type { BlockField, RuleSet } from '../rule-set.ts';
import { createComparison, type ComparisonOptions } from './compare-results.ts';
import type { ResultComparison } from './result-comparison.ts';

export interface ComparedRules {
  /** Null: no rules at all, so every item is a break. */
  readonly before: RuleSet | null;
  readonly after: RuleSet;
}

/** Two rule sets over the same items, block by block. */
export interface RunningBackTest {
  /** What blocks are made by: such a block holds whole blocks of either rule set. */
  readonly fields: readonly BlockField[];
  /** Items with one key, the values of these fields, belong into one block. */
  keyOf(item: Item): string;
  add(block: Block): void;
  result(): ResultComparison;
}

export function createBackTest(
  { before, after }: ComparedRules,
  context: MatchContext,
  options: ComparisonOptions = {},
): RunningBackTest {
  const comparison = createComparison(options);
  const shared = sharedFields(before, after);
  return {
    fields: shared,
    keyOf: (item) => blockKeyOf(item, { ...after, block: shared }),
    add: (block) => comparison.add(block, decided(block, before, context), decided(block, after, context)),
    result: () => comparison.result(),
  };
}

/** The fields by which both make blocks. */
function sharedFields(before: RuleSet | null, after: RuleSet): readonly BlockField[] {
  if (before === null) return after.block;
  return after.block.filter((field) => before.block.includes(field));
}

function decided(block: Block, rules: RuleSet | null, context: MatchContext): readonly Group[] {
  if (rules === null) return unmatched(block);
  return blocksOf(block, rules).flatMap((one) => decideBlock(one, rules, context));
}

function blocksOf({ left, right }: Block, rules: RuleSet): readonly Block[] {
  const keyOf = (item: Item): string => blockKeyOf(item, rules);
  const [lefts, rights] = [Map.groupBy(left, keyOf), Map.groupBy(right, keyOf)];
  const keys = [...new Set([...lefts.keys(), ...rights.keys()])].toSorted();
  return keys.map((key) => ({ left: lefts.get(key) ?? [], right: rights.get(key) ?? [] }));
}

const unmatched = ({ left, right }: Block): Group[] => [
  ...left.map((item) => ({
    ...breakOf(item),
    type: 'missing-right',
    left: [item.id],
    difference: negate(item.amount),
  })),
  ...right.map((item) => ({ ...breakOf(item), type: 'missing-left', right: [item.id], difference: item.amount })),
];

const breakOf = ({ currency }: Item): Group => ({
  ...{ outcome: 'break', rule: null, type: null, left: [], right: [], difference: null, currency, confidence: 0 },
  ...{ expectedClearing: null, evidence: {} },
});
