import { negate } from '@tieout/canonical';
import { createRandom, type Random } from '../random.ts';
import { collision } from './collisions.ts';
import { denseCases } from './dense.ts';
import { createDesk, type Desk } from './desk.ts';
import { KINDS, plant, type Kind } from './kinds.ts';
import { createParties, STRANGER, type Party } from './parties.ts';
import { POLICY } from './policy.ts';
import { createRates } from './rates.ts';
import { createReferences } from './references.ts';
import type { PlantedCase, Policy, Scene, TruthItem, World } from './types.ts';

export interface WorldOptions {
  readonly seed: number;
  /** Cases to plant; every kind is planted before any is planted twice. */
  readonly cases: number;
  readonly policy?: Policy;
  /** How often a kind is planted beside the others: default 40 for `exact`, 1 for the rest; 0 leaves it out. */
  readonly weights?: Partial<Readonly<Record<Kind, number>>>;
  /** Parties with nothing but many small amounts without references; default 1. */
  readonly dense?: number;
}

const CASES_OF_A_PARTY = 24;
const AMOUNTS_OF_A_DENSE_PARTY = 24;
const TRIES = 2_000;

export function createWorld({ seed, cases, policy = POLICY, weights = {}, dense = 1 }: WorldOptions): World {
  const random = createRandom(seed, 'world');
  const dealt = chunks(deal(random, cases, weights), CASES_OF_A_PARTY);
  const parties = createParties(random, dealt.length + dense);
  const shared = {
    policy,
    stranger: STRANGER,
    rates: createRates(random, policy.asOf),
    references: createReferences(),
    id: createIds(createRandom(seed, 'ids')),
  };
  const deskOf = (party: Party, n: number): Desk =>
    createDesk({ ...shared, party, random: createRandom(seed, `party ${n}`) });
  const planted = parties.flatMap((party, n) => {
    const kinds = dealt[n];
    return kinds === undefined ? crowded(deskOf(party, n)) : settle(kinds, deskOf(party, n));
  });
  return { seed, policy, rates: shared.rates, cases: planted };
}

/** What has been delivered by then, in an order that means nothing. */
export function sceneOf(world: World, delivery: 'first' | 'second'): Scene {
  const random = createRandom(world.seed, `order of the ${delivery} delivery`);
  const cases = world.cases.map((one) => ({ kind: one.kind, ...one[delivery] }));
  return {
    left: random.shuffled(cases.flatMap(({ left }) => left)),
    right: random.shuffled(cases.flatMap(({ right }) => right)),
    cases,
  };
}

/** The same scene where the right side signs every amount the other way round. */
export function mirrored({ left, right, cases }: Scene): Scene {
  const mirror = (item: TruthItem): TruthItem => ({ ...item, amount: negate(item.amount) });
  return { left, right: right.map(mirror), cases: cases.map((one) => ({ ...one, right: one.right.map(mirror) })) };
}

/** All kinds once, then by their weights. */
function deal(random: Random, count: number, weights: NonNullable<WorldOptions['weights']>): Kind[] {
  const weightOf = (kind: Kind): number => weights[kind] ?? (kind === 'exact' ? 40 : 1);
  const kinds = KINDS.filter((kind) => weightOf(kind) > 0);
  const urn = kinds.flatMap((kind) => Array.from({ length: weightOf(kind) }, () => kind));
  const more = Array.from({ length: Math.max(0, count - kinds.length) }, () => random.pick(urn));
  return random.shuffled([...kinds, ...more]).slice(0, Math.max(count, 1));
}

/** Plants the kinds at one party, one again as long as it meets another by accident. */
function settle(kinds: readonly Kind[], desk: Desk): PlantedCase[] {
  const planted = kinds.map((kind) => plant(kind, desk));
  for (let tries = 0; tries < TRIES; tries += 1) {
    const met = collision(planted, desk.policy);
    if (met.length === 0) return planted;
    // Any of them: the last one may be in the way whatever its amounts, when two others leave it no room.
    const again = desk.random.pick(met);
    planted[planted.indexOf(again)] = plant(again.kind as Kind, desk);
  }
  throw new Error(`${kinds.length} cases do not fit side by side at ${desk.party.name}`);
}

function crowded(desk: Desk): PlantedCase[] {
  return denseCases(desk, AMOUNTS_OF_A_DENSE_PARTY).map(({ kind, state }) => ({ kind, first: state, second: state }));
}

function createIds(random: Random): (side: 'L' | 'R') => string {
  const taken = new Set<string>();
  return (side) => {
    for (;;) {
      const id = `${side}${random.int(10_000_000, 99_999_999)}`;
      if (taken.has(id)) continue;
      taken.add(id);
      return id;
    }
  };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
