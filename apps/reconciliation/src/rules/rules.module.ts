import path from 'node:path';
import type { Provider, Type } from '@nestjs/common';
import { Outbox } from '@tieout/messaging';
import { CONFIG, HealthRegistry, Lifecycle, LOGGER, type Logger } from '@tieout/platform';
import { DataSource } from 'typeorm';
import type { ReconciliationConfig } from '../config.ts';
import { BACK_TEST_DESK, BackTestsController } from './back-tests.controller.ts';
import { BackTestWorker } from './back-test.worker.ts';
import { comparisonsOfRules, pastOf } from './past.store.ts';
import type { BackTestDesk } from './request-back-test.worker.ts';
import { RuleSetsController } from './rule-sets.controller.ts';
import { RuleSets } from './rule-sets.worker.ts';
import { readShipped, storeShipped } from './shipped-rule-sets.worker.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../rule-sets');
const LEASE_MS = 30_000;
/** Longer than a block takes. */
const HANGS_MS = 120_000;

export const ruleControllers: readonly Type[] = [RuleSetsController, BackTestsController];

export const ruleProviders: readonly Provider[] = [
  {
    provide: RuleSets,
    inject: [CONFIG, DataSource, Outbox, LOGGER, Lifecycle],
    useFactory: openRuleSets,
  },
  {
    provide: BACK_TEST_DESK,
    inject: [DataSource, Outbox],
    useFactory: (dataSource: DataSource, outbox: Outbox): BackTestDesk => ({
      ...{ dataSource, outbox },
      items: comparisonsOfRules,
    }),
  },
  {
    provide: BackTestWorker,
    inject: [CONFIG, DataSource, Outbox, LOGGER, Lifecycle, HealthRegistry],
    useFactory: openBackTests,
  },
];

function openRuleSets(
  { BACK_TEST_MAX_AGE_MS: backTestMaxAgeMs }: ReconciliationConfig,
  dataSource: DataSource,
  outbox: Outbox,
  logger: Logger,
  lifecycle: Lifecycle,
): RuleSets {
  lifecycle.register({
    name: 'shipped rule sets',
    // Before the workers, which match by them.
    phase: 'consumers',
    start: async () => storeShipped({ dataSource, outbox, logger }, await readShipped(SHIPPED)),
    stop: () => Promise.resolve(),
  });
  return new RuleSets({ dataSource, outbox, comparisons: comparisonsOfRules, backTestMaxAgeMs });
}

function openBackTests(
  { RUN_POLL_MS: pollMs }: ReconciliationConfig,
  dataSource: DataSource,
  outbox: Outbox,
  logger: Logger,
  lifecycle: Lifecycle,
  health: HealthRegistry,
): BackTestWorker {
  const worker = new BackTestWorker({
    dataSource,
    outbox,
    logger,
    past: pastOf(dataSource),
    pollMs,
    leaseMs: LEASE_MS,
  });
  lifecycle.register({ name: 'back-tests', phase: 'workers', start: () => worker.start(), stop: () => worker.stop() });
  health.register(
    'back-tests',
    () => ({ ok: worker.idleMs() < HANGS_MS, detail: { idleMs: worker.idleMs() } }),
    'live',
  );
  return worker;
}
