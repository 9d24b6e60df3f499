import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** A registry of one service: give it to every metric's `registers`. Names start with `tieout_`. */
export type Metrics = Registry;

/** Registry with process metrics and `tieout_build_info`; every series carries `service`. */
export function createMetrics(service: string, version: string): Metrics {
  const registry = new Registry();
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
