import { createKafka } from '@tieout/messaging';
import { createTopic, randomTopic, stack } from '@tieout/testing';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { readSummary } from './topics.client.ts';

it('records, keys and the newest of a topic are counted without what was aborted', async () => {
  const topic = randomTopic('summary');
  await createTopic(topic, { partitions: 2 });
  const kafka = createKafka({ clientId: 'test', brokers: [...stack().brokers] }, pino({ level: 'silent' }));
  expect(await readSummary(kafka, topic, 100)).toEqual({
    partitions: 2,
    records: 0,
    keys: 0,
    newestAt: null,
    partial: false,
  });

  const producer = kafka.producer({ transactionalId: randomTopic('summary-producer'), maxInFlightRequests: 1 });
  await producer.connect();
  const messages = (['a', 'b', 'a'] as const).map((key, n) => ({
    key,
    value: String(n),
    partition: n % 2,
    timestamp: String(Date.parse('2026-03-31T10:00:00Z') + n * 1_000),
  }));
  const kept = await producer.transaction();
  await kept.send({ topic, messages });
  await kept.commit();
  const aborted = await producer.transaction();
  await aborted.send({ topic, messages: [{ key: 'z', value: 'never', partition: 0 }] });
  await aborted.abort();
  await producer.disconnect();

  expect(await readSummary(kafka, topic, 100)).toEqual({
    partitions: 2,
    records: 3,
    keys: 2,
    newestAt: '2026-03-31T10:00:02.000Z',
    partial: false,
  });
  expect((await readSummary(kafka, topic, 3)).partial).toBe(true);
});
