import { inTransaction } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { nextAllowance } from './allowance.ts';
import { portionOf, refilled, type Bucket } from './bucket.ts';
import { liveReplicas, lockAccount, writeAllowance, writeReplica, writeTokens } from './call-budget.store.ts';
import { sharesOf, type Demand } from './shares.ts';

/** What a replica tells the others. */
export interface Settling {
  readonly dataSource: DataSource;
  readonly account: string;
  readonly replica: string;
  readonly limit: number;
  readonly leaseMs: number;
  readonly demand: Demand;
  readonly running: number;
  /** The vendor said that calls are too many. */
  readonly overloaded: boolean;
  /** Null without a limit of calls in time. */
  readonly rate: (Bucket & { readonly givenBack: number; readonly wanted: number; readonly seconds: number }) | null;
  /** Told the places that it may take, answers those that it holds: more while calls beyond them are under way. */
  aim(target: number): number;
}

export interface Settled {
  readonly held: number;
  /** More are due to it than are free: others still have them. */
  readonly owed: boolean;
  readonly credit: number;
  /** Of the whole account. */
  readonly allowed: number;
  readonly running: number;
}

/** Where places go round, each stays for so long: on its way it is idle. */
const turnSeconds = 5;

/** One replica's turn with the account's row. The sum of what live replicas hold never passes the limit. */
export function settle(mine: Settling): Promise<Settled> {
  const { account, replica: id, limit, leaseMs, demand, running } = mine;
  return inTransaction(mine.dataSource, async (tx) => {
    const row = await lockAccount(tx, account, limit);
    const others = (await liveReplicas(tx, account)).filter((other) => other.id !== id);
    const allowance = nextAllowance({ places: row.places, ageMs: row.placesAgeMs }, limit, mine.overloaded);
    if (allowance !== null) await writeAllowance(tx, account, allowance);
    const allowed = allowance ?? row.places;
    const turn = Math.floor(row.second / turnSeconds);
    const share = sharesOf(allowed, [...others, { id, demand }], turn).get(id) ?? 0;
    const free = allowed - others.reduce((sum, other) => sum + other.held, 0);
    const held = mine.aim(Math.max(0, Math.min(share, free)));
    await writeReplica(tx, account, { id, held, running, demand }, leaseMs);
    let credit = Infinity;
    if (mine.rate !== null) {
      const { givenBack, wanted, seconds } = mine.rate;
      const tokens = refilled(mine.rate, row.tokens, row.secondsSinceRefill, givenBack);
      credit = portionOf(mine.rate, tokens, wanted, others.length + 1, seconds);
      await writeTokens(tx, account, tokens - credit);
    }
    return {
      ...{ held, credit, allowed },
      owed: share > held,
      running: running + others.reduce((sum, other) => sum + other.running, 0),
    };
  });
}
