import { describe, expect, it } from 'vitest';
import { blockKeyOf, BlockOrderError, blocksOf, compareBlockKeys, matchStreams } from './blocks.ts';
import type { Group } from './group.ts';
import type { Item } from './item.ts';
import { item, pairs } from './matching.fixture.ts';
import { parseRuleSet } from './parse-rule-set.ts';

const ruleSet = parseRuleSet({
  name: 'test',
  block: ['counterparty', 'currency'],
  rules: [{ name: 'same', ...pairs() }],
});
const of = (id: string, counterparty: string | null) => item(id, { counterparty, reference: 'A-1' });
const context = { asOf: '2026-03-31', rates: [] };

async function groupsOf(left: Item[], right: Item[] | AsyncIterable<Item>): Promise<Group[]> {
  const groups: Group[] = [];
  for await (const block of matchStreams(left, right, ruleSet, context)) groups.push(...block);
  return groups;
}

describe('blocks', () => {
  it('are made of the fields of the rule set; none is like an empty one', () => {
    expect(blockKeyOf(of('L1', 'C'), ruleSet)).toBe('C\u001fEUR');
    expect(blockKeyOf(of('L1', null), ruleSet)).toBe('\u001fEUR');
    expect(blockKeyOf(of('L1', 'C'), { ...ruleSet, block: [] })).toBe('');
  });
  it('are decided each for itself, also where a side has none', async () => {
    async function* rights(): AsyncIterable<Item> {
      yield* [of('R1', 'B'), of('R2', 'C'), of('R3', 'D')];
    }
    const groups = await groupsOf([of('L1', 'A'), of('L2', 'C')], rights());
    expect(groups.map(({ outcome, left, right }) => [outcome, ...left, ...right])).toEqual([
      ['break', 'L1'],
      ['break', 'R1'],
      ['matched', 'L2', 'R2'],
      ['break', 'R3'],
    ]);
  });
  it('of an empty side are the other side alone', async () => {
    expect((await groupsOf([], [of('R1', 'A')])).map(({ type }) => type)).toEqual(['missing-left']);
    expect(await groupsOf([], [])).toEqual([]);
  });
  it('come one at a time: the second is not read before the first was taken', async () => {
    const read: string[] = [];
    function* lefts(): Iterable<Item> {
      for (const name of ['A', 'B', 'C']) {
        read.push(name);
        yield of(`L-${name}`, name);
      }
    }
    for await (const block of blocksOf(lefts(), [], ruleSet)) {
      expect(block.left).toHaveLength(1);
      break;
    }
    expect(read).toEqual(['A', 'B']);
  });
  it('out of order are refused: half a block would be decided', async () => {
    await expect(groupsOf([of('L1', 'B'), of('L2', 'A')], [])).rejects.toThrow(BlockOrderError);
  });
});

it('block keys sort by code points, as a database with collation C does', () => {
  const keys = ['\u{1F600}', '\uFFFD', 'b', 'a\u001f', 'a', ''];
  expect(keys.toSorted(compareBlockKeys)).toEqual(['', 'a', 'a\u001f', 'b', '\uFFFD', '\u{1F600}']);
  expect(keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))).toEqual(
    keys.toSorted(compareBlockKeys),
  );
});
