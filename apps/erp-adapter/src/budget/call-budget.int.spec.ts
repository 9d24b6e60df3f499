import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallUse } from '@tieout/connector-erp';
import { createDatabase, eventually, spawnTs } from '@tieout/testing';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import type { DataSource } from 'typeorm';
import { openBudgetDatabase } from '../../test/budget-database.ts';
import { createCallBudget, type AccountBudget, type CallBudgetOptions } from './call-budget.worker.ts';

let url: string;
let dataSources: readonly DataSource[];

beforeAll(async () => {
  ({ url } = await createDatabase('call_budget'));
  const first = await openBudgetDatabase(url);
  dataSources = [first, await openBudgetDatabase(url), await openBudgetDatabase(url)];
});
afterAll(() => Promise.all(dataSources.map((dataSource) => dataSource.destroy())));

const logger = { warn: (...what: unknown[]): void => expect(what).toBe('no warning') };

function replicas(
  count: number,
  options: Pick<CallBudgetOptions, 'account' | 'concurrency'> & Partial<CallBudgetOptions>,
): AccountBudget[] {
  const budgets = dataSources
    .slice(0, count)
    .map((dataSource) => createCallBudget({ dataSource, logger, longestCallMs: 500, settleMs: 200, ...options }));
  onTestFinished(async () => void (await Promise.all(budgets.map((budget) => budget.stop()))));
  return budgets;
}

/** The vendor: counts calls at a time, whoever makes them. */
function vendor() {
  const seen = { now: 0, most: 0, done: 0, busyMs: 0, byUse: { process: 0, read: 0, backfill: 0 } };
  let since = performance.now();
  const moved = (by: number): void => {
    seen.busyMs += seen.now * (performance.now() - since);
    since = performance.now();
    seen.now += by;
    seen.most = Math.max(seen.most, seen.now);
  };
  const call = async (use: CallUse, milliseconds: number): Promise<void> => {
    moved(1);
    await sleep(milliseconds);
    moved(-1);
    seen.done += 1;
    seen.byUse[use] += 1;
  };
  return { seen, call };
}

/** Keeps `width` calls wanted until the time is over. */
async function load(
  budget: AccountBudget,
  { call }: ReturnType<typeof vendor>,
  {
    use = 'process',
    width = 20,
    forMs = 1_000,
    callMs = 20,
  }: { use?: CallUse; width?: number; forMs?: number; callMs?: number } = {},
): Promise<void> {
  const end = performance.now() + forMs;
  const one = async (): Promise<void> => {
    while (performance.now() < end) await budget.run(use, () => call(use, callMs));
  };
  await Promise.all(Array.from({ length: width }, one));
}

it.each([1, 3])('%i replicas never pass the limit together and use at least nine tenths of it', async (count) => {
  const target = vendor();
  const budgets = replicas(count, { account: `full-${count}`, concurrency: 10 });
  const loads = Promise.all(budgets.map((budget) => load(budget, target)));
  await eventually(() => target.seen.now === 10, { intervalMs: 5 });
  const [from, before] = [performance.now(), target.seen.busyMs];
  await loads;
  const used = (target.seen.busyMs - before) / (performance.now() - from) / 10;
  expect(target.seen.most).toBe(10);
  expect(used).toBeGreaterThanOrEqual(0.9);
});

it('a replica that wants more than the others gets what they leave, and gives it up when they come', async () => {
  const target = vendor();
  const [busy, late] = replicas(2, { account: 'uneven', concurrency: 8 });
  const running = load(busy!, target, { forMs: 1_300 });
  await eventually(() => target.seen.now === 8);
  const other = vendor();
  const from = performance.now();
  await load(
    late!,
    { ...other, call: (use, ms) => Promise.all([other.call(use, ms), target.call(use, ms)]).then(() => undefined) },
    { forMs: 900 },
  );
  const places = other.seen.busyMs / (performance.now() - from);
  await running;
  expect(target.seen.most).toBe(8);
  expect(places).toBeGreaterThan(2.4); // of the four that are its part, a settlement later
});

it('reading goes on beside processes that want everything, also on another replica and at a limit of one', async () => {
  for (const concurrency of [5, 1]) {
    const target = vendor();
    const [one] = replicas(1, { account: `read-${concurrency}`, concurrency });
    await Promise.all([
      load(one!, target, { forMs: 300, callMs: 5, width: 6 }),
      load(one!, target, { forMs: 300, callMs: 5, width: 6, use: 'read' }),
    ]);
    const { process, read } = target.seen.byUse;
    expect(read / (process + read)).toBeGreaterThan(0.12);
    expect(read / (process + read)).toBeLessThan(0.4);
    expect(target.seen.most).toBe(concurrency);
  }
  const target = vendor();
  const [writer, reader] = replicas(2, { account: 'read-elsewhere', concurrency: 5 });
  await Promise.all([load(writer!, target), load(reader!, target, { use: 'read' })]);
  const { process, read } = target.seen.byUse;
  expect(read / (process + read)).toBeGreaterThan(0.1);
  expect(target.seen.most).toBe(5);
});

it('a call costs no statement: a second has a few settlements, however many calls there are', async () => {
  const target = vendor();
  const [budget] = replicas(1, { account: 'cheap', concurrency: 10 });
  await budget!.run('read', () => target.call('read', 1));
  const settlements = vi.spyOn(dataSources[0]!, 'transaction');
  await load(budget!, target, { forMs: 600, callMs: 1 });
  expect(target.seen.done).toBeGreaterThan(1_000);
  expect(settlements.mock.calls.length).toBeLessThan(8);
});

it('a rate holds for all replicas together', async () => {
  const target = vendor();
  const budgets = replicas(2, { account: 'rate', concurrency: 50, perMinute: 1_200 });
  await Promise.all(budgets.map((budget) => budget.run('read', async () => undefined)));
  const from = performance.now();
  await Promise.all(budgets.map((budget) => load(budget, target, { forMs: 1_500, callMs: 1, width: 5 })));
  const seconds = (performance.now() - from) / 1_000;
  expect(target.seen.done).toBeGreaterThanOrEqual(20 * 1.5 * 0.9 - 2);
  expect(target.seen.done).toBeLessThanOrEqual(20 * seconds + 8 + 10);
});

it('what the vendor calls too many is too many for every replica', async () => {
  const target = vendor();
  const budgets = replicas(2, { account: 'slow', concurrency: 8 });
  await Promise.all(budgets.map((budget) => load(budget, target, { forMs: 300 })));
  // An allowance that has just been made is believed for a while.
  await dataSources[0]!.query(
    `UPDATE call_budget SET places_changed_at = now() - interval '10 seconds' WHERE account = 'slow'`,
  );
  budgets[0]!.overloaded!();
  await eventually(async () => {
    const [row] = await dataSources[0]!.query<{ places: number }[]>(
      `SELECT places FROM call_budget WHERE account = 'slow'`,
    );
    return row!.places === 4;
  });
  const after = vendor();
  await Promise.all(budgets.map((budget) => load(budget, after, { forMs: 200 }))); // settles
  const calm = vendor();
  await Promise.all(budgets.map((budget) => load(budget, calm, { forMs: 600 })));
  expect(calm.seen.most).toBeLessThanOrEqual(4);
  expect(budgets[0]!.remaining()).toBeGreaterThanOrEqual(0.5);
});

it('the places of a killed replica are free when its lease is over, not before, and its own when it stops', async () => {
  const holder = spawnTs(new URL('../../test/budget-process.ts', import.meta.url), { args: [url] });
  await holder.line(/holds all/);
  const [budget] = replicas(1, { account: 'held', concurrency: 4, leaseMs: 1_500, longestCallMs: 200 });
  let entered = 0;
  const waiting = budget!.run('process', async () => void (entered += 1));
  await sleep(400);
  expect(entered).toBe(0);
  const killed = performance.now();
  await holder.kill();
  await waiting;
  expect(performance.now() - killed).toBeGreaterThan(1_000);
  expect(performance.now() - killed).toBeLessThan(2_500);
});

it('who stops gives his places back at once', async () => {
  const [first, second] = replicas(2, { account: 'stops', concurrency: 1 });
  await first!.run('process', async () => undefined);
  await first!.stop();
  const from = performance.now();
  await second!.run('process', async () => undefined);
  expect(performance.now() - from).toBeLessThan(400);
});
