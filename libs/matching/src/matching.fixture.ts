import { decideBlock } from './decide-block.ts';
import type { Group } from './group.ts';
import type { ExchangeRate, Item } from './item.ts';
import { parseRuleSet } from './parse-rule-set.ts';
import type { RuleSet } from './rule-set.ts';

/** An item of 100 EUR on 10 January 2026, but for what is stated. */
export function item(id: string, stated: Partial<Item> = {}): Item {
  return {
    id,
    amount: '100',
    currency: 'EUR',
    date: '2026-01-10',
    reference: null,
    counterparty: null,
    text: null,
    legalEntity: null,
    reverses: null,
    changedAt: null,
    fields: {},
    ...stated,
  };
}

export function rules(...list: readonly Record<string, unknown>[]): RuleSet {
  return parseRuleSet({ name: 'test', rules: list.map((rule, n) => ({ name: `rule-${n + 1}`, ...rule })) });
}

/** A rule that matches pairs. */
export function pairs(stated: Record<string, unknown> = {}): Record<string, unknown> {
  return { kind: 'match', outcome: 'matched', keys: ['reference'], ...stated };
}

export interface Given {
  readonly left?: readonly Item[];
  readonly right?: readonly Item[];
  readonly ruleSet: RuleSet;
  readonly asOf?: string;
  readonly rates?: readonly ExchangeRate[];
}

export function groupsOf({ left = [], right = [], ruleSet, asOf = '2026-03-31', rates = [] }: Given): Group[] {
  return decideBlock({ left, right }, ruleSet, { asOf, rates });
}

/** The groups as lines, e.g. `matched L1 L2 | R1`, `break amount L1 | R1 (-0.01)`. */
export function decided(given: Given): string[] {
  return groupsOf(given).map(({ outcome, type, left, right, difference }) => {
    const words = [outcome, type, left.join(' '), '|', right.join(' ')].filter((word) => word !== null && word !== '');
    return `${words.join(' ')}${difference === '0' || left.length === 0 || right.length === 0 ? '' : ` (${difference})`}`;
  });
}
