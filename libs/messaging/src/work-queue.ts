import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import { backoffMs } from './backoff.ts';
import { errorCode, errorKind, errorMessage, TransientError } from './errors.ts';
import type { EventMeta } from './event-headers.ts';
import { suppressionOf } from './replay/suppression.ts';
import { inTransaction } from './transaction.ts';
import { failItem, finishItem, insertItems, leaseItems, retryItem, workDepth } from './work-queue.store.ts';
import type { NewWorkItem, WorkDepth, WorkRow } from './work-queue.store.ts';

/** One attempt at an item. */
export interface WorkItem {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly payload: unknown;
  readonly cause: EventMeta | null;
  /** 1 for the first. */
  readonly attempt: number;
  /** An earlier attempt may have reached the vendor: look before posting again. */
  readonly inDoubt: boolean;
  /** Aborts before the lease ends: pass it to every vendor call, so that none outlives the lease. */
  readonly signal: AbortSignal;
  /**
   * Marks the item done inside the transaction that stores its results. Without it the item is marked done after the handler
   * returns. @throws TransientError `lease-lost` when another worker has taken the item: the transaction must roll back.
   */
  complete(tx: EntityManager): Promise<void>;
}

/**
 * Throw a TransientError to try again later (`outcomeUnknown` when the vendor may have acted), a DataError to fail the item,
 * a MisconfiguredError to stop the worker. Anything else is a bug: a few tries, then failed.
 */
export type WorkHandler = (item: WorkItem) => Promise<void>;

export interface WorkQueueOptions {
  readonly dataSource: DataSource;
  /** Name of this process, for people who look at a lease. */
  readonly owner: string;
  readonly handlers: Readonly<Record<string, WorkHandler>>;
  readonly logger: Logger;
  /** Runs in the transaction that marks an item failed: raise the exception there. */
  readonly onFailed?: (tx: EntityManager, item: FailedWork) => Promise<void>;
  /** Items at work at once, each of another key. */
  readonly concurrency?: number;
  /** Longer than the vendor's longest call. */
  readonly leaseMs?: number;
  /** How long an unknown outcome rests before somebody looks: the vendor's own time limit. */
  readonly inDoubtMs?: number;
  readonly pollMs?: number;
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  /** Takes no items in: those of a service that builds its state beside the live one are the live one's. */
  readonly muted?: boolean;
}

export interface FailedWork extends Pick<WorkItem, 'id' | 'kind' | 'key' | 'payload' | 'cause' | 'attempt'> {
  readonly code: string;
  readonly message: string;
}

export interface WorkQueueStatus {
  readonly state: 'idle' | 'running' | 'stopped';
  /** Why it stopped by itself. */
  readonly reason: string | null;
  readonly working: number;
}

const OUTCOME_UNKNOWN = 'outcome-unknown';
const MAX_BUG_ATTEMPTS = 3;
/** The signal aborts at this share of the lease, the rest is for storing the result. */
const CALL_SHARE = 0.8;

/** The vendor may have acted, and no answer says whether: the item is in doubt and is looked at after the vendor's time limit. */
export function outcomeUnknown(message: string, options?: ErrorOptions): TransientError {
  return new TransientError(OUTCOME_UNKNOWN, message, options);
}

/** Calls to vendors, kept as rows: strictly in order per key, keys in parallel, across replicas. */
export class WorkQueue {
  readonly #options: Required<Omit<WorkQueueOptions, 'onFailed'>> & Pick<WorkQueueOptions, 'onFailed'>;
  readonly #working = new Set<Promise<void>>();
  #state: WorkQueueStatus['state'] = 'idle';
  #reason: string | null = null;
  #loop: Promise<void> | null = null;
  #wake: () => void = () => undefined;
  #woken = false;

  constructor(options: WorkQueueOptions) {
    const backoff = { baseMs: 500, maxMs: 60_000 };
    this.#options = {
      muted: false,
      concurrency: 4,
      leaseMs: 60_000,
      inDoubtMs: 30_000,
      pollMs: 250,
      backoff,
      ...options,
    };
  }

  /**
   * Call it while holding the lock of the aggregate of each key (a consumer's handler does). An id is enqueued once; a
   * transaction that hands records over again enqueues nothing: the vendor was called when they came first.
   */
  async enqueue(tx: EntityManager, items: readonly NewWorkItem[]): Promise<void> {
    if (this.#options.muted) return;
    const suppressed = suppressionOf(tx);
    if (suppressed) suppressed.work += items.length;
    else await insertItems(tx, items);
  }

  depth(): Promise<WorkDepth> {
    return workDepth(this.#options.dataSource);
  }

  status(): WorkQueueStatus {
    return { state: this.#state, reason: this.#reason, working: this.#working.size };
  }

  start(): Promise<void> {
    if (this.#loop === null) {
      this.#state = 'running';
      this.#loop = this.#run();
    }
    return Promise.resolve();
  }

  /** Takes no new item and resolves when those at work are finished. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.wake();
    await this.#loop;
    this.#loop = null;
  }

  /** Look for work now and not at the next poll. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (this.#state === 'running') {
      try {
        const started = await this.#takeSome();
        failures = 0;
        if (!started || this.#working.size >= this.#options.concurrency) await this.#rest(this.#options.pollMs);
      } catch (error) {
        failures += 1;
        this.#options.logger.warn({ err: error, failures }, 'work queue cannot lease');
        await this.#rest(backoffMs(failures, this.#options.backoff));
      }
    }
    await Promise.all(this.#working);
  }

  async #takeSome(): Promise<boolean> {
    const { dataSource, owner, handlers, concurrency, leaseMs, inDoubtMs } = this.#options;
    const limit = concurrency - this.#working.size;
    if (limit <= 0) return false;
    const rows = await leaseItems(dataSource, { owner, kinds: Object.keys(handlers), limit, leaseMs, inDoubtMs });
    for (const row of rows) {
      const work = this.#attempt(row).finally(() => {
        this.#working.delete(work);
        this.wake();
      });
      this.#working.add(work);
    }
    return rows.length > 0;
  }

  /** Waits until woken, at most `ms`. */
  async #rest(ms: number): Promise<void> {
    if (!this.#woken)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#woken = false;
    this.#wake = () => undefined;
  }

  /** Never rejects: an item whose outcome cannot be stored is taken again when its lease ends. */
  async #attempt(row: WorkRow): Promise<void> {
    const log = {
      workItem: row.id,
      kind: row.kind,
      key: row.key,
      attempt: row.attempts,
      correlationId: row.cause?.correlationId,
    };
    try {
      await this.#execute(row);
      this.#options.logger.debug(log, 'work done');
    } catch (error) {
      this.#options.logger.warn({ ...log, err: error }, 'work failed');
      await this.#settle(row, error).catch((storing: unknown) =>
        this.#options.logger.error({ ...log, err: storing }, 'outcome of work could not be stored'),
      );
    }
  }

  async #execute(row: WorkRow): Promise<void> {
    const { handlers, dataSource, leaseMs } = this.#options;
    let completed = false;
    const complete = async (tx: EntityManager): Promise<void> => {
      if (!(await finishItem(tx, row))) throw new TransientError('lease-lost', `Work item ${row.id} is in other hands`);
      completed = true;
    };
    const { id, kind, key, payload, cause, attempts: attempt, inDoubt } = row;
    const signal = AbortSignal.timeout(Math.floor(leaseMs * CALL_SHARE));
    await handlers[row.kind]?.({ id, kind, key, payload, cause, attempt, inDoubt, signal, complete });
    if (!completed) await inTransaction(dataSource, complete);
  }

  async #settle(row: WorkRow, error: unknown): Promise<void> {
    const details = { code: errorCode(error), message: errorMessage(error).slice(0, 2_000) };
    const unknown = details.code === OUTCOME_UNKNOWN || isAbort(error);
    const kind = unknown ? 'transient' : errorKind(error);
    const { dataSource, backoff, inDoubtMs } = this.#options;
    if (kind === 'data' || (kind === 'bug' && row.attempts >= MAX_BUG_ATTEMPTS)) return this.#fail(row, details);
    if (kind === 'misconfigured') this.#halt(details.message);
    const asked = error instanceof TransientError ? error.retryAfterMs : null;
    const delayMs = unknown ? inDoubtMs : (asked ?? backoffMs(row.attempts, backoff));
    // Doubt stays until an attempt has looked and ended cleanly.
    await retryItem(dataSource, row, details, { delayMs, inDoubt: unknown || row.inDoubt });
  }

  async #fail(row: WorkRow, error: { code: string; message: string }): Promise<void> {
    const { id, kind, key, payload, cause, attempts: attempt } = row;
    await inTransaction(this.#options.dataSource, async (tx) => {
      if (!(await failItem(tx, row, error))) return;
      await this.#options.onFailed?.(tx, { id, kind, key, payload, cause, attempt, ...error });
    });
  }

  #halt(reason: string): void {
    this.#state = 'stopped';
    this.#reason = reason;
    this.#options.logger.fatal({ reason }, 'work queue stopped: fix the configuration and restart');
  }
}

/** A call that our own signal cut may have reached the vendor. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}
