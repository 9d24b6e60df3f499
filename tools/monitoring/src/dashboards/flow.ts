import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard, DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { emptyDashboard, figure, graph } from './panels.ts';

/** The business flow over all services: does everything arrive, and do the systems agree? */
export function flowDashboard(): Dashboard {
  const dashboard = emptyDashboard(
    'tieout-flow',
    'Tieout / CRM to cash to plan',
    'What flows through the topics, how old it is, what is stuck, and whether the systems tell the same story.',
  );
  for (const part of [verdict, records, stuck, breaks]) part(dashboard);
  return dashboard.build();
}

function verdict(dashboard: DashboardBuilder): void {
  dashboard
    .withRow(new RowBuilder('Do the systems agree?'))
    .withPanel(
      figure(
        { title: 'Open breaks', description: 'Differences that reconciliation has proved.', unit: 'short' },
        { expr: `sum(max by (check, kind, severity) (tieout_breaks)) or vector(0)`, legend: 'open' },
        1,
      ),
    )
    .withPanel(
      figure(
        { title: 'Last complete comparison', description: 'A run that compared all it was asked to.', unit: 's' },
        { expr: `time() - max(tieout_reconciliation_last_success_timestamp_seconds > 0)`, legend: 'ago' },
        26 * 3_600,
      ),
    )
    .withPanel(
      figure(
        { title: 'Open exceptions', description: 'Bad input that somebody has to correct.', unit: 'short' },
        { expr: `sum(max by (service, kind) (tieout_open_exceptions)) or vector(0)`, legend: 'open' },
        1,
      ),
    )
    .withPanel(
      figure(
        { title: 'Dead letters and parked', description: 'Records that could not be applied.', unit: 'short' },
        {
          expr: `sum(max by (service, topic, status) (tieout_dead_letters{status=~"open|parked"})) or vector(0)`,
          legend: 'records',
        },
        1,
      ),
    )
    .withPanel(
      figure(
        { title: 'Services not ready', description: 'Services with a failing check.', unit: 'short' },
        { expr: `count(min by (service) (tieout_health_check_ok) == 0) or vector(0)`, legend: 'services' },
        1,
      ),
    )
    .withPanel(
      figure(
        { title: 'Oldest change not read', description: 'The stalest cursor of all source streams.', unit: 's' },
        { expr: `max(tieout_source_cursor_age_seconds)`, legend: 'age' },
        900,
      ),
    );
}

function records(dashboard: DashboardBuilder): void {
  dashboard
    .withRow(new RowBuilder('What flows'))
    .withPanel(
      graph(
        { title: 'Published by topic', description: 'Events that reached their topic.', unit: 'ops' },
        [{ expr: `sum by (topic) (rate(tieout_events_published_total[$__rate_interval]))`, legend: '{{topic}}' }],
        { stacked: true },
      ),
    )
    .withPanel(
      graph(
        { title: 'Consumed by outcome', description: 'What became of the records, over all services.', unit: 'ops' },
        [{ expr: `sum by (outcome) (rate(tieout_events_processed_total[$__rate_interval]))`, legend: '{{outcome}}' }],
        { stacked: true },
      ),
    )
    .withPanel(
      graph(
        {
          title: 'Consumed by topic and service',
          description: 'Each subscriber reads everything of its topics.',
          unit: 'ops',
        },
        [
          {
            expr: `sum by (topic, service) (rate(tieout_events_processed_total[$__rate_interval]))`,
            legend: '{{topic}} in {{service}}',
          },
        ],
      ),
    )
    .withPanel(
      graph({ title: 'Age by topic', description: 'Of the newest record that each service has consumed.', unit: 's' }, [
        { expr: `max by (topic) (tieout_event_age_seconds)`, legend: '{{topic}}' },
      ]),
    )
    .withPanel(
      graph({ title: 'Lag by topic', description: 'Records that a service has before it.', unit: 'short' }, [
        { expr: `sum by (topic, service) (tieout_consumer_lag_records) > 0`, legend: '{{topic}} in {{service}}' },
      ]),
    )
    .withPanel(
      graph({ title: 'Orders', description: 'Contracts by the state of their order in the ERP.', unit: 'short' }, [
        { expr: `max by (state) (tieout_orders)`, legend: '{{state}}' },
      ]),
    );
}

function stuck(dashboard: DashboardBuilder): void {
  dashboard
    .withRow(new RowBuilder('What is stuck'))
    .withPanel(
      graph(
        { title: 'Open exceptions', description: 'By service and kind.', unit: 'short' },
        [
          {
            expr: `max by (service, kind) (tieout_open_exceptions)`,
            legend: '{{kind}} in {{service}}',
          },
        ],
        { stacked: true },
      ),
    )
    .withPanel(
      graph({ title: 'Oldest open exception', description: 'By service and kind.', unit: 's' }, [
        {
          expr: `max by (service, kind) (tieout_open_exceptions_oldest_seconds)`,
          legend: '{{kind}} in {{service}}',
        },
      ]),
    )
    .withPanel(
      graph({ title: 'Money that open exceptions hold up', description: 'Where an amount is known.', unit: 'short' }, [
        {
          expr: `sum by (currency) (max by (service, currency) (tieout_open_exceptions_at_stake))`,
          legend: '{{currency}}',
        },
      ]),
    )
    .withPanel(
      graph({ title: 'Dead letters and parked records', description: 'By topic, over all services.', unit: 'short' }, [
        {
          expr: `sum by (topic, status) (max by (service, topic, status) (tieout_dead_letters{status=~"open|parked"}))`,
          legend: '{{topic}} {{status}}',
        },
      ]),
    )
    .withPanel(
      graph(
        { title: 'Oldest waiting', description: 'Work for vendors, events to publish, cells to load.', unit: 's' },
        [
          { expr: `max by (service) (tieout_work_oldest_seconds)`, legend: 'work of {{service}}' },
          { expr: `max by (service) (tieout_outbox_oldest_seconds)`, legend: 'outbox of {{service}}' },
          { expr: `max(tieout_planning_oldest_dirty_seconds)`, legend: 'planning cells' },
        ],
      ),
    );
}

function breaks(dashboard: DashboardBuilder): void {
  dashboard
    .withRow(new RowBuilder('Breaks and runs'))
    .withPanel(
      graph(
        { title: 'Breaks by check', description: 'Open ones.', unit: 'short' },
        [{ expr: `sum by (check) (max by (check, kind, severity) (tieout_breaks))`, legend: '{{check}}' }],
        { stacked: true },
      ),
    )
    .withPanel(
      graph({ title: 'Breaks by value', description: 'Absolute differences per check and currency.', unit: 'short' }, [
        { expr: `max by (check, currency) (tieout_break_value)`, legend: '{{check}} {{currency}}' },
      ]),
    )
    .withPanel(
      graph({ title: 'Runs kept', description: 'By status; incomplete ones prove nothing.', unit: 'short' }, [
        { expr: `max by (status) (tieout_reconciliation_runs)`, legend: '{{status}}' },
      ]),
    );
}
