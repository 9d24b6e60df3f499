import type { DataSource, EntityManager } from 'typeorm';
import { TransientError } from './errors.ts';
import { inTransaction } from './transaction.ts';

/** A handler did not come back in time. It belongs to nobody's data error classes: a hang is a bug. */
export class HungError extends Error {
  constructor(limitMs: number) {
    super(`The handler did not answer within ${limitMs} ms`);
    this.name = 'HungError';
  }
}

/** Watches one transaction; the handler gets the whole limit, and so does what comes before and after it. */
export interface Guard {
  handler<R>(work: () => Promise<R>): Promise<R>;
}

/**
 * One database transaction that cannot hang for ever: when a phase of it takes longer than `limitMs`, its connection is
 * destroyed, so that it can neither commit nor keep its locks, and whatever still runs in it fails.
 * @throws HungError when it was the handler, TransientError `database-silent` when it was the database
 */
export async function guardedTransaction<R>(
  dataSource: DataSource,
  limitMs: number,
  work: (tx: EntityManager, guard: Guard) => Promise<R>,
): Promise<R> {
  const watch = new Watch(dataSource, limitMs);
  try {
    const result = inTransaction(dataSource, (tx) => {
      watch.follow(tx);
      return work(tx, watch);
    });
    return await Promise.race([result, watch.expired]);
  } finally {
    watch.end();
  }
}

class Watch implements Guard {
  readonly #dataSource: DataSource;
  readonly #limitMs: number;
  readonly #expiry = Promise.withResolvers<never>();
  #tx: EntityManager | null = null;
  #timer: NodeJS.Timeout;
  #over: Error | null = null;

  constructor(dataSource: DataSource, limitMs: number) {
    this.#dataSource = dataSource;
    this.#limitMs = limitMs;
    this.#expiry.promise.catch(() => undefined);
    this.#timer = this.#arm(silent(limitMs));
  }

  get expired(): Promise<never> {
    return this.#expiry.promise;
  }

  /** The transaction may begin when nobody waits for it any more: a connection became free too late. */
  follow(tx: EntityManager): void {
    if (this.#over) throw this.#over;
    this.#tx = tx;
  }

  async handler<R>(work: () => Promise<R>): Promise<R> {
    this.#rearm(new HungError(this.#limitMs));
    try {
      return await Promise.race([work(), this.#expiry.promise]);
    } finally {
      if (!this.#over) this.#rearm(silent(this.#limitMs));
    }
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #rearm(error: Error): void {
    clearTimeout(this.#timer);
    this.#timer = this.#arm(error);
  }

  #arm(error: Error): NodeJS.Timeout {
    return setTimeout(() => {
      this.#over = error;
      if (this.#tx) destroyConnection(this.#dataSource, this.#tx);
      this.#expiry.reject(error);
    }, this.#limitMs);
  }
}

const silent = (limitMs: number): TransientError =>
  new TransientError('database-silent', `The database did not answer within ${limitMs} ms`);

/** What TypeORM's runner holds: a client of the `pg` pool. */
interface PooledClient {
  readonly processID: number;
  end(): Promise<void>;
}

/** Closing our end does not stop a statement that the server is at, and with it go its locks: the server is told as well. */
function destroyConnection(dataSource: DataSource, tx: EntityManager): void {
  void (tx.queryRunner?.connect() as Promise<PooledClient> | undefined)
    ?.then(async (client) => {
      void client.end().catch(() => undefined);
      await dataSource.query('SELECT pg_terminate_backend($1)', [client.processID]);
    })
    .catch(() => undefined);
}
