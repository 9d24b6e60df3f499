import { Kafka, logLevel } from 'kafkajs';
import type { Where } from '../environment.ts';
import { benchCodec, messageOf } from '../record.ts';
import { config, say } from '../../parent.ts';

/** Fills a topic with the records of indexes [from, to), round robin over its partitions. */
const { where, topic, partitions, from, to } = config<{
  where: Where;
  topic: string;
  partitions: number;
  from: number;
  to: number;
}>();
const codec = benchCodec(where.schemaId);
const producer = new Kafka({ brokers: where.brokers, logLevel: logLevel.NOTHING }).producer();
await producer.connect();
say('ready');
const BATCH = 2_000;
let bytes = 0;
for (let start = from; start < to; start += BATCH) {
  const messages = Array.from({ length: Math.min(BATCH, to - start) }, (_, n) =>
    messageOf(codec, start + n, partitions),
  );
  bytes += messages.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
  await producer.send({ topic, messages, acks: -1 });
}
await producer.disconnect();
say('result', bytes / (to - from));
