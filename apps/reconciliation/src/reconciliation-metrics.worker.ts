import type { Metrics } from '@tieout/platform';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { breakFigures } from './breaks/break.store.ts';
import { runCounts } from './runs/run.store.ts';

/** Gauges that read the database when scraped: results are facts of the store, not of this process. */
export function reconciliationMetrics(registry: Metrics, { manager }: DataSource): void {
  const registers = [registry];
  const value = new Gauge({
    name: 'tieout_break_value',
    help: 'Sum of the absolute differences of open breaks, in the currency.',
    labelNames: ['check', 'currency'],
    registers,
  });
  new Gauge({
    name: 'tieout_breaks',
    help: 'Open breaks.',
    labelNames: ['check', 'kind', 'severity'],
    registers,
    async collect() {
      this.reset();
      value.reset();
      for (const { check, kind, severity, currency, ...figure } of await breakFigures(manager)) {
        this.inc({ check, kind, severity }, figure.count);
        if (currency !== '') value.inc({ check, currency }, figure.value);
      }
    },
  });
  runGauges(registers, manager);
}

function runGauges(registers: Metrics[], manager: DataSource['manager']): void {
  const lastSuccess = new Gauge({
    name: 'tieout_reconciliation_last_success_timestamp_seconds',
    help: 'When a run last compared everything that it was asked to, whatever it found; 0 when none ever did.',
    registers,
  });
  new Gauge({
    name: 'tieout_reconciliation_runs',
    help: 'Runs that are kept, by status.',
    labelNames: ['status'],
    registers,
    async collect() {
      this.reset();
      const { byStatus, lastSuccess: at } = await runCounts(manager);
      for (const { status, count } of byStatus) this.set({ status }, count);
      lastSuccess.set(at);
    },
  });
}
