import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import type { Where } from '../environment.ts';
import { HAND_WRITTEN_OUTBOX } from '../outbox-tables.ts';
import { config, heard, say } from '../../parent.ts';

/** A relay by hand: reads ahead, sends without transactions, deletes what was answered. A crash sends some of it twice. */
interface Row {
  readonly id: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

const BATCH = 2_000;
const { where, databaseUrl, topic } = config<{ where: Where; databaseUrl: string; topic: string }>();
const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
await pool.query(HAND_WRITTEN_OUTBOX);
const listener = new pg.Client({ connectionString: databaseUrl });
await listener.connect();
let wake = (): void => undefined;
listener.on('notification', () => wake());
await listener.query('LISTEN hand_written');
const producer = new Kafka({ brokers: where.brokers, logLevel: logLevel.NOTHING }).producer({
  allowAutoTopicCreation: false,
});
await producer.connect();
say('ready');
await heard('start');
say('started');

let deleted: Promise<unknown> = Promise.resolve();
for (let next = after('0'); ;) {
  const batch = await next;
  const last = batch.at(-1);
  if (last === undefined) {
    const woken = new Promise<void>((resolve) => (wake = resolve));
    await deleted;
    next = after('0');
    if ((await next).length === 0) await Promise.race([woken, delay(100)]);
    next = after('0');
    continue;
  }
  next = after(last.id);
  await producer.sendBatch({ acks: -1, topicMessages: [{ topic, messages: batch }] });
  await deleted;
  deleted = pool.query('DELETE FROM outbox WHERE id = ANY ($1::bigint[])', [batch.map(({ id }) => id)]);
}

async function after(id: string): Promise<Row[]> {
  const text = 'SELECT id, key, value, headers FROM outbox WHERE id > $1 ORDER BY id LIMIT $2';
  return (await pool.query<Row>(text, [id, BATCH])).rows;
}
