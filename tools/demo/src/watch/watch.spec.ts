import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { getJson, NoAnswer } from './http.client.ts';
import { parseSamples, total } from './prometheus-text.ts';
import { problem, readServices } from './services.client.ts';
import { newest } from './topics.client.ts';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => void server.close()));

async function serve(answers: Record<string, { status: number; body: string }>): Promise<string> {
  const server = createServer((request, response) => {
    const { status, body } = answers[request.url ?? ''] ?? { status: 404, body: '{}' };
    response.writeHead(status).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('metrics in text', () => {
  const samples = parseSamples(
    [
      '# HELP tieout_lag Records.',
      'tieout_lag{topic="a",partition="0"} 3',
      'tieout_lag{topic="a",partition="1"} 4.5e1',
      'tieout_lag{topic="b \\"c\\" \\\\ d"} Nan',
      'tieout_up 1',
      '',
    ].join('\n'),
  );

  it('are read with their labels', () => {
    expect(samples.map(({ name }) => name)).toEqual(['tieout_lag', 'tieout_lag', 'tieout_lag', 'tieout_up']);
    expect(samples[2]).toEqual({ name: 'tieout_lag', labels: { topic: 'b "c" \\ d' }, value: NaN });
  });

  it('add up over the labels that are not asked for', () => {
    expect(total(samples, 'tieout_lag', { topic: 'a' })).toBe(48);
    expect(total(samples, 'tieout_up', {})).toBe(1);
    expect(total(samples, 'tieout_lag', { topic: 'z' })).toBeNull();
  });
});

describe('a service seen from outside', () => {
  it('is told with its consumers, streams and what is wrong', async () => {
    const detail = [{ stream: 'invoice', state: 'retrying', reason: 'the vendor is away', failures: 3 }];
    const url = await serve({
      '/health/ready': {
        status: 503,
        body: JSON.stringify({ status: 'failing', checks: { database: { ok: true }, streams: { ok: false, detail } } }),
      },
      '/metrics': {
        status: 200,
        body: [
          'tieout_consumer_running{topic="finance.payment.v1",service="x"} 0',
          'tieout_consumer_running{topic="finance.invoice.v1",service="x"} 1',
          'tieout_consumer_lag_records{topic="finance.invoice.v1",partition="0"} 2',
          'tieout_consumer_lag_records{topic="finance.invoice.v1",partition="1"} 5',
          'tieout_source_stream_running{instance="main",stream="invoice"} 1',
          'tieout_source_stream_failures{instance="main",stream="invoice"} 3',
          'tieout_source_cursor_age_seconds{instance="main",stream="invoice"} 61.5',
        ].join('\n'),
      },
    });
    expect(await readServices({ services: { 'erp-adapter': { url, pid: 7 } } })).toEqual([
      {
        name: 'erp-adapter',
        url,
        pid: 7,
        ready: false,
        problems: ['streams: invoice retrying the vendor is away'],
        consumers: [
          { topic: 'finance.invoice.v1', running: true, lag: 7 },
          { topic: 'finance.payment.v1', running: false, lag: null },
        ],
        streams: [{ stream: 'invoice', running: true, failures: 3, ageSeconds: 61.5 }],
      },
    ]);
  });

  it('that is gone is not ready, and says so', async () => {
    const [gone] = await readServices({ services: { a: { url: 'http://127.0.0.1:1', pid: 1 } } });
    expect(gone).toMatchObject({ ready: false, consumers: [], streams: [] });
    expect(gone?.problems[0]).toContain('http://127.0.0.1:1 does not answer');
  });

  it('has problems that are one sentence each', () => {
    expect(problem('database', 'no answer in 2000 ms')).toBe('database: no answer in 2000 ms');
    expect(problem('started', undefined)).toBe('started');
    expect(problem('relay', { state: 'retrying', lastError: 'no broker' })).toBe('relay: retrying no broker');
  });

  it('that refuses a question is quoted with its advice', async () => {
    const url = await serve({
      '/runs': { status: 404, body: '{"message":"No run yet.","action":"Start one with POST /runs."}' },
    });
    const error = await getJson(`${url}/runs`).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NoAnswer);
    expect(error).toMatchObject({ message: 'No run yet. Start one with POST /runs.', status: 404 });
  });
});

describe('a bounded reading of a topic', () => {
  it('takes the newest records of every partition, in proportion', () => {
    const ranges = [
      { partition: 0, from: 0n, to: 900n },
      { partition: 1, from: 50n, to: 150n },
      { partition: 2, from: 7n, to: 7n },
    ];
    expect(newest(ranges, 1_000)).toEqual(ranges);
    expect(newest(ranges, 100)).toEqual([
      { partition: 0, from: 810n, to: 900n },
      { partition: 1, from: 140n, to: 150n },
      { partition: 2, from: 7n, to: 7n },
    ]);
    expect(newest(ranges, 1)[1]).toEqual({ partition: 1, from: 149n, to: 150n });
  });
});
