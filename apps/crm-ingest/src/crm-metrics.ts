import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { accountCounts } from './accounts/account.store.ts';
import type { ChangeState } from './changes/change-stream.worker.ts';
import { replayAges } from './changes/replay-age.store.ts';
import { recordCounts } from './records/record.store.ts';

export interface CrmMetrics {
  readonly events: Counter<'entity' | 'outcome'>;
  readonly sweeps: Counter<'entity' | 'reason'>;
}

/** What a look at /metrics tells about this service beyond the messaging library's own. */
export function createCrmMetrics(registry: Registry, dataSource: DataSource): CrmMetrics {
  const registers = [registry];
  stateGauges(registry, dataSource);
  new Gauge({
    name: 'tieout_crm_replay_age_seconds',
    help: 'Seconds since the place in the change events was stored last; the org forgets it after 72 hours.',
    labelNames: ['instance'],
    registers,
    async collect() {
      for (const { instance, seconds } of await replayAges(dataSource.manager)) this.set({ instance }, seconds);
    },
  });
  return {
    events: new Counter({
      name: 'tieout_crm_events_total',
      help: 'Change events of the CRM, by what became of them.',
      labelNames: ['entity', 'outcome'],
      registers,
    }),
    sweeps: new Counter({
      name: 'tieout_crm_sweeps_total',
      help: 'Complete listings of changed records, by what they were due for.',
      labelNames: ['entity', 'reason'],
      registers,
    }),
  };
}

function stateGauges(registry: Registry, dataSource: DataSource): void {
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
  new Gauge({
    name: 'tieout_crm_records',
    help: 'Other records known: published, deleted, unpublished, or held out by the kind of their exception.',
    labelNames: ['entity', 'state'],
    registers,
    async collect() {
      this.reset();
      for (const { entity, state, count } of await recordCounts(dataSource.manager)) this.set({ entity, state }, count);
    },
  });
}

/** 1 for the state that the change events of this process are in. */
export function changeStateGauge(registry: Registry, state: () => ChangeState): void {
  new Gauge({
    name: 'tieout_crm_change_events_open',
    help: '1 while change events come in or records are listed, 0 while they do not; absent while another replica does it.',
    registers: [registry],
    collect() {
      this.remove();
      if (state() !== 'off') this.set(state() === 'broken' ? 0 : 1);
    },
  });
}
