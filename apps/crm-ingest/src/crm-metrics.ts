import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { accountCounts } from './accounts/account.store.ts';

/** What a look at /metrics tells about this service beyond the messaging library's own. */
export function createCrmMetrics(registry: Registry, dataSource: DataSource): { readonly accountsRead: Counter } {
  const registers = [registry];
  new Gauge({
    name: 'tieout_crm_accounts',
    help: 'Accounts known: published, deleted, or held out by the kind of their exception.',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      for (const { state, count } of await accountCounts(dataSource.manager)) this.set({ state }, count);
    },
  });
  return {
    accountsRead: new Counter({ name: 'tieout_crm_accounts_read_total', help: 'Accounts read by id.', registers }),
  };
}
