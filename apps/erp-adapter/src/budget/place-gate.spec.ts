import { expect, it } from 'vitest';
import { PlaceGate } from './place-gate.ts';

function gate(credit = Infinity) {
  const state = { now: 0, starving: 0, waited: [] as number[] };
  const places = new PlaceGate({
    clock: () => state.now,
    credit,
    onStarving: () => (state.starving += 1),
    onWaited: (_use, milliseconds) => state.waited.push(milliseconds),
  });
  const entered: string[] = [];
  const enter = (name: string, use: 'process' | 'read' | 'backfill' = 'process', signal?: AbortSignal): Promise<void> =>
    places.enter(use, signal).then(
      () => void entered.push(name),
      () => void entered.push(`${name} gave up`),
    );
  const give = (target: number, validUntil = 1_000, more = 0): void => {
    places.grant(places.aim(target), validUntil, more);
  };
  return { places, state, entered, enter, give };
}
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

it('nobody gets in before places are given, and then as many as there are', async () => {
  const { places, state, entered, enter, give } = gate();
  void enter('a');
  void enter('b', 'read');
  void enter('c');
  await settled();
  expect([entered, state.starving, places.demand]).toEqual([[], 3, { process: 2, read: 1, backfill: 0 }]);
  state.now = 7;
  give(2);
  await settled();
  expect([entered, places.running, places.waiting]).toEqual([['a', 'c'], 2, 1]);
  expect(places.leave('process')).toBe(false);
  await settled();
  expect([entered, state.waited]).toEqual([
    ['a', 'c', 'b'],
    [7, 7, 7],
  ]);
});

it('a lower target is reached as calls end, and what is under way stays counted', async () => {
  const { places, entered, enter, give } = gate();
  for (const name of ['a', 'b', 'c', 'd']) void enter(name);
  give(3);
  await settled();
  expect(places.aim(1)).toBe(3);
  expect(places.leave('process')).toBe(true);
  expect(places.leave('process')).toBe(true);
  await settled();
  expect([entered, places.held]).toEqual([['a', 'b', 'c'], 1]);
  expect(places.leave('process')).toBe(false);
  await settled();
  expect(entered).toEqual(['a', 'b', 'c', 'd']);
});

it('nothing begins once the lease may be over', async () => {
  const { places, state, entered, enter, give } = gate();
  give(5, 100);
  void enter('a');
  await settled();
  state.now = 100;
  void enter('b');
  await settled();
  expect(entered).toEqual(['a']);
  give(5, 200);
  await settled();
  expect([entered, places.running]).toEqual([['a', 'b'], 2]);
});

it('what is due to us and not yet written is not used', async () => {
  const { places, entered, enter } = gate();
  void enter('a');
  places.aim(4);
  await settled();
  expect(entered).toEqual([]);
});

it('a rate lets out what was credited, and unused credit can be taken back', async () => {
  const { places, entered, enter, give } = gate(0);
  for (const name of ['a', 'b', 'c']) void enter(name);
  give(9, 1_000, 2);
  await settled();
  expect([entered, places.credit]).toEqual([['a', 'b'], 0]);
  give(9, 1_000, 4);
  await settled();
  expect([entered, places.takeCredit(), places.credit]).toEqual([['a', 'b', 'c'], 3, 0]);
});

it('who gives up waiting takes no place', async () => {
  const { places, entered, enter, give } = gate();
  const giveUp = new AbortController();
  void enter('a', 'read', giveUp.signal);
  void enter('b', 'read');
  giveUp.abort();
  give(1);
  await settled();
  expect([entered, places.running]).toEqual([['a gave up', 'b'], 1]);
  await enter('c', 'read', AbortSignal.abort());
  expect(entered.at(-1)).toBe('c gave up');
});

it('too many calls are halved at once', async () => {
  const { places, entered, enter, give } = gate();
  give(4);
  places.slowDown();
  for (const name of ['a', 'b', 'c']) void enter(name);
  await settled();
  expect(entered).toEqual(['a', 'b']);
});
