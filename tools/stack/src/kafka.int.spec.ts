import { createTopic, eventually } from '@tieout/testing';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningStack, startStack } from './start-stack.ts';

let stack: RunningStack;
let admin: Admin;
let kafka: Kafka;

beforeAll(async () => {
  stack = await startStack({ parts: ['kafka'], brokers: 3 });
  kafka = new Kafka({
    brokers: [...stack.brokers],
    logLevel: logLevel.NOTHING,
    requestTimeout: 3_000,
    retry: { initialRetryTime: 50, retries: 40, maxRetryTime: 1_000 },
  });
  admin = kafka.admin();
  await admin.connect();
});
afterAll(async () => {
  await admin.disconnect();
  await stack.stop();
});

async function partition(topic: string) {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]?.partitions[0] as { leader: number; isr: number[]; replicas: number[] };
}

/** A topic of one partition that is led by a node that may be killed (node 1 is the controller). */
async function topicLedByBroker(): Promise<{ topic: string; leader: number }> {
  for (;;) {
    const topic = await createTopic(undefined, { brokers: stack.brokers });
    // The broker that is asked here may hear of the topic a moment later than the one that made it.
    const { leader } = await eventually(() => partition(topic), { describe: 'the topic to be known' });
    if (leader > 1) return { topic, leader };
  }
}

test(
  'leadership moves when the leader is killed, committed records stay, and the broker comes back in sync',
  { timeout: 120_000 },
  async () => {
    const { topic, leader } = await topicLedByBroker();
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: [{ value: 'before' }] });
    await stack.broker(leader).kill();
    await producer.send({ topic, acks: -1, messages: [{ value: 'after' }] });
    await producer.disconnect();
    await eventually(async () => (await partition(topic)).leader !== leader, { describe: 'another leader' });
    expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ offset: '2' }]);
    await stack.broker(leader).start();
    await eventually(async () => (await partition(topic)).isr.length === 3, {
      timeoutMs: 40_000,
      describe: 'three in sync',
    });
  },
);

test('a paused broker keeps its connections but answers nothing until it is resumed', { timeout: 60_000 }, async () => {
  const broker = stack.broker(3);
  await broker.pause();
  const alone = new Kafka({
    brokers: [broker.address],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 500,
    requestTimeout: 500,
    retry: { retries: 0 },
  }).admin();
  await expect(alone.connect()).rejects.toThrow();
  await broker.resume();
  await eventually(() => alone.connect().then(() => true), { describe: 'the resumed broker answers' });
  await alone.disconnect();
});

test('an unknown node is refused', () => {
  expect(() => stack.broker(4)).toThrow('no node 4');
});
