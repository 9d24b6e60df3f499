import { add, negate, subtract, sum } from '@tieout/canonical';
import {
  compareBlockKeys,
  blockKeyOf,
  defaultRules,
  detectSign,
  matchStreams,
  parseRuleSet,
  type Group,
  type RuleSet,
} from '@tieout/matching';
import { createRandom, mirrored, sceneOf, type Scene, type TruthItem } from '@tieout/testing/reconciliation-truth';
import { describe, expect, it } from 'vitest';
import { decideAll, decideBlocks } from './decide.ts';
import { worldOf } from './measure.ts';
import { SUBJECTS } from './subjects.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`properties of worlds of seed ${seed}`);

/** The agreed rules once more, with blocks as small as without exchange they can be. */
const SMALL_BLOCKS: RuleSet = parseRuleSet({
  ...SUBJECTS[0]?.ruleSet,
  block: ['legalEntity', 'counterparty', 'currency'],
  rules: SUBJECTS[0]?.ruleSet.rules.filter(({ kind }) => kind !== 'fx'),
});
const RULE_SETS = [
  ...SUBJECTS.filter(({ isMirrored }) => !isMirrored),
  { ...(SUBJECTS[0] as (typeof SUBJECTS)[number]), name: 'small blocks', ruleSet: SMALL_BLOCKS },
];

describe.each(RULE_SETS)('$name rules', (subject) => {
  const world = worldOf(seed, 300, subject);
  const context = { asOf: world.policy.asOf, rates: world.rates };
  const [first, second] = [sceneOf(world, 'first'), sceneOf(world, 'second')];
  const decide = (scene: Pick<Scene, 'left' | 'right'>): Group[] => byIds(decideAll(scene, subject.ruleSet, context));
  const groups = decide(second);

  it('decide the same whatever the order of the items', () => {
    const random = createRandom(seed, 'another order');
    const reordered = { left: random.shuffled(second.left), right: random.shuffled(second.right) };
    expect(decide(reordered)).toEqual(groups);
  });

  it('decide the same again', () => {
    expect(decide(second)).toEqual(groups);
  });

  it('put every item in exactly one group', () => {
    expect(groups.flatMap(({ left }) => left).toSorted()).toEqual(idsOf(second.left));
    expect(groups.flatMap(({ right }) => right).toSorted()).toEqual(idsOf(second.right));
  });

  it('neither lose nor make money', () => {
    const [left, right] = [byId(second.left), byId(second.right)];
    for (const { left: lefts, right: rights, difference, currency, evidence } of groups) {
      const items = [...lefts.map((id) => left.get(id)), ...rights.map((id) => right.get(id))];
      if (difference === null || items.some((item) => item?.currency !== currency)) continue;
      const amounts = (ids: readonly string[], side: Map<string, TruthItem>): string =>
        sum(ids.map((id) => (side.get(id) as TruthItem).amount));
      const other = amounts(rights, right);
      const signed = evidence['sign'] === 'opposite' ? negate(other) : other;
      expect(difference).toBe(subtract(signed, amounts(lefts, left)));
    }
    expect(totalOf(groups.flatMap((group) => group.left.map((id) => left.get(id) as TruthItem)))).toEqual(
      totalOf(second.left),
    );
    expect(totalOf(groups.flatMap((group) => group.right.map((id) => right.get(id) as TruthItem)))).toEqual(
      totalOf(second.right),
    );
  });

  it('decide all blocks in a stream as each block on its own', async () => {
    const ordered = (items: readonly TruthItem[]): TruthItem[] =>
      items.toSorted((a, b) => compareBlockKeys(blockKeyOf(a, subject.ruleSet), blockKeyOf(b, subject.ruleSet)));
    const streamed: Group[] = [];
    for await (const block of matchStreams(ordered(second.left), ordered(second.right), subject.ruleSet, context))
      streamed.push(...block);
    expect(byIds(streamed)).toEqual(groups);
  });

  it('come to the same by the touched blocks alone as by all of them', () => {
    const touched = touchedKeys(first, second, subject.ruleSet);
    const kept = decideBlocks(first, subject.ruleSet, context).filter(({ key }) => !touched.has(key));
    const isTouched = (item: TruthItem): boolean => touched.has(blockKeyOf(item, subject.ruleSet));
    const again = { left: second.left.filter(isTouched), right: second.right.filter(isTouched) };
    const merged = [...kept.flatMap((block) => block.groups), ...decide(again)];
    expect(byIds(merged)).toEqual(groups);
    if (subject.name === 'small blocks') expect(kept.length).toBeGreaterThan(0);
  });
});

it('the default rules say of a mirrored world what they say of the world itself', () => {
  const world = worldOf(seed, 200, SUBJECTS[1] as (typeof SUBJECTS)[number]);
  const [scene, context] = [sceneOf(world, 'second'), { asOf: world.policy.asOf, rates: world.rates }];
  const opposite = mirrored(scene);
  const decided = (of: Scene, sign: 'same' | 'opposite'): unknown[] =>
    byIds(decideAll(of, defaultRules(sign), context)).map(({ outcome, type, left, right }) => [
      outcome,
      type,
      left,
      right,
    ]);
  expect([detectSign(scene), detectSign(opposite)]).toEqual(['same', 'opposite']);
  expect(decided(opposite, 'opposite')).toEqual(decided(scene, 'same'));
});

/** Blocks in which something came, went or changed between the deliveries. */
function touchedKeys(before: Scene, after: Scene, ruleSet: RuleSet): Set<string> {
  const seen = (scene: Scene): Map<string, TruthItem> =>
    new Map([...scene.left, ...scene.right].map((item) => [JSON.stringify(item), item]));
  const [one, other] = [seen(before), seen(after)];
  const differing = [...one, ...other].filter(([text]) => !one.has(text) || !other.has(text));
  return new Set(differing.map(([, item]) => blockKeyOf(item, ruleSet)));
}

function byIds(groups: readonly Group[]): Group[] {
  const idOf = ({ left, right }: Group): string => left[0] ?? right[0] ?? '';
  return groups.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

function idsOf(items: readonly TruthItem[]): string[] {
  return items.map(({ id }) => id).toSorted();
}

function byId(items: readonly TruthItem[]): Map<string, TruthItem> {
  return new Map(items.map((item) => [item.id, item]));
}

function totalOf(items: readonly TruthItem[]): Record<string, string> {
  const totals: Record<string, string> = {};
  for (const { currency, amount } of items) totals[currency] = add(totals[currency] ?? '0', amount);
  return totals;
}
