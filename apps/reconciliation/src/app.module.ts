import { Module } from '@nestjs/common';
import type { TopicName } from '@tieout/canonical';
import {
  CODEC,
  CONSUMERS,
  EXCEPTION_KINDS,
  KAFKA,
  MessagingModule,
  MessagingRuntime,
  messagingMigrations,
  Outbox,
  TieoutTransport,
} from '@tieout/messaging';
import type { Codec, ConsumerSpec, wholeTopic } from '@tieout/messaging';
import { CONFIG, HealthRegistry, Lifecycle, LOGGER, METRICS, routesOf } from '@tieout/platform';
import type { Logger, Metrics, ServiceDefinition } from '@tieout/platform';
import { DataSource } from 'typeorm';
import { BreakActsController } from './breaks/break-acts.controller.ts';
import { BreakAuditController } from './breaks/break-audit.controller.ts';
import { BREAK_DESK, BreakDesk } from './breaks/break-desk.worker.ts';
import { BreakSheetsController } from './breaks/break-sheets.controller.ts';
import { BreaksController } from './breaks/breaks.controller.ts';
import { breakParts } from './breaks/breaks.worker.ts';
import { ExchangeRatesController } from './breaks/exchange-rates.controller.ts';
import { comparisonControllers, comparisonProviders } from './comparisons/comparisons.module.ts';
import { reconciliationConfig } from './config.ts';
import type { ReconciliationConfig } from './config.ts';
import { BreakWorkflow1732330200000 } from './migrations/break-workflow.ts';
import { ComparisonTables1732330300000 } from './migrations/comparison-tables.ts';
import { CreateReconciliation1732330000000 } from './migrations/create-tables.ts';
import { FirstPublished1732330500000 } from './migrations/first-published.ts';
import { ExactKeys1732330600000 } from './migrations/exact-keys.ts';
import { RuleSets1732330400000 } from './migrations/rule-sets.ts';
import { RunFacts1732330150000 } from './migrations/run-facts.ts';
import { StatementTables1732330310000 } from './migrations/statement-tables.ts';
import { TopicFigures1732330100000 } from './migrations/topic-figures.ts';
import { reconciliationMetrics } from './reconciliation-metrics.worker.ts';
import { ruleControllers, ruleProviders } from './rules/rules.module.ts';
import { API_ROUTES, OpenApiController } from './openapi/openapi.controller.ts';
import { RunsController } from './runs/runs.controller.ts';
import { RunWorker } from './runs/run.worker.ts';
import { snapshotConsumer, snapshotItemConsumer } from './runs/snapshot.consumer.ts';
import { createCaughtUp } from './topic-state/caught-up.consumer.ts';
import { planningReceiptConsumer, stateConsumer } from './topic-state/topic-state.consumer.ts';

const NAME = 'reconciliation';
/** Every consumer of the service. */
const consumers: readonly ConsumerSpec[] = [
  stateConsumer('finance.customer.v1'),
  stateConsumer('finance.contract.v1'),
  stateConsumer('finance.customer-account.v1'),
  stateConsumer('finance.legal-entity.v1'),
  stateConsumer('finance.cost-center.v1'),
  stateConsumer('finance.profit-center.v1'),
  stateConsumer('finance.hierarchy-node.v1'),
  stateConsumer('finance.accounting-period.v1'),
  stateConsumer('finance.exchange-rate.v1'),
  stateConsumer('finance.cross-reference.v1'),
  stateConsumer('finance.order.v1'),
  stateConsumer('finance.invoice.v1'),
  stateConsumer('finance.credit-memo.v1'),
  stateConsumer('finance.payment.v1'),
  stateConsumer('finance.control-total.v1'),
  stateConsumer('finance.forecast-version.v1'),
  stateConsumer('finance.forecast.v1'),
  planningReceiptConsumer,
  snapshotConsumer,
  snapshotItemConsumer,
];
/** What the checks compare with the systems, or a run shows beside them: it waits until these are consumed to their end. */
const COMPARED: readonly TopicName[] = [
  'finance.customer.v1',
  'finance.contract.v1',
  'finance.customer-account.v1',
  'finance.legal-entity.v1',
  'finance.cost-center.v1',
  'finance.profit-center.v1',
  'finance.hierarchy-node.v1',
  'finance.accounting-period.v1',
  'finance.exchange-rate.v1',
  'finance.cross-reference.v1',
  'finance.order.v1',
  'finance.invoice.v1',
  'finance.credit-memo.v1',
  'finance.payment.v1',
  'finance.control-total.v1',
  'finance.forecast-version.v1',
  'finance.forecast.v1',
];
/** Longer than any turn of the loop: a run over large snapshots takes seconds. */
const HANGS_MS = 120_000;

function openDesk(
  config: ReconciliationConfig,
  dataSource: DataSource,
  kafka: Parameters<typeof wholeTopic>[0],
  codec: Codec,
  outbox: Outbox,
  logger: Logger,
  lifecycle: Lifecycle,
): BreakDesk {
  const {
    BREAK_POLICY: policy,
    GROUP_CURRENCY: groupCurrency,
    EXCHANGE_RATES: rates,
    PENDING_SWEEP_MS: sweepMs,
  } = config;
  const desk = new BreakDesk({ outbox, policy, groupCurrency, logger });
  for (const part of breakParts({ dataSource, kafka, codec, desk, rates, sweepMs })) lifecycle.register(part);
  return desk;
}

function openWorker(
  config: ReconciliationConfig,
  dataSource: DataSource,
  kafka: Parameters<typeof wholeTopic>[0],
  outbox: Outbox,
  breaks: BreakDesk,
  logger: Logger,
  lifecycle: Lifecycle,
  health: HealthRegistry,
  metrics: Metrics,
): RunWorker {
  const worker = new RunWorker({
    dataSource,
    outbox,
    breaks,
    logger,
    caughtUp: createCaughtUp({ kafka, dataSource, service: NAME, topics: COMPARED }),
    sides: config.RECONCILIATION_SIDES,
    intervalMs: config.RUN_INTERVAL_MS,
    deadlineMs: config.RUN_DEADLINE_MS,
    pollMs: config.RUN_POLL_MS,
    recheckMs: config.RECHECK_DELAY_MS,
    settleMs: config.SETTLE_MS,
    runsKept: config.RUNS_KEPT,
    terms: {
      today: config.BUSINESS_DATE === '' ? null : config.BUSINESS_DATE,
      billingToleranceDays: config.BILLING_TOLERANCE_DAYS,
      reversalGraceMs: config.REVERSAL_SLA_MS,
    },
  });
  lifecycle.register({ name: 'runs', phase: 'workers', start: () => worker.start(), stop: () => worker.stop() });
  health.register('runs', () => ({ ok: worker.idleMs() < HANGS_MS, detail: { idleMs: worker.idleMs() } }), 'live');
  reconciliationMetrics(metrics, dataSource);
  return worker;
}

@Module({
  imports: [MessagingModule.forService()],
  controllers: [
    RunsController,
    BreaksController,
    BreakActsController,
    BreakAuditController,
    BreakSheetsController,
    ExchangeRatesController,
    ...comparisonControllers,
    ...ruleControllers,
    OpenApiController,
  ],
  providers: [
    { provide: CONSUMERS, useValue: consumers },
    // What it finds are breaks, which are objects of their own.
    { provide: EXCEPTION_KINDS, useValue: [] },
    { provide: API_ROUTES, useFactory: () => routesOf(AppModule) },
    {
      provide: BREAK_DESK,
      // The last is not used: its part of the life cycle, which reads the revisions back, has to stand before the desk's.
      inject: [CONFIG, DataSource, KAFKA, CODEC, Outbox, LOGGER, Lifecycle, MessagingRuntime],
      useFactory: openDesk,
    },
    {
      provide: RunWorker,
      inject: [CONFIG, DataSource, KAFKA, Outbox, BREAK_DESK, LOGGER, Lifecycle, HealthRegistry, METRICS],
      useFactory: openWorker,
    },
    ...comparisonProviders,
    ...ruleProviders,
  ],
})
class AppModule {}

export const service: ServiceDefinition = {
  name: NAME,
  config: reconciliationConfig,
  migrations: [
    ...messagingMigrations,
    CreateReconciliation1732330000000,
    TopicFigures1732330100000,
    RunFacts1732330150000,
    BreakWorkflow1732330200000,
    ComparisonTables1732330300000,
    StatementTables1732330310000,
    RuleSets1732330400000,
    FirstPublished1732330500000,
    ExactKeys1732330600000,
  ],
  module: AppModule,
  strategy: TieoutTransport,
};
