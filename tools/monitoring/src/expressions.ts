/** Names of the metrics that PromQL reads; those that Prometheus makes itself are left out. */
export function metricNames(expression: string): string[] {
  return [...new Set(expression.match(/\btieout_[a-z0-9_]+/g) ?? [])];
}

/** A metric is registered under its own name; its series of a histogram or summary add a suffix. */
export function baseName(series: string): string {
  return series.replace(/_(bucket|sum|count)$/, '');
}

/** Every PromQL expression of a dashboard's JSON. */
export function dashboardExpressions(dashboard: unknown): string[] {
  if (Array.isArray(dashboard)) return dashboard.flatMap(dashboardExpressions);
  if (dashboard === null || typeof dashboard !== 'object') return [];
  return Object.entries(dashboard).flatMap(([key, value]) =>
    key === 'expr' && typeof value === 'string' ? [value] : dashboardExpressions(value),
  );
}

/** As Prometheus sees it: Grafana's variables have values then. */
export function withoutVariables(expression: string): string {
  return expression.replaceAll('$__rate_interval', '5m');
}
