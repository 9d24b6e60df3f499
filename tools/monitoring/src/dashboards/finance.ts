import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { emptyDashboard, figure, graph } from './panels.ts';

/** For finance operations: what is in doubt, who works it, what was matched, and how far the proof goes. */
export function financeDashboard(): Dashboard {
  const dashboard = emptyDashboard(
    'tieout-finance',
    'Tieout / Finance operations',
    'Breaks between the systems by value and age, what waits for people, what was matched, and whether all of it was compared.',
  );
  for (const [title, panels] of ROWS) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of panels) dashboard.withPanel(panel);
  }
  return dashboard.build();
}

const COUNT = 'short';

const NOW: readonly Builder<Panel>[] = [
  figure(
    { title: 'Value at risk', description: 'Of open breaks, in the currency of the group.', unit: COUNT },
    { expr: `sum(max by (entity, severity) (tieout_break_value_at_risk)) or vector(0)`, legend: 'value' },
    1_000_000,
  ),
  figure(
    { title: 'Breaks that matter', description: 'Open ones above the materiality of their check.', unit: COUNT },
    { expr: `sum(max by (check, kind) (tieout_breaks{severity="critical"})) or vector(0)`, legend: 'critical' },
    1,
  ),
  figure(
    { title: 'Beyond their due', description: 'Open breaks that should have been worked by now.', unit: COUNT },
    { expr: `sum(max by (severity) (tieout_breaks_overdue)) or vector(0)`, legend: 'overdue' },
    1,
  ),
  figure(
    { title: 'Waiting for approval', description: 'Resolutions that need a second person.', unit: COUNT },
    { expr: `max(tieout_break_proposals) or vector(0)`, legend: 'proposals' },
    1,
  ),
  figure(
    { title: 'Belonging to nobody', description: 'Breaks without a group or a person.', unit: COUNT },
    { expr: `sum(max by (severity) (tieout_breaks_ownerless)) or vector(0)`, legend: 'ownerless' },
    1,
  ),
  figure(
    { title: 'Last complete comparison', description: 'A run that compared all it was asked to.', unit: 's' },
    { expr: `time() - max(tieout_reconciliation_last_success_timestamp_seconds > 0)`, legend: 'ago' },
    26 * 3_600,
  ),
];

const BREAKS: readonly Builder<Panel>[] = [
  graph(
    { title: 'Value at risk by legal entity', description: 'In the currency of the group.', unit: COUNT },
    [{ expr: `sum by (entity) (max by (entity, severity) (tieout_break_value_at_risk))`, legend: '{{entity}}' }],
    { stacked: true },
  ),
  graph(
    { title: 'Breaks by age', description: 'Old ones should be few: somebody has to decide about them.', unit: COUNT },
    [{ expr: `sum by (age) (max by (entity, severity, age) (tieout_breaks_by_age))`, legend: '{{age}}' }],
    { stacked: true },
  ),
  graph(
    { title: 'Breaks by check', description: 'Where the systems disagree.', unit: COUNT },
    [{ expr: `sum by (check) (max by (check, kind, severity) (tieout_breaks))`, legend: '{{check}}' }],
    { stacked: true },
  ),
  graph({ title: 'Value by check', description: 'In the currency of the break.', unit: COUNT }, [
    { expr: `max by (check, currency) (tieout_break_value)`, legend: '{{check}} {{currency}}' },
  ]),
  graph(
    { title: 'Breaks without a rate', description: 'Their amount is in no figure in group currency.', unit: COUNT },
    [{ expr: `max(tieout_breaks_unvalued)`, legend: 'unvalued' }],
  ),
  graph({ title: 'Oldest proposal', description: 'How long a resolution waits for its approval.', unit: 's' }, [
    { expr: `max(tieout_break_proposal_oldest_seconds)`, legend: 'oldest' },
  ]),
];

const MATCHING: readonly Builder<Panel>[] = [
  graph(
    { title: 'Match rate', description: 'Share of the items that match, by rules or by people.', unit: 'percentunit' },
    [{ expr: `max by (comparison) (tieout_comparison_match_ratio)`, legend: '{{comparison}}' }],
    { max: 1 },
  ),
  graph(
    { title: 'Matched by rules', description: 'The rest of the match rate is work of people.', unit: 'percentunit' },
    [{ expr: `max by (comparison) (tieout_comparison_auto_match_ratio)`, legend: '{{comparison}}' }],
    { max: 1 },
  ),
  graph(
    { title: 'Items by outcome', description: 'Of the last complete run, over all sides.', unit: COUNT },
    [
      {
        expr: `max by (comparison, outcome) (tieout_comparison_items)`,
        legend: '{{comparison}} {{outcome}}',
      },
    ],
    { stacked: true },
  ),
];

const PROOF: readonly Builder<Panel>[] = [
  graph(
    { title: 'Complete sides', description: '1: the last run had all of it. 0 proves nothing.', unit: COUNT },
    [{ expr: `max by (side) (tieout_reconciliation_side_complete)`, legend: '{{side}}' }],
    { max: 1 },
  ),
  graph({ title: 'Age of each check', description: 'Since a run over all dates last made it.', unit: 's' }, [
    {
      expr: `time() - max by (check) (tieout_reconciliation_check_timestamp_seconds)`,
      legend: '{{check}}',
    },
  ]),
  graph({ title: 'Age of each comparison', description: 'Since its last complete full run.', unit: 's' }, [
    {
      expr: `time() - max by (comparison) (tieout_comparison_last_success_timestamp_seconds > 0)`,
      legend: '{{comparison}}',
    },
  ]),
  graph(
    { title: 'Complete comparisons', description: '1: the last full run had all sides.', unit: COUNT },
    [{ expr: `max by (comparison) (tieout_comparison_complete)`, legend: '{{comparison}}' }],
    { max: 1 },
  ),
  graph(
    { title: 'Age of the statements', description: 'Since the begin of the last day that they tell of.', unit: 's' },
    [
      {
        expr: `time() - max by (account) (tieout_statement_last_day_timestamp_seconds)`,
        legend: '{{account}}',
      },
    ],
  ),
  graph({ title: 'Broken audit chains', description: 'Breaks whose history was changed; 0, always.', unit: COUNT }, [
    { expr: `max(tieout_audit_chain_faults)`, legend: 'faults' },
  ]),
];

const ROWS: readonly (readonly [title: string, panels: readonly Builder<Panel>[]])[] = [
  ['What is in doubt', NOW],
  ['Breaks', BREAKS],
  ['What was matched', MATCHING],
  ['How far the proof goes', PROOF],
];
