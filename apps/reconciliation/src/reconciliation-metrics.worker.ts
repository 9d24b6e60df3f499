import type { Metrics } from '@tieout/platform';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { breakFigures } from './breaks/break.store.ts';
import { runCounts } from './runs/run.store.ts';

/**
 * Gauges that read the database when scraped: results are facts of the store, not of this process. Each collects for itself:
 * one that is set by another's collect shows what the scrape before it found.
 */
export function reconciliationMetrics(registry: Metrics, { manager }: DataSource): void {
  const registers = [registry];
  new Gauge({
    name: 'tieout_breaks',
    help: 'Open breaks.',
    labelNames: ['check', 'kind', 'severity'],
    registers,
    async collect() {
      const figures = await breakFigures(manager);
      this.reset();
      for (const { check, kind, severity, count } of figures) this.inc({ check, kind, severity }, count);
    },
  });
  new Gauge({
    name: 'tieout_break_value',
    help: 'Sum of the absolute differences of open breaks, in the currency.',
    labelNames: ['check', 'currency'],
    registers,
    async collect() {
      const figures = await breakFigures(manager);
      this.reset();
      for (const { check, currency, value } of figures) if (currency !== '') this.inc({ check, currency }, value);
    },
  });
  runGauges(registers, manager);
}

function runGauges(registers: Metrics[], manager: DataSource['manager']): void {
  new Gauge({
    name: 'tieout_reconciliation_last_success_timestamp_seconds',
    help: 'When a run last compared everything that it was asked to, whatever it found; 0 when none ever did.',
    registers,
    async collect() {
      this.set((await runCounts(manager)).lastSuccess);
    },
  });
  new Gauge({
    name: 'tieout_reconciliation_last_run_timestamp_seconds',
    help: 'When a run last ended, complete or not; 0 when none ever did.',
    registers,
    async collect() {
      this.set((await runCounts(manager)).lastRun);
    },
  });
  new Gauge({
    name: 'tieout_reconciliation_runs',
    help: 'Runs that are kept, by status.',
    labelNames: ['status'],
    registers,
    async collect() {
      const { byStatus } = await runCounts(manager);
      this.reset();
      for (const { status, count } of byStatus) this.set({ status }, count);
    },
  });
}
