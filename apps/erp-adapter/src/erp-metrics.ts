import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { openCases } from './cases/case.store.ts';

export interface ErpMetrics {
  readonly rows: Counter<'stream' | 'outcome'>;
  readonly customersWritten: Counter<'outcome'>;
}

/** What a look at /metrics tells about this service beyond the messaging library's own. */
export function createErpMetrics(registry: Registry, dataSource: DataSource): ErpMetrics {
  const registers = [registry];
  new Gauge({
    name: 'tieout_erp_open_cases',
    help: 'Open exceptions of this service by kind.',
    labelNames: ['kind'],
    registers,
    async collect() {
      this.reset();
      for (const { kind, count } of await openCases(dataSource.manager)) this.set({ kind }, count);
    },
  });
  return {
    rows: new Counter({
      name: 'tieout_erp_rows_total',
      help: 'Vendor rows read, by what became of them: published, unchanged, refused, deleted.',
      labelNames: ['stream', 'outcome'],
      registers,
    }),
    customersWritten: new Counter({
      name: 'tieout_erp_customers_written_total',
      help: 'Customers brought into the ERP: created, updated, found equal, or refused.',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
