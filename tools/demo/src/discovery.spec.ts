import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NoRunningDemo, readDiscovery, removeDiscovery, writeDiscovery, type Discovery } from './discovery.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tieout-discovery-'));
  file = path.join(folder, 'new', 'demo.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const discovery: Discovery = {
  version: 1,
  scenario: 'month-end',
  startedAt: '2026-10-31T12:00:00.000Z',
  pid: process.pid,
  services: { 'crm-ingest': { url: 'http://127.0.0.1:4711', pid: 2 } },
  brokers: ['127.0.0.1:9092'],
  registryUrl: 'http://127.0.0.1:8080',
  bundle: '/tmp/schema-ids.json',
  vendors: { netsuite: 'http://127.0.0.1:4712' },
  report: null,
  issuer: { url: 'http://127.0.0.1:4713', audience: 'tieout', clientId: 'local', clientSecretFile: '/tmp/secret' },
  links: {},
};
/** The id of a process that has ended. */
const ended = (): number => spawnSync(process.execPath, ['--version']).pid;

describe('the announcement of a running demo', () => {
  it('is read as it was written, and only its user can read it', () => {
    expect(writeDiscovery(discovery, file)).toBe(true);
    expect(readDiscovery(file)).toEqual(discovery);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['demo.json']);
  });

  it('of a demo that was killed is none, and the next one takes its place', () => {
    writeDiscovery({ ...discovery, pid: ended() }, file);
    expect(() => readDiscovery(file)).toThrow(NoRunningDemo);
    expect(writeDiscovery(discovery, file)).toBe(true);
    expect(readDiscovery(file).pid).toBe(process.pid);
  });

  it('of another demo that runs stays', () => {
    const other = { ...discovery, pid: process.ppid };
    writeDiscovery(other, file);
    expect(writeDiscovery(discovery, file)).toBe(false);
    removeDiscovery(process.pid, file);
    expect(readDiscovery(file)).toEqual(other);
  });

  it('is gone with the demo', () => {
    writeDiscovery(discovery, file);
    removeDiscovery(process.pid, file);
    expect(existsSync(file)).toBe(false);
    expect(() => readDiscovery(file)).toThrow(/npm run demo/);
  });

  it('that nobody understands says so, and is replaced', () => {
    writeDiscovery(discovery, file);
    writeFileSync(file, '{"version": 99}');
    expect(() => readDiscovery(file)).toThrow(/does not describe a demo/);
    expect(writeDiscovery(discovery, file)).toBe(true);
  });
});
