import { randomUUID } from 'node:crypto';
import { errorKind, errorMessage, inTransaction } from '@tieout/messaging';
import { activate, renew } from './activate.worker.ts';
import type { ComparisonDesk } from './comparison-desk.ts';
import { lastRequests, requestComparisonRun, waitingComparisonRuns } from './comparison-run.store.ts';
import type { ComparisonRun } from './comparison-run.store.ts';
import { listComparisons, registerComparisons } from './comparison.store.ts';
import { decideMarked } from './decide-marked.worker.ts';
import { markDueBlocks } from './dirty.store.ts';
import { failRun, makeRun } from './make-run.worker.ts';

export interface ComparisonWorkerOptions extends ComparisonDesk {
  readonly pollMs: number;
  /** Time between full runs of today; 0 makes them on request only. */
  readonly intervalMs: number;
  /** How long a changed block waits, so that what belongs together arrives. */
  readonly delayMs: number;
}

/** A side that was late, not wrong, is looked at again after that. */
const RECOVER_MS = 600_000;
/** Blocks decided in a turn before the other work gets its turn. */
const BLOCKS_A_TURN = 500;

/** Decides marked blocks as they come and makes full runs. Replicas share the work by row locks and a lock for each comparison. */
export class ComparisonWorker {
  readonly #options: ComparisonWorkerOptions;
  readonly #stopping = new AbortController();
  #finished: Promise<void> | null = null;
  #lastTurn = Date.now();
  #registered = false;

  constructor(options: ComparisonWorkerOptions) {
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

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      let more = false;
      try {
        more = await this.#turn();
      } catch (error) {
        const level = errorKind(error) === 'transient' ? 'warn' : 'error';
        this.#options.logger[level]({ err: error }, 'turn of the comparisons failed, will try again');
      }
      this.#lastTurn = Date.now();
      if (!more) await pause(this.#options.pollMs, signal);
    }
  }

  /** Whether there is more to do at once. */
  async #turn(): Promise<boolean> {
    const desk = this.#options;
    if (!this.#registered) await inTransaction(desk.dataSource, (tx) => registerComparisons(tx, desk.definitions));
    this.#registered = true;
    await this.#prepare();
    await this.#startPeriodic();
    for (const run of await waitingComparisonRuns(desk.dataSource.manager)) {
      if (this.#stopping.signal.aborted) return false;
      await this.#makeRun(run);
      this.#lastTurn = Date.now();
    }
    return this.#decideMarked();
  }

  /** A run that fails for another reason than that something is away would fail again: it ends, and says why. */
  async #makeRun(run: ComparisonRun): Promise<void> {
    try {
      await makeRun(this.#options, run);
    } catch (error) {
      if (errorKind(error) === 'transient') throw error;
      this.#options.logger.error({ err: error, comparison: run.comparison, runId: run.runId }, 'comparison run failed');
      await failRun(this.#options, run, `it failed: ${errorMessage(error)}`);
    }
  }

  async #prepare(): Promise<void> {
    const desk = this.#options;
    for (const comparison of await listComparisons(desk.dataSource.manager)) {
      if (!desk.definitions.some(({ name }) => name === comparison.definition.name)) continue;
      if (comparison.state === 'inactive') await activate(desk, comparison);
      else await renew(desk, comparison);
      if (comparison.state === 'live' && comparison.asOf !== null)
        await markDueBlocks(desk.dataSource.manager, comparison.comparisonId, comparison.asOf);
    }
  }

  async #startPeriodic(): Promise<void> {
    const { intervalMs, dataSource } = this.#options;
    if (intervalMs === 0) return;
    await inTransaction(dataSource, async (tx) => {
      // One replica looks and starts at a time.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('periodic-comparison', 0))`);
      for (const { comparisonId, at, mayRecover } of await lastRequests(tx)) {
        const due = mayRecover ? Math.min(intervalMs, RECOVER_MS) : intervalMs;
        if (at === null || Date.now() - at.getTime() >= due)
          await requestComparisonRun(tx, { runId: randomUUID(), comparisonId, trigger: 'periodic', asOf: null });
      }
    });
  }

  async #decideMarked(): Promise<boolean> {
    for (let count = 0; count < BLOCKS_A_TURN; count += 1) {
      if (this.#stopping.signal.aborted) return false;
      if (!(await decideMarked(this.#options, this.#options.delayMs))) return false;
    }
    return true;
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
