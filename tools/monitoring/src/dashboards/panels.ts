import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const HEIGHT = 7;

/** One line or family of lines. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface PanelText {
  readonly title: string;
  /** How to read it: what is normal, what is not. */
  readonly description: string;
  /** Grafana's name of a unit: s, short, ops, percentunit, bytes, dateTimeFromNow. */
  readonly unit: string;
}

/** Lines over time; eight units wide, so that three stand in a row. */
export function graph(
  text: PanelText,
  queries: readonly Query[],
  look: { readonly stacked?: boolean; readonly max?: number } = {},
): Builder<Panel> {
  const panel = new TimeseriesBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(DATASOURCE)
    .min(0)
    .span(8)
    .height(HEIGHT)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(look.stacked === true ? 30 : 8)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    );
  if (look.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (look.max !== undefined) panel.max(look.max);
  for (const query of queries) panel.withTarget(range(query));
  return panel;
}

/** One figure, green below the first threshold, red from it on; `null` colours nothing. */
export function figure(text: PanelText, query: Query, redFrom: number | null): Builder<Panel> {
  const steps = [{ value: null as unknown as number, color: redFrom === null ? 'text' : 'green' }];
  if (redFrom !== null) steps.push({ value: redFrom, color: 'red' });
  return new StatBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(DATASOURCE)
    .span(4)
    .height(4)
    .noValue('-')
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .withTarget(range(query));
}

function range({ expr, legend }: Query): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend).range().datasource(DATASOURCE);
}

/** An empty dashboard with what all of them share: the data source to choose, links to its siblings. */
export function emptyDashboard(uid: string, title: string, description: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['tieout'])
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .readonly()
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .link(
      new DashboardLinkBuilder('Tieout')
        .type(DashboardLinkType.Dashboards)
        .tags(['tieout'])
        .asDropdown(true)
        .keepTime(true),
    );
}
