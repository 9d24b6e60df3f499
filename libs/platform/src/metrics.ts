import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics, type Metric } from 'prom-client';
import type { HealthRegistry } from './health.ts';

/** A registry of one service: give it to every metric's `registers`. Names start with `tieout_`. */
export type Metrics = Registry;

/** Registry with process metrics and `tieout_build_info`; every series carries `service`. */
export function createMetrics(service: string, version: string): Metrics {
  const registry = new ServiceRegistry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: 'tieout_' });
  new Gauge({
    name: 'tieout_build_info',
    help: 'Always 1; labels say what is running.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1);
  return registry;
}

/** Seconds per HTTP request by route pattern (never by raw path: that would be unbounded). */
export function httpDuration(registry: Metrics): Histogram<'method' | 'route' | 'status'> {
  return new Histogram({
    name: 'tieout_http_request_duration_seconds',
    help: 'Seconds from request to response.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
}

/** What readiness says, check by check, read when scraped: whoever only scrapes sees a stopped part as a probe does. */
export function healthMetric(registry: Metrics, health: HealthRegistry): void {
  new Gauge({
    name: 'tieout_health_check_ok',
    help: '1 while the check of readiness passes, 0 while it fails.',
    labelNames: ['check'],
    registers: [registry],
    async collect() {
      const { checks } = await health.report('ready');
      this.reset();
      for (const [check, { ok }] of Object.entries(checks)) this.set({ check }, ok ? 1 : 0);
    },
  });
}

type Collecting = Metric & { collect?: () => void | Promise<void>; labelNames: readonly string[] };

/**
 * Without its database a service must still show its other metrics: that is when they are needed. A metric that cannot be read
 * shows nothing (NaN when it has no labels) and is counted.
 */
class ServiceRegistry extends Registry {
  readonly #unreadable = new Counter({
    name: 'tieout_metric_read_errors_total',
    help: 'Times a metric could not be read for a scrape.',
    labelNames: ['metric'],
    registers: [],
  });

  constructor() {
    super();
    super.registerMetric(this.#unreadable);
  }

  override registerMetric<T extends string>(metric: Metric<T>): void {
    const own = metric as Collecting & { name: string };
    const { collect, name } = own;
    if (collect !== undefined)
      own.collect = async () => {
        try {
          await collect.call(metric);
        } catch {
          metric.reset();
          if (own instanceof Gauge && own.labelNames.length === 0) own.set(NaN);
          this.#unreadable.inc({ metric: name });
        }
      };
    super.registerMetric(metric);
  }
}
