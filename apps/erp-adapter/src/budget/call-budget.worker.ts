import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { CallBudget, CallUse } from '@tieout/connector-erp';
import type { Logger } from '@tieout/platform';
import type { DataSource } from 'typeorm';
import type { Bucket } from './bucket.ts';
import { deleteReplica } from './call-budget.store.ts';
import { PlaceGate } from './place-gate.ts';
import { settle, type Settled } from './settle.store.ts';
import { repeatedly } from './settling.worker.ts';

export interface CallBudgetOptions {
  readonly dataSource: DataSource;
  /** Of the vendor: all who call it name the same. */
  readonly account: string;
  /** Calls at a time. Every replica says the same. */
  readonly concurrency: number;
  /** Calls in a minute; absent: no such limit. */
  readonly perMinute?: number | undefined;
  /** No call lasts longer: its client has given up by then. */
  readonly longestCallMs: number;
  /** How long a killed replica's places stay taken; longer than the longest call. 15 s more when absent. */
  readonly leaseMs?: number;
  /** Pause between two settlements while there are calls; 1 s when absent. */
  readonly settleMs?: number;
  readonly logger: Pick<Logger, 'warn'>;
  readonly onWaited?: (use: CallUse, milliseconds: number) => void;
}

export interface AccountBudget extends CallBudget {
  /** Share of the account's calls at a time that nobody uses, as of the last settlement; 1 before the first. */
  remaining(): number;
  /** Gives the places back; those of calls under way stay taken until the lease is over. */
  stop(): Promise<void>;
}

/** Settlements without any call after which the places are given back. */
const idleSettlements = 10;
/** What others still have is asked for so much more often. */
const owedShare = 0.2;

/**
 * The limit of one vendor account, shared by all replicas over a row in the database. A replica holds some places for a lease and
 * hands them out by itself; a call costs no statement. See docs/decisions/0025-one-budget-per-vendor-account.md.
 */
export function createCallBudget(options: CallBudgetOptions): AccountBudget {
  const { dataSource, account, concurrency, settleMs = 1_000 } = options;
  const replica = randomUUID();
  const state: State = { overloaded: false, started: 0, idle: 0, satisfied: true, last: null };
  const gate = new PlaceGate({
    clock: () => performance.now(),
    credit: options.perMinute === undefined ? Infinity : 0,
    // Who did not get all that he wanted will not get it for asking again.
    onStarving: () => void ((state.last === null || state.satisfied) && loop.soon()),
    onWaited: (use, milliseconds) => {
      state.started += 1;
      options.onWaited?.(use, milliseconds);
    },
  });
  const settleOnce = settlement(options, replica, gate, state);
  const loop = repeatedly(async () => {
    try {
      await settleOnce();
      if (state.idle >= idleSettlements && gate.running + gate.waiting === 0) return await giveUp();
      const eager = state.last?.owed === true || (gate.waiting > 0 && gate.credit < 1);
      return eager ? settleMs * owedShare : settleMs;
    } catch (error) {
      options.logger.warn({ err: error, account }, 'the budget of calls could not be settled');
      return settleMs;
    }
  }, settleMs / 20);
  /** Nobody calls: the places are for others, and no statement is sent until somebody does. */
  const giveUp = async (): Promise<number> => {
    gate.aim(0);
    state.last = null;
    await deleteReplica(dataSource.manager, account, replica);
    return gate.waiting > 0 ? 0 : Infinity;
  };
  return {
    async run(use, call, signal) {
      await gate.enter(use, signal);
      try {
        return await call();
      } finally {
        if (gate.leave(use)) loop.soon();
      }
    },
    overloaded() {
      state.overloaded = true;
      gate.slowDown();
      loop.soon();
    },
    remaining: () => (state.last === null ? 1 : Math.max(0, 1 - state.last.running / concurrency)),
    async stop() {
      await loop.stop();
      if (gate.running === 0) await deleteReplica(dataSource.manager, account, replica);
    },
  };
}

interface State {
  overloaded: boolean;
  /** Calls since the last settlement. */
  started: number;
  /** Settlements in a row without a call. */
  idle: number;
  /** The last settlement gave all that was wanted. */
  satisfied: boolean;
  last: Settled | null;
}

/** One settlement of this replica; what it tells the others is as of its beginning. */
function settlement(options: CallBudgetOptions, replica: string, gate: PlaceGate, state: State): () => Promise<void> {
  const { dataSource, account, concurrency: limit, longestCallMs, settleMs = 1_000 } = options;
  const leaseMs = options.leaseMs ?? longestCallMs + 15_000;
  if (leaseMs < longestCallMs + 3 * settleMs)
    throw new Error(`A lease of ${leaseMs} ms is too short for calls of ${longestCallMs} ms`);
  const bucket = bucketOf(options.perMinute);
  return async () => {
    const from = performance.now();
    const { demand, running, waiting } = gate;
    const { overloaded } = state;
    const wanted = Math.ceil(state.started * 1.5) + waiting;
    Object.assign(state, { overloaded: false, started: 0, idle: running + wanted === 0 ? state.idle + 1 : 0 });
    const rate = bucket && { ...bucket, givenBack: gate.takeCredit(), wanted, seconds: settleMs / 1_000 };
    const mine = { dataSource, account, replica, limit, leaseMs, demand, running, overloaded, rate };
    const settled = await settle({ ...mine, aim: (target) => gate.aim(target) });
    state.last = settled;
    state.satisfied = settled.held >= running + waiting;
    // A call that begins in time ends within the lease.
    gate.grant(settled.held, from + leaseMs - longestCallMs, rate === null ? 0 : settled.credit);
  };
}

function bucketOf(perMinute: number | undefined): Bucket | null {
  return perMinute === undefined ? null : { perSecond: perMinute / 60, burst: Math.max(1, perMinute / 20) };
}
