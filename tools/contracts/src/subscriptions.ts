import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subscriptions } from './check.ts';

/*
 * Read from the source, because CI must know it without starting a service. A subscription is a ConsumerSpec that a
 * `*.consumer.ts` exports and app.module.ts names, or a consumer factory that app.module.ts calls with the topic.
 */
const EXPORTED_SPEC = /export (?:const|function) (\w+)\b[^;{]*?ConsumerSpec<'(finance\.[a-z-]+\.v\d+)'>/g;
const FACTORY_CALL = /\w+Consumer\(\s*'(finance\.[a-z-]+\.v\d+)'/g;

/** What each service under apps/ subscribes to; services without a consumer file are left out. */
export function readSubscriptions(root: string): Subscriptions {
  const apps = join(root, 'apps');
  const files = existsSync(apps) ? globSync('*/src/**/*.consumer.ts', { cwd: apps }) : [];
  const services = [...new Set(files.map(serviceOf))].sort();
  return new Map(
    services.map((service) => [
      service,
      subscriptionsOf(
        apps,
        service,
        files.filter((file) => serviceOf(file) === service),
      ),
    ]),
  );
}

const serviceOf = (file: string): string => file.split(/[\\/]/)[0] ?? '';

function subscriptionsOf(apps: string, service: string, files: readonly string[]): ReadonlySet<string> {
  const moduleFile = join(apps, service, 'src', 'app.module.ts');
  const wiring = existsSync(moduleFile) ? readFileSync(moduleFile, 'utf8') : '';
  const exported = files.flatMap((file) => [...readFileSync(join(apps, file), 'utf8').matchAll(EXPORTED_SPEC)]);
  const wired = exported
    .filter(([, name = '']) => new RegExp(String.raw`\b${name}\b`).test(wiring))
    .map(([, , topic = '']) => topic);
  return new Set([...wired, ...[...wiring.matchAll(FACTORY_CALL)].map(([, topic = '']) => topic)]);
}
