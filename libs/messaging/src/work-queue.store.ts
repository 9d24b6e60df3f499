import type { EntityManager } from 'typeorm';
import type { EventMeta } from './event-headers.ts';
import type { SqlRunner } from './outbox.store.ts';

/**
 * waiting: to be done at `available_at`; leased: a worker is on it; in-doubt: an earlier attempt may have reached the vendor;
 * failed: a person decides, its key waits; done and discarded: over.
 */
export type WorkState = 'waiting' | 'leased' | 'in-doubt' | 'failed' | 'done' | 'discarded';

export interface NewWorkItem {
  /** UUID derived from the cause, so that a replay enqueues nothing twice. */
  readonly id: string;
  readonly kind: string;
  /** Items of one key are done strictly in the order of enqueueing. */
  readonly key: string;
  /** JSON; bigints are stored as text. */
  readonly payload: unknown;
  readonly cause?: EventMeta;
}

export interface WorkRow {
  readonly seq: string;
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly payload: unknown;
  readonly cause: EventMeta | null;
  readonly attempts: number;
  readonly inDoubt: boolean;
  readonly lease: string;
}

export interface WorkDepth {
  readonly waiting: number;
  readonly leased: number;
  readonly inDoubt: number;
  readonly failed: number;
  /** Seconds since the oldest open item was enqueued; 0 when there is none. */
  readonly oldestSeconds: number;
}

export const workQueueTables: readonly string[] = [
  `CREATE TABLE work_item (
     seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     id uuid NOT NULL UNIQUE,
     kind text NOT NULL,
     key text NOT NULL,
     payload jsonb NOT NULL,
     cause jsonb,
     state text NOT NULL DEFAULT 'waiting'
       CHECK (state IN ('waiting', 'leased', 'in-doubt', 'failed', 'done', 'discarded')),
     open boolean GENERATED ALWAYS AS (state NOT IN ('done', 'discarded')) STORED,
     attempts integer NOT NULL DEFAULT 0,
     in_doubt boolean NOT NULL DEFAULT false,
     available_at timestamptz NOT NULL DEFAULT now(),
     lease uuid,
     lease_owner text,
     lease_until timestamptz,
     error_code text,
     error_message text,
     created_at timestamptz NOT NULL DEFAULT now(),
     finished_at timestamptz
   )`,
  `CREATE INDEX work_item_open ON work_item (key, seq) WHERE open`,
  `CREATE INDEX work_item_due ON work_item (seq) WHERE open`,
];

/** Enqueue while holding the lock of the aggregate of each key: the order of insertion is the order of execution. */
export async function insertItems(tx: SqlRunner, items: readonly NewWorkItem[]): Promise<void> {
  if (items.length === 0) return;
  await tx.query(
    `INSERT INTO work_item (id, kind, key, payload, cause)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[]) ON CONFLICT (id) DO NOTHING`,
    [
      items.map((item) => item.id),
      items.map((item) => item.kind),
      items.map((item) => item.key),
      items.map((item) => toJson(item.payload)),
      items.map((item) => (item.cause ? toJson(item.cause) : null)),
    ],
  );
}

const toJson = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));

/**
 * Leases up to `limit` items that are first of their key and due. An expired lease means that its worker may have reached the
 * vendor: the item becomes in doubt and waits `inDoubtMs`, in which a call under way ends at the vendor.
 */
export async function leaseItems(
  sql: SqlRunner,
  request: { owner: string; kinds: readonly string[]; limit: number; leaseMs: number; inDoubtMs: number },
): Promise<WorkRow[]> {
  await sql.query(
    `UPDATE work_item SET state = 'in-doubt', in_doubt = true, lease = NULL, lease_owner = NULL,
            available_at = now() + $1 * interval '1 ms', error_code = 'lease-expired', error_message = 'its worker went away'
     WHERE open AND state = 'leased' AND lease_until < now() AND kind = ANY($2::text[])`,
    [request.inDoubtMs, request.kinds],
  );
  // A row that another worker takes meanwhile is skipped, or checked again in its new version before it is updated.
  return sql.query<WorkRow>(
    `WITH due AS (
       SELECT seq FROM work_item i
       WHERE open AND state IN ('waiting', 'in-doubt') AND available_at <= now() AND kind = ANY($2::text[])
         AND NOT EXISTS (SELECT 1 FROM work_item p WHERE p.open AND p.key = i.key AND p.seq < i.seq)
       ORDER BY seq LIMIT $3 FOR UPDATE SKIP LOCKED),
     taken AS (
       UPDATE work_item i SET state = 'leased', lease = gen_random_uuid(), lease_owner = $1, attempts = attempts + 1,
              lease_until = now() + $4 * interval '1 ms'
       FROM due WHERE i.seq = due.seq RETURNING i.*)
     SELECT seq, id, kind, key, payload, cause, attempts, in_doubt AS "inDoubt", lease FROM taken ORDER BY seq`,
    [request.owner, request.kinds, request.limit, request.leaseMs],
  );
}

/** False when the lease is no longer ours: the caller's transaction must roll back. */
export function finishItem(sql: SqlRunner, row: WorkRow): Promise<boolean> {
  return changeLeased(sql, row, `state = 'done', finished_at = now(), error_code = NULL, error_message = NULL`, []);
}

export interface WorkError {
  readonly code: string;
  readonly message: string;
}

export function failItem(sql: SqlRunner, row: WorkRow, error: WorkError): Promise<boolean> {
  return changeLeased(sql, row, `state = 'failed', error_code = $3, error_message = $4`, [error.code, error.message]);
}

export function retryItem(
  sql: SqlRunner,
  row: WorkRow,
  error: WorkError,
  next: { delayMs: number; inDoubt: boolean },
): Promise<boolean> {
  const set = `state = CASE WHEN $6 THEN 'in-doubt' ELSE 'waiting' END, in_doubt = $6, error_code = $3, error_message = $4,
               available_at = now() + $5 * interval '1 ms'`;
  return changeLeased(sql, row, set, [error.code, error.message, next.delayMs, next.inDoubt]);
}

async function changeLeased(sql: SqlRunner, row: WorkRow, set: string, parameters: unknown[]): Promise<boolean> {
  const rows = await sql.query<{ done: boolean }>(
    `WITH mine AS (
       UPDATE work_item SET ${set}, lease = NULL, lease_owner = NULL, lease_until = NULL
       WHERE id = $1 AND lease = $2 AND state = 'leased' RETURNING 1)
     SELECT count(*) > 0 AS done FROM mine`,
    [row.id, row.lease, ...parameters],
  );
  return rows[0]?.done === true;
}

/** A person's decision on a failed item: do it again from the start of its attempts. False when it is not failed. */
export function redriveItem(tx: EntityManager, id: string): Promise<boolean> {
  return changeFailed(tx, id, `state = 'waiting', attempts = 0, available_at = now()`);
}

/** A person's decision on a failed item: never do it; the key goes on. The caller writes who and why to the audit topic. */
export function discardItem(tx: EntityManager, id: string): Promise<boolean> {
  return changeFailed(tx, id, `state = 'discarded', finished_at = now()`);
}

async function changeFailed(tx: EntityManager, id: string, set: string): Promise<boolean> {
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE work_item SET ${set} WHERE id = $1 AND state = 'failed'`,
    [id],
  );
  return count > 0;
}

export async function workDepth(sql: SqlRunner): Promise<WorkDepth> {
  const rows = await sql.query<Record<'waiting' | 'leased' | 'doubt' | 'failed' | 'oldest', string>>(
    `SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'leased') AS leased,
            count(*) FILTER (WHERE state = 'in-doubt') AS doubt, count(*) FILTER (WHERE state = 'failed') AS failed,
            coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS oldest
     FROM work_item WHERE open`,
    [],
  );
  const row = rows[0];
  return {
    waiting: Number(row?.waiting ?? 0),
    leased: Number(row?.leased ?? 0),
    inDoubt: Number(row?.doubt ?? 0),
    failed: Number(row?.failed ?? 0),
    oldestSeconds: Number(row?.oldest ?? 0),
  };
}
