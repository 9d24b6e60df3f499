import {
  blockKeyOf,
  COMPANY_STEPS,
  decideBlock,
  exactGroup,
  exactKind,
  exactRuleOf,
  parseRuleSet,
  REFERENCE_STEPS,
  splitBlock,
  type Block,
  type Group,
  type RuleSet,
} from '@tieout/matching';
import { createRandom, mirrored, sceneOf, type Random, type Scene } from '@tieout/testing/reconciliation-truth';
import { describe, expect, it } from 'vitest';
import { worldOf } from './measure.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`exact pairs of worlds of seed ${seed}`);
const AGREED = SUBJECTS[0] as Subject;

describe('exact pairs and the rest of a block, decided apart', () => {
  const world = worldOf(seed, 300, AGREED);
  const scene = sceneOf(world, 'second');
  const context = { asOf: world.policy.asOf, rates: world.rates };

  it.each(SUBJECTS)('are what is decided of the block, whatever rules follow: $name', ({ ruleSet, isMirrored }) => {
    const random = createRandom(seed, ruleSet.name);
    let count = 0;
    for (let round = 0; round < 12; round += 1) {
      const rules = someRules(ruleSet, random, isMirrored);
      expect(exactRuleOf(rules)).not.toBeNull();
      for (const block of blocksOf(isMirrored ? mirrored(scene) : scene, rules)) {
        const { pairs, rest } = splitBlock(block, rules) ?? { pairs: [], rest: block };
        const kind = exactKind(rules, (block.left[0] ?? block.right[0])?.currency ?? '');
        const apart = [...pairs.map((pair) => exactGroup(kind, pair)), ...decideBlock(rest, rules, context)];
        expect(byIds(apart)).toEqual(byIds(decideBlock(block, rules, context)));
        count += pairs.length;
      }
    }
    expect(count).toBeGreaterThan(50);
  });
});

/** A first rule that allows exact pairs, and some of the set's other rules in any order. */
function someRules({ name, rules }: RuleSet, random: Random, isMirrored: boolean): RuleSet {
  const block = ['currency', ...random.shuffled(['legalEntity', 'counterparty']).slice(0, random.int(0, 2))];
  const others = rules.filter(({ kind }) => kind === 'match' && random.chance(60));
  const oneSided = rules.filter(({ kind }) => kind === 'timing' || kind === 'explain');
  const first = parseRuleSet({ name, block, rules: [firstRule(random, isMirrored)] });
  return { ...first, rules: [...first.rules, ...random.shuffled(others), ...oneSided] };
}

function firstRule(random: Random, isMirrored: boolean): unknown {
  const reference = random.pick(['reference', { field: 'reference', normalise: REFERENCE_STEPS, minLength: 3 }]);
  const company = { field: 'counterparty', normalise: COMPANY_STEPS };
  return {
    ...{ kind: 'match', name: 'first', outcome: 'matched', sign: isMirrored ? 'opposite' : 'same' },
    keys: random.pick([[reference], [reference, company], [{ field: 'reference', distinctive: true }]]),
    ...(random.chance(60) && {
      date: random.pick([
        { from: -3, to: 5 },
        { from: 0, to: 0 },
        { from: -30, to: 60 },
      ]),
    }),
    ...(random.chance(20) && { agree: ['legalEntity'] }),
    ...(random.chance(20) && { when: { [random.pick(['left', 'right'])]: [{ field: 'text', present: true }] } }),
    ...random.pick([{ onAmbiguity: 'pass' }, { onAmbiguity: 'ignore' }, { onAmbiguity: 'hold', duplicates: 'break' }]),
    ...{ twins: random.pick(['hold', 'pair']), nearMiss: random.pick(['break', 'off']) },
  };
}

function blocksOf({ left, right }: Scene, rules: RuleSet): readonly Block[] {
  const [lefts, rights] = [left, right].map((items) => Map.groupBy(items, (item) => blockKeyOf(item, rules)));
  const keys = new Set([...(lefts?.keys() ?? []), ...(rights?.keys() ?? [])]);
  return [...keys].map((key) => ({ left: lefts?.get(key) ?? [], right: rights?.get(key) ?? [] }));
}

function byIds(groups: readonly Group[]): Group[] {
  const idOf = ({ left, right }: Group): string => left[0] ?? right[0] ?? '';
  return groups.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}
