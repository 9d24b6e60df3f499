import { sum } from '@tieout/canonical';
import type { Group, Item } from '@tieout/matching';
import { difference } from '../checks/difference.ts';
import type { Difference } from '../checks/difference.ts';
import type { ComparisonDefinition } from './comparison.ts';

/** Outcomes that people have to look at, with the kind of break that they are; of a break it is the group's type. */
const KIND_OF: Partial<Record<Group['outcome'], string>> = { suggested: 'suggested', ambiguous: 'ambiguous' };

/**
 * The break of a group, null when nobody has anything to do. The object is the first item of the left side, of the right side where
 * the left has none: an item is in one group, so no two groups of a pair name the same.
 */
export function workOf(
  { name, sides }: ComparisonDefinition,
  side: number,
  group: Group,
  items: { readonly left: ReadonlyMap<string, Item>; readonly right: ReadonlyMap<string, Item> },
): Difference | null {
  const kind = group.outcome === 'break' ? (group.type ?? 'break') : KIND_OF[group.outcome];
  if (kind === undefined) return null;
  const left = group.left.flatMap((id) => items.left.get(id) ?? []);
  const right = group.right.flatMap((id) => items.right.get(id) ?? []);
  const named = left[0] ?? right[0];
  if (named === undefined) return null;
  const place = left.length > 0 ? 0 : side;
  return {
    ...difference({
      check: name,
      kind: sides.length > 2 ? `${kind}-${sides[side]?.name ?? side}` : kind,
      objectType: sides[place]?.name ?? String(place),
      object: named.id,
      legalEntityId: first([...left, ...right], ({ legalEntity }) => legalEntity),
      customerId: first([...left, ...right], ({ fields }) => fields['customerId'] ?? null),
      currency: group.currency ?? named.currency,
      expected: total(left),
      actual: total(right),
      evidence: evidenceOf(group, named),
    }),
    difference: group.difference,
  };
}

/** Null where there is nothing, or where amounts of several currencies have no sum. */
function total(items: readonly Item[]): string | null {
  const currencies = new Set(items.map(({ currency }) => currency));
  return currencies.size === 1 ? sum(items.map(({ amount }) => amount)) : null;
}

const first = (items: readonly Item[], read: (item: Item) => string | null): string | null =>
  items.map(read).find((text) => text !== null) ?? null;

function evidenceOf(group: Group, { date, reference, counterparty, text }: Item): Record<string, string> {
  const stated = Object.entries({ date, reference, counterparty, text, rule: group.rule });
  return {
    ...group.evidence,
    ...Object.fromEntries(stated.flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
    ...(group.left.length > 0 ? { left: someIds(group.left) } : {}),
    ...(group.right.length > 0 ? { right: someIds(group.right) } : {}),
  };
}

/** A record has a size; the group itself has all of them. */
const someIds = (ids: readonly string[]): string => ids.slice(0, 50).join(' ');
