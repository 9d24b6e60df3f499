import { createWorld, judge, KINDS, mirrored, sceneOf, type World } from '@tieout/testing/reconciliation-truth';
import { decideAll } from './decide.ts';
import type { Subject } from './subjects.ts';
import { tallied, type JudgedScene, type Tally } from './tally.ts';

export interface Measured {
  /** What was judged: `worlds` or `invoices`. */
  readonly what: 'worlds' | 'invoices';
  readonly subject: Subject;
  readonly tally: Tally;
}

/** Items that a planted case has on average, both sides together. */
const ITEMS_OF_A_CASE = 2.5;
const CROWDED_OF = 2_000;

/** Both deliveries of a world for each seed. */
export function measure(subject: Subject, seeds: readonly number[], items: number): Measured {
  const judged = seeds.flatMap((seed) => {
    const world = worldOf(seed, items, subject);
    return (['first', 'second'] as const).map((delivery) => look(world, delivery, subject));
  });
  return { what: 'worlds', subject, tally: tallied(judged) };
}

export function worldOf(seed: number, items: number, { policy, without }: Pick<Subject, 'policy' | 'without'>): World {
  const weights = Object.fromEntries(without.map((kind) => [kind, 0]));
  const cases = Math.max(KINDS.length, Math.round(items / ITEMS_OF_A_CASE));
  return createWorld({ seed, cases, policy, weights, dense: Math.max(1, Math.round(items / CROWDED_OF)) });
}

function look(world: World, delivery: 'first' | 'second', { ruleSet, isMirrored }: Subject): JudgedScene {
  const planted = sceneOf(world, delivery);
  const scene = isMirrored ? mirrored(planted) : planted;
  const groups = decideAll(scene, ruleSet, { asOf: world.policy.asOf, rates: world.rates });
  return {
    scene: `seed ${world.seed}, ${delivery} delivery`,
    items: scene.left.length + scene.right.length,
    verdict: judge(scene, groups),
  };
}
