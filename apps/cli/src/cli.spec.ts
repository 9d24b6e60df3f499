import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const MAIN = path.join(import.meta.dirname, 'main.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'tieout-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function tieout(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** An announcement of a demo whose services are gone. */
function announced(services: Record<string, { url: string; pid: number }>): string {
  const file = path.join(folder, 'demo.json');
  const discovery = {
    version: 1,
    scenario: 'month-end',
    startedAt: '2026-03-31T12:00:00.000Z',
    pid: process.pid,
    services,
    brokers: ['127.0.0.1:1'],
    registryUrl: 'http://127.0.0.1:1',
    bundle: '/nowhere',
    vendors: {},
    report: null,
    links: {},
  };
  writeFileSync(file, JSON.stringify(discovery));
  return file;
}

// A process each, so they run side by side; what they say of a running demo is tested beside the page.
describe.concurrent('the command line', { timeout: 60_000 }, () => {
  it.each([['status'], ['topics'], ['breaks'], ['runs'], ['replay list']])(
    '%s says how to start what does not run',
    async (command) => {
      const { code, stdout, stderr } = await tieout(...command.split(' '), '--stack', path.join(folder, 'none.json'));
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toContain('npm run demo');
      expect(stderr).not.toMatch(/^ +at /m);
    },
  );

  it('answers with exit code 1 when a service is gone', async () => {
    const file = announced({ 'crm-ingest': { url: 'http://127.0.0.1:1', pid: 1 } });
    const { code, stdout } = await tieout('status', '--json', '--stack', file);
    expect(code).toBe(1);
    const { services } = JSON.parse(stdout) as { services: { ready: boolean; problems: string[] }[] };
    expect(services).toMatchObject([{ ready: false, problems: [expect.stringContaining('does not answer')] }]);
  });

  it.each([
    ['a limit that is none', ['runs', '--limit', 'many'], /whole number/],
    ['a status that nothing has', ['breaks', '--status', 'half'], /open, closed, all/],
    ['a command that it does not have', ['fix'], /unknown command/],
    ['a replay without a reason', ['replay', 'start', '--service', 'x', '--topic', 'y'], /--reason/],
    ['a day for an instant', ['replay', 'start', '--from', '2026-03-01'], /an instant/],
    ['an act without a reason', ['outbox', 'discard', 'x', '--service', 'y'], /--reason/],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await tieout(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});
