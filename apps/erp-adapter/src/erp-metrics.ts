import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { countProposals } from './proposals/proposal.store.ts';
import { countOrders, LINK_STATES } from './orders/order-link.store.ts';

export interface ErpMetrics {
  readonly rows: Counter<'stream' | 'outcome' | 'instance'>;
  readonly customersWritten: Counter<'outcome' | 'instance'>;
  readonly orders: Counter<'outcome' | 'instance'>;
  readonly bills: Counter<'outcome' | 'instance'>;
}

/** What a look at /metrics tells about this service beyond the messaging library's own. */
export function createErpMetrics(registry: Registry, dataSource: DataSource, instances: readonly string[]): ErpMetrics {
  const registers = [registry];
  new Gauge({
    name: 'tieout_erp_orders',
    help: 'Contracts whose order was asked for, by what became of the newest command.',
    labelNames: ['state', 'instance'],
    registers,
    async collect() {
      const counts = await countOrders(dataSource.manager);
      for (const instance of instances)
        for (const state of LINK_STATES) {
          const found = counts.find((one) => one.instance === instance && one.state === state);
          this.set({ state, instance }, found?.count ?? 0);
        }
    },
  });
  new Gauge({
    name: 'tieout_erp_proposals',
    help: 'What would be written where writing is set to propose: create, change, or refused.',
    labelNames: ['flow', 'action', 'instance'],
    registers,
    async collect() {
      this.reset();
      for (const { instance, flow, action, count } of await countProposals(dataSource.manager))
        this.set({ flow, action, instance }, count);
    },
  });
  return {
    rows: new Counter({
      name: 'tieout_erp_rows_total',
      help: 'Vendor rows read, by what became of them: published, unchanged, refused, deleted.',
      labelNames: ['stream', 'outcome', 'instance'],
      registers,
    }),
    customersWritten: new Counter({
      name: 'tieout_erp_customers_written_total',
      help: 'Customers brought into the ERP: created, updated, found equal, or refused.',
      labelNames: ['outcome', 'instance'],
      registers,
    }),
    orders: new Counter({
      name: 'tieout_erp_orders_total',
      help: 'Looks at orders: created, changed, found equal, waiting for their customer, or refused.',
      labelNames: ['outcome', 'instance'],
      registers,
    }),
    bills: new Counter({
      name: 'tieout_erp_bills_total',
      help: 'Looks at invoices that commands ask for: made, found, waiting for their order, refused, or rejected by a person.',
      labelNames: ['outcome', 'instance'],
      registers,
    }),
  };
}
