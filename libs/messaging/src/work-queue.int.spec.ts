import { createDatabase, eventually, spawnTs } from '@tieout/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DataError, MisconfiguredError, TransientError } from './errors.ts';
import { inTransaction } from './transaction.ts';
import { workQueueMetrics } from './work-metrics.ts';
import { discardItem, redriveItem, workQueueTables } from './work-queue.store.ts';
import { outcomeUnknown, WorkQueue } from './work-queue.ts';
import type { WorkHandler, WorkItem, WorkQueueOptions } from './work-queue.ts';

const logger = pino({ level: 'silent' });
const queues: WorkQueue[] = [];
let dataSource: DataSource;
let url: string;

beforeAll(async () => {
  url = (await createDatabase('work_queue')).url;
  dataSource = await new DataSource({ type: 'postgres', url, poolSize: 12 }).initialize();
  for (const statement of workQueueTables) await dataSource.query(statement);
  await dataSource.query(`CREATE TABLE effect (n bigint GENERATED ALWAYS AS IDENTITY, key text, value int, item uuid)`);
});
afterAll(() => dataSource.destroy());
beforeEach(() => dataSource.query(`TRUNCATE work_item, effect`));
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.stop()));
});

function worker(write: WorkHandler, options: Partial<WorkQueueOptions> = {}): WorkQueue {
  const backoff = { baseMs: 5, maxMs: 50 };
  const queue = new WorkQueue({
    dataSource,
    owner: 'spec',
    logger,
    handlers: { write },
    pollMs: 10,
    inDoubtMs: 20,
    backoff,
    ...options,
  });
  queues.push(queue);
  void queue.start();
  return queue;
}

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const enqueue = (items: readonly { n: number; key: string; kind?: string }[]): Promise<void> =>
  inTransaction(dataSource, (tx) =>
    new WorkQueue({ dataSource, owner: 'none', logger, handlers: {} }).enqueue(
      tx,
      items.map(({ n, key, kind = 'write' }) => ({ id: uuid(n), kind, key, payload: { n } })),
    ),
  );
const record =
  (before: (item: WorkItem) => void | Promise<void> = () => undefined): WorkHandler =>
  async (item) => {
    await before(item);
    await inTransaction(dataSource, async (tx) => {
      const { n } = item.payload as { n: number };
      await tx.query(`INSERT INTO effect (key, value, item) VALUES ($1, $2, $3)`, [item.key, n, item.id]);
      await item.complete(tx);
    });
  };
const effects = async (key?: string): Promise<number[]> => {
  const rows = await dataSource.query<{ value: number }[]>(
    `SELECT value FROM effect WHERE $1::text IS NULL OR key = $1 ORDER BY n`,
    [key ?? null],
  );
  return rows.map((row) => row.value);
};
const states = async (): Promise<Record<string, string>> => {
  const rows = await dataSource.query<{ id: string; state: string }[]>(`SELECT id, state FROM work_item ORDER BY seq`);
  return Object.fromEntries(rows.map(({ id, state }) => [Number(id.slice(-12)), state]));
};
const allDone = (): Promise<unknown> =>
  eventually(async () => Object.values(await states()).every((state) => state === 'done'), { describe: states });

describe('the work queue', () => {
  it('does the items of a key in order and once, with three workers at the same time', async () => {
    const items = Array.from({ length: 120 }, (_, n) => ({ n, key: `key-${n % 6}` }));
    await enqueue(items);
    const busy = new Set<string>();
    const overlaps: string[] = [];
    const handler = record(async ({ key, payload }) => {
      if (busy.has(key)) overlaps.push(key);
      busy.add(key);
      if ((payload as { n: number }).n % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
      busy.delete(key);
    });
    for (let index = 0; index < 3; index += 1) worker(handler, { concurrency: 3 });
    await allDone();
    expect(overlaps).toEqual([]);
    for (let key = 0; key < 6; key += 1)
      expect(await effects(`key-${key}`)).toEqual(items.filter(({ n }) => n % 6 === key).map(({ n }) => n));
  });

  it('enqueues an id once', async () => {
    await enqueue([{ n: 1, key: 'a' }]);
    await enqueue([{ n: 1, key: 'a' }]);
    worker(record());
    await allDone();
    expect(await effects()).toEqual([1]);
  });

  it('takes over from a killed worker, tells the handler that the item is in doubt, and keeps the key in order', async () => {
    await enqueue([
      { n: 1, key: 'a' },
      { n: 2, key: 'a' },
    ]);
    const killed = spawnTs(new URL('../fixtures/work-until-killed.ts', import.meta.url), {
      env: { DATABASE_URL: url },
    });
    await killed.line(/at work on a/);
    await killed.kill();
    const seen: [number, boolean, number][] = [];
    worker(record((item) => void seen.push([(item.payload as { n: number }).n, item.inDoubt, item.attempt])));
    await allDone();
    expect(seen).toEqual([
      [1, true, 2],
      [2, false, 1],
    ]);
  });

  it('tries a transient failure again with growing pauses, and other keys flow meanwhile', async () => {
    await enqueue([
      { n: 1, key: 'slow' },
      { n: 2, key: 'slow' },
      { n: 3, key: 'fine' },
    ]);
    const tries: number[] = [];
    worker(
      record(({ key, attempt }) => {
        if (key !== 'slow' || attempt > 4) return;
        tries.push(performance.now());
        throw new TransientError('vendor-busy', 'busy');
      }),
      { backoff: { baseMs: 40, maxMs: 80 } },
    );
    await allDone();
    expect(await effects()).toEqual([3, 1, 2]);
    const pauses = tries.slice(1).map((time, index) => time - (tries[index] ?? 0));
    expect(pauses[0]).toBeGreaterThan(35);
    expect(pauses[1]).toBeGreaterThan(75);
  });

  it('waits as long as the vendor asked', async () => {
    await enqueue([{ n: 1, key: 'a' }]);
    const times: number[] = [];
    worker(
      record(({ attempt }) => {
        times.push(performance.now());
        if (attempt === 1) throw new TransientError('limit', 'limit', { retryAfterMs: 200 });
      }),
    );
    await allDone();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(190);
  });

  it('leaves an unknown outcome in doubt and looks before it posts again', async () => {
    await enqueue([{ n: 1, key: 'a' }]);
    const seen: boolean[] = [];
    const queue = worker(
      record(({ attempt, inDoubt }) => {
        seen.push(inDoubt);
        if (attempt === 1) throw outcomeUnknown('the connection broke after the request was sent');
        if (attempt === 2) throw new TransientError('vendor-busy', 'could not look');
      }),
      { inDoubtMs: 400 },
    );
    await eventually(async () => (await queue.depth()).inDoubt === 1, { intervalMs: 10 });
    await allDone();
    expect(seen).toEqual([false, true, true]);
  });

  it('cuts a call before its lease ends and counts it as unknown', async () => {
    await enqueue([{ n: 1, key: 'a' }]);
    const seen: boolean[] = [];
    worker(
      record(async ({ attempt, inDoubt, signal }) => {
        seen.push(inDoubt);
        if (attempt === 1)
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      }),
      { leaseMs: 300 },
    );
    await allDone();
    expect(seen).toEqual([false, true]);
  });

  it('holds the key of a failed item, lets other keys flow, and goes on after a person decided', async () => {
    await enqueue([
      { n: 1, key: 'bad' },
      { n: 2, key: 'bad' },
      { n: 3, key: 'good' },
      { n: 4, key: 'worse' },
      { n: 5, key: 'worse' },
    ]);
    const raised: string[] = [];
    let broken = true;
    worker(
      record(({ payload }) => {
        if (broken && [1, 4].includes((payload as { n: number }).n))
          throw new DataError('vendor-refused', 'no such terms');
      }),
      { onFailed: async (_tx, { id, code }) => void raised.push(`${Number(id.slice(-12))} ${code}`) },
    );
    await eventually(async () => raised.length === 2 && (await effects()).length === 1);
    expect(await states()).toEqual({ 1: 'failed', 2: 'waiting', 3: 'done', 4: 'failed', 5: 'waiting' });
    expect(raised.toSorted()).toEqual(['1 vendor-refused', '4 vendor-refused']);
    broken = false;
    await inTransaction(dataSource, (tx) => redriveItem(tx, uuid(1)));
    await inTransaction(dataSource, (tx) => discardItem(tx, uuid(4)));
    await eventually(async () => (await effects()).length === 4);
    expect(await effects('bad')).toEqual([1, 2]);
    expect(await effects('worse')).toEqual([5]);
  });

  it('fails a bug after three tries and keeps what it said', async () => {
    await enqueue([{ n: 1, key: 'a' }]);
    worker(record(() => (undefined as unknown as () => void)()));
    await eventually(async () => (await states())[1] === 'failed');
    const rows = await dataSource.query<{ attempts: number; error_message: string }[]>(`SELECT * FROM work_item`);
    expect(rows[0]).toMatchObject({ attempts: 3, error_message: expect.stringContaining('not a function') as string });
  });

  it('stops and says why when the set-up is wrong; the item is kept', async () => {
    await enqueue([{ n: 1, key: 'a' }]);
    const queue = worker(
      record(() => Promise.reject(new MisconfiguredError('bad-credentials', 'the vendor refuses us'))),
    );
    const registry = new Registry();
    workQueueMetrics(registry, [queue]);
    await eventually(() => queue.status().state === 'stopped');
    expect(await registry.metrics()).toContain('tieout_work_queue_running 0');
    expect(queue.status().reason).toBe('the vendor refuses us');
    await eventually(async () => (await states())[1] === 'waiting');
  });

  it('rolls the results back of a worker that has lost its lease', async () => {
    await enqueue([{ n: 1, key: 'a' }]);
    let resume: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => (resume = resolve));
    const zombie = worker(
      record(({ attempt }) => (attempt === 1 ? paused : undefined)),
      { leaseMs: 100 },
    );
    await eventually(() => zombie.status().working === 1);
    worker(record());
    await eventually(async () => (await effects()).length === 1);
    resume();
    await eventually(() => zombie.status().working === 0);
    expect(await effects()).toEqual([1]);
  });

  it('survives closed database connections', async () => {
    await enqueue(Array.from({ length: 40 }, (_, n) => ({ n, key: `key-${n % 4}` })));
    worker(
      record(async ({ payload, attempt }) => {
        if ((payload as { n: number }).n % 10 !== 3 || attempt > 1) return;
        await dataSource
          .query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()`)
          .catch(() => undefined);
      }),
      { leaseMs: 500 },
    );
    await allDone();
    for (let key = 0; key < 4; key += 1) {
      const values = await effects(`key-${key}`);
      expect(values).toEqual([...new Set(values)].toSorted((a, b) => a - b));
      expect(values).toHaveLength(10);
    }
  });

  it('tells its depth and the age of its oldest item, and leaves kinds it does not know alone', async () => {
    await enqueue([{ n: 1, key: 'a', kind: 'other' }]);
    const queue = worker(record());
    await enqueue([{ n: 2, key: 'b' }]);
    await eventually(async () => (await effects()).length === 1);
    const depth = await queue.depth();
    expect(depth).toMatchObject({ waiting: 1, leased: 0, inDoubt: 0, failed: 0 });
    expect(depth.oldestSeconds).toBeGreaterThan(0);
  });
});
