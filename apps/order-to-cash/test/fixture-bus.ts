import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TopicName, ValueOf } from '@tieout/canonical';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { createCodec, createKafka, readBundle, readTopic, toHeaders, wholeTopic } from '@tieout/messaging';
import { idempotentProducer, readable, stack } from '@tieout/testing';
import { pino } from 'pino';

export interface Bus {
  readonly bundle: string;
  /** `id` of the event is random unless it is a redelivery. */
  send<T extends TopicName>(topic: T, key: string, value: ValueOf<T>, id?: string): Promise<void>;
  /** Bytes as they are, with the headers of an event. */
  sendBytes(topic: TopicName, key: string, value: Buffer): Promise<void>;
  /** Every committed value under the key, in order. */
  read<T extends TopicName>(topic: T, key: string): Promise<ValueOf<T>[]>;
  close(): Promise<void>;
}

/** The topics as other services see them. */
export async function openBus(): Promise<Bus> {
  const kafka = createKafka({ brokers: [...stack().brokers], clientId: 'orders-test' }, pino({ level: 'silent' }));
  const { bundle: ids } = await applyContracts({ brokers: stack().brokers, registry: { url: stack().registryUrl } });
  const bundle = path.join(mkdtempSync(path.join(tmpdir(), 'order-to-cash-')), 'bundle.json');
  if (ids !== null) writeBundle(bundle, ids);
  const codec = createCodec({ bundle: readBundle(bundle), registry: null });
  const producer = idempotentProducer(kafka);
  await producer.connect();
  const sendBytes = async (topic: TopicName, key: string, value: Buffer, id: string = randomUUID()): Promise<void> => {
    const time = new Date().toISOString();
    const meta = { id, source: '/test', type: topic, time, correlationId: id, causationId: null, traceparent: null };
    await producer.send({ topic, acks: -1, messages: [{ key, value, headers: toHeaders(meta, key) }] });
  };
  return {
    bundle,
    sendBytes,
    send: (topic, key, value, id) => sendBytes(topic, key, codec.encode(topic, value), id),
    async read(topic, wanted) {
      const raw: Buffer[] = [];
      await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, value }) => {
        if (value && key?.toString() === wanted) raw.push(value);
      });
      return readable(codec, topic, raw);
    },
    close: () => producer.disconnect(),
  };
}
