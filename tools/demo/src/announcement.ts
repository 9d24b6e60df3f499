import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeDiscovery, writeDiscovery, type Discovery } from './discovery.ts';
import type { Environment } from './environment.ts';
import { SERVICES, type DemoOptions } from './options.ts';
import type { Progress } from './progress.ts';

/** What other programs know of this demo; kept up to date while it runs. */
export interface Announcement {
  /** Says where what was found can be read. @param report JSON */
  reported(report: string): void;
  /** Something else to look at, by name. */
  link(name: string, url: string): void;
  /** Hears what is announced: now, and whenever it changes. */
  follow(listener: (now: Discovery) => void): void;
}

/** Announces the demo for as long as `resources` live; a service that came back under another address is announced anew. */
export function announce(
  resources: AsyncDisposableStack,
  environment: Environment,
  options: Pick<DemoOptions, 'discovery' | 'scenario'>,
  progress: Progress,
): Announcement {
  const { stack, supervisor, vendorUrls, bundle, folder } = environment;
  const startedAt = new Date().toISOString();
  const links: Record<string, string> = {};
  let report: string | null = null;
  let refused = false;
  const services = (): Discovery['services'] =>
    Object.fromEntries(
      SERVICES.flatMap((name) => {
        const running = supervisor.running(name);
        return running === null ? [] : [[name, running]];
      }),
    );
  const listeners: ((now: Discovery) => void)[] = [];
  const current = (): Discovery => {
    const { brokers, registryUrl, issuer } = stack;
    const { scenario } = options;
    const what = {
      scenario,
      startedAt,
      pid: process.pid,
      services: services(),
      vendors: vendorUrls,
      report,
      links: { ...links },
    };
    return { version: 1, ...what, brokers: [...brokers], registryUrl, bundle, issuer };
  };
  const write = (): void => {
    const now = current();
    for (const listener of listeners) listener(now);
    const written = writeDiscovery(now, options.discovery);
    if (!written && !refused) progress.note(`another demo is announced in ${options.discovery}, this one is not`);
    refused = !written;
  };
  resources.defer(() => removeDiscovery(process.pid, options.discovery));
  supervisor.onChange(write);
  write();
  return {
    reported(json) {
      report = path.join(folder, 'report.json');
      writeFileSync(report, json, { mode: 0o600 });
      write();
    },
    link(name, url) {
      links[name] = url;
      write();
    },
    follow(listener) {
      listeners.push(listener);
      listener(current());
    },
  };
}
