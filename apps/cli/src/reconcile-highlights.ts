import { compare, negate, sum, type DecimalString } from '@tieout/canonical';
import type { Block, Group, Item, Outcome } from '@tieout/matching';
import { SIDES, type Side } from './reconcile-flags.ts';

/** A group, its items and what it weighs. */
export interface Weighed extends Readonly<Record<Side, readonly Item[]>> {
  readonly group: Group;
  /** Absolute difference, or without one the absolute sum of the side that has more. */
  readonly weight: DecimalString;
  readonly currency: string;
}

/** The groups that a person should see first. */
export interface Highlights {
  /** Groups of a block. */
  take(block: Block, groups: readonly Group[]): void;
  /** Largest first, by currency: amounts of different currencies have no order. */
  largest(outcome: Outcome): ReadonlyMap<string, readonly Weighed[]>;
  /** How many breaks there are of each type, most first. */
  breakTypes(): readonly (readonly [string, number])[];
}

export const SHOWN = 10;
const OUTCOMES_SHOWN: ReadonlySet<Outcome> = new Set(['break', 'suggested', 'ambiguous']);

export function highlights(): Highlights {
  const found = new Map<Outcome, Map<string, Weighed[]>>();
  const types = new Map<string, number>();
  const take = (one: Weighed): void => {
    const { outcome, type } = one.group;
    if (outcome === 'break') types.set(type ?? 'other', (types.get(type ?? 'other') ?? 0) + 1);
    const currencies = found.get(outcome) ?? new Map<string, Weighed[]>();
    found.set(outcome, currencies.set(one.currency, withOne(currencies.get(one.currency) ?? [], one)));
  };
  return {
    take(block, groups) {
      const open = groups.filter(({ outcome }) => OUTCOMES_SHOWN.has(outcome));
      const items = { left: itemsOf(block, open, 'left'), right: itemsOf(block, open, 'right') };
      for (const group of open) {
        const [left, right] = SIDES.map((side) => group[side].map((id) => items[side].get(id)!));
        take(weighed(group, left!, right!));
      }
    },
    largest: (outcome) => found.get(outcome) ?? new Map<string, Weighed[]>(),
    breakTypes: () => [...types].sort(([, a], [, b]) => b - a),
  };
}

/** Items of these groups by their ids: few of a block's. */
function itemsOf(block: Block, groups: readonly Group[], side: Side): ReadonlyMap<string, Item> {
  const ids = new Set(groups.flatMap((group) => group[side]));
  return new Map(block[side].filter(({ id }) => ids.has(id)).map((item) => [item.id, item]));
}

function withOne(list: Weighed[], one: Weighed): Weighed[] {
  const last = list.at(-1);
  if (list.length >= SHOWN && last !== undefined && compare(one.weight, last.weight) <= 0) return list;
  return [...list, one].sort((a, b) => compare(b.weight, a.weight)).slice(0, SHOWN);
}

function weighed(group: Group, left: readonly Item[], right: readonly Item[]): Weighed {
  const currency = group.currency ?? (left[0] ?? right[0])?.currency ?? '';
  if (group.difference !== null && group.difference !== '0')
    return { group, left, right, currency, weight: absolute(group.difference) };
  const [l, r] = [left, right].map((items) => absolute(sum(items.map(({ amount }) => amount))));
  return { group, left, right, currency, weight: compare(l!, r!) < 0 ? r! : l! };
}

const absolute = (amount: DecimalString): DecimalString => (amount.startsWith('-') ? negate(amount) : amount);
