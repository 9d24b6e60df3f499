import { errorKind, inTransaction } from '@tieout/messaging';
import type { Part } from '@tieout/platform';
import { recoverBreaks, type BreakRecovery } from './break-recovery.worker.ts';
import { putRates } from './exchange-rate.store.ts';
import type { Rate } from './valuation.ts';

export interface BreakPartsOptions extends BreakRecovery {
  /** Those of the configuration. */
  readonly rates: readonly Rate[];
  readonly sweepMs: number;
}

/** What runs by itself for the breaks: what a lost database held is read back, then pending days are watched. */
export function breakParts(options: BreakPartsOptions): readonly Part[] {
  const { desk } = options;
  const opened = Promise.withResolvers<void>();
  // Who waits for it hears of a failure; nobody may be waiting.
  opened.promise.catch(() => undefined);
  desk.ready = opened.promise;
  const sweep = new PendingSweep(options);
  return [
    {
      name: 'recovery of breaks',
      // After the relay, which has read the revisions back.
      phase: 'relay',
      start: () => open(options).then(opened.resolve, fail(opened.reject)),
      stop: () => Promise.resolve(),
    },
    { name: 'pending breaks', phase: 'workers', start: () => sweep.start(), stop: () => sweep.stop() },
  ];
}

const fail =
  (reject: (error: unknown) => void) =>
  (error: unknown): never => {
    reject(error);
    throw error;
  };

async function open(options: BreakPartsOptions): Promise<void> {
  const { dataSource, desk, rates } = options;
  if (rates.length > 0) await inTransaction(dataSource, (tx) => putRates(tx, rates));
  const recovered = await recoverBreaks(options);
  if (recovered > 0)
    desk.logger.warn({ recovered }, 'breaks were read back: the topic has other states than the database');
}

/** Opens again what is past its day. Replicas do it twice at worst, under the rows' locks. */
class PendingSweep {
  readonly #options: BreakPartsOptions;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: BreakPartsOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#turn());
    }, this.#options.sweepMs);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#running;
  }

  async #turn(): Promise<void> {
    const { dataSource, desk } = this.#options;
    try {
      while ((await inTransaction(dataSource, (tx) => desk.reopenOverdue(tx))) > 0);
    } catch (error) {
      const level = errorKind(error) === 'transient' ? 'warn' : 'error';
      desk.logger[level]({ err: error }, 'pending breaks could not be looked at, will try again');
    }
  }
}
