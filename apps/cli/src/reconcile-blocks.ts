import { blockKeyOf, compareBlockKeys, type Block, type Item, type RuleSet } from '@tieout/matching';
import { SIDES, type Side } from './reconcile-flags.ts';
import type { SideInput } from './reconcile-input.ts';

/** What may belong together, in the order of keys, so that the same files give the same result letter for letter. */
export function* blocksOf(sides: Readonly<Record<Side, SideInput>>, rules: RuleSet): Iterable<Block> {
  if (rules.block.length === 0) {
    yield wholeBlock(sides);
    return;
  }
  const blocks = new Map<string, Record<Side, Item[]>>();
  for (const side of SIDES)
    for (const item of sides[side].items) {
      const key = blockKeyOf(item, rules);
      let block = blocks.get(key);
      if (block === undefined) blocks.set(key, (block = { left: [], right: [] }));
      block[side].push(item);
    }
  for (const key of [...blocks.keys()].sort(compareBlockKeys)) {
    yield blocks.get(key)!;
    blocks.delete(key);
  }
}

/** Both sides as one block. */
export const wholeBlock = ({ left, right }: Readonly<Record<Side, SideInput>>): Block => ({
  left: left.items,
  right: right.items,
});
