import { createTopic, randomTopic, stack, startCuttingProxy, type CuttingProxy } from '@tieout/testing';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTopic, wholeTopic } from './read-topic.ts';

let proxy: CuttingProxy;
let kafka: Kafka;
let topic: string;

beforeEach(async () => {
  proxy = await startCuttingProxy();
  // Without retries the first error ends a consumer, which kafkajs then starts again by itself, as it does on a cluster
  // whose group coordinator is not there yet.
  const retry = { retries: 0, initialRetryTime: 50 };
  const { socketFactory } = proxy;
  kafka = new Kafka({ brokers: [...stack().brokers], socketFactory, retry, logLevel: logLevel.NOTHING });
  topic = await createTopic(randomTopic('read'));
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: ['0', '1', '2'].map((key) => ({ key, value: `value of ${key}` })) });
  await producer.disconnect();
});
afterEach(() => proxy.close());

describe('reading a range of a topic', () => {
  it('survives a consumer that could not join at first', async () => {
    const cut = proxy.cut('joinGroup', 'response');
    const keys: string[] = [];
    const ranges = (await wholeTopic(kafka, topic)).map((range) => ({ ...range, from: 1n }));
    await readTopic(kafka, topic, ranges, ({ key }) => keys.push(String(key)));
    expect(keys).toEqual(['1', '2']);
    await cut;
  });

  it('fails at once with what the caller cannot take', async () => {
    const ranges = await wholeTopic(kafka, topic);
    const reading = readTopic(kafka, topic, ranges, ({ key }) => {
      if (String(key) === '1') throw new Error('not this one');
    });
    await expect(reading).rejects.toThrow('not this one');
  });
});
