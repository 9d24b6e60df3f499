import { createTopic, randomTopic, startCuttingProxy, type CuttingProxy } from '@tieout/testing';
import { postgresUrl, startStack, type RunningStack } from '@tieout/stack';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { numberedEvents, type NumberedEvents } from '../fixtures/numbered-events.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { markTopic } from './relay-mark.ts';
import { startRelay, type Relay } from './relay.ts';

vi.setConfig({ testTimeout: 180_000 });

const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });

let stack: RunningStack;
let dataSource: DataSource;
let proxy: CuttingProxy;
let relay: Relay;
let events: NumberedEvents;

beforeAll(async () => {
  stack = await startStack({ parts: ['kafka', 'postgres'], brokers: 3 });
  dataSource = new DataSource({ type: 'postgres', url: postgresUrl(stack.postgres), migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  const service = randomTopic('svc');
  const topic = randomTopic('relay');
  const brokers = [...stack.brokers];
  await createTopic(topic, { partitions: 6, replicationFactor: 3, brokers });
  await createTopic(markTopic(service), { partitions: 1, replicationFactor: 3, brokers });
  proxy = await startCuttingProxy();
  const kafka = createKafka({ clientId: 'check', brokers }, logger);
  events = numberedEvents({ dataSource, kafka, topic, keys: 12 });
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

describe('the outbox relay on three brokers', () => {
  it('loses and doubles nothing when the answer of one partition leader is dropped', async () => {
    await events.write(120);
    await events.drained(90_000);
    for (const { address } of [stack.broker(2), stack.broker(3)]) {
      const cut = proxy.cut('produce', 'response', { broker: address });
      await events.write(120);
      await cut;
    }
    await events.write(120);
    await events.expectOnceInOrder(90_000);
  });

  it.each([2, 3])(
    'sends again what kafkajs left out because the leader on broker %i moved before it had answered',
    async (nodeId) => {
      const leader = stack.broker(nodeId);
      const cut = proxy.cut('produce', 'request', { broker: leader.address, meanwhile: () => leader.stop() });
      await events.write(120);
      await cut;
      await events.write(120);
      await events.drained(90_000);
      await leader.start();
      await events.write(120);
      await events.drained(90_000);
      await events.expectOnceInOrder(90_000);
    },
  );

  it('loses and doubles nothing when a broker is killed under load', async () => {
    const load = (async () => {
      for (let i = 0; i < 40; i++) await events.write(30);
    })();
    await stack.broker(3).kill();
    await load;
    await events.drained(90_000);
    await stack.broker(3).start();
    await events.write(30);
    await events.expectOnceInOrder(90_000);
  });
});
