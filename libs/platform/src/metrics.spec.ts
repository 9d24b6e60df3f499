import { Gauge } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { HealthRegistry } from './health.ts';
import { createMetrics, healthMetric } from './metrics.ts';

describe('the metrics of a service', () => {
  it('are shown though one of them cannot be read, which is counted and shows no old value', async () => {
    const metrics = createMetrics('shop', '1');
    const registers = [metrics];
    const state = { fails: false };
    const read = async (): Promise<number> => {
      if (state.fails) throw new Error('the database is away');
      return 7;
    };
    new Gauge({
      name: 'tieout_one',
      help: 'One.',
      registers,
      async collect() {
        this.set(await read());
      },
    });
    new Gauge({
      name: 'tieout_many',
      help: 'Many.',
      labelNames: ['kind'],
      registers,
      async collect() {
        this.set({ kind: 'a' }, await read());
      },
    });
    const before = await metrics.metrics();
    expect(before).toContain('tieout_one{service="shop"} 7');
    expect(before).toContain('tieout_many{kind="a",service="shop"} 7');

    state.fails = true;
    await metrics.metrics();
    const after = await metrics.metrics();
    expect(after).toContain('tieout_one{service="shop"} Nan');
    expect(after).not.toContain('tieout_many{');
    expect(after).toMatch(/tieout_metric_read_errors_total\{metric="tieout_many",service="shop"\} [12]/);
    expect(after).toContain('tieout_build_info');
  });

  it('tell what readiness says, check by check', async () => {
    const metrics = createMetrics('shop', '1');
    const health = new HealthRegistry();
    healthMetric(metrics, health);
    health.register('database', () => ({ ok: true }));
    health.register('relay', () => Promise.reject(new Error('no broker')), 'live');
    const text = await metrics.metrics();
    expect(text).toContain('tieout_health_check_ok{check="database",service="shop"} 1');
    expect(text).toContain('tieout_health_check_ok{check="relay",service="shop"} 0');
  });
});
