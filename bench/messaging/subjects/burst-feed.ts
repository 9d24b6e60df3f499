import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type { Where } from '../environment.ts';
import { benchCodec, messageOf, recordOf, TOPIC } from '../record.ts';
import { config, say } from '../../parent.ts';

/** Sends at given rates one after the other. A record's revision is the time in ms at which it was due. */
const { where, partitions, phases } = config<{
  where: Where;
  partitions: number;
  phases: readonly { readonly perSecond: number; readonly seconds: number }[];
}>();
const codec = benchCodec(where.schemaId);
const producer = new Kafka({ brokers: where.brokers, logLevel: logLevel.NOTHING }).producer();
await producer.connect();
say('ready');
/** In one request: the broker bounds its bytes. */
const MOST = 2_000;
let index = 0;
for (const { perSecond, seconds } of phases) {
  say('phase', perSecond);
  const [begun, first] = [Date.now(), index];
  const until = first + Math.floor(perSecond * seconds);
  while (index < until) {
    const due = Math.min(until, index + MOST, first + Math.floor(((Date.now() - begun) / 1_000) * perSecond));
    const messages = Array.from({ length: Math.max(0, due - index) }, (_, n) =>
      dated(index + n, begun + ((index + n - first) / perSecond) * 1_000),
    );
    if (messages.length > 0) await producer.send({ topic: TOPIC, messages, acks: -1 });
    index = Math.max(index, due);
    if (messages.length < MOST) await delay(20);
  }
}
await producer.disconnect();
say('result', index);

function dated(n: number, at: number) {
  return {
    ...messageOf(codec, n, partitions),
    value: codec.encode(TOPIC, { ...recordOf(n), revision: BigInt(Math.round(at)) }),
  };
}
