import { randomInt } from 'node:crypto';
import { createDatabase, createTopic, eventually, randomTopic, spawnTs, stack, type TsProcess } from '@tieout/testing';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { numberedEvents, type NumberedEvents } from '../fixtures/numbered-events.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { markTopic } from './relay-mark.ts';

const topic = randomTopic('relay');
const service = randomTopic('svc');

let dataSource: DataSource;
let databaseUrl: string;
let events: NumberedEvents;

beforeAll(async () => {
  databaseUrl = (await createDatabase()).url;
  dataSource = new DataSource({ type: 'postgres', url: databaseUrl, migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  const kafka = createKafka({ clientId: 'check', brokers: [...stack().brokers] }, pino({ level: 'silent' }));
  events = numberedEvents({ dataSource, kafka, topic, keys: 5 });
  await createTopic(topic, { partitions: 3 });
  await createTopic(markTopic(service), { partitions: 1 });
});

afterAll(() => dataSource.destroy());

function replica(): TsProcess {
  const env = { BROKERS: stack().brokers.join(','), DATABASE_URL: databaseUrl, SERVICE: service };
  return spawnTs(new URL('../fixtures/relay-process.ts', import.meta.url), { env });
}

describe('the publisher process', () => {
  it('loses and doubles nothing when it is killed again and again under load', async () => {
    let current = replica();
    await current.line(/leading/);
    for (let round = 0; round < 6; round++) {
      const killAfter = randomInt(1, 120);
      console.info(`round ${round}: killed when ${killAfter} events are published`);
      await events.write(150);
      const before = await events.pending();
      await eventually(async () => (await events.pending()) <= Math.max(0, before - killAfter), {
        intervalMs: 1,
        describe: 'some events to be out',
      });
      await current.kill();
      current = replica();
    }
    await events.write(50);
    await events.expectOnceInOrder(40_000);
    await current.kill();
  }, 120_000);

  it('is replaced within 15 s when it is killed', async () => {
    const killed = replica();
    await killed.line(/leading/);
    const standby = replica();
    await events.write(60);
    const since = Date.now();
    await killed.kill();
    await standby.line(/leading/, 15_000);
    console.info(`taken over after ${Date.now() - since} ms`);
    await events.write(60);
    await events.expectOnceInOrder(40_000);
    await standby.kill();
  }, 90_000);

  it('is replaced within 15 s when it is frozen, and does no harm when it wakes up', async () => {
    const frozen = replica();
    await frozen.line(/leading/);
    const standby = replica();
    await events.write(60);
    frozen.signal('SIGSTOP');
    const since = Date.now();
    await events.write(200);
    await standby.line(/leading/, 15_000);
    console.info(`taken over after ${Date.now() - since} ms`);
    frozen.signal('SIGCONT');
    await events.write(100);
    await events.expectOnceInOrder(40_000);
  }, 90_000);
});
