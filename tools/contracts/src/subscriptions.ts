import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subscriptions } from './check.ts';

/**
 * Read from the source, because CI must know it without starting a service: in a `*.consumer.ts`, a ConsumerSpec of the
 * topic or the topic beside its handle.
 */
const SUBSCRIPTION =
  /(?:ConsumerSpec<\s*|topic:\s*(?='[^']+'(?:\s+as const)?,\s*(?:async\s+)?handle\b))'(finance\.[a-z-]+\.v\d+)'/g;

/** What each service under apps/ subscribes to; services without a consumer file are left out. */
export function readSubscriptions(root: string): Subscriptions {
  const apps = join(root, 'apps');
  const files = existsSync(apps) ? globSync('*/src/**/*.consumer.ts', { cwd: apps }) : [];
  const found = new Map<string, Set<string>>();
  for (const file of files) {
    const service = file.split(/[\\/]/)[0] ?? '';
    const topics = found.get(service) ?? new Set();
    for (const [, topic = ''] of readFileSync(join(apps, file), 'utf8').matchAll(SUBSCRIPTION)) topics.add(topic);
    found.set(service, topics);
  }
  return found;
}
