import type { EntityManager } from 'typeorm';
import { wakeAfterCommit } from './outbox-wake.ts';
import { decodeHeaders } from './record-headers.ts';
import type { SqlRunner } from './outbox.store.ts';

/** An event that the broker will not take, as people see it. */
export interface RefusedEvent {
  readonly eventId: string;
  readonly topic: string;
  readonly key: string;
  /** The broker's error and message. */
  readonly refusal: string;
  readonly writtenAt: string;
  readonly bytes: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Later events of its key, which wait behind it. */
  readonly waiting: number;
  /** Where it stands in the outbox; pages by it. */
  readonly id: string;
}

type Row = Omit<RefusedEvent, 'headers' | 'writtenAt' | 'waiting'> & {
  readonly headers: Buffer;
  readonly writtenAt: Date;
  readonly waiting: string;
};

const SELECT = `
  SELECT id, event_id AS "eventId", topic, key, refused AS refusal, created_at AS "writtenAt",
         coalesce(octet_length(value), 0) AS bytes, headers,
         (SELECT count(*) FROM outbox w WHERE w.topic = o.topic AND w.key = o.key AND w.id > o.id) AS waiting
  FROM outbox o WHERE refused IS NOT NULL`;

/** Oldest first, those behind `after`. */
export async function listRefused(sql: SqlRunner, limit: number, after: string): Promise<RefusedEvent[]> {
  return (await sql.query<Row>(`${SELECT} AND id > $2::bigint ORDER BY id LIMIT $1`, [limit, after])).map(toEvent);
}

/** Locks it until the transaction ends; null when no such event is refused. */
export async function lockRefused(sql: SqlRunner, eventId: string): Promise<RefusedEvent | null> {
  const [row] = await sql.query<Row>(`${SELECT} AND event_id = $1 FOR UPDATE OF o`, [eventId]);
  return row === undefined ? null : toEvent(row);
}

/** It is sent again, before what waits behind it. */
export async function retryRefused(tx: EntityManager, eventId: string): Promise<void> {
  await tx.query(`UPDATE outbox SET refused = NULL WHERE event_id = $1`, [eventId]);
  wakeAfterCommit(tx);
}

/** It is never published; what waits behind it goes on. */
export async function discardRefused(tx: EntityManager, eventId: string): Promise<void> {
  await tx.query(`DELETE FROM outbox WHERE event_id = $1`, [eventId]);
  wakeAfterCommit(tx);
}

function toEvent({ headers, writtenAt, waiting, ...row }: Row): RefusedEvent {
  const texts = Object.entries(decodeHeaders(headers)).map(([name, values]) => [name, values.join(', ')]);
  return {
    ...row,
    writtenAt: writtenAt.toISOString(),
    headers: Object.fromEntries(texts) as Record<string, string>,
    waiting: Number(waiting),
  };
}
