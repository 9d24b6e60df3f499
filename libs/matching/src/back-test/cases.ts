import type { Group } from '../group.ts';
import type { Block, Item } from '../item.ts';
import type { Values } from './result-comparison.ts';
import { valueOf } from './tally.ts';

export type Side = 'left' | 'right';

/** The groups of two results that share items, directly or through each other, and share none with other groups. */
export interface Case {
  readonly before: readonly Group[];
  readonly after: readonly Group[];
  readonly left: readonly Item[];
  readonly right: readonly Item[];
  readonly value: Values;
}

/** An item with the group that each result puts it into. */
export interface Placed {
  readonly side: Side;
  readonly item: Item;
  readonly before: Group;
  readonly after: Group;
}

/**
 * Where both results put the items of a block, in the order of the block.
 * @throws Error when a result does not hold every item exactly once: then it is no result of these items
 */
export function placedItems(block: Block, before: readonly Group[], after: readonly Group[]): readonly Placed[] {
  return (['left', 'right'] as const).flatMap((side) => {
    const [was, is] = [groupOfId(before, side), groupOfId(after, side)];
    const items = block[side];
    if (was.size !== items.length || is.size !== items.length)
      throw new Error(`${side}: ${items.length} items, ${was.size} in the first result, ${is.size} in the second`);
    return items.map((item) => {
      const [first, second] = [was.get(item.id), is.get(item.id)];
      if (first === undefined || second === undefined) throw new Error(`${side} ${item.id} is not in both results`);
      return { side, item, before: first, after: second };
    });
  });
}

function groupOfId(groups: readonly Group[], side: Side): Map<string, Group> {
  const found = new Map<string, Group>();
  for (const group of groups)
    for (const id of group[side]) {
      if (found.has(id)) throw new Error(`${side} ${id} is in two groups of one result`);
      found.set(id, group);
    }
  return found;
}

/** In the order of their first items. */
export function casesOf(placed: readonly Placed[]): readonly Case[] {
  const roots = new Roots();
  for (const { before, after } of placed) roots.join(before, after);
  return [...Map.groupBy(placed, ({ before }) => roots.of(before)).values()].map(caseOf);
}

function caseOf(placed: readonly Placed[]): Case {
  const on = (side: Side): Item[] => placed.filter((one) => one.side === side).map(({ item }) => item);
  const items = { left: on('left'), right: on('right') };
  return {
    before: [...new Set(placed.map(({ before }) => before))],
    after: [...new Set(placed.map(({ after }) => after))],
    ...items,
    value: valueOf(items),
  };
}

/** Union-find by identity of groups. */
class Roots {
  readonly #parents = new Map<Group, Group>();

  of(group: Group): Group {
    let root = group;
    for (let next = this.#parents.get(root); next !== undefined; next = this.#parents.get(root)) root = next;
    // The next look-up of what was passed on the way is one step.
    for (let at = group; at !== root;) {
      const next = this.#parents.get(at) as Group;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }

  join(a: Group, b: Group): void {
    const [x, y] = [this.of(a), this.of(b)];
    if (x !== y) this.#parents.set(y, x);
  }
}
