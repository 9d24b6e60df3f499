import { Kafka, logLevel } from 'kafkajs';
import { now } from '../../clock.ts';
import type { Where } from '../environment.ts';
import { config, heard, say } from '../../parent.ts';

/** A read_committed subscriber that notes when it sees which sequence number, which is the record's key. */
const { where, topic } = config<{ where: Where; topic: string }>();
const kafka = new Kafka({ brokers: where.brokers, logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: `reader-${process.pid}`, readUncommitted: false });
const seen = new Map<number, number>();
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: false });
consumer.on(consumer.events.FETCH, () => say('fetching'));
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    const at = now();
    for (const { key } of batch.messages) {
      const sequence = Number(key?.toString());
      if (sequence >= 0 && !seen.has(sequence)) seen.set(sequence, at);
    }
  },
});
say('ready');
for (;;) {
  await heard('report');
  say('result', seen);
}
