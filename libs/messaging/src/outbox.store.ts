import type { EntityManager } from 'typeorm';
import { wakeAfterCommit } from './outbox-wake.ts';
import { encodeHeaders, type RecordHeaders } from './record-headers.ts';

/** An event on its way into the outbox. */
export interface NewOutboxRow {
  readonly eventId: string;
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders;
}

/** A row as the relay reads it; `id` is a bigint in text form and orders the drain. */
export interface OutboxRow extends Omit<NewOutboxRow, 'headers'> {
  readonly id: string;
  /** In Kafka's own bytes, see `encodeHeaders`. */
  readonly headers: Buffer;
}

/** What runs one SQL statement: a transaction of the service, or the relay's own connection. */
export interface SqlRunner {
  query<R>(sql: string, parameters: unknown[]): Promise<R[]>;
}

/** Events of a key must be inserted while the lock of its aggregate is held: then ascending ids are the key's order. */
export async function insertEvents(tx: EntityManager, events: readonly NewOutboxRow[]): Promise<void> {
  if (events.length === 0) return;
  await tx.query(
    `INSERT INTO outbox (event_id, topic, key, value, headers)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[])
     ON CONFLICT (event_id) DO NOTHING`,
    [
      events.map((e) => e.eventId),
      events.map((e) => e.topic),
      events.map((e) => e.key),
      events.map((e) => e.value),
      events.map((e) => encodeHeaders(e.headers)),
    ],
  );
  wakeAfterCommit(tx);
}

/**
 * The next rows in id order. There is no cursor, since rows become visible out of id order: what is published is gone, what
 * is on its way is named (`besides`). Left out are keys held by a refused record and topics held by an operator. All are
 * sub-plans on purpose: as joins the planner would sort the whole table when many rows wait.
 */
const NEXT_EVENTS = `
  SELECT id, event_id AS "eventId", topic, key, value, headers FROM outbox
  WHERE refused IS NULL AND id NOT IN (SELECT unnest($1::bigint[]))
    AND (topic, key) NOT IN (SELECT topic, key FROM outbox WHERE refused IS NOT NULL)
    AND topic NOT IN (SELECT topic FROM published_topic WHERE hold IS NOT NULL)
  ORDER BY id LIMIT $2`;

export function nextEvents(sql: SqlRunner, limit: number, besides: readonly string[] = []): Promise<OutboxRow[]> {
  return sql.query<OutboxRow>(NEXT_EVENTS, [besides, limit]);
}

/** What a committed batch leaves to be done: its rows go, and how far each topic has been published is noted. */
export interface Published {
  readonly ids: readonly string[];
  /** Per topic of the batch, the next offsets of all its partitions. */
  readonly offsets: ReadonlyMap<string, readonly bigint[]>;
}

const SETTLE = `
  WITH gone AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]))
  UPDATE published_topic p SET next_offsets = n.offsets::bigint[]
  FROM unnest($2::text[], $3::text[]) AS n (topic, offsets) WHERE p.topic = n.topic`;

export async function settle(sql: SqlRunner, { ids, offsets }: Published): Promise<void> {
  const arrays = [...offsets.values()].map((list) => `{${list.join(',')}}`);
  await sql.query(SETTLE, [ids, [...offsets.keys()], arrays]);
}

export async function deleteEvents(sql: SqlRunner, eventIds: readonly string[]): Promise<number> {
  const rows = await sql.query<{ deleted: string }>(
    `WITH gone AS (DELETE FROM outbox WHERE event_id = ANY($1::uuid[]) RETURNING 1) SELECT count(*) AS deleted FROM gone`,
    [eventIds],
  );
  return Number(rows[0]?.deleted ?? 0);
}

/** Drops waiting events that are in the topic already, and those of keys that have moved on there (a restored database). */
export async function dropPublished(
  tx: EntityManager,
  topic: string,
  keys: readonly string[],
  eventIds: readonly string[],
): Promise<void> {
  await tx.query(
    `DELETE FROM outbox WHERE topic = $1 AND (key = ANY($2::text[]) OR event_id::text = ANY($3::text[]))`,
    [topic, keys, eventIds],
  );
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
