import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { BatchOutcome } from './cells/batch.worker.ts';
import { countCells } from './cells/cell.store.ts';

/** What a look at /metrics tells about this service beyond the messaging library's own. */
export function createPublisherMetrics(
  registry: Registry,
  dataSource: DataSource,
): { readonly onBatch: (outcome: BatchOutcome, cells: number) => void } {
  const registers = [registry];
  const oldest = new Gauge({
    name: 'tieout_planning_oldest_dirty_seconds',
    help: 'Age of the oldest cell that the planning system does not have yet.',
    registers,
  });
  new Gauge({
    name: 'tieout_planning_cells',
    help: 'Cells that the planning system does not have yet: all dirty ones, waiting for their legal entity, refused.',
    labelNames: ['state'],
    registers,
    async collect() {
      const { oldestSeconds, ...counts } = await countCells(dataSource);
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
      oldest.set(oldestSeconds);
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
