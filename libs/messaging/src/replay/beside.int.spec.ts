import { createDatabase, createTopic, eventually, idempotentProducer, randomTopic, stack } from '@tieout/testing';
import type { Kafka } from 'kafkajs';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  codec,
  entity,
  entityConsumer,
  entityRecord,
  entityTables,
  startEntityService,
  type EntityService,
} from '../../fixtures/entity-service.ts';
import { createKafka } from '../kafka.ts';
import { messagingMigrations } from '../migrations.ts';
import { Outbox } from '../outbox.ts';
import { WorkQueue } from '../work-queue.ts';
import { livePosition } from './live-position.store.ts';

const logger = pino({ level: 'silent' });
const group = randomTopic('group');
let databaseUrl: string;
let kafka: Kafka;
let kafkaTopic: string;
const sources: DataSource[] = [];
const services: EntityService[] = [];

beforeAll(async () => {
  databaseUrl = (await createDatabase()).url;
  kafka = createKafka({ clientId: 'beside', brokers: [...stack().brokers] }, logger);
  kafkaTopic = await createTopic(randomTopic('beside'), { partitions: 2 });
});

afterAll(async () => {
  for (const service of services) await service.stop();
  for (const source of sources) await source.destroy();
});

async function open(schema: string): Promise<DataSource> {
  const extra = { options: `-c search_path=${schema}` };
  const source = new DataSource({ type: 'postgres', url: databaseUrl, schema, extra, migrations: messagingMigrations });
  await source.initialize();
  sources.push(source);
  await source.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await source.runMigrations();
  for (const statement of entityTables) await source.query(statement);
  return source;
}

function live(dataSource: DataSource): EntityService {
  const service = startEntityService({ dataSource, kafka, logger, kafkaTopic, group, maxChunk: 7 });
  services.push(service);
  return service;
}

function beside(dataSource: DataSource): EntityService {
  const spec = entityConsumer(dataSource, logger, {
    outbox: new Outbox(codec, 'test', { muted: true }),
    queue: new WorkQueue({ dataSource, owner: 'test', handlers: {}, logger, muted: true }),
  });
  const bound = (partition: number) =>
    livePosition(dataSource.manager, 'live', { group, topic: kafkaTopic, partition });
  const service = startEntityService({
    dataSource,
    kafka,
    logger,
    kafkaTopic,
    group,
    spec,
    bound,
    kafkaGroup: `${group}.beside`,
    maxChunk: 11,
  });
  services.push(service);
  return service;
}

async function send(from: number, to: number): Promise<void> {
  const producer = idempotentProducer(kafka);
  await producer.connect();
  const messages = Array.from({ length: to - from }, (_, i) => from + i).map((n) =>
    entityRecord(entity(`e${n % 40}`, 1 + Math.floor(n / 40))),
  );
  await producer.send({ topic: kafkaTopic, messages });
  await producer.disconnect();
}

const rows = (source: DataSource): Promise<unknown[]> => source.query('SELECT * FROM entity ORDER BY id');
const positions = (source: DataSource): Promise<unknown[]> =>
  source.query(
    'SELECT consumer_group, topic, partition, next_offset, outcomes FROM consumer_position ORDER BY partition',
  );
const counted = async (source: DataSource): Promise<number> => {
  const found = await source.query<{ n: number }[]>(
    `SELECT coalesce(sum(o.value::int), 0)::int AS n FROM consumer_position, jsonb_each_text(outcomes) o`,
  );
  return found[0]!.n;
};
const told = (source: DataSource): Promise<{ id: string }[]> =>
  source.query(
    `SELECT event_id AS id FROM outbox WHERE topic = 'finance.planning-receipt.v1' UNION ALL SELECT id FROM work_item`,
  );

describe('state built beside the live one', () => {
  it('equals it, says nothing, never passes it, and takes its place without a gap or an effect twice', async () => {
    const [old, fresh] = [await open('live'), await open('fresh')];
    await send(0, 300);
    const before = live(old);
    const building = beside(fresh);
    await eventually(async () => (await counted(old)) === 300);
    await eventually(async () => (await counted(fresh)) === 300, { describe: () => counted(fresh) });
    expect(await rows(fresh)).toEqual(await rows(old));

    // The live one stops in the middle of what comes next; the other one must stop there as well.
    await before.stop();
    await send(300, 520);
    const half = live(old);
    await eventually(async () => (await counted(old)) > 350, { intervalMs: 1 });
    await half.stop();
    const stoppedAt = await positions(old);
    await eventually(async () => JSON.stringify(await positions(fresh)) === JSON.stringify(stoppedAt), {
      describe: () => positions(fresh),
    });
    await send(520, 521);
    expect(building.loop.status()).toMatchObject({ state: 'running', reason: null });
    expect(await rows(fresh)).toEqual(await rows(old));
    expect(await told(fresh)).toEqual([]);
    expect(await fresh.query('SELECT * FROM state_revision')).toEqual([]);
    expect(await positions(fresh)).toEqual(stoppedAt);
    await building.stop();

    live(fresh);
    await eventually(async () => (await counted(fresh)) === 521, { describe: () => counted(fresh) });
    const all = [...(await told(old)), ...(await told(fresh))].map(({ id }) => id);
    // A fact and a call for each revision.
    expect(all).toHaveLength(2 * 521);
    expect(new Set(all).size).toBe(521);
  }, 120_000);
});
