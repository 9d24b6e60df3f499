import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announce } from './announcement.ts';
import { readDiscovery, writeDiscovery } from './discovery.ts';
import type { Environment } from './environment.ts';

let folder: string;
let discovery: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tieout-announce-'));
  discovery = path.join(folder, 'demo.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const issuer = { url: 'http://127.0.0.1:4714', audience: 'tieout', clientId: 'local', clientSecretFile: '/tmp/secret' };

function stage() {
  const notes: string[] = [];
  let changed = (): void => undefined;
  let restarting = false;
  const running = (name: string) =>
    name === 'erp-adapter' && !restarting ? { url: 'http://127.0.0.1:4711', pid: 2 } : null;
  const environment = {
    stack: { brokers: ['127.0.0.1:9092'], registryUrl: 'http://127.0.0.1:8080', issuer },
    supervisor: { running, onChange: (listener: () => void) => (changed = listener) },
    vendorUrls: { netsuite: 'http://127.0.0.1:4712' },
    bundle: '/tmp/bundle.json',
    folder,
  } as unknown as Environment;
  const progress = { step: () => undefined, state: () => undefined, note: (text: string) => void notes.push(text) };
  return { environment, progress, notes, restart: (value: boolean) => ((restarting = value), changed()) };
}

describe('the announcement of a demo', () => {
  it('says what runs, what was found and what else there is to see, for as long as it runs', async () => {
    const { environment, progress, restart } = stage();
    const resources = new AsyncDisposableStack();
    const { reported, link } = announce(resources, environment, { discovery, scenario: 'month-end' }, progress);
    expect(readDiscovery(discovery)).toMatchObject({
      scenario: 'month-end',
      pid: process.pid,
      services: { 'erp-adapter': { url: 'http://127.0.0.1:4711', pid: 2 } },
      vendors: { netsuite: 'http://127.0.0.1:4712' },
      report: null,
      issuer,
    });
    restart(true);
    expect(readDiscovery(discovery).services).toEqual({});
    link('page', 'http://127.0.0.1:4713/');
    reported('{"tiedOut": true}\n');
    const { report, links } = readDiscovery(discovery);
    expect(links).toEqual({ page: 'http://127.0.0.1:4713/' });
    expect(readFileSync(report!, 'utf8')).toBe('{"tiedOut": true}\n');
    await resources.disposeAsync();
    expect(existsSync(discovery)).toBe(false);
  });

  it('leaves that of another demo alone, and says so once', async () => {
    const { environment, progress, notes, restart } = stage();
    await using resources = new AsyncDisposableStack();
    announce(resources, environment, { discovery, scenario: 'receivables' }, progress);
    const own = readDiscovery(discovery);
    rmSync(discovery);
    writeDiscovery({ ...own, pid: process.ppid }, discovery);
    restart(true);
    restart(false);
    expect(notes).toEqual([expect.stringContaining('another demo is announced')]);
    expect(readDiscovery(discovery).pid).toBe(process.ppid);
  });
});
