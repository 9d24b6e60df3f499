import { decideBlock } from './decide-block.ts';
import type { Group } from './group.ts';
import type { Block, Item, MatchContext } from './item.ts';
import type { RuleSet } from './rule-set.ts';

/** The fields as they are, none as empty, with U+001F between them. */
export function blockKeyOf(item: Item, { block }: RuleSet): string {
  const [first, ...others] = block;
  if (first === undefined) return '';
  return others.reduce((key, field) => `${key}\u001f${item[field] ?? ''}`, item[first] ?? '');
}

/** By code points, which is how a database with collation "C" and UTF-8 sorts. */
export function compareBlockKeys(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let n = 0; n < length; n += 1) {
    const [x, y] = [a.charCodeAt(n), b.charCodeAt(n)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Halves of a surrogate pair belong to code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** A side came in another order than that of its block keys, so a block could not be seen whole. */
export class BlockOrderError extends Error {
  override readonly name = 'BlockOrderError';
  readonly code = 'blocks-out-of-order';
}

export type Items = Iterable<Item> | AsyncIterable<Item>;

/**
 * The groups of each block, block after block. Both sides come sorted by block key; one block is in memory at a time.
 * @throws BlockOrderError
 */
export async function* matchStreams(
  left: Items,
  right: Items,
  ruleSet: RuleSet,
  context: MatchContext,
): AsyncIterable<Group[]> {
  for await (const block of blocksOf(left, right, ruleSet)) yield decideBlock(block, ruleSet, context);
}

/** Both sides block by block. @throws BlockOrderError */
export async function* blocksOf(
  left: Items,
  right: Items,
  ruleSet: RuleSet,
): AsyncIterable<Block & { readonly key: string }> {
  const [lefts, rights] = [runsOf(left, ruleSet), runsOf(right, ruleSet)];
  let [a, b] = [await lefts.next(), await rights.next()];
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareBlockKeys(a.value.key, b.value.key);
    const key = a.done !== true && order <= 0 ? a.value.key : (b.value as Run).key;
    yield {
      key,
      left: a.done !== true && order <= 0 ? a.value.items : [],
      right: b.done !== true && order >= 0 ? b.value.items : [],
    };
    if (order <= 0) a = await lefts.next();
    if (order >= 0) b = await rights.next();
  }
}

interface Run {
  readonly key: string;
  readonly items: Item[];
}

async function* runsOf(items: Items, ruleSet: RuleSet): AsyncGenerator<Run, undefined> {
  let run: Run | null = null;
  for await (const item of items) {
    const key = blockKeyOf(item, ruleSet);
    if (run !== null && run.key === key) {
      run.items.push(item);
      continue;
    }
    if (run !== null) {
      if (compareBlockKeys(run.key, key) > 0)
        throw new BlockOrderError(`block ${JSON.stringify(key)} after ${JSON.stringify(run.key)}`);
      yield run;
    }
    run = { key, items: [item] };
  }
  if (run !== null) yield run;
  return undefined;
}
