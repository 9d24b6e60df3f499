import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subscriptions } from './check.ts';

/*
 * Read from the source, because CI must know it without starting a service. A subscription is a ConsumerSpec that a
 * `*.consumer.ts` of the service or a file of libs/messaging exports and app.module.ts names, or a consumer factory that
 * app.module.ts calls with the topic.
 */
const EXPORTED_SPEC =
  /export (?:const|function) (\w+)\b[^;{]*?(?:\{[^{}]*\}[^;{]*?)?ConsumerSpec<'(finance\.[a-z-]+\.v\d+)'>/g;
const FACTORY_CALL = /\w+Consumer\(\s*'(finance\.[a-z-]+\.v\d+)'/g;

/** What each service under apps/ subscribes to; apps that consume nothing are left out. */
export function readSubscriptions(root: string): Subscriptions {
  const shared = sources(root, 'libs/messaging/src/*.ts');
  const services = globSync('apps/*/src/app.module.ts', { cwd: root }).map((file) => file.split(/[\\/]/)[1] ?? '');
  const subscriptions = services.sort().flatMap((service): [string, ReadonlySet<string>][] => {
    const own = sources(root, `apps/${service}/src/**/*.consumer.ts`);
    const topics = subscriptionsOf(readFileSync(join(root, 'apps', service, 'src', 'app.module.ts'), 'utf8'), [
      ...own,
      ...shared,
    ]);
    return own.length > 0 || topics.size > 0 ? [[service, topics]] : [];
  });
  return new Map(subscriptions);
}

const sources = (root: string, pattern: string): string[] =>
  globSync(pattern, { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));

function subscriptionsOf(wiring: string, texts: readonly string[]): ReadonlySet<string> {
  const wired = texts
    .flatMap((text) => [...text.matchAll(EXPORTED_SPEC)])
    .filter(([, name = '']) => new RegExp(String.raw`\b${name}\b`).test(wiring))
    .map(([, , topic = '']) => topic);
  return new Set([...wired, ...[...wiring.matchAll(FACTORY_CALL)].map(([, topic = '']) => topic)]);
}
