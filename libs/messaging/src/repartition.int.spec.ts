import { randomUUID } from 'node:crypto';
import { createDatabase, createTopic, eventually, randomTopic, stack } from '@tieout/testing';
import type { Consumer } from 'kafkajs';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { insertEvents } from './outbox.store.ts';
import { partitionOf } from './partition-of.ts';
import { readTopic, wholeTopic } from './read-topic.ts';
import { markTopic } from './relay-mark.ts';
import { startRelay, type Relay } from './relay.ts';
import { repartitionTopic, type RepartitionOptions } from './repartition.ts';

const KEYS = 16;
const logger = pino({ level: 'silent' });
const kafka = createKafka({ clientId: 'repartition', brokers: [...stack().brokers] }, logger);

let dataSource: DataSource;
let url: string;
let topic: string;
let service: string;
let relay: Relay | null = null;
let consumer: Consumer | null = null;
let written: number;

beforeAll(async () => {
  ({ url } = await createDatabase('repartition'));
  dataSource = await new DataSource({ type: 'postgres', url, migrations: messagingMigrations }).initialize();
  await dataSource.runMigrations();
});
afterAll(() => dataSource.destroy());

beforeEach(async () => {
  [topic, service, written] = [randomTopic('repartition'), randomTopic('svc'), 0];
  await createTopic(topic, { partitions: 2 });
  await createTopic(markTopic(service), { partitions: 1 });
});

afterEach(async () => {
  await relay?.stop();
  await consumer?.disconnect();
  [relay, consumer] = [null, null];
  await dataSource.query('TRUNCATE outbox, published_topic');
});

const producer = (): RepartitionOptions['producers'][number] => ({ connectionString: url, schema: 'public', service });
const raise = (partitions: number, patienceMs = 20_000): ReturnType<typeof repartitionTopic> =>
  repartitionTopic({ kafka, topic, partitions, producers: [producer()], patienceMs });

function start(): Relay {
  return (relay = startRelay({ kafka, logger, ...producer() }));
}

async function write(count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => ({
    ...{ eventId: randomUUID(), topic, headers: {} },
    key: `k${(written + n) % KEYS}`,
    value: Buffer.from(String(written + n)),
  }));
  written += count;
  await dataSource.transaction((tx) => insertEvents(tx, events));
}

async function drained(): Promise<void> {
  const rows = (): Promise<unknown[]> => dataSource.query('SELECT 1 FROM outbox');
  await eventually(async () => (await rows()).length === 0, { timeoutMs: 20_000, describe: 'the outbox to drain' });
}

/** Which partitions each key is in. */
async function placesOfKeys(): Promise<Map<string, number[]>> {
  const places = new Map<string, Set<number>>();
  await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, partition }) => {
    places.set(String(key), (places.get(String(key)) ?? new Set()).add(partition));
  });
  return new Map([...places].map(([key, set]) => [key, [...set].toSorted()]));
}

/** A subscriber of another team: a plain group, partitions in any order. */
async function subscribe(seen: Map<string, number[]>, slowMs = 0): Promise<void> {
  consumer = kafka.consumer({ groupId: `${service}.reader`, metadataMaxAge: 500, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { key, value } }) => {
      if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
      seen.set(String(key), [...(seen.get(String(key)) ?? []), Number(String(value))]);
    },
  });
}

async function addPartitionsPastUs(count: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  await admin.disconnect();
}

describe('partitions that somebody adds to a live topic', () => {
  it('are reported, and no key moves, also for the next publisher', async () => {
    const first = start();
    await write(64);
    await drained();
    await addPartitionsPastUs(7);
    await eventually(() => first.state().unplanned.includes(topic), { timeoutMs: 15_000, describe: 'the report' });
    await write(64);
    await drained();
    await first.stop();
    start();
    await write(64);
    await drained();
    for (const [key, places] of await placesOfKeys()) expect(places, key).toHaveLength(1);
  }, 60_000);

  it('are taken into use by the command', async () => {
    const live = start();
    await write(64);
    await drained();
    await addPartitionsPastUs(7);
    await raise(7);
    await write(64);
    await drained();
    expect(new Set([...(await placesOfKeys()).values()].flat()).size).toBeGreaterThan(2);
    await eventually(() => !live.state().unplanned.includes(topic), { timeoutMs: 15_000, describe: 'no report' });
  }, 60_000);
});

describe('raising the number of partitions', () => {
  it('keeps the order of every key for a subscriber while events are written', async () => {
    start();
    const seen = new Map<string, number[]>();
    await write(200);
    await drained();
    await subscribe(seen, 2);
    const writing = (async () => {
      for (let n = 0; n < 40; n++) await write(10);
    })();
    await raise(7);
    await writing;
    await write(160);
    await drained();
    const all = (): number => [...seen.values()].flat().length;
    await eventually(() => all() === written, { timeoutMs: 30_000, describe: 'the subscriber to have read all' });
    for (const [key, numbers] of seen) expect(numbers, key).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set([...(await placesOfKeys()).values()].flat()).size).toBeGreaterThan(2);
  }, 90_000);

  it('is refused while a group has not read to the end; the topic is released as it was', async () => {
    start();
    await write(20);
    await drained();
    const admin = kafka.admin();
    await admin.connect();
    const groupId = `${service}.asleep`;
    await admin.setOffsets({
      groupId,
      topic,
      partitions: [
        { partition: 0, offset: '0' },
        { partition: 1, offset: '0' },
      ],
    });
    await expect(raise(7, 3_000)).rejects.toThrow(`${groupId} on partition`);
    await write(20);
    await drained(); // published again
    expect((await wholeTopic(kafka, topic)).length).toBe(2);
    await admin.deleteGroups([groupId]);
    await admin.disconnect();
  }, 60_000);

  it('is known to a publisher that took over while the topic was held', async () => {
    const first = start();
    await write(64);
    await drained();
    const admin = createKafka({ clientId: 'asleep', brokers: [...stack().brokers] }, logger).admin();
    await admin.connect();
    const groupId = `${service}.asleep`;
    const ends = (await wholeTopic(kafka, topic)).map(({ partition, to }) => ({ partition, offset: to.toString() }));
    await admin.setOffsets({ groupId, topic, partitions: ends.map((end) => ({ ...end, offset: '0' })) });
    const raised = raise(7, 60_000);
    const holds = (): Promise<unknown[]> => dataSource.query('SELECT 1 FROM published_topic WHERE held');
    await eventually(async () => (await holds()).length > 0, { timeoutMs: 10_000, describe: 'the topic to be held' });
    await first.stop();
    const second = start();
    await eventually(() => second.state().state === 'leading', { timeoutMs: 20_000, describe: 'the second to lead' });
    await admin.setOffsets({ groupId, topic, partitions: ends });
    await raised;
    await write(64);
    await drained();
    await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, value, partition }) => {
      if (Number(String(value)) >= 64) expect(partition, String(key)).toBe(partitionOf(key ?? Buffer.of(), 7));
    });
    await admin.deleteGroups([groupId]);
    await admin.disconnect();
  }, 90_000);

  it('needs no running publisher, and puts an erasure where the key was before, too', async () => {
    await start().stop();
    relay = null;
    const publisher = start();
    await write(KEYS);
    await drained();
    await publisher.stop();
    await raise(7);
    start();
    await dataSource.transaction((tx) =>
      insertEvents(
        tx,
        Array.from({ length: KEYS }, (_, n) => ({
          ...{ eventId: randomUUID(), topic, headers: {} },
          key: `k${n}`,
          value: null,
        })),
      ),
    );
    await drained();
    const last = new Map<string, Buffer | null>();
    await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, value, partition }) => {
      last.set(`${String(key)} in ${partition}`, value);
    });
    expect(last.size).toBeGreaterThan(KEYS);
    for (const [place, value] of last) expect(value, place).toBeNull();
  }, 60_000);

  it('never lowers it', async () => {
    await expect(raise(1)).rejects.toThrow('only rises');
  });
});
