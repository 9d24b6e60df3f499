import { randomInt, randomUUID } from 'node:crypto';
import pino from 'pino';
import {
  createDatabase,
  createTopic,
  eventually,
  randomTopic,
  stack,
  startCuttingProxy,
  type ApiKeyName,
  type CutPoint,
  type CuttingProxy,
  type TestDatabase,
} from '@tieout/testing';
import { createRandom } from '@tieout/testing/programs';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { numberedEvents, type NumberedEvents } from '../fixtures/numbered-events.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { insertEvents } from './outbox.store.ts';
import { markTopic } from './relay-mark.ts';
import { startRelay, type Relay } from './relay.ts';
import { inTransaction } from './transaction.ts';

const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
const KEYS = 7;

interface Bench {
  readonly service: string;
  readonly topic: string;
  readonly events: NumberedEvents;
  readonly proxy: CuttingProxy;
}

let database: TestDatabase;
let dataSource: DataSource;
let bench: Bench;
let relays: Relay[] = [];

beforeAll(async () => {
  database = await createDatabase();
  dataSource = new DataSource({ type: 'postgres', url: database.url, migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

beforeEach(async () => {
  const topic = randomTopic('relay');
  const service = randomTopic('svc');
  await createTopic(topic, { partitions: 3 });
  await createTopic(markTopic(service), { partitions: 1 });
  bench = {
    topic,
    service,
    events: numberedEvents({
      dataSource,
      kafka: createKafka({ clientId: 'check', brokers: [...stack().brokers] }, logger),
      topic,
      keys: KEYS,
    }),
    proxy: await startCuttingProxy(),
  };
});

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
  await bench.proxy.close();
  await dataSource.query('TRUNCATE outbox');
});

function relay(overrides: { maxRecords?: number } = {}): Relay {
  const kafka = createKafka(
    { clientId: 'relay', brokers: [...stack().brokers], socketFactory: bench.proxy.socketFactory },
    logger,
  );
  const started = startRelay({
    kafka,
    logger,
    connectionString: database.url,
    schema: 'public',
    service: bench.service,
    ...overrides,
  });
  relays.push(started);
  return started;
}

describe('the outbox relay', () => {
  it('publishes every event once and in key order', async () => {
    relay({ maxRecords: 50 });
    await bench.events.write(500, 10);
    await bench.events.expectOnceInOrder();
  });

  const cuts: [ApiKeyName, CutPoint, string][] = [
    ['produce', 'response', 'after the append (fault F41)'],
    ['produce', 'request', 'before the append'],
    ['endTxn', 'response', 'after the commit: its outcome is unknown'],
    ['endTxn', 'request', 'before the commit'],
    ['addPartitionsToTxn', 'response', 'after the partitions joined the transaction'],
    ['initProducerId', 'response', 'while it takes over'],
  ];
  it.each(cuts)('loses and doubles nothing when the %s %s is cut %s', async (api, point) => {
    const started = api === 'initProducerId' ? null : relay({ maxRecords: 40 });
    if (started) await eventually(() => started.state().state === 'leading', { describe: 'the relay to lead' });
    const cut = bench.proxy.cut(api, point);
    if (!started) relay();
    await bench.events.write(200, 10);
    await cut;
    await bench.events.write(200, 10); // the next batch, on which the defect of a reused producer shows
    await bench.events.expectOnceInOrder();
  });

  it('loses and doubles nothing under a storm of cuts', async () => {
    const seed = randomInt(2 ** 31);
    console.info(`seed ${seed}`);
    const random = createRandom(seed, 'storm of cuts');
    relay({ maxRecords: 25 });
    const total = 1_500;
    const storm = (async () => {
      for (let i = 0; i < 12; i++) {
        const [api, point] = cuts[random.int(0, 3)] ?? ['produce', 'response'];
        await bench.proxy.cut(api, point, { skip: random.int(0, 3) });
      }
    })();
    await bench.events.write(total, 10);
    await bench.events.drained(60_000);
    expect(bench.proxy.struck()).toBeGreaterThan(5);
    await bench.events.expectOnceInOrder();
    void storm;
  });

  it('doubles nothing when it dies between the deletion of a batch and the commit of the next one', async () => {
    await bench.events.write(30);
    const outsider = dataSource.createQueryRunner();
    await outsider.startTransaction();
    await outsider.query('SELECT 1 FROM outbox ORDER BY id LIMIT 10 FOR UPDATE'); // they can be read and not deleted
    const second = bench.proxy.cut('produce', 'response', { skip: 2, then: 'pass' }); // the first is the take-over's
    relay({ maxRecords: 10 });
    await second;
    const seen = [...(await bench.events.published()).values()].flat();
    expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await outsider.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
      `${bench.service}-relay`,
    ]);
    await outsider.commitTransaction();
    await outsider.release();
    await bench.events.expectOnceInOrder();
  });

  it('stands by while another replica leads and takes over when that one stops', async () => {
    const first = relay();
    await eventually(() => first.state().state === 'leading', { describe: 'the first to lead' });
    const second = relay();
    await eventually(() => second.state().state === 'standby', { describe: 'the second to stand by' });
    await bench.events.write(100, 10);
    await bench.events.drained();
    await first.stop();
    await eventually(() => second.state().state === 'leading', { describe: 'the second to lead' });
    await bench.events.write(100, 10);
    await bench.events.expectOnceInOrder();
  });

  it('publishes what its service has finished before it stops', async () => {
    const last = relay();
    await eventually(() => last.state().state === 'leading', { describe: 'the relay to lead' });
    await bench.events.write(300);
    await last.stop();
    expect(await bench.events.pending()).toBe(0);
    await bench.events.expectOnceInOrder();
  });

  it('finds what nobody has told it of within a second or so', async () => {
    const last = relay();
    await eventually(() => last.state().state === 'leading', { describe: 'the relay to lead' });
    const since = Date.now();
    await dataSource.query(
      `INSERT INTO outbox (event_id, topic, key, value, headers) VALUES (gen_random_uuid(), $1, 'k', '7', '\\x00')`,
      [bench.topic],
    );
    await bench.events.drained();
    expect(Date.now() - since).toBeLessThan(5_000);
  });

  it('skips no row when a transaction with a lower id commits last', async () => {
    relay();
    const late = dataSource.createQueryRunner();
    await late.startTransaction();
    await insertEvents(late.manager, [
      { eventId: randomUUID(), topic: bench.topic, key: 'k0', value: Buffer.from('20'), headers: {} },
    ]);
    await bench.events.write(20, 10);
    await bench.events.drained();
    await late.commitTransaction();
    await late.release();
    const values = async (): Promise<number[]> => [...(await bench.events.published()).values()].flat();
    await eventually(async () => (await values()).length === 21, { describe: 'the late event to be published' });
    expect((await values()).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, n) => n));
  });

  it('sets a record aside that the broker refuses, holds its key and publishes the rest', async () => {
    await inTransaction(dataSource, (tx) =>
      insertEvents(tx, [
        { eventId: randomUUID(), topic: bench.topic, key: 'huge', value: Buffer.alloc(1_500_000, 'x'), headers: {} },
      ]),
    );
    await inTransaction(dataSource, (tx) =>
      insertEvents(tx, [
        { eventId: randomUUID(), topic: bench.topic, key: 'huge', value: Buffer.from('behind'), headers: {} },
      ]),
    );
    await bench.events.write(50, 10);
    relay();
    const values = async (): Promise<number[]> => [...(await bench.events.published()).values()].flat();
    await eventually(async () => (await values()).length === 50, { describe: 'the other keys to be published' });
    expect((await values()).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    const rows = await dataSource.query<{ refused: string | null }[]>(`SELECT refused FROM outbox ORDER BY id`);
    expect(rows.map((row) => row.refused?.slice(0, 17) ?? null)).toEqual(['MESSAGE_TOO_LARGE', null]);
  });
});
