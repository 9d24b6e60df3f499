import { globSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  authRefusals,
  createMetrics,
  HealthRegistry,
  healthMetric,
  httpDuration,
  type Metrics,
} from '@tieout/platform';
import { MessagingRuntime, WorkerHost } from '@tieout/messaging';

/**
 * Names of the metrics that the services register, by making them as a service does: the platform's, the messaging library's, and
 * those of each app's `*-metrics` file, whose functions take a registry and what is read. Nothing is read here, so nothing is needed.
 */
export async function registeredMetrics(root: string): Promise<ReadonlySet<string>> {
  const registries = [common(), ...(await Promise.all(metricFiles(root).map(ofApp)))];
  return new Set(registries.flatMap((registry) => registry.getMetricsAsArray().map(({ name }) => name)));
}

export const metricFiles = (root: string): string[] =>
  globSync('apps/*/src/**/*-metrics*.ts', { cwd: root })
    .filter((file) => !file.includes('.spec.'))
    .map((file) => path.join(root, file));

type Unused = never;

function common(): Metrics {
  const registry = createMetrics('any', '0');
  healthMetric(registry, new HealthRegistry());
  httpDuration(registry);
  authRefusals(registry);
  new MessagingRuntime({ registry, dataSource: {} } as Unused);
  const nothing = { register: () => undefined };
  const host = new WorkerHost(
    'any',
    {} as Unused,
    {} as Unused,
    {} as Unused,
    registry,
    nothing as Unused,
    nothing as Unused,
  );
  host.workQueue({ handlers: {} });
  host.sourceStreams(() => undefined);
  return registry;
}

async function ofApp(file: string): Promise<Metrics> {
  const registry = createMetrics('any', '0');
  const exported = Object.values((await import(pathToFileURL(file).href)) as Record<string, unknown>);
  for (const create of exported)
    if (typeof create === 'function') (create as (registry: Metrics, source: object) => unknown)(registry, {});
  return registry;
}
