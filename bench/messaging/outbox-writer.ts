import { Outbox } from '@tieout/messaging';
import pg from 'pg';
import { DataSource } from 'typeorm';
import type { Where } from './environment.ts';
import { eventIdOf, type OutboxKind } from './outbox-tables.ts';
import { benchCodec, headersOf, recordOf, TOPIC } from './record.ts';

export interface OutboxWriter {
  /** One transaction with the events [first, first + count); the key of an event is its number. */
  write(first: number, count: number): Promise<void>;
  close(): Promise<void>;
}

export interface OutboxSettings {
  readonly kind: OutboxKind;
  readonly where: Where;
  readonly databaseUrl: string;
  readonly topic: string;
}

/** Writes an outbox as a service does: ours by the library, the others by one statement. Few connections, as a service has. */
export async function openOutboxWriter(settings: OutboxSettings): Promise<OutboxWriter> {
  return settings.kind === 'tieout' ? tieoutWriter(settings) : statementWriter(settings);
}

const CONNECTIONS = 4;

async function tieoutWriter({ where, databaseUrl, topic }: OutboxSettings): Promise<OutboxWriter> {
  const dataSource = new DataSource({ type: 'postgres', url: databaseUrl, poolSize: CONNECTIONS });
  await dataSource.initialize();
  const codec = benchCodec(where.schemaId);
  // The topic on the broker is one of this measurement's own; the record and its contract are the same.
  const outbox = new Outbox({ ...codec, encode: (_, value) => codec.encode(TOPIC, value as never) }, 'bench');
  return {
    async write(first, count) {
      const events = Array.from({ length: count }, (_, n) => ({
        topic: topic as typeof TOPIC,
        key: String(first + n),
        id: eventIdOf(first + n),
        value: recordOf(first + n),
      }));
      await dataSource.transaction((tx) => outbox.publish(tx, events));
    },
    close: () => dataSource.destroy(),
  };
}

async function statementWriter({ kind, where, databaseUrl, topic }: OutboxSettings): Promise<OutboxWriter> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  const codec = benchCodec(where.schemaId);
  return {
    async write(first, count) {
      const sequences = Array.from({ length: count }, (_, n) => first + n);
      const keys = sequences.map(String);
      const values = sequences.map((n) => codec.encode(TOPIC, recordOf(n)));
      // One statement is one transaction.
      if (kind === 'debezium') await pool.query(INTO_DEBEZIUM, [topic, sequences.map(eventIdOf), keys, values]);
      else await pool.query(INTO_HAND_WRITTEN, [keys, values, sequences.map((n) => JSON.stringify(headersOf(n)))]);
    },
    close: () => pool.end(),
  };
}

const INTO_DEBEZIUM = `INSERT INTO outboxevent SELECT id, $1, key, 'changed', payload
  FROM unnest($2::uuid[], $3::text[], $4::bytea[]) AS e (id, key, payload)`;
const INTO_HAND_WRITTEN = `WITH added AS (INSERT INTO outbox (key, value, headers)
    SELECT * FROM unnest($1::text[], $2::bytea[], $3::jsonb[]) RETURNING 1)
  SELECT pg_notify('hand_written', '') FROM added LIMIT 1`;
