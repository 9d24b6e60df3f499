import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextAllowance } from './allowance.ts';
import { portionOf, refilled } from './bucket.ts';
import { nextUse, sharesOf, type Demand, type Replica } from './shares.ts';

const want = (id: string, demand: Partial<Demand>): Replica => ({
  id,
  demand: { process: 0, read: 0, backfill: 0, ...demand },
});
const shares = (limit: number, replicas: readonly Replica[], turn = 1): readonly number[] =>
  replicas.map(({ id }) => sharesOf(limit, replicas, turn).get(id) ?? -1);

it('all who want the same have the same', () => {
  expect(shares(10, [want('a', { process: 50 }), want('b', { process: 50 })])).toEqual([5, 5]);
  expect(shares(10, [want('a', { process: 2 }), want('b', { process: 50 }), want('c', { process: 50 })])).toEqual([
    2, 4, 4,
  ]);
});

it('who wants little leaves the rest to others, and keeps one place to begin with', () => {
  expect(shares(10, [want('a', { read: 1 }), want('b', { process: 3 })])).toEqual([1, 3]);
  expect(shares(10, [want('a', {}), want('b', { process: 3 })])).toEqual([1, 3]);
  expect(shares(10, [want('a', {}), want('b', { process: 30 })])).toEqual([0, 10]);
});

it('a process comes before reading, and reading before history, each with its share', () => {
  expect(shares(10, [want('a', { process: 50 }), want('b', { read: 50 }), want('c', { backfill: 50 })])).toEqual([
    8, 2, 0,
  ]);
  expect(shares(10, [want('a', { process: 4 }), want('b', { read: 50 }), want('c', { backfill: 50 })])).toEqual([
    4, 6, 0,
  ]);
  expect(shares(40, [want('a', { process: 50 }), want('b', { read: 50 }), want('c', { backfill: 50 })])).toEqual([
    30, 8, 2,
  ]);
});

it('a limit too small to divide goes round', () => {
  const replicas = [want('a', { process: 9 }), want('b', { process: 9 }), want('c', { read: 9 })];
  const rounds = Array.from({ length: 20 }, (_, turn) => shares(1, replicas, turn));
  const sums = [0, 1, 2].map((n) => rounds.reduce((sum, round) => sum + round[n]!, 0));
  expect(sums.reduce((a, b) => a + b)).toBe(20);
  expect(sums[2]).toBe(4);
  expect(Math.abs(sums[0]! - sums[1]!)).toBeLessThanOrEqual(4);
});

it('no more is given than there is, and nothing is left that somebody wants', () => {
  const demand = fc.record({ process: fc.nat(30), read: fc.nat(30), backfill: fc.nat(30) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(demand, { minLength: 1, maxLength: 6 }),
      fc.nat(100),
      (limit, demands, turn) => {
        const replicas = demands.map((each, n) => want(`r${n}`, each));
        const given = shares(limit, replicas, turn);
        const wanted = demands.map(({ process, read, backfill }) => process + read + backfill);
        const sum = given.reduce((a, b) => a + b);
        expect(sum).toBeLessThanOrEqual(limit);
        expect(sum).toBeGreaterThanOrEqual(
          Math.min(
            limit,
            wanted.reduce((a, b) => a + b),
          ),
        );
        given.forEach((each, n) => expect(each).toBeLessThanOrEqual(Math.max(1, wanted[n]!)));
      },
    ),
  );
});

it('in a queue a reader is every fifth at the latest, history every twentieth', () => {
  const order = Array.from({ length: 40 }, (_, turn) => nextUse({ process: 9, read: 9, backfill: 9 }, turn));
  expect(order.filter((use) => use === 'read')).toHaveLength(6);
  expect(order.filter((use) => use === 'backfill')).toHaveLength(2);
  expect(nextUse({ process: 0, read: 0, backfill: 1 }, 0)).toBe('backfill');
  expect(nextUse({ process: 0, read: 0, backfill: 0 }, 4)).toBeNull();
});

it('an overload halves once, calm gives back one by one, a lower limit counts at once', () => {
  expect(nextAllowance({ places: 10, ageMs: 60_000 }, 10, true)).toBe(5);
  expect(nextAllowance({ places: 5, ageMs: 100 }, 10, true)).toBeNull();
  expect(nextAllowance({ places: 1, ageMs: 60_000 }, 10, true)).toBeNull();
  expect(nextAllowance({ places: 5, ageMs: 6_000 }, 10, false)).toBe(6);
  expect(nextAllowance({ places: 5, ageMs: 1_000 }, 10, false)).toBeNull();
  expect(nextAllowance({ places: 10, ageMs: 60_000 }, 10, false)).toBeNull();
  expect(nextAllowance({ places: 10, ageMs: 0 }, 4, false)).toBe(4);
});

it('the bucket fills with time to its brim, and is handed out in parts', () => {
  const bucket = { perSecond: 10, burst: 30 };
  expect(refilled(bucket, 5, 1.5, 2)).toBe(22);
  expect(refilled(bucket, 25, 60, 0)).toBe(30);
  expect(refilled(bucket, 5, -3, 0)).toBe(5);
  expect(portionOf(bucket, 22.7, 100, 2, 1)).toBe(5);
  expect(portionOf(bucket, 3.9, 100, 1, 1)).toBe(3);
  expect(portionOf(bucket, 0.9, 100, 1, 1)).toBe(0);
  expect(portionOf(bucket, 22, 2, 1, 1)).toBe(2);
});
