import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { BatchOutcome } from './cells/batch.worker.ts';
import { countCells } from './cells/cell.store.ts';
import { countForecast } from './forecast/forecast.store.ts';
import type { VersionOutcome } from './forecast/forecast.worker.ts';

/** What a look at /metrics tells about this service beyond the messaging library's own. */
export function createPublisherMetrics(
  registry: Registry,
  dataSource: DataSource,
): { readonly onBatch: (outcome: BatchOutcome, cells: number) => void } {
  const registers = [registry];
  // Each gauge collects for itself: one set by another's collect shows what the scrape before it found.
  new Gauge({
    name: 'tieout_planning_oldest_dirty_seconds',
    help: 'Age of the oldest cell that the planning system does not have yet.',
    registers,
    async collect() {
      this.set((await countCells(dataSource)).oldestSeconds);
    },
  });
  new Gauge({
    name: 'tieout_planning_cells',
    help: 'Cells that the planning system does not have yet: all dirty ones, waiting for their legal entity, refused.',
    labelNames: ['state'],
    registers,
    async collect() {
      const { oldestSeconds: _, ...counts } = await countCells(dataSource);
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
  const labelNames = ['outcome'] as const;
  const batches = new Counter({
    name: 'tieout_planning_batches_total',
    help: 'Batches by outcome.',
    labelNames,
    registers,
  });
  const rows = new Counter({
    name: 'tieout_planning_rows_total',
    help: 'Rows sent by outcome of their batch.',
    labelNames,
    registers,
  });
  return {
    onBatch: (outcome, cells) => {
      batches.inc({ outcome });
      rows.inc({ outcome }, cells);
    },
  };
}

/** The forecast as it is published. Versions are few and named by people, so their names are labels. */
export function createForecastMetrics(
  registry: Registry,
  dataSource: DataSource,
): { readonly onVersion: (outcome: VersionOutcome) => void } {
  const registers = [registry];
  new Gauge({
    name: 'tieout_planning_forecast_cells',
    help: 'Cells of each version of the forecast: published, or rejected with an open case.',
    labelNames: ['version', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const { name, cells, rejected } of (await countForecast(dataSource.manager)).versions) {
        this.set({ version: name, state: 'published' }, cells);
        this.set({ version: name, state: 'rejected' }, rejected);
      }
    },
  });
  const versions = new Counter({
    name: 'tieout_planning_forecast_versions_total',
    help: 'Versions read, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  return { onVersion: (outcome) => versions.inc({ outcome }) };
}
