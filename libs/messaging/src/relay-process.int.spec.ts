import { randomInt, randomUUID } from 'node:crypto';
import { createDatabase, createTopic, eventually, randomTopic, spawnTs, stack, type TsProcess } from '@tieout/testing';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { insertEvents, outboxDepth } from './outbox.store.ts';
import { readTopic, wholeTopic } from './read-topic.ts';
import { markTopic } from './relay-mark.ts';

const KEYS = 5;
const topic = randomTopic('relay');
const service = randomTopic('svc');

let dataSource: DataSource;
let databaseUrl: string;
let written = 0;

beforeAll(async () => {
  databaseUrl = (await createDatabase()).url;
  dataSource = new DataSource({ type: 'postgres', url: databaseUrl, migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await createTopic(topic, { partitions: 3 });
  await createTopic(markTopic(service), { partitions: 1 });
});

afterAll(() => dataSource.destroy());

function replica(): TsProcess {
  const env = { BROKERS: stack().brokers.join(','), DATABASE_URL: databaseUrl, SERVICE: service };
  return spawnTs(new URL('../fixtures/relay-process.ts', import.meta.url), { env });
}

async function write(count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, i) => ({
    eventId: randomUUID(),
    topic,
    key: `k${(written + i) % KEYS}`,
    value: Buffer.from(String(written + i)),
    headers: {},
  }));
  written += count;
  await dataSource.transaction((tx) => insertEvents(tx, events));
}

async function pending(): Promise<number> {
  const sql = { query: <R>(text: string, values: unknown[]): Promise<R[]> => dataSource.query<R[]>(text, values) };
  return (await outboxDepth(sql)).pending;
}

async function expectOnceInOrder(): Promise<void> {
  await eventually(async () => (await pending()) === 0, { timeoutMs: 40_000, describe: 'the outbox to drain' });
  const kafka = createKafka({ clientId: 'check', brokers: [...stack().brokers] }, pino({ level: 'silent' }));
  const seen = new Map<string, number[]>();
  await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, value }) => {
    seen.set(String(key), [...(seen.get(String(key)) ?? []), Number(String(value))]);
  });
  for (let k = 0; k < KEYS; k++) {
    const expected = Array.from({ length: written }, (_, n) => n).filter((n) => n % KEYS === k);
    expect(seen.get(`k${k}`) ?? [], `k${k}`).toEqual(expected);
  }
}

describe('the publisher process', () => {
  it('loses and doubles nothing when it is killed again and again under load', async () => {
    let current = replica();
    await current.line(/leading/);
    for (let round = 0; round < 6; round++) {
      const killAfter = randomInt(1, 120);
      console.info(`round ${round}: killed when ${killAfter} events are published`);
      await write(150);
      const before = await pending();
      await eventually(async () => (await pending()) <= Math.max(0, before - killAfter), {
        intervalMs: 1,
        describe: 'some events to be out',
      });
      await current.kill();
      current = replica();
    }
    await write(50);
    await expectOnceInOrder();
    await current.kill();
  }, 120_000);

  it('is replaced within 15 s when it is frozen, and does no harm when it wakes up', async () => {
    const frozen = replica();
    await frozen.line(/leading/);
    const standby = replica();
    await write(60);
    frozen.signal('SIGSTOP');
    const since = Date.now();
    await write(200);
    await standby.line(/leading/, 15_000);
    console.info(`taken over after ${Date.now() - since} ms`);
    frozen.signal('SIGCONT');
    await write(100);
    await expectOnceInOrder();
  }, 90_000);
});
