import { randomUUID } from 'node:crypto';
import type { Product } from '@tieout/canonical';
import { createDatabase, eventually, randomTopic, createTopic, stack } from '@tieout/testing';
import { postgresUrl } from '@tieout/stack';
import pg from 'pg';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Codec } from './codec.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { Outbox, type PublishedState } from './outbox.ts';
import { outboxDepth } from './outbox.store.ts';
import { readTopic, wholeTopic } from './read-topic.ts';
import { markTopic } from './relay-mark.ts';
import { startRelay } from './relay.ts';
import { recoverRevisions } from './revision-recovery.ts';
import { applyTopics, contractTopics, planTopics } from './topics.ts';
import { inTransaction } from './transaction.ts';

const TOPIC = 'finance.product.v1';
const logger = pino({ level: 'silent' });
const kafka = createKafka({ clientId: 'restore', brokers: [...stack().brokers] }, logger);
const service = randomTopic('svc');
/** JSON, so that this test needs no registry; what others wrote into the topic has no revision to it. */
const codec = {
  encode: (_: string, value: object) =>
    Buffer.from(JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `${v}` : v))),
  decode: (_: string, bytes: Buffer) => Promise.resolve(decoded(bytes)),
} as unknown as Codec;
const outbox = new Outbox(codec, 'spec');
const [moved, waiting] = [randomUUID(), randomUUID()];

function decoded(bytes: Buffer): { revision: bigint; name?: string } {
  try {
    const value = JSON.parse(bytes.toString()) as { revision: string };
    return { ...value, revision: BigInt(value.revision) };
  } catch {
    return { revision: -1n };
  }
}

let url: string;
let database: DataSource;

beforeAll(async () => {
  const admin = kafka.admin();
  await admin.connect();
  const wanted = contractTopics().filter(({ name }) => name === TOPIC);
  await applyTopics(admin, await planTopics(admin, wanted));
  await admin.disconnect();
  await createTopic(markTopic(service), { partitions: 1 });
  ({ url } = await createDatabase('restore'));
  database = await open(url);
  await database.runMigrations();
  await recover(); // a service's first start: what stands in the topic is not its own
});

afterAll(() => database.destroy());

async function open(from: string): Promise<DataSource> {
  return new DataSource({ type: 'postgres', url: from, migrations: messagingMigrations }).initialize();
}

const recover = (): Promise<number> =>
  recoverRevisions({ kafka, codec, dataSource: database, service, topics: [TOPIC] });

function publish(key: string, name: string): Promise<readonly PublishedState[]> {
  const value = { productId: key, name } as unknown as Omit<Product, 'revision'>;
  return inTransaction(database, (tx) => outbox.publishState(tx, TOPIC, [{ key, value }]));
}

async function drain(): Promise<void> {
  const relay = startRelay({ kafka, logger, connectionString: url, schema: 'public', service });
  const pending = async (): Promise<number> => (await outboxDepth(database.manager)).pending;
  await eventually(async () => (await pending()) === 0, { timeoutMs: 30_000, describe: 'the outbox to drain' });
  await relay.stop();
}

/** Copies the database as a backup does, and goes on with the original. */
async function backup(): Promise<string> {
  await database.destroy();
  const copy = `${new URL(url).pathname.slice(1)}_copy`;
  const client = new pg.Client({ connectionString: postgresUrl(stack().postgres) });
  await client.connect();
  await client.query(`CREATE DATABASE ${copy} TEMPLATE ${new URL(url).pathname.slice(1)}`);
  await client.end();
  database = await open(url);
  return postgresUrl(stack().postgres, copy);
}

async function revisionsOf(wanted: string): Promise<string[]> {
  const seen: string[] = [];
  await readTopic(kafka, TOPIC, await wholeTopic(kafka, TOPIC), ({ key, value }) => {
    if (key?.toString() === wanted && value) seen.push(`${decoded(value).revision} ${decoded(value).name}`);
  });
  return seen;
}

describe('a database restored to an earlier point', () => {
  it('gives no revision again and publishes nothing behind a newer state', async () => {
    await publish(moved, 'a');
    await drain();
    await publish(waiting, 'x'); // waits in the outbox when the copy is made
    const copy = await backup();
    await publish(moved, 'b');
    await publish(moved, 'c');
    await publish(waiting, 'y');
    await drain();

    await database.destroy();
    database = await open((url = copy));
    expect(await recover()).toBe(2);
    expect(await publish(moved, 'c')).toEqual(['unchanged']);
    expect(await publish(moved, 'd')).toEqual(['published']);
    expect(await publish(waiting, 'z')).toEqual(['published']);
    await drain();
    expect(await revisionsOf(moved)).toEqual(['1 a', '2 b', '3 c', '4 d']);
    expect(await revisionsOf(waiting)).toEqual(['1 x', '2 y', '3 z']);
  }, 90_000);

  it('that is as new as its topics is left as it is', async () => {
    await publish(moved, 'e');
    await drain();
    expect(await recover()).toBe(0);
    expect(await publish(moved, 'e')).toEqual(['unchanged']);
  }, 60_000);

  it('that is empty takes everything over', async () => {
    await database.query('TRUNCATE state_revision, published_topic, outbox');
    expect(await recover()).toBeGreaterThanOrEqual(2);
    expect(await publish(moved, 'e')).toEqual(['unchanged']);
  }, 60_000);
});
