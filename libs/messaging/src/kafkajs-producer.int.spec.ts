import { createTopic, randomTopic, stack, startCuttingProxy } from '@tieout/testing';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createKafka } from './kafka.ts';
import { readTopic, wholeTopic } from './read-topic.ts';

/**
 * Not a test of ours: the ground under the rule "a producer that has seen an error is never used again". When it fails
 * because nothing is lost any more, the library has changed and the rule may be looked at again.
 */
describe('kafkajs 2.2.4', () => {
  it('loses the next transaction of a producer whose last response was cut and which was aborted', async () => {
    const topic = randomTopic('ground');
    await createTopic(topic, { partitions: 1 });
    const proxy = await startCuttingProxy();
    const logger = pino({ level: 'silent' });
    const brokers = [...stack().brokers];
    const kafka = createKafka({ clientId: 'ground', brokers, socketFactory: proxy.socketFactory }, logger);
    const producer = kafka.producer({
      transactionalId: topic,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { retries: 1, initialRetryTime: 500 },
    });
    await producer.connect();
    const first = await producer.transaction();
    // Twice: kafkajs itself sends once more within the transaction, which is harmless.
    const cut = Promise.all([proxy.cut('produce', 'response'), proxy.cut('produce', 'response')]);
    await expect(first.send({ topic, messages: [{ key: 'k', value: 'first' }] })).rejects.toThrow();
    await cut;
    await first.abort();

    const second = await producer.transaction();
    await second.send({ topic, messages: [{ key: 'k', value: 'second' }] });
    await second.commit(); // acknowledged
    await producer.disconnect();
    await proxy.close();

    const seen: string[] = [];
    const reader = createKafka({ clientId: 'ground-reader', brokers }, logger);
    await readTopic(reader, topic, await wholeTopic(reader, topic), ({ value }) => seen.push(String(value)));
    expect(seen).toEqual([]);
  });
});
