import type { Announcement } from './announcement.ts';
import type { Discovery } from './discovery.ts';
import type { Environment } from './environment.ts';
import { startPage } from './page/server.ts';
import type { Progress } from './progress.ts';
import { hasPrometheus, startPrometheus } from './prometheus.ts';

/**
 * What a person can look at while the demo runs: the page, and Prometheus where it is installed. Both are announced, and end with
 * the demo. @returns their addresses by name
 */
export async function openLookouts(
  resources: AsyncDisposableStack,
  { stack }: Pick<Environment, 'stack'>,
  announcement: Announcement,
  progress: Progress,
): Promise<Readonly<Record<string, string>>> {
  let now: Discovery | undefined;
  announcement.follow((discovery) => (now = discovery));
  const page = await startPage({ discovery: () => now! });
  resources.defer(() => page.close());
  const found: Record<string, string> = { Page: page.url };
  if (hasPrometheus()) {
    try {
      const prometheus = await startPrometheus(stack);
      announcement.follow(({ services }) => prometheus.watch(services));
      found['Prometheus'] = prometheus.url;
    } catch (error) {
      progress.note((error as Error).message); // The demo shows what it shows without it.
    }
  }
  for (const [name, url] of Object.entries(found)) {
    announcement.link(name, url);
    progress.note(`${name.padEnd(20)} ${url}`);
  }
  return found;
}
