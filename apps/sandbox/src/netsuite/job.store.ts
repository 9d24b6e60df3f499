import type { Pool } from 'pg';

/** What came of a job's call: status, and the headers and body that a synchronous call would have got. */
export interface JobResult {
  readonly status: number;
  readonly location: string | null;
  readonly contentType: string | null;
  readonly body: string | null;
}

export interface Job {
  readonly id: string;
  readonly result: JobResult | null;
}

/** Notes a job; answers the one that was noted before under the same key. */
export async function openJob(pool: Pool, key: string | null, now: Date): Promise<{ id: string; isNew: boolean }> {
  const { rows } = await pool.query<{ id: string }>(
    'insert into asyncjob (idempotencykey, createddate) values ($1, $2) on conflict (idempotencykey) do nothing returning id',
    [key, now],
  );
  if (rows[0]) return { id: rows[0].id, isNew: true };
  const first = await pool.query<{ id: string }>('select id from asyncjob where idempotencykey = $1', [key]);
  return { id: first.rows[0]!.id, isNew: false };
}

export async function closeJob(pool: Pool, id: string, result: JobResult): Promise<void> {
  await pool.query('update asyncjob set result = $2 where id = $1', [id, JSON.stringify(result)]);
}

export async function readJob(pool: Pool, id: string): Promise<Job | null> {
  if (!/^\d{1,18}$/.test(id)) return null;
  return (await pool.query<Job>('select id, result from asyncjob where id = $1', [id])).rows[0] ?? null;
}
