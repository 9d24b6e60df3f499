import { randomUUID } from 'node:crypto';
import { TOPICS, type TopicName } from '@tieout/canonical';
import { goldenSamples, type GoldenSample } from '@tieout/contracts';
import { applyTopics, createCodec, createKafka, toHeaders, type Codec, type IdBundle } from '@tieout/messaging';
import type { Kafka, Message } from 'kafkajs';
import { pino } from 'pino';
import type { JudgedTopic } from './python.ts';

/** What was published, and what the judge has to find. */
export interface Published {
  readonly topics: readonly JudgedTopic[];
  readonly records: readonly { topic: string; messages: Message[] }[];
}

/**
 * Publishes every golden sample with our codec to topics of their own, and beside each a record of an aborted transaction
 * that a subscriber must not see.
 */
export async function publishSamples(brokers: readonly string[], bundle: IdBundle): Promise<Published> {
  const kafka = connect(brokers);
  const codec = createCodec({ bundle, registry: null });
  const run = randomUUID().slice(0, 8);
  const samples = goldenSamples().map((sample) => ({ sample, topic: `judge.${run}.${TOPICS[sample.topic].file}` }));
  await createTopics(
    kafka,
    samples.map(({ topic }) => topic),
  );
  const records = samples.map(({ sample, topic }) => ({ topic, messages: [message(codec, sample)] }));
  await inTransaction(kafka, run, records, 'commit');
  await inTransaction(
    kafka,
    run,
    records.map(({ topic, messages }) => ({ topic, messages: messages.map(spoiled) })),
    'abort',
  );
  const topics = samples.map(({ sample, topic }) => ({
    topic,
    key: keyField(sample.topic),
    state: TOPICS[sample.topic].kind === 'state',
    expected: [sample.json],
  }));
  return { topics, records };
}

const connect = (brokers: readonly string[]): Kafka =>
  createKafka({ brokers: [...brokers], clientId: 'judges' }, pino({ level: 'silent' }));
const spoiled = (message: Message): Message => ({ ...message, value: Buffer.from('of an aborted transaction') });
const keyField = (name: TopicName): string | null => (TOPICS[name].key === 'origin' ? null : TOPICS[name].key);

function message(codec: Codec, { topic, value }: GoldenSample): Message {
  const field = keyField(topic);
  const key = field === null ? 'origin' : String((value as unknown as Record<string, unknown>)[field]);
  const id = randomUUID();
  const time = new Date().toISOString();
  const meta = {
    id,
    source: '/tieout/judges',
    type: topic,
    time,
    correlationId: id,
    causationId: null,
    traceparent: null,
  };
  return { key, value: codec.encode(topic, value), headers: toHeaders(meta, key) };
}

async function createTopics(kafka: Kafka, topics: readonly string[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await applyTopics(
    admin,
    topics.map((name) => ({ kind: 'create-topic' as const, topic: { name, partitions: 2, config: {} } })),
  );
  await admin.disconnect();
}

/** Publishes the records that were published before once more, as a relay without a mark would after a crash. */
export async function publishAgain(brokers: readonly string[], { records }: Published): Promise<void> {
  await inTransaction(connect(brokers), randomUUID().slice(0, 8), records, 'commit');
}

/** A stack that is kept for development would fill up with them. */
export async function deleteTopics(brokers: readonly string[], topics: readonly string[]): Promise<void> {
  const admin = connect(brokers).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [...topics] });
  await admin.disconnect();
}

async function inTransaction(
  kafka: Kafka,
  run: string,
  records: readonly { topic: string; messages: Message[] }[],
  end: 'commit' | 'abort',
): Promise<void> {
  const producer = kafka.producer({
    transactionalId: `judges-${run}-${end}`,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.sendBatch({ topicMessages: records.map(({ topic, messages }) => ({ topic, messages })) });
  await transaction[end]();
  await producer.disconnect();
}
