import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { graph } from './panels.ts';

/** What only this service has to tell: its domain. */
export function ownPanels(service: string): readonly Builder<Panel>[] {
  return [...(OWN[service] ?? []), exceptions(service)];
}

const OWN: Readonly<Record<string, readonly Builder<Panel>[]>> = {
  'crm-ingest': [
    graph(
      {
        title: 'Accounts',
        description: 'Published, deleted, or held out by the kind of their exception.',
        unit: 'short',
      },
      [{ expr: `max by (state) (tieout_crm_accounts)`, legend: '{{state}}' }],
      { stacked: true },
    ),
    graph(
      { title: 'Other records', description: 'Opportunities, contracts and products by state.', unit: 'short' },
      [{ expr: `max by (entity, state) (tieout_crm_records)`, legend: '{{entity}} {{state}}' }],
      { stacked: true },
    ),
    graph({ title: 'Change events', description: 'By what became of them.', unit: 'ops' }, [
      { expr: `sum by (outcome) (rate(tieout_crm_events_total[$__rate_interval]))`, legend: '{{outcome}}' },
    ]),
    graph({ title: 'Place in the change events', description: 'The org forgets it after 72 hours.', unit: 's' }, [
      { expr: `max by (exported_instance) (tieout_crm_replay_age_seconds)`, legend: '{{exported_instance}}' },
    ]),
    graph({ title: 'Listings', description: 'Complete readings of changed records, by reason.', unit: 'short' }, [
      {
        expr: `sum by (entity, reason) (increase(tieout_crm_sweeps_total[$__rate_interval]))`,
        legend: '{{entity}} {{reason}}',
      },
    ]),
  ],
  'order-to-cash': [
    graph(
      { title: 'Orders', description: 'Contracts by the state of their order in the ERP.', unit: 'short' },
      [{ expr: `max by (state) (tieout_orders)`, legend: '{{state}}' }],
      { stacked: true },
    ),
  ],
  'erp-adapter': [
    graph(
      { title: 'Vendor rows', description: 'Rows read, by what became of them.', unit: 'ops' },
      [{ expr: `sum by (outcome) (rate(tieout_erp_rows_total[$__rate_interval]))`, legend: '{{outcome}}' }],
      { stacked: true },
    ),
    graph(
      { title: 'Orders', description: 'Contracts whose order was asked for, by what became of it.', unit: 'short' },
      [{ expr: `sum by (state) (max by (state, exported_instance) (tieout_erp_orders))`, legend: '{{state}}' }],
      { stacked: true },
    ),
    graph(
      { title: 'Customers written', description: 'Created, updated, found equal, or refused by the ERP.', unit: 'ops' },
      [
        {
          expr: `sum by (outcome) (rate(tieout_erp_customers_written_total[$__rate_interval]))`,
          legend: '{{outcome}}',
        },
      ],
    ),
  ],
  'planning-publisher': [
    graph(
      { title: 'Forecast cells', description: 'By version: published, or rejected with an open case.', unit: 'short' },
      [{ expr: `max by (version, state) (tieout_planning_forecast_cells)`, legend: '{{version}} {{state}}' }],
      { stacked: true },
    ),
    graph(
      {
        title: 'Cells that planning lacks',
        description:
          'Dirty ones wait for the next batch; dangling ones for their legal entity; refused ones were rejected.',
        unit: 'short',
      },
      [{ expr: `max by (state) (tieout_planning_cells)`, legend: '{{state}}' }],
    ),
    graph({ title: 'Oldest cell that planning lacks', description: 'Normal is a batch or two.', unit: 's' }, [
      { expr: `max(tieout_planning_oldest_dirty_seconds)`, legend: 'oldest' },
    ]),
    graph({ title: 'Batches and rows', description: 'Imports by outcome, and the rows in them.', unit: 'ops' }, [
      {
        expr: `sum by (outcome) (rate(tieout_planning_batches_total[$__rate_interval]))`,
        legend: 'batches {{outcome}}',
      },
      { expr: `sum by (outcome) (rate(tieout_planning_rows_total[$__rate_interval]))`, legend: 'rows {{outcome}}' },
    ]),
  ],
  reconciliation: [
    graph(
      { title: 'Open breaks', description: 'By check; 0 is what everybody wants.', unit: 'short' },
      [{ expr: `sum by (check) (max by (check, kind, severity) (tieout_breaks))`, legend: '{{check}}' }],
      { stacked: true },
    ),
    graph({ title: 'Value of open breaks', description: 'Wrong or absent money, in the currency.', unit: 'short' }, [
      { expr: `sum by (currency) (max by (check, currency) (tieout_break_value))`, legend: '{{currency}}' },
    ]),
    graph({ title: 'Runs kept', description: 'By status; incomplete ones prove nothing.', unit: 'short' }, [
      { expr: `max by (status) (tieout_reconciliation_runs)`, legend: '{{status}}' },
    ]),
    graph(
      { title: 'Complete sides', description: '1: the last run had all of it. 0 proves nothing.', unit: 'short' },
      [{ expr: `max by (side) (tieout_reconciliation_side_complete)`, legend: '{{side}}' }],
      { max: 1 },
    ),
    graph({ title: 'Age of each check', description: 'Since a run over all dates last made it.', unit: 's' }, [
      { expr: `time() - max by (check) (tieout_reconciliation_check_timestamp_seconds)`, legend: '{{check}}' },
    ]),
    graph(
      { title: 'Complete comparisons', description: '1: the last full run had all sides.', unit: 'short' },
      [{ expr: `max by (comparison) (tieout_comparison_complete)`, legend: '{{comparison}}' }],
      { max: 1 },
    ),
  ],
};

function exceptions(service: string): Builder<Panel> {
  return graph(
    { title: 'Open exceptions', description: 'By kind; each names its object and what would fix it.', unit: 'short' },
    [{ expr: `max by (kind) (tieout_open_exceptions{service="${service}"})`, legend: '{{kind}}' }],
    { stacked: true },
  );
}
