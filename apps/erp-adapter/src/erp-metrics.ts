import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { countOrders, LINK_STATES } from './orders/order-link.store.ts';

export interface ErpMetrics {
  readonly rows: Counter<'stream' | 'outcome'>;
  readonly customersWritten: Counter<'outcome'>;
  readonly orders: Counter<'outcome'>;
}

/** What a look at /metrics tells about this service beyond the messaging library's own. */
export function createErpMetrics(registry: Registry, dataSource: DataSource): ErpMetrics {
  const registers = [registry];
  new Gauge({
    name: 'tieout_erp_orders',
    help: 'Contracts whose order was asked for, by what became of the newest command.',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = new Map((await countOrders(dataSource.manager)).map(({ state, count }) => [state, count]));
      for (const state of LINK_STATES) this.set({ state }, counts.get(state) ?? 0);
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
    orders: new Counter({
      name: 'tieout_erp_orders_total',
      help: 'Looks at orders: created, changed, found equal, waiting for their customer, or refused.',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
