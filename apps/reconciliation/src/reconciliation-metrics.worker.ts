import type { Metrics } from '@tieout/platform';
import type { DataSource } from 'typeorm';
import * as breaks from './metrics/break-figures.store.ts';
import { chainFaults } from './metrics/chain-faults.worker.ts';
import * as comparisons from './metrics/comparison-figures.store.ts';
import { storedGauge } from './metrics/gauge.worker.ts';
import type { StoredGauge } from './metrics/gauge.worker.ts';
import * as runs from './metrics/run-figures.store.ts';

export function reconciliationMetrics(registry: Metrics, { manager }: DataSource): void {
  for (const gauge of [...BREAKS, ...RUNS, ...COMPARISONS]) storedGauge(registry, manager, gauge);
  storedGauge(registry, manager, {
    name: 'tieout_audit_chain_faults',
    help: 'Breaks whose audit chain does not hold; counted every quarter of an hour.',
    read: chainFaults(),
  });
}

/** Breaks that somebody still has to work. Labels are few: checks, kinds and entities are of a company's size. */
const BREAKS: readonly StoredGauge[] = [
  {
    name: 'tieout_breaks',
    help: 'Open breaks.',
    labelNames: ['check', 'kind', 'severity'],
    read: breaks.breakCounts,
  },
  {
    name: 'tieout_breaks_by_age',
    help: 'Open breaks by legal entity (code, or none), severity and how long ago they were found.',
    labelNames: ['entity', 'severity', 'age'],
    read: breaks.breakAges,
  },
  {
    name: 'tieout_break_value',
    help: 'Money that is wrong or absent in open breaks, in the currency.',
    labelNames: ['check', 'currency'],
    read: breaks.breakValues,
  },
  {
    name: 'tieout_break_value_at_risk',
    help: 'Money that is wrong or absent in open breaks, in the currency of the group, as far as there are rates.',
    labelNames: ['entity', 'severity'],
    read: breaks.valuesAtRisk,
  },
  {
    name: 'tieout_breaks_unvalued',
    help: 'Open breaks with an amount and no rate into the currency of the group.',
    read: breaks.valuesUnknown,
  },
  {
    name: 'tieout_breaks_overdue',
    help: 'Open breaks beyond their due.',
    labelNames: ['severity'],
    read: breaks.breaksOverdue,
  },
  {
    name: 'tieout_breaks_ownerless',
    help: 'Open breaks that no group owns and nobody has taken.',
    labelNames: ['severity'],
    read: breaks.breaksOwnerless,
  },
  {
    name: 'tieout_break_proposals',
    help: 'Resolutions that wait for a second person.',
    read: breaks.proposalsWaiting,
  },
  {
    name: 'tieout_break_proposal_oldest_seconds',
    help: 'How long the oldest resolution has waited for a second person; 0 when none waits.',
    read: breaks.oldestProposal,
  },
];

const RUNS: readonly StoredGauge[] = [
  {
    name: 'tieout_reconciliation_last_success_timestamp_seconds',
    help: 'When a run last compared everything that it was asked to, whatever it found; 0 when none ever did.',
    read: runs.lastSuccess,
  },
  {
    name: 'tieout_reconciliation_last_run_timestamp_seconds',
    help: 'When a run last ended, complete or not; 0 when none ever did.',
    read: runs.lastRun,
  },
  {
    name: 'tieout_reconciliation_runs',
    help: 'Runs that are kept, by status.',
    labelNames: ['status'],
    read: runs.runsByStatus,
  },
  {
    name: 'tieout_reconciliation_side_complete',
    help: '1 when the last run over all dates had all of the side, 0 when it had not.',
    labelNames: ['side'],
    read: runs.sideCompleteness,
  },
  {
    name: 'tieout_reconciliation_check_timestamp_seconds',
    help: 'When a run over all dates last made the check.',
    labelNames: ['check'],
    read: runs.checksMade,
  },
];

const COMPARISONS: readonly StoredGauge[] = [
  {
    name: 'tieout_comparison_items',
    help: 'Items of the last complete run of a comparison by outcome, over all sides.',
    labelNames: ['comparison', 'outcome'],
    read: comparisons.comparisonItems,
  },
  {
    name: 'tieout_comparison_match_ratio',
    help: 'Share of the items that match, by rules or by the decision of people.',
    labelNames: ['comparison'],
    read: comparisons.matchRates,
  },
  {
    name: 'tieout_comparison_auto_match_ratio',
    help: 'Share of the items that rules match or explain.',
    labelNames: ['comparison'],
    read: comparisons.autoMatchRates,
  },
  {
    name: 'tieout_comparison_complete',
    help: '1 when the last full run of a comparison had all of its sides, 0 when it had not or is yet to come.',
    labelNames: ['comparison'],
    read: comparisons.comparisonCompleteness,
  },
  {
    name: 'tieout_comparison_last_success_timestamp_seconds',
    help: 'When a comparison last had a complete full run; 0 when it never had.',
    labelNames: ['comparison'],
    read: comparisons.comparisonFreshness,
  },
  {
    name: 'tieout_statement_last_day_timestamp_seconds',
    help: 'Begin of the last day that the statements of an account tell of.',
    labelNames: ['account'],
    read: comparisons.lastStatementDays,
  },
];
