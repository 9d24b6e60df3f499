import { createTopic, eventually, randomTopic } from '@tieout/testing';
import { postgresUrl, startStack, type RunningStack } from '@tieout/stack';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberedEvents, type NumberedEvents } from '../fixtures/numbered-events.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { outboxDepth } from './outbox.store.ts';
import { markTopic } from './relay-mark.ts';
import { startRelay, type Relay } from './relay.ts';

const logger = pino({ level: 'silent' });

let stack: RunningStack;
let dataSource: DataSource;
let relay: Relay;
let events: NumberedEvents;

beforeAll(async () => {
  stack = await startStack({ parts: ['kafka', 'postgres'] });
  const connectionString = postgresUrl(stack.postgres);
  dataSource = new DataSource({ type: 'postgres', url: connectionString, migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  const [service, topic, brokers] = [randomTopic('svc'), randomTopic('relay'), [...stack.brokers]];
  await createTopic(topic, { partitions: 3, brokers });
  await createTopic(markTopic(service), { partitions: 1, brokers });
  events = numberedEvents({ dataSource, kafka: createKafka({ clientId: 'check', brokers }, logger), topic, keys: 5 });
  const kafka = createKafka({ clientId: 'relay', brokers }, logger);
  relay = startRelay({ kafka, logger, connectionString, schema: 'public', service });
}, 180_000);

afterAll(async () => {
  await relay.stop();
  await dataSource.destroy();
  await stack.stop();
}, 60_000);

describe('while Kafka is away', () => {
  it.each(['stopped', 'killed'])(
    'services go on, the outbox grows and says so, and everything leaves once when it is back (%s)',
    async (how) => {
      await events.write(50);
      await events.drained(60_000);
      const broker = stack.broker(1);
      await (how === 'killed' ? broker.kill() : broker.stop());
      for (let n = 0; n < 20; n++) await events.write(50, 10);
      await eventually(() => relay.state().state === 'failing', { timeoutMs: 30_000, describe: 'the relay to say so' });
      expect(relay.state().lastError).not.toBeNull();
      const depth = await outboxDepth(dataSource.manager);
      expect(depth.pending).toBe(1_000);
      expect(depth.oldestSeconds).toBeGreaterThan(0); // what TieoutOutboxStuck watches
      await broker.start();
      await events.write(50);
      await events.expectOnceInOrder(90_000);
      expect(relay.state()).toMatchObject({ state: 'leading', lastError: null });
    },
    180_000,
  );
});
