import { randomUUID } from 'node:crypto';
import { createTopic, eventually, randomTopic, startCuttingProxy, type CuttingProxy } from '@tieout/testing';
import { postgresUrl, startStack, type RunningStack } from '@tieout/stack';
import type { Kafka } from 'kafkajs';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { insertEvents, outboxDepth } from './outbox.store.ts';
import { readTopic, wholeTopic } from './read-topic.ts';
import { markTopic } from './relay-mark.ts';
import { startRelay, type Relay } from './relay.ts';

const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
const KEYS = 12;

let stack: RunningStack;
let dataSource: DataSource;
let proxy: CuttingProxy;
let kafka: Kafka;
let relay: Relay;
let topic: string;

beforeAll(async () => {
  stack = await startStack({ parts: ['kafka', 'postgres'], brokers: 3 });
  dataSource = new DataSource({ type: 'postgres', url: postgresUrl(stack.postgres), migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  const service = randomTopic('svc');
  topic = randomTopic('relay');
  const brokers = [...stack.brokers];
  await createTopic(topic, { partitions: 6, replicationFactor: 3, brokers });
  await createTopic(markTopic(service), { partitions: 1, replicationFactor: 3, brokers });
  proxy = await startCuttingProxy();
  kafka = createKafka({ clientId: 'check', brokers }, logger);
  const relayKafka = createKafka({ clientId: 'relay', brokers, socketFactory: proxy.socketFactory }, logger);
  const connectionString = postgresUrl(stack.postgres);
  relay = startRelay({ kafka: relayKafka, logger, connectionString, schema: 'public', service, maxRecords: 60 });
}, 180_000);

afterAll(async () => {
  await relay.stop();
  await proxy.close();
  await dataSource.destroy();
  await stack.stop();
}, 60_000);

let written = 0;
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

async function drained(): Promise<void> {
  const sql = { query: <R>(text: string, values: unknown[]): Promise<R[]> => dataSource.query<R[]>(text, values) };
  await eventually(async () => (await outboxDepth(sql)).pending === 0, {
    timeoutMs: 90_000,
    describe: 'the outbox to drain',
  });
}

async function expectOnceInOrder(): Promise<void> {
  const seen = new Map<string, number[]>();
  await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, value }) => {
    seen.set(String(key), [...(seen.get(String(key)) ?? []), Number(String(value))]);
  });
  for (let k = 0; k < KEYS; k++) {
    const expected = Array.from({ length: written }, (_, n) => n).filter((n) => n % KEYS === k);
    expect(seen.get(`k${k}`) ?? [], `k${k}`).toEqual(expected);
  }
}

describe('the outbox relay on three brokers', () => {
  it('loses and doubles nothing when the answer of one partition leader is dropped', async () => {
    await write(120);
    await drained();
    for (const { address } of [stack.broker(2), stack.broker(3)]) {
      const cut = proxy.cut('produce', 'response', { broker: address });
      await write(120);
      await cut;
    }
    await write(120);
    await drained();
    await expectOnceInOrder();
  });

  it.each([2, 3])(
    'sends again what kafkajs left out because the leader on broker %i moved before it had answered',
    async (nodeId) => {
      const leader = stack.broker(nodeId);
      const cut = proxy.cut('produce', 'request', { broker: leader.address, meanwhile: () => leader.stop() });
      await write(120);
      await cut;
      await write(120);
      await drained();
      await leader.start();
      await write(120);
      await drained();
      await expectOnceInOrder();
    },
  );

  it('loses and doubles nothing when a broker is killed under load', async () => {
    const load = (async () => {
      for (let i = 0; i < 40; i++) await write(30);
    })();
    await stack.broker(3).kill();
    await load;
    await drained();
    await stack.broker(3).start();
    await write(30);
    await drained();
    await expectOnceInOrder();
  });
});
