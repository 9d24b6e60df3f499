import { setImmediate as yieldToOthers, setTimeout as delay } from 'node:timers/promises';
import {
  createBackTest,
  type Block,
  type ComparedRules,
  type ConfirmedMatch,
  type ExchangeRate,
  type RunningBackTest,
} from '@tieout/matching';
import { DataError, errorKind, errorMessage, inTransaction, type Outbox } from '@tieout/messaging';
import type { Logger } from '@tieout/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { approvalDetails, type BackTest, type BackTestProgress, type BackTestResult } from './back-test.ts';
import { claimBackTest, endBackTest, finished, lockBackTest, releaseBackTest, renewLease } from './back-test.store.ts';
import { namedSources } from '../breaks/rates-in-use.ts';
import { audited } from './request-back-test.worker.ts';
import { findVersion, lockName } from './rule-set.store.ts';

/** The past of a comparison. */
export interface Past {
  /** Pairs of sides that the comparison compares: one of two sides, two of three. */
  pairs(tx: EntityManager, comparison: string): Promise<readonly PastPair[]>;
  /** @param named sources that rules name */
  rates(tx: EntityManager, named: ReadonlySet<string>): Promise<readonly ExchangeRate[]>;
  confirmed(tx: EntityManager, comparison: string): Promise<readonly ConfirmedMatch[]>;
}

export interface PastPair {
  readonly left: string;
  readonly right: string;
  /** The items dated up to the day, in blocks by the fields, of one snapshot of the database. */
  blocks(asOf: string, by: Pick<RunningBackTest, 'fields' | 'keyOf'>): AsyncIterable<Block>;
}

export interface BackTestWorkerOptions {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly logger: Logger;
  readonly past: Past;
  readonly pollMs: number;
  /** How long whoever carries one out may be silent before another begins again. */
  readonly leaseMs: number;
}

/** A back-test that takes its process down would do so for ever. */
const MAX_ATTEMPTS = 5;

/** The test is not this worker's any more, or the service stops. */
class Interrupted extends Error {}

/** Carries out back-tests one after another; replicas share them by leases. Between two blocks everything else gets its turn. */
export class BackTestWorker {
  readonly #options: BackTestWorkerOptions;
  readonly #stopping = new AbortController();
  #finished: Promise<void> | null = null;
  #lastTurn = Date.now();

  constructor(options: BackTestWorkerOptions) {
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

  /** Milliseconds since the loop last moved; a large number means that it hangs. */
  idleMs(): number {
    return Date.now() - this.#lastTurn;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    const { logger, pollMs } = this.#options;
    while (!signal.aborted) {
      try {
        while (!signal.aborted && (await this.#next())) this.#lastTurn = Date.now();
      } catch (error) {
        logger[errorKind(error) === 'transient' ? 'warn' : 'error'](
          { err: error },
          'back-test turn failed, will try again',
        );
      }
      this.#lastTurn = Date.now();
      // Stopping is no error.
      await delay(pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** False when there is nothing to do. */
  async #next(): Promise<boolean> {
    const { dataSource, leaseMs, logger } = this.#options;
    const found = await claimBackTest(dataSource.manager, new Date().toISOString(), leaseMs);
    if (found === null) return false;
    const { backTest: claimed, attempts } = found;
    const { backTestId, name, version } = claimed;
    logger.info({ backTestId, name, version, attempts }, 'back-test started');
    try {
      if (attempts > MAX_ATTEMPTS) throw new DataError('back-test-stuck', 'it was begun several times and never ended');
      await this.#end(claimed, finished(claimed, await this.#results(claimed), new Date().toISOString()));
    } catch (error) {
      if (error instanceof Interrupted) await releaseBackTest(dataSource.manager, claimed);
      // The lease passes, and it is tried again.
      else if (errorKind(error) === 'transient') throw error;
      else await this.#failed(claimed, error);
    }
    return true;
  }

  async #results(backTest: BackTest): Promise<BackTestResult[]> {
    const results: BackTestResult[] = [];
    const report = this.#reporter(backTest);
    for (const [index, target] of backTest.targets.entries()) {
      const pairs = await this.#options.past.pairs(this.#options.dataSource.manager, target.comparison);
      for (const pair of pairs) results.push(await this.#compare(backTest, target, pair, report(index)));
    }
    return results;
  }

  async #compare(
    backTest: BackTest,
    { comparison, asOf }: BackTest['targets'][number],
    pair: PastPair,
    report: (blocks: number, items: number) => Promise<void>,
  ): Promise<BackTestResult> {
    const { dataSource, past } = this.#options;
    const { manager } = dataSource;
    const rules = await rulesOf(manager, backTest);
    const test = createBackTest(
      rules,
      { asOf, rates: await ratesFor(past, manager, rules) },
      { examples: backTest.examples, confirmed: await past.confirmed(manager, comparison) },
    );
    const counts = { left: 0, right: 0, blocks: 0 };
    for await (const block of pair.blocks(asOf, test)) {
      test.add(block);
      counts.left += block.left.length;
      counts.right += block.right.length;
      counts.blocks += 1;
      await report(counts.blocks, counts.left + counts.right);
    }
    return { comparison, asOf, sides: [pair.left, pair.right], ...counts, result: test.result() };
  }

  /** At most once a second it says how far it is, and learns whether it shall go on. @throws Interrupted */
  #reporter(backTest: BackTest): (targets: number) => (blocks: number, items: number) => Promise<void> {
    let said = 0;
    return (targets) => async (blocks, items) => {
      await yieldToOthers();
      this.#lastTurn = Date.now();
      if (this.#stopping.signal.aborted) throw new Interrupted();
      if (this.#lastTurn - said < 1_000) return;
      said = this.#lastTurn;
      const progress: BackTestProgress = { targets, of: backTest.targets.length, blocks, items };
      const { dataSource, leaseMs } = this.#options;
      if (!(await renewLease(dataSource.manager, backTest, progress, new Date().toISOString(), leaseMs)))
        throw new Interrupted();
    };
  }

  async #failed(backTest: BackTest, error: unknown): Promise<void> {
    this.#options.logger.error({ err: error, backTestId: backTest.backTestId }, 'back-test failed');
    const problem = errorMessage(error);
    await this.#end(backTest, { ...backTest, status: 'failed', endedAt: new Date().toISOString(), problem });
  }

  /** Unless a person cancelled it meanwhile, or somebody else carries it out. */
  async #end(claimed: BackTest, ended: BackTest): Promise<void> {
    await inTransaction(this.#options.dataSource, async (tx) => {
      await lockName(tx, claimed.name);
      const now = await lockBackTest(tx, claimed.backTestId);
      if (now?.status !== 'running' || now.startedAt !== claimed.startedAt) return;
      const { length: targets } = ended.targets;
      const progress = ended.status === 'done' ? { ...now.progress, targets } : now.progress;
      await endBackTest(tx, { ...ended, progress });
      const version = (await findVersion(tx, claimed.name, claimed.version))?.state;
      const signed = { by: 'reconciliation', at: ended.endedAt ?? '', reason: ended.problem ?? 'as requested' };
      const details = ended.status === 'done' ? approvalDetails(ended) : { backTest: ended.backTestId };
      if (version) await audited(this.#options, tx, version, `back-test-${ended.status}`, signed, null, details);
    });
  }
}

async function rulesOf(tx: EntityManager, { name, version, baseline }: BackTest): Promise<ComparedRules> {
  const after = await findVersion(tx, name, version);
  const before = baseline && (await findVersion(tx, name, baseline.version));
  if (after === null) throw new Error(`there is no version ${version} of ${name}`);
  return { before: before?.rules ?? null, after: after.rules };
}

/** A table of rates is long, and most rules ask for none. */
async function ratesFor(
  past: Past,
  tx: EntityManager,
  { before, after }: ComparedRules,
): Promise<readonly ExchangeRate[]> {
  const ruleSets = [before, after].filter((one) => one !== null);
  const areAsked = ruleSets.some(({ rules }) => rules.some(({ kind }) => kind === 'fx'));
  return areAsked ? past.rates(tx, namedSources(ruleSets)) : [];
}
