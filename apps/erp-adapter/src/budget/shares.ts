import type { CallUse } from '@tieout/connector-erp';

/** Calls under way or waiting, by whose turn is first. */
export type Demand = Readonly<Record<CallUse, number>>;

export function demandOf(wanted: (use: CallUse) => number): Demand {
  return Object.fromEntries(uses.map((use) => [use, wanted(use)])) as Record<CallUse, number>;
}

export interface Replica {
  readonly id: string;
  readonly demand: Demand;
}

/** Whose turn is first to last. */
export const uses = ['process', 'read', 'backfill'] as const satisfies readonly CallUse[];

/** Of the places that are wanted by others, one in so many is a reader's, and one in so many a backfill's: late, but never starved. */
const shares: Readonly<Record<Exclude<CallUse, 'process'>, number>> = { read: 5, backfill: 20 };

/**
 * How many of the account's places each replica may have. A class gets what the classes before it leave and never less than its
 * share; within a class all have the same. Where there are more replicas than places, those go round from turn to turn. A
 * replica that wants nothing gets one of those that nobody wants, to begin without asking.
 */
export function sharesOf(limit: number, replicas: readonly Replica[], turn: number): ReadonlyMap<string, number> {
  const given = new Map(replicas.map(({ id }) => [id, 0]));
  const sorted = [...replicas].sort((a, b) => (a.id < b.id ? -1 : 1));
  // To pass places round for nothing would leave them idle on their way.
  const order = rotated(sorted, limit < replicas.length ? turn : 0);
  const give = (places: number, wanted: (replica: Replica) => number): number => {
    const got = dealt(places, order.map(wanted));
    order.forEach(({ id }, n) => given.set(id, (given.get(id) ?? 0) + (got[n] ?? 0)));
    return places - got.reduce((sum, each) => sum + each, 0);
  };
  const left = uses.reduce((places, use, n) => {
    const kept = uses.slice(n + 1).reduce((sum, later) => sum + keptFor(later, limit, replicas, turn), 0);
    const unused = give(Math.max(0, places - kept), ({ demand }) => demand[use]);
    return Math.min(places, kept) + unused;
  }, limit);
  give(left, ({ demand }) => (uses.every((use) => demand[use] === 0) ? 1 : 0));
  return given;
}

function shareOf(use: CallUse): number {
  return use === 'process' ? 1 : shares[use];
}

/** What earlier classes must leave; of a limit too small to divide, one place at every so-manieth turn. */
function keptFor(use: CallUse, limit: number, replicas: readonly Replica[], turn: number): number {
  const wanted = replicas.reduce((sum, { demand }) => sum + demand[use], 0);
  const whole = Math.floor(limit / shareOf(use));
  return Math.min(wanted, whole > 0 ? whole : turn % shareOf(use) === 0 ? 1 : 0);
}

/** Places one by one in turn to whoever wants one more. */
function dealt(places: number, wanted: readonly number[]): readonly number[] {
  const got = wanted.map(() => 0);
  let left = places;
  for (let again = true; again && left > 0;) {
    again = false;
    for (const [n, most] of wanted.entries()) {
      if (left === 0 || got[n]! >= most) continue;
      got[n]! += 1;
      left -= 1;
      again = true;
    }
  }
  return got;
}

function rotated<T>(list: readonly T[], by: number): readonly T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** Whose turn it is when a place becomes free; `turn` counts those that were given. Null when nobody waits. */
export function nextUse(waiting: Demand, turn: number): CallUse | null {
  const due = (use: CallUse): boolean => waiting[use] > 0 && turn % shareOf(use) === shareOf(use) - 1;
  if (due('backfill')) return 'backfill';
  if (due('read')) return 'read';
  return uses.find((use) => waiting[use] > 0) ?? null;
}
