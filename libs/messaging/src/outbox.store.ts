import type { EntityManager } from 'typeorm';

/** A row as the relay reads it; `id` is a bigint in text form and orders the drain. */
export interface OutboxRow {
  readonly id: string;
  readonly eventId: string;
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
}

/** What runs one SQL statement: a transaction of the service, or the relay's own connection. */
export interface SqlRunner {
  query<R>(sql: string, parameters: unknown[]): Promise<R[]>;
}

/** Events of a key must be inserted while the lock of its aggregate is held: then ascending ids are the key's order. */
export async function insertEvents(tx: EntityManager, events: readonly Omit<OutboxRow, 'id'>[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `INSERT INTO outbox (event_id, topic, key, value, headers)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[])
     ON CONFLICT (event_id) DO NOTHING`,
    [
      events.map((e) => e.eventId),
      events.map((e) => e.topic),
      events.map((e) => e.key),
      events.map((e) => e.value),
      events.map((e) => JSON.stringify(e.headers)),
    ],
  );
  await tx.query(`SELECT pg_notify(outbox_channel(), '')`);
}

/** The next rows in id order, without those whose key is held by a refused record. Needs no cursor: published rows are gone. */
export function nextEvents(sql: SqlRunner, limit: number): Promise<OutboxRow[]> {
  return sql.query<OutboxRow>(
    `SELECT id, event_id AS "eventId", topic, key, value, headers FROM outbox o
     WHERE refused IS NULL AND NOT EXISTS
       (SELECT 1 FROM outbox r WHERE r.refused IS NOT NULL AND r.topic = o.topic AND r.key = o.key)
     ORDER BY id LIMIT $1`,
    [limit],
  );
}

export async function deleteEvents(sql: SqlRunner, eventIds: readonly string[]): Promise<number> {
  const rows = await sql.query<{ deleted: string }>(
    `WITH gone AS (DELETE FROM outbox WHERE event_id = ANY($1::uuid[]) RETURNING 1) SELECT count(*) AS deleted FROM gone`,
    [eventIds],
  );
  return Number(rows[0]?.deleted ?? 0);
}

/** Sets a record aside that the broker will never take; later events of its key wait behind it. */
export async function refuseEvent(sql: SqlRunner, id: string, reason: string): Promise<void> {
  await sql.query(`UPDATE outbox SET refused = $2 WHERE id = $1`, [id, reason]);
}

export interface OutboxDepth {
  readonly pending: number;
  readonly refused: number;
  /** Seconds since the oldest unpublished row was inserted; 0 when there is none. */
  readonly oldestSeconds: number;
}

export async function outboxDepth(sql: SqlRunner): Promise<OutboxDepth> {
  const rows = await sql.query<{ pending: string; refused: string; oldest: string }>(
    `SELECT count(*) FILTER (WHERE refused IS NULL) AS pending, count(refused) AS refused,
            coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS oldest FROM outbox`,
    [],
  );
  const row = rows[0];
  return {
    pending: Number(row?.pending ?? 0),
    refused: Number(row?.refused ?? 0),
    oldestSeconds: Number(row?.oldest ?? 0),
  };
}

export const outboxTables: readonly string[] = [
  `CREATE TABLE outbox (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     event_id uuid NOT NULL UNIQUE,
     topic text NOT NULL,
     key text NOT NULL,
     value bytea,
     headers jsonb NOT NULL,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     refused text
   ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`,
  `CREATE INDEX outbox_refused ON outbox (topic, key) WHERE refused IS NOT NULL`,
  // A channel is database-wide and services share a database: one per schema keeps relays from waking each other.
  `CREATE FUNCTION outbox_channel() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'outbox_' || current_schema() $$`,
];
