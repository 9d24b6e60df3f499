import { Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { ORDER_STATES } from './orders/order.ts';
import { countOrders } from './orders/order.store.ts';

/** Gauges that read the database when scraped: where the orders are is a fact of the store, not of this process. */
export function orderMetrics(registry: Registry, { manager }: DataSource): void {
  const registers = [registry];
  new Gauge({
    name: 'tieout_orders',
    help: 'Contracts by state of their order in the ERP.',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = new Map((await countOrders(manager)).map(({ name, count }) => [name, count]));
      for (const state of ORDER_STATES) this.set({ state }, counts.get(state) ?? 0);
    },
  });
}
