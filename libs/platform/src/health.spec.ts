import { describe, expect, it, vi } from 'vitest';
import { HealthRegistry } from './health.ts';
import { errorBody, ApiError, parseInput } from './http.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Phase } from './lifecycle.ts';
import { createLogger } from './logging.ts';
import { z } from 'zod';

const silent = createLogger({ service: 'test', level: 'silent' });

describe('health', () => {
  it('is live while only a ready check fails, and not ready when a live check fails', async () => {
    const health = new HealthRegistry();
    health.register('broker', () => ({ ok: false, detail: 'down' }));
    health.register('loop', () => ({ ok: true }), 'live');
    expect((await health.report('live')).status).toBe('ok');
    expect(await health.report('ready')).toMatchObject({ status: 'failing', checks: { broker: { detail: 'down' } } });
    health.register('loop', () => ({ ok: false }), 'live');
    expect((await health.report('live')).status).toBe('failing');
    health.register('broker', () => ({ ok: true }));
    expect((await health.report('ready')).status).toBe('failing');
  });

  it('counts a check that throws or hangs as failing', async () => {
    vi.useFakeTimers();
    const health = new HealthRegistry();
    health.register('throws', () => Promise.reject(new Error('boom')));
    health.register('hangs', () => new Promise(() => undefined));
    const report = health.report('ready');
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await report).checks).toEqual({
      throws: { ok: false, detail: 'boom' },
      hangs: { ok: false, detail: 'no answer in 2000 ms' },
    });
    vi.useRealTimers();
  });
});

describe('the life cycle', () => {
  it('starts the relay first and stops it last, also when a part fails to stop', async () => {
    const lifecycle = new Lifecycle();
    const seen: string[] = [];
    for (const phase of ['workers', 'consumers', 'relay'] satisfies Phase[])
      lifecycle.register({
        name: phase,
        phase,
        start: async () => void seen.push(`start ${phase}`),
        stop: async () => {
          seen.push(`stop ${phase}`);
          if (phase === 'consumers') throw new Error('cannot');
        },
      });
    await lifecycle.start();
    await lifecycle.stop(silent);
    expect(seen).toEqual([
      'start relay',
      'start consumers',
      'start workers',
      'stop consumers',
      'stop workers',
      'stop relay',
    ]);
  });
});

describe('HTTP errors', () => {
  it('tell a caller what to do', () => {
    expect(errorBody(new ApiError(409, 'STALE', 'Changed meanwhile.'))).toMatchObject({
      status: 409,
      code: 'STALE',
      action: 'Read the current state and decide again.',
    });
  });

  it('hide everything about an unexpected error', () => {
    const body = JSON.stringify(errorBody(new Error('SELECT password FROM users')));
    expect(body).not.toContain('SELECT');
    expect(body).toContain('INTERNAL');
  });

  it('name every bad field of an input', () => {
    const schema = z.object({ limit: z.coerce.number().max(100), status: z.enum(['OPEN', 'CLOSED']) });
    expect(() => parseInput(schema, { limit: '500', status: 'x' })).toThrow(/limit: .*; status: /);
  });
});
