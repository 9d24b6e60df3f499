import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createDatabase, createTopic, eventually, randomTopic, stack } from '@tieout/testing';
import { createRandom } from '@tieout/testing/programs';
import pino from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { insertEvents } from './outbox.store.ts';
import { readTopic, wholeTopic } from './read-topic.ts';
import { markTopic } from './relay-mark.ts';
import { startRelay, type Relay } from './relay.ts';

const WRITERS = 12;
const KEYS = 9;
const TRANSACTIONS = 40;

const logger = pino({ level: 'silent' });
const topic = randomTopic('order');
const service = randomTopic('svc');
let dataSource: DataSource;
let relay: Relay;

beforeAll(async () => {
  const { url } = await createDatabase('order');
  dataSource = new DataSource({ type: 'postgres', url, migrations: messagingMigrations, poolSize: WRITERS + 4 });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.query(`CREATE TABLE aggregate (key text PRIMARY KEY, written int NOT NULL DEFAULT 0)`);
  await dataSource.query(`INSERT INTO aggregate SELECT 'k' || n FROM generate_series(0, ${KEYS}) n`);
  await createTopic(topic, { partitions: 3 });
  await createTopic(markTopic(service), { partitions: 1 });
  const kafka = createKafka({ clientId: 'relay', brokers: [...stack().brokers] }, logger);
  relay = startRelay({ kafka, logger, connectionString: url, schema: 'public', service, maxRecords: 20 });
});

afterAll(async () => {
  await relay.stop();
  await dataSource.destroy();
});

/** The next number of a key, under the lock of its row: what the order of insertion has to keep. */
async function writeNext(tx: EntityManager, key: string): Promise<void> {
  const [rows] = await tx.query<[{ written: number }[], number]>(
    `UPDATE aggregate SET written = written + 1 WHERE key = $1 RETURNING written`,
    [key],
  );
  const value = Buffer.from(String(rows[0]?.written));
  await insertEvents(tx, [{ eventId: randomUUID(), topic, key, value, headers: {} }]);
}

describe('many writers at once', () => {
  it('skip no event, double none and invert none of a key, beside a transaction that stays open', async () => {
    const seed = randomInt(2 ** 31);
    console.info(`seed ${seed}`);
    const random = createRandom(seed, 'relay order');
    // Its row has the lowest id and is committed last; nobody else may write its key meanwhile.
    const open = dataSource.createQueryRunner();
    await open.startTransaction();
    await writeNext(open.manager, `k${KEYS}`);

    const writer = async (): Promise<void> => {
      for (let n = 0; n < TRANSACTIONS; n++)
        await dataSource.transaction(async (tx) => {
          await writeNext(tx, `k${random.int(0, KEYS - 1)}`);
          await delay(random.int(0, 8)); // the commit comes late, so ids become visible out of order
        });
    };
    await Promise.all(Array.from({ length: WRITERS }, writer));
    await open.commitTransaction();
    await open.release();

    const total = WRITERS * TRANSACTIONS + 1;
    const count = async (): Promise<number> => [...(await published()).values()].flat().length;
    await eventually(async () => (await count()) >= total, { timeoutMs: 30_000, describe: 'every event to be out' });
    const seen = await published();
    for (const { key, written } of await dataSource.query<{ key: string; written: number }[]>(`TABLE aggregate`))
      expect(seen.get(key) ?? [], key).toEqual(Array.from({ length: written }, (_, n) => n + 1));
  }, 90_000);
});

async function published(): Promise<Map<string, number[]>> {
  const kafka = createKafka({ clientId: 'reader', brokers: [...stack().brokers] }, logger);
  const seen = new Map<string, number[]>();
  await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, value }) => {
    seen.set(String(key), [...(seen.get(String(key)) ?? []), Number(String(value))]);
  });
  return seen;
}
