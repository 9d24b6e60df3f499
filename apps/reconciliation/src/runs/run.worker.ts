import { randomUUID } from 'node:crypto';
import { derivedId } from '@tieout/canonical';
import { errorKind, inTransaction, type Outbox } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { findRun, insertRun, lastPeriodicRequest, runToFollowUp, waitingRuns } from './run.store.ts';
import type { Run } from './run.store.ts';
import { decideRun, type DecideOptions } from './decide-run.worker.ts';
import { parseSide, planRun } from './request-run.ts';
import type { RunRequest } from './request-run.ts';

export interface RunWorkerOptions extends DecideOptions {
  readonly outbox: Outbox;
  readonly sides: readonly string[];
  readonly intervalMs: number;
  readonly pollMs: number;
  readonly recheckMs: number;
}

/** Starts runs that are due and decides those whose snapshots are here. Replicas share the work by row locks. */
export class RunWorker {
  readonly #options: RunWorkerOptions;
  readonly #stopping = new AbortController();
  #finished: Promise<void> | null = null;
  #lastTurn = Date.now();

  constructor(options: RunWorkerOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#finished ??= this.#loop();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#finished;
  }

  /** Milliseconds since the loop last came round; a large number means that it hangs. */
  idleMs(): number {
    return Date.now() - this.#lastTurn;
  }

  /** Asks every side for a snapshot, in the transaction that stores the run. */
  async request(asOf: string | null, sides: readonly string[] | null): Promise<Run> {
    const { dataSource } = this.#options;
    const runId = randomUUID();
    const request = { runId, trigger: 'request', asOf, followUpOf: null, ...this.#now(sides) } as const;
    return inTransaction(dataSource, async (tx) => {
      await this.#store(tx, request);
      return (await findRun(tx, runId)) as Run;
    });
  }

  #now(sides: readonly string[] | null): Pick<RunRequest, 'requestedAt' | 'sides'> {
    return { requestedAt: new Date().toISOString(), sides: (sides ?? this.#options.sides).map(parseSide) };
  }

  async #store(tx: EntityManager, request: RunRequest): Promise<void> {
    const run = planRun(request);
    if (!(await insertRun(tx, run))) return;
    const { runId, asOf: cutOff, requestedAt } = run;
    await this.#options.outbox.publish(
      tx,
      run.snapshots.map((snapshot) => ({
        topic: 'finance.snapshot-request.v1',
        key: snapshot.snapshotId,
        id: derivedId('snapshot-request', snapshot.snapshotId),
        value: { ...snapshot, runId, cutOff, requestedAt },
      })),
    );
    this.#options.logger.info({ runId, trigger: run.trigger, asOf: cutOff }, 'run requested');
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#turn();
      } catch (error) {
        const level = errorKind(error) === 'transient' ? 'warn' : 'error';
        this.#options.logger[level]({ err: error }, 'reconciliation turn failed, will try again');
      }
      this.#lastTurn = Date.now();
      await pause(this.#options.pollMs, signal);
    }
  }

  async #turn(): Promise<void> {
    await this.#startPeriodic();
    await this.#startFollowUp();
    for (const run of await waitingRuns(this.#options.dataSource.manager)) {
      if (this.#stopping.signal.aborted) return;
      await decideRun(this.#options, run);
      this.#lastTurn = Date.now();
    }
  }

  async #startPeriodic(): Promise<void> {
    const { intervalMs, dataSource } = this.#options;
    if (intervalMs === 0) return;
    await inTransaction(dataSource, async (tx) => {
      // One replica looks and starts at a time.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('periodic-run', 0))`);
      const last = await lastPeriodicRequest(tx);
      if (last !== null && Date.now() - last.getTime() < intervalMs) return;
      await this.#store(tx, {
        runId: randomUUID(),
        trigger: 'periodic',
        asOf: null,
        followUpOf: null,
        ...this.#now(null),
      });
    });
  }

  /** A difference of timing is decided by another snapshot, not by the next period. */
  async #startFollowUp(): Promise<void> {
    const { dataSource, recheckMs } = this.#options;
    await inTransaction(dataSource, async (tx) => {
      const run = await runToFollowUp(tx, new Date(Date.now() - recheckMs).toISOString());
      if (run === null) return;
      const { runId: followUpOf, asOf } = run;
      const runId = derivedId('follow-up', followUpOf);
      await this.#store(tx, {
        runId,
        trigger: 'follow-up',
        asOf,
        followUpOf,
        ...this.#now(run.sides),
      });
    });
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
