import { Kafka, logLevel } from 'kafkajs';
import type { Where } from '../environment.ts';
import { benchCodec, messageOf, TOPIC } from '../record.ts';
import { config, heard, say } from '../../parent.ts';

/** Fills the topic inside one transaction: nobody sees a record before all are to be seen. */
const { where, partitions, events } = config<{ where: Where; partitions: number; events: number }>();
const codec = benchCodec(where.schemaId);
const producer = new Kafka({ brokers: where.brokers, logLevel: logLevel.NOTHING }).producer({
  transactionalId: `gated-${process.pid}`,
  maxInFlightRequests: 1,
  transactionTimeout: 120_000,
});
await producer.connect();
say('ready');
const transaction = await producer.transaction();
const BATCH = 2_000;
for (let start = 0; start < events; start += BATCH)
  await transaction.send({
    topic: TOPIC,
    messages: Array.from({ length: Math.min(BATCH, events - start) }, (_, n) =>
      messageOf(codec, start + n, partitions),
    ),
  });
say('filled');
await heard('open');
await transaction.commit();
say('result');
