import { describe, expect, it } from 'vitest';
import {
  createWorld,
  judge,
  KINDS,
  sceneOf,
  type FaultKind,
  type JudgedGroup,
  type Scene,
  type TruthItem,
} from './index.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`a world of seed ${seed} is judged`);
const scene = sceneOf(createWorld({ seed, cases: KINDS.length + 20 }), 'second');
const right = perfect(scene);

it('finds no fault with every right answer, in any order and with the sides of a group in any order', () => {
  const said = right.map((group) => ({ ...group, left: group.left.toReversed() })).toReversed();
  const verdict = judge(scene, said);
  expect(verdict.faults).toEqual([]);
  expect(verdict.kinds.filter(({ planted, wanted, right: ok }) => wanted !== planted || ok !== planted)).toEqual([]);
  expect(verdict.outcomes.matched).toEqual({
    wanted: verdict.outcomes.matched.said,
    found: verdict.outcomes.matched.said,
    said: verdict.outcomes.matched.said,
    right: verdict.outcomes.matched.said,
  });
});

it('counts a right answer that is not the wanted one as right only', () => {
  const said = right.map((group) =>
    group.outcome === 'suggested' ? { ...group, outcome: 'matched' as const } : group,
  );
  const verdict = judge(scene, said);
  const kind = verdict.kinds.find((score) => score.kind === 'own-references');
  expect(kind).toMatchObject({ wanted: 0, right: kind?.planted });
  expect(verdict.outcomes.suggested).toMatchObject({ found: 0, said: 0 });
});

/** Engines with one thing wrong with them. */
const MUTANTS: readonly (readonly [name: string, fault: FaultKind, engine: (scene: Scene) => JudgedGroup[]])[] = [
  [
    'takes the first item with the amount',
    'false-match',
    (all) => firstMatch(all, (item) => `${item.currency}${item.amount}`),
  ],
  ['ignores the currency', 'false-match', (all) => firstMatch(all, (item) => `${item.reference} ${item.amount}`)],
  ['ignores the amount', 'false-match', (all) => firstMatch(all, (item) => item.reference ?? item.id)],
  [
    'ignores the sign',
    'false-match',
    (all) => firstMatch(all, (item) => `${item.reference} ${item.currency}${item.amount.replace('-', '')}`),
  ],
  ['uses an item twice', 'not-once', (all) => firstMatch(all, (item) => `${item.currency}${item.amount}`, 'again')],
  ['matches what adds up in the whole', 'false-match', (all) => [everything(all, 'matched')]],
  ['calls everything a break', 'hidden-doubt', (all) => alone(all)],
  ['suggests everything', 'missed-break', (all) => [everything(all, 'suggested')]],
  ['decides doubts', 'hidden-doubt', (all) => perfect(all).map((group) => as('ambiguous', 'suggested', group))],
  ['explains breaks away', 'missed-break', (all) => perfect(all).map((group) => as('break', 'explained', group))],
  ['takes breaks for timing', 'missed-break', (all) => perfect(all).map((group) => as('break', 'timing', group))],
  ['loses an item', 'not-once', (all) => perfect(all).slice(1)],
  ['says a group twice', 'not-once', (all) => [...perfect(all), ...perfect(all).slice(0, 1)]],
  ['invents an item', 'not-once', (all) => [...perfect(all), { outcome: 'break', left: ['L0'], right: [] }]],
  ['joins two matches', 'false-match', (all) => joined(perfect(all))],
  ['splits a bundle', 'false-match', (all) => perfect(all).flatMap(split)],
];

describe('an engine that', () => {
  it.each(MUTANTS)('%s has a %s', (_, fault, engine) => {
    expect(judge(scene, engine(scene)).faults.map((one) => one.fault)).toContain(fault);
  });
});

it('tells which kind of case a fault is about', () => {
  const { faults } = judge(
    scene,
    perfect(scene).map((group) => as('break', 'timing', group)),
  );
  expect(faults.map(({ kinds }) => kinds)).toContain('missing-right');
});

/** Exactly what is wanted. */
function perfect({ cases }: Scene): JudgedGroup[] {
  return cases.flatMap(({ answers: [wanted = []] }) =>
    wanted.map(({ outcomes: [outcome = 'break'], left, right: others }) => ({ outcome, left, right: others })),
  );
}

function firstMatch(
  { left, right: others }: Scene,
  keyOf: (item: TruthItem) => string,
  use: 'once' | 'again' = 'once',
): JudgedGroup[] {
  const free = new Map<string, TruthItem[]>();
  for (const item of others) free.set(keyOf(item), [...(free.get(keyOf(item)) ?? []), item]);
  const groups = left.map((item): JudgedGroup => {
    const candidates = free.get(keyOf(item)) ?? [];
    const found = use === 'once' ? candidates.shift() : candidates[0];
    return found === undefined
      ? { outcome: 'break', left: [item.id], right: [] }
      : { outcome: 'matched', left: [item.id], right: [found.id] };
  });
  const used = new Set(groups.flatMap((group) => group.right));
  return [...groups, ...alone({ left: [], right: others.filter(({ id }) => !used.has(id)) })];
}

function alone({ left, right: others }: Pick<Scene, 'left' | 'right'>): JudgedGroup[] {
  return [
    ...left.map(({ id }): JudgedGroup => ({ outcome: 'break', left: [id], right: [] })),
    ...others.map(({ id }): JudgedGroup => ({ outcome: 'break', left: [], right: [id] })),
  ];
}

function everything({ left, right: others }: Scene, outcome: JudgedGroup['outcome']): JudgedGroup {
  return { outcome, left: left.map(({ id }) => id), right: others.map(({ id }) => id) };
}

function as(from: JudgedGroup['outcome'], to: JudgedGroup['outcome'], group: JudgedGroup): JudgedGroup {
  return group.outcome === from ? { ...group, outcome: to } : group;
}

function joined(groups: readonly JudgedGroup[]): JudgedGroup[] {
  const [one, other] = groups.filter(({ outcome }) => outcome === 'matched') as [JudgedGroup, JudgedGroup];
  const both: JudgedGroup = {
    outcome: 'matched',
    left: [...one.left, ...other.left],
    right: [...one.right, ...other.right],
  };
  return [both, ...groups.filter((group) => group !== one && group !== other)];
}

function split(group: JudgedGroup): JudgedGroup[] {
  const [first, ...rest] = group.right;
  if (group.outcome !== 'matched' || first === undefined || rest.length === 0) return [group];
  return [
    { ...group, right: [first] },
    ...rest.map((id): JudgedGroup => ({ outcome: 'break', left: [], right: [id] })),
  ];
}
