import path from 'node:path';
import type { Provider, Type } from '@nestjs/common';
import { KAFKA, Outbox } from '@tieout/messaging';
import type { wholeTopic } from '@tieout/messaging';
import { CONFIG, HealthRegistry, Lifecycle, LOGGER } from '@tieout/platform';
import type { Logger } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { BREAK_DESK } from '../breaks/break-desk.worker.ts';
import type { BreakDesk } from '../breaks/break-desk.worker.ts';
import { loadRates } from '../breaks/exchange-rate.store.ts';
import type { ReconciliationConfig } from '../config.ts';
import { parseSide } from '../runs/request-run.ts';
import { activeRules } from '../rules/active-rules.store.ts';
import { RunWorker } from '../runs/run.worker.ts';
import { StatementsController, STATEMENTS } from '../statements/statements.controller.ts';
import type { StatementOptions } from '../statements/statements.controller.ts';
import { createCaughtUp } from '../topic-state/caught-up.consumer.ts';
import type { ComparisonDesk } from './comparison-desk.ts';
import { ComparisonWorker } from './comparison.worker.ts';
import { ComparisonsController } from './comparisons.controller.ts';
import { postponedBlocks } from './dirty.store.ts';
import { readComparisons, withInstances } from './shipped-comparisons.store.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../comparisons');
/** Longer than any turn of the loop: a full run over a million items takes some ten seconds. */
const HANGS_MS = 300_000;

export const comparisonControllers: readonly Type[] = [ComparisonsController, StatementsController];

export const comparisonProviders: readonly Provider[] = [
  {
    provide: ComparisonWorker,
    inject: [CONFIG, DataSource, KAFKA, BREAK_DESK, LOGGER, Lifecycle, HealthRegistry, RunWorker],
    useFactory: openComparisons,
  },
  {
    provide: STATEMENTS,
    inject: [CONFIG, DataSource, Outbox],
    useFactory: (
      { STATEMENT_LIMIT_BYTES: maxBytes }: ReconciliationConfig,
      dataSource: DataSource,
      outbox: Outbox,
    ): StatementOptions => ({ dataSource, outbox, maxBytes }),
  },
];

function openComparisons(
  config: ReconciliationConfig,
  dataSource: DataSource,
  kafka: Parameters<typeof wholeTopic>[0],
  breaks: BreakDesk,
  logger: Logger,
  lifecycle: Lifecycle,
  health: HealthRegistry,
  runs: RunWorker,
): ComparisonWorker {
  const asked = config.RECONCILIATION_SIDES.map(parseSide);
  const worker = new ComparisonWorker({
    ...{ dataSource, breaks, logger },
    definitions: withInstances(readComparisons(config.COMPARISONS_DIR ?? SHIPPED), asked),
    activeRules,
    rates: loadRates,
    today: () => config.BUSINESS_DATE || new Date().toISOString().slice(0, 10),
    caughtUp: caughtUpByComparison(kafka, dataSource),
    requestSnapshots: async (sides) => (await runs.request(null, sides)).runId,
    deadlineMs: config.RUN_DEADLINE_MS,
    runsKept: config.RUNS_KEPT,
    settleMs: config.SETTLE_MS,
    pollMs: config.RUN_POLL_MS,
    intervalMs: config.COMPARISON_INTERVAL_MS,
    delayMs: config.COMPARISON_DELAY_MS,
  });
  lifecycle.register({ name: 'comparisons', phase: 'workers', start: () => worker.start(), stop: () => worker.stop() });
  health.register(
    'comparisons',
    () => ({ ok: worker.idleMs() < HANGS_MS, detail: { idleMs: worker.idleMs() } }),
    'live',
  );
  health.register('comparison-blocks', async () => {
    const failing = await postponedBlocks(dataSource.manager);
    return { ok: failing === 0, detail: { failing } };
  });
  return worker;
}

/** Each comparison asks for itself: an answer depends on the question before. */
function caughtUpByComparison(
  kafka: Parameters<typeof wholeTopic>[0],
  dataSource: DataSource,
): ComparisonDesk['caughtUp'] {
  const askers = new Map<string, () => Promise<boolean>>();
  return async (comparison, topics) => {
    const asker = askers.get(comparison) ?? createCaughtUp({ kafka, dataSource, service: 'reconciliation', topics });
    askers.set(comparison, asker);
    return asker();
  };
}
