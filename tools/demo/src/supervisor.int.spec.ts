import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSupervisor, type Supervisor } from './supervisor.ts';

const entry = path.join(import.meta.dirname, 'fixtures/service.ts');
let folder: string;
let supervisor: Supervisor;
let events: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tieout-supervisor-'));
  events = [];
  supervisor = createSupervisor({ folder, onEvent: (text) => events.push(text) });
});
afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a supervised service', () => {
  it('that is killed comes back as another process under another address', { timeout: 30_000 }, async () => {
    await supervisor.start({ name: 'one', entry, env: {} });
    const [pid, url] = [supervisor.pids()['one']!, await supervisor.url('one')];
    const seen: unknown[] = [];
    supervisor.onChange(() => seen.push(supervisor.running('one')));
    supervisor.kill('one');
    await expect.poll(() => events.length, { timeout: 20_000 }).toBe(2);
    await expect.poll(() => seen).toEqual([null, { pid: supervisor.pids()['one'], url: await supervisor.url('one') }]);
    expect(events[0]).toContain('SIGKILL');
    expect(supervisor.pids()['one']).not.toBe(pid);
    expect(await supervisor.url('one')).not.toBe(url);
    const last = supervisor.pids()['one']!;
    await supervisor.stop();
    expect([isAlive(pid), isAlive(last)]).toEqual([false, false]);
  });

  it('that is not configured is given up at once, with what it said', { timeout: 30_000 }, async () => {
    await expect(supervisor.start({ name: 'two', entry, env: { MODE: 'misconfigured' } })).rejects.toThrow(
      /exit code 78[^]*ERP_INSTANCES is missing/,
    );
    expect(supervisor.broken.aborted).toBe(true);
  });
});
