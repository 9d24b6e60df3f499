import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, createTopic, eventually, randomTopic, spawnTs, stack, type TestDatabase } from './index.ts';

describe('the stack of the run', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createDatabase('testing');
    pool = new pg.Pool({ connectionString: database.url });
  });
  afterAll(() => pool.end());

  test('gives a spec file a database of its own', async () => {
    const { rows } = await pool.query<{ name: string }>('select current_database() as name');
    expect(rows).toEqual([{ name: database.name }]);
    const other = await createDatabase('testing');
    expect(other.name).not.toBe(database.name);
  });

  test('drops a database at once when asked', async () => {
    const other = await createDatabase('testing');
    await other.drop();
    const { rows } = await pool.query('select 1 from pg_database where datname = $1', [other.name]);
    expect(rows).toEqual([]);
  });

  test('keeps what is committed across a crash: fsync is on', async () => {
    const { rows } = await pool.query<{ fsync: string; commit: string }>(
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
    );
    expect(rows).toEqual([{ fsync: 'on', commit: 'on' }]);
  });

  test('creates topics with the partitions asked for, and only those asked for', async () => {
    const admin = new Kafka({ brokers: [...stack().brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const topic = await createTopic(randomTopic('testing'), { partitions: 3 });
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      expect(topics[0]?.partitions).toHaveLength(3);
      await expect(admin.fetchTopicMetadata({ topics: [randomTopic()] })).rejects.toThrow();
    } finally {
      await admin.disconnect();
    }
  });

  test('has a registry with the Confluent API', async () => {
    const response = await fetch(`${stack().registryUrl}/subjects`);
    expect(await response.json()).toBeInstanceOf(Array);
  });
});

describe('a spawned TypeScript program', () => {
  const fixture = new URL('./fixtures/print-and-wait.ts', import.meta.url);

  test('is awaited by a line that it prints and gone after a kill', async () => {
    const program = spawnTs(fixture, { args: ['world'], env: { GREETING: 'hello' } });
    await expect(program.line(/^hello/)).resolves.toBe('hello world');
    await program.kill();
    await expect(program.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('tells its errors when it ends before the line', async () => {
    const program = spawnTs(fixture, { env: { GREETING: 'fail' } });
    await expect(program.line(/never/)).rejects.toThrow(/it ended before .*fixture failed/s);
  });

  test('dies with its parent even when that is killed', async () => {
    const parent = spawnTs(new URL('./fixtures/spawn-child.ts', import.meta.url), { args: [fixture.pathname] });
    const pid = Number((await parent.line(/^\d+$/)).trim());
    await parent.kill();
    await eventually(() => !isRunning(pid), { describe: `process ${pid} has ended` });
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
