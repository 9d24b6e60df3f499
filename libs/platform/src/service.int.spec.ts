import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { service } from '../example/app.module.ts';
import { startService } from './service.ts';

const MAIN = fileURLToPath(new URL('../example/main.ts', import.meta.url));
const children: ChildProcess[] = [];
let databaseUrl = '';

beforeAll(async () => {
  databaseUrl = (await createDatabase()).url;
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const environment = (schema: string): Record<string, string> => ({
  KAFKA_BROKERS: '127.0.0.1:1',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
  SCHEMA_BUNDLE: '/none',
  DATABASE_URL: databaseUrl,
  DATABASE_SCHEMA: schema,
  LOG_LEVEL: 'warn',
});

interface Spawned {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
  readonly exit: Promise<[code: number | null, signal: string | null]>;
}

function launch(extra: Record<string, string>): { child: ChildProcess; output: () => string; exit: Spawned['exit'] } {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH: process.env['PATH'], ...extra },
    stdio: 'pipe',
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, exit: once(child, 'close') as Spawned['exit'] };
}

async function launchReady(schema: string, extra: Record<string, string> = {}): Promise<Spawned> {
  const readyFile = join(mkdtempSync(join(tmpdir(), 'ready-')), 'ready.json');
  const launched = launch({ ...environment(schema), ...extra, READY_FILE: readyFile });
  const ready = await vi.waitFor(() => JSON.parse(readFileSync(readyFile, 'utf8')) as { pid: number; url: string }, {
    timeout: 30_000,
    interval: 50,
  });
  expect(ready.pid).toBe(launched.child.pid);
  return { ...launched, url: ready.url };
}

describe('a running service', () => {
  it('answers probes, metrics and its own routes, on its own schema', async () => {
    const running = await startService(service, environment('routes'));
    const get = (path: string): Promise<Response> => fetch(`${running.url}/${path}`);
    try {
      expect((await get('health/live')).status).toBe(200);
      expect(await (await get('health/ready')).json()).toMatchObject({
        status: 'ok',
        checks: { database: { ok: true }, started: { ok: true }, ticker: { ok: true } },
      });
      expect(await (await get('greetings?times=2')).json()).toEqual({ text: 'hellohello', path: 'routes' });
      const metrics = await (await get('metrics')).text();
      expect(metrics).toMatch(/tieout_build_info\{[^}]*service="example"/);
      expect(metrics).toContain('route="/greetings"');
    } finally {
      await running.stop();
    }
  });

  it('echoes a plain correlation id, replaces a strange one, and answers errors as JSON without a stack', async () => {
    const running = await startService(service, environment('errors'));
    try {
      const kept = await fetch(`${running.url}/greetings?times=99`, { headers: { 'X-Correlation-ID': 'flow-1' } });
      expect(kept.headers.get('x-correlation-id')).toBe('flow-1');
      expect(await kept.json()).toMatchObject({ status: 400, code: 'INPUT_INVALID', correlationId: 'flow-1' });
      const replaced = await fetch(`${running.url}/nope`, { headers: { 'X-Correlation-ID': 'a b' } });
      expect(replaced.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
      const large = await fetch(`${running.url}/greetings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'x'.repeat(300_000) }),
      });
      const body = await large.text();
      expect([large.status, body.includes('Send a smaller body'), body.includes('    at ')]).toEqual([
        413,
        true,
        false,
      ]);
    } finally {
      await running.stop();
    }
  });

  it('survives a closed idle connection and migrates only once for two replicas', async () => {
    const [one, two] = await Promise.all([
      startService(service, environment('replicas')),
      startService(service, environment('replicas')),
    ]);
    try {
      await one.app
        .get(DataSource)
        .query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        );
      await vi.waitFor(async () => expect((await fetch(`${two.url}/health/ready`)).status).toBe(200));
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
  });
});

describe('a service process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order on %s with an open keep-alive connection', async (signal) => {
    const { child, url, exit } = await launchReady(`stop_${signal.toLowerCase()}`);
    await fetch(`${url}/health/live`);
    const asked = Date.now();
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
    expect(Date.now() - asked).toBeLessThan(10_000);
  });

  it('stops when its supervisor closes standard input', async () => {
    const { child, exit } = await launchReady('stdin', { EXIT_ON_STDIN_CLOSE: 'true' });
    child.stdin?.end();
    expect(await exit).toEqual([0, null]);
  });

  it('exits 78 and names every bad key', async () => {
    const { exit, output } = launch({ HTTP_PORT: 'x', GREETING: '' });
    expect((await exit)[0]).toBe(78);
    for (const key of [
      'HTTP_PORT',
      'KAFKA_BROKERS',
      'SCHEMA_REGISTRY_URL',
      'SCHEMA_BUNDLE',
      'DATABASE_URL',
      'DATABASE_SCHEMA',
    ])
      expect(output()).toContain(key);
  });
});
