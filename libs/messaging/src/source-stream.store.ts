import type { SqlRunner } from './outbox.store.ts';

export const sourceStreamTables: readonly string[] = [
  `CREATE TABLE source_stream (
     instance text NOT NULL,
     stream text NOT NULL,
     owner text,
     epoch bigint NOT NULL DEFAULT 0,
     lease_until timestamptz,
     cursor jsonb,
     cursor_version bigint NOT NULL DEFAULT 0,
     advanced_at timestamptz,
     polled_at timestamptz,
     error_code text,
     error_message text,
     created_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (instance, stream)
   )`,
];

export interface StreamKey {
  readonly instance: string;
  readonly stream: string;
}

/** What an owner holds: writes with it fail as soon as somebody else has taken the stream. */
export interface StreamLease extends StreamKey {
  readonly owner: string;
  readonly epoch: string;
}

export interface OwnedStream {
  readonly lease: StreamLease;
  readonly cursor: unknown;
  readonly cursorVersion: string;
}

/** Takes a free stream (a new epoch) or keeps one's own. Null while another owner's lease runs. */
export async function takeStream(
  sql: SqlRunner,
  key: StreamKey,
  owner: string,
  leaseMs: number,
): Promise<OwnedStream | null> {
  await sql.query(`INSERT INTO source_stream (instance, stream) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    key.instance,
    key.stream,
  ]);
  const rows = await sql.query<{ epoch: string; cursor: unknown; version: string }>(
    `WITH taken AS (
       UPDATE source_stream SET owner = $3, lease_until = now() + $4 * interval '1 ms',
              epoch = CASE WHEN owner = $3 AND lease_until >= now() THEN epoch ELSE epoch + 1 END
       WHERE instance = $1 AND stream = $2 AND (owner IS NULL OR owner = $3 OR lease_until < now()) RETURNING *)
     SELECT epoch, cursor, cursor_version AS version FROM taken`,
    [key.instance, key.stream, owner, leaseMs],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return { lease: { ...key, owner, epoch: row.epoch }, cursor: row.cursor, cursorVersion: row.version };
}

/** False when the stream is in other hands. */
export function renewStream(sql: SqlRunner, lease: StreamLease, leaseMs: number): Promise<boolean> {
  return changeOwned(sql, lease, `lease_until = now() + $4 * interval '1 ms'`, [leaseMs]);
}

/** Lets another replica take the stream at once. */
export function releaseStream(sql: SqlRunner, lease: StreamLease): Promise<boolean> {
  return changeOwned(sql, lease, `owner = NULL, lease_until = NULL`, []);
}

export function recordPoll(sql: SqlRunner, lease: StreamLease): Promise<boolean> {
  return changeOwned(sql, lease, `polled_at = now(), error_code = NULL, error_message = NULL`, []);
}

export function recordFailure(
  sql: SqlRunner,
  lease: StreamLease,
  error: { code: string; message: string },
): Promise<boolean> {
  return changeOwned(sql, lease, `error_code = $4, error_message = $5`, [error.code, error.message]);
}

/** Compare-and-set of the cursor; false when the epoch or the cursor is no longer what the caller read. */
export async function advanceCursor(
  sql: SqlRunner,
  lease: StreamLease,
  from: string,
  cursor: unknown,
): Promise<boolean> {
  const set = `cursor = $4, cursor_version = cursor_version + 1, advanced_at = now()`;
  return changeOwned(sql, lease, set, [JSON.stringify(cursor), from], `AND cursor_version = $5`);
}

async function changeOwned(
  sql: SqlRunner,
  lease: StreamLease,
  set: string,
  parameters: unknown[],
  and = '',
): Promise<boolean> {
  const rows = await sql.query<{ done: boolean }>(
    `WITH mine AS (UPDATE source_stream SET ${set} WHERE instance = $1 AND stream = $2 AND epoch = $3 ${and} RETURNING 1)
     SELECT count(*) > 0 AS done FROM mine`,
    [lease.instance, lease.stream, lease.epoch, ...parameters],
  );
  return rows[0]?.done === true;
}

export interface StreamAge extends StreamKey {
  /** Seconds since a poll last reached the end of the source; since the stream was made when none ever did. */
  readonly cursorAgeSeconds: number;
  readonly owner: string | null;
  readonly errorCode: string | null;
}

export async function streamAges(sql: SqlRunner): Promise<StreamAge[]> {
  const rows = await sql.query<{
    instance: string;
    stream: string;
    age: string;
    owner: string | null;
    error_code: string | null;
  }>(
    `SELECT instance, stream, extract(epoch FROM clock_timestamp() - coalesce(polled_at, created_at)) AS age, owner, error_code
     FROM source_stream ORDER BY instance, stream`,
    [],
  );
  return rows.map(({ instance, stream, age, owner, error_code: errorCode }) => ({
    instance,
    stream,
    cursorAgeSeconds: Number(age),
    owner,
    errorCode,
  }));
}
