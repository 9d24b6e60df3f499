import { hash } from 'node:crypto';
import { compiled, type CompiledMatch } from './compile.ts';
import { dayOf } from './dates.ts';
import type { Group } from './group.ts';
import type { Block, Item } from './item.ts';
import type { DateWindow, RuleSet } from './rule-set.ts';

/*
 * The pairs of the first rule that need no looking at: one item a side with the same keys, amount and currency, and nobody else in
 * the block has them. A database finds those by grouping, when each item is stored with its `exactKey`. They are what `decideBlock`
 * decides about the whole block, and what it decides about the others does not depend on them: `rest` beside the pairs is the block.
 */

/** What a join has to know of the first rule. */
export interface ExactRule {
  /** Days from the left date to the right one; an item without a date is in no pair. Null: dates do not count. */
  readonly date: DateWindow | null;
  /** The right amount is the negative of the left one. */
  readonly isOpposite: boolean;
}

export interface ExactPair {
  readonly key: string;
  /** Ids; one with a line break in it is in no pair, so that pairs can be kept as lines. */
  readonly left: string;
  readonly right: string;
  /** From the left date to the right date; null where dates do not count. */
  readonly days: number | null;
}

export interface SplitBlock {
  /** In the order of their keys. */
  readonly pairs: readonly ExactPair[];
  /** The left items of the pairs, in any order. */
  readonly items: readonly Item[];
  readonly rest: Block;
}

/** Null for a set whose first rule is none of that kind: then every block is decided whole. */
export function exactRuleOf(ruleSet: RuleSet): ExactRule | null {
  const first = firstRule(ruleSet);
  return first === null ? null : { date: first.rule.date, isOpposite: first.isOpposite };
}

/**
 * 128 bits in hex that two items share when the first rule could match them. One that it cannot match has a key of its own.
 * @param side of a comparison of two; how a third one's items are keyed does not matter
 */
export function exactKeyOf(item: Item, side: 'left' | 'right', ruleSet: RuleSet): string {
  const first = firstRule(ruleSet);
  const text = first === null ? null : textOf(item, side, first);
  return hash('sha256', text ?? `${side} ${item.id}`).slice(0, 32);
}

/** Equal texts for sets that give every item the same block and key. */
export function layoutOf(ruleSet: RuleSet): string {
  const first = firstRule(ruleSet);
  if (first === null) return JSON.stringify([ruleSet.block]);
  const { keys, agree, sign, when } = first.rule;
  return JSON.stringify([ruleSet.block, keys, agree, sign, when]);
}

/** Null where `exactRuleOf` is. */
export function splitBlock(block: Block, ruleSet: RuleSet): SplitBlock | null {
  const rule = exactRuleOf(ruleSet);
  if (rule === null) return null;
  const classes = new Map<string, { left: Item[]; right: Item[] }>();
  for (const side of ['left', 'right'] as const)
    for (const item of block[side]) {
      const key = exactKeyOf(item, side, ruleSet);
      const members = classes.get(key);
      if (members === undefined) classes.set(key, { left: [], right: [], [side]: [item] });
      else members[side].push(item);
    }
  const split: { pairs: ExactPair[]; items: Item[]; rest: { left: Item[]; right: Item[] } } = {
    ...{ pairs: [], items: [], rest: { left: [], right: [] } },
  };
  for (const [key, { left, right }] of classes) {
    const pair = left.length === 1 && right.length === 1 ? pairOf(key, left[0] as Item, right[0] as Item, rule) : null;
    if (pair === null) {
      split.rest.left.push(...left);
      split.rest.right.push(...right);
    } else {
      split.pairs.push(pair);
      split.items.push(left[0] as Item);
    }
  }
  split.pairs.sort((a, b) => (a.key < b.key ? -1 : 1));
  return split;
}

/** What all exact pairs of a block say, but for the days. */
export type ExactKind = Omit<Group, 'left' | 'right'>;

/** What all exact pairs say, whatever the rule. */
export const EXACT = { outcome: 'matched', type: null, difference: '0', expectedClearing: null } as const;

/** @param currency of the block */
export function exactKind(ruleSet: RuleSet, currency: string): ExactKind {
  const { rule, keyNames, isExact, exactEvidence, isOpposite } = firstRule(ruleSet) as CompiledMatch;
  return {
    ...{ ...EXACT, rule: rule.name, currency, confidence: rule.confidence ?? 1 },
    evidence: isExact ? exactEvidence : { keys: keyNames, ...(isOpposite && { sign: 'opposite' }) },
  };
}

/** The group of a pair, as `decideBlock` has it. */
export function exactGroup(kind: ExactKind, { left, right, days }: Omit<ExactPair, 'key'>): Group {
  const evidence = days === null ? kind.evidence : { ...kind.evidence, days: String(days) };
  return { ...kind, left: [left], right: [right], evidence };
}

const FIRST = new WeakMap<RuleSet, CompiledMatch | null>();

function firstRule(ruleSet: RuleSet): CompiledMatch | null {
  let first = FIRST.get(ruleSet);
  if (first === undefined) FIRST.set(ruleSet, (first = findFirst(ruleSet)));
  return first;
}

/** With reversals somewhere, a matched item still says something about free ones: they may reverse it. */
function findFirst(ruleSet: RuleSet): CompiledMatch | null {
  const { twoSided } = compiled(ruleSet);
  const [first] = twoSided;
  if (first?.kind !== 'match' || twoSided.some(({ kind }) => kind === 'reversal')) return null;
  const { rule, pairing } = first;
  const asksMore = rule.amount !== null || rule.fuzzy.length > 0 || pairing.word !== null || pairing.isWeak;
  if (rule.cardinality !== '1:1' || rule.outcome !== 'matched' || asksMore) return null;
  // The figures of a block are then of one currency.
  return ruleSet.block.includes('currency') ? first : null;
}

function textOf(
  item: Item,
  side: 'left' | 'right',
  { pairing: { usable, keys, equal } }: CompiledMatch,
): string | null {
  const isUsable = usable[side];
  const key = isUsable === null || isUsable(item) ? keys[side](item) : null;
  return key === null ? null : JSON.stringify([key, ...equal.map((sides) => sides[side](item))]);
}

function pairOf(key: string, left: Item, right: Item, { date }: ExactRule): ExactPair | null {
  if (left.id.includes('\n') || right.id.includes('\n')) return null;
  if (date === null) return { key, left: left.id, right: right.id, days: null };
  if (left.date === null || right.date === null) return null;
  const days = dayOf(right.date) - dayOf(left.date);
  return date.from <= days && days <= date.to ? { key, left: left.id, right: right.id, days } : null;
}
