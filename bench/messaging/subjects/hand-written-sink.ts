import type { CustomerAccount } from '@tieout/canonical';
import { Kafka, logLevel, type EachBatchPayload } from 'kafkajs';
import pg from 'pg';
import type { Where } from '../environment.ts';
import { benchCodec, CREATE_TABLE, TOPIC } from '../record.ts';
import { columnsOf, UPSERT } from '../sink.ts';
import { config, say } from '../../parent.ts';

/**
 * The ceiling: kafkajs and pg by hand, nothing but the batch. The position and the rows are one transaction; no dead letters,
 * no fencing beyond the row, no counts, no retries.
 */
const { where, databaseUrl } = config<{ where: Where; databaseUrl: string }>();
const CHUNK = 2_000;
const codec = benchCodec(where.schemaId);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
await pool.query(CREATE_TABLE);
await pool.query('CREATE TABLE position (partition int PRIMARY KEY, next_offset bigint NOT NULL)');
const kafka = new Kafka({ brokers: where.brokers, logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: `hand-written-${process.pid}`, maxBytesPerPartition: 2 * 1024 * 1024 });
await consumer.connect();
await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
say('ready');
await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 2, eachBatch });

async function eachBatch({ batch, resolveOffset, heartbeat }: EachBatchPayload): Promise<void> {
  for (let from = 0; from < batch.messages.length; from += CHUNK) {
    const chunk = batch.messages.slice(from, from + CHUNK);
    const next = BigInt(chunk.at(-1)?.offset ?? 0) + 1n;
    await apply(
      batch.partition,
      next,
      chunk.map(({ value }) => codec.decode(TOPIC, value as Buffer) as CustomerAccount),
    );
    resolveOffset((next - 1n).toString());
    await heartbeat();
  }
}

async function apply(partition: number, next: bigint, values: CustomerAccount[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO position VALUES ($1, $2) ON CONFLICT (partition) DO UPDATE SET next_offset = excluded.next_offset
       WHERE excluded.next_offset > position.next_offset`,
      [partition, next.toString()],
    );
    await client.query({ name: 'upsert', text: UPSERT, values: columnsOf(values) });
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
