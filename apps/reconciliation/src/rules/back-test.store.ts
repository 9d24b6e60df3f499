import type { EntityManager } from 'typeorm';
import { hashOfResults, type BackTest, type BackTestProgress, type BackTestResult } from './back-test.ts';

interface Row {
  readonly state: Omit<BackTest, 'progress' | 'results'>;
  readonly progress: BackTestProgress;
  readonly results: readonly BackTestResult[] | null;
}
const COLUMNS = 'state, progress, results';

const read = ({ state, progress, results }: Row): BackTest => ({ ...state, progress, results: results ?? [] });

export async function insertBackTest(tx: EntityManager, { progress, results: _, ...state }: BackTest): Promise<void> {
  await tx.query(
    `INSERT INTO back_test (back_test_id, name, version, status, requested_at, state, progress)
     VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb)`,
    [
      ...[state.backTestId, state.name, state.version, state.status, state.requested.at],
      ...[JSON.stringify(state), JSON.stringify(progress)],
    ],
  );
}

export async function findBackTest(tx: EntityManager, id: string): Promise<BackTest | null> {
  const rows = await tx.query<Row[]>(`SELECT ${COLUMNS} FROM back_test WHERE back_test_id = $1`, [id]);
  return rows[0] ? read(rows[0]) : null;
}

/** Locked until the transaction ends. */
export async function lockBackTest(tx: EntityManager, id: string): Promise<BackTest | null> {
  const rows = await tx.query<Row[]>(`SELECT ${COLUMNS} FROM back_test WHERE back_test_id = $1 FOR UPDATE`, [id]);
  return rows[0] ? read(rows[0]) : null;
}

/** Without their results, the latest first. */
export async function listBackTests(
  tx: EntityManager,
  name: string,
  version: number,
  limit: number,
): Promise<Omit<BackTest, 'results'>[]> {
  const rows = await tx.query<Row[]>(
    `SELECT state, progress FROM back_test WHERE name = $1 AND version = $2
     ORDER BY requested_at DESC, back_test_id LIMIT $3`,
    [name, version, limit],
  );
  return rows.map(({ state, progress }) => ({ ...state, progress }));
}

export interface ClaimedBackTest {
  readonly backTest: BackTest;
  /** How often somebody has begun, this time included. */
  readonly attempts: number;
}

/** The oldest that nobody carries out, which is then the caller's until the lease ends; null when there is none. */
export async function claimBackTest(tx: EntityManager, now: string, leaseMs: number): Promise<ClaimedBackTest | null> {
  // An UPDATE answers rows and their number.
  const [rows] = await tx.query<[(Row & { attempts: number })[], number]>(
    `UPDATE back_test SET status = 'running', attempts = attempts + 1, lease_until = $1::timestamptz + $2 * interval '1 ms',
       state = state || jsonb_build_object('status', 'running', 'startedAt', $3::text)
     WHERE back_test_id = (
       SELECT back_test_id FROM back_test WHERE status IN ('waiting', 'running') AND (lease_until IS NULL OR lease_until < $1)
       ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING ${COLUMNS}, attempts`,
    [now, leaseMs, now],
  );
  return rows[0] ? { backTest: read(rows[0]), attempts: rows[0].attempts } : null;
}

/** False when it is not the caller's any more: somebody cancelled it, or thought that he was gone and began again. */
export async function renewLease(
  tx: EntityManager,
  { backTestId, startedAt }: BackTest,
  progress: BackTestProgress,
  now: string,
  leaseMs: number,
): Promise<boolean> {
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE back_test SET progress = $3::jsonb, lease_until = $4::timestamptz + $5 * interval '1 ms'
     WHERE back_test_id = $1 AND status = 'running' AND state->>'startedAt' = $2`,
    [backTestId, startedAt, JSON.stringify(progress), now, leaseMs],
  );
  return count === 1;
}

/** Lets another begin again at once, as if nobody had begun. */
export async function releaseBackTest(tx: EntityManager, { backTestId, startedAt }: BackTest): Promise<void> {
  await tx.query(
    `UPDATE back_test SET lease_until = NULL, attempts = attempts - 1 WHERE back_test_id = $1 AND status = 'running' AND state->>'startedAt' = $2`,
    [backTestId, startedAt],
  );
}

/** Hold the row's lock. */
export async function endBackTest(tx: EntityManager, { progress, results, ...state }: BackTest): Promise<void> {
  await tx.query(
    `UPDATE back_test SET status = $2, state = $3::jsonb, progress = $4::jsonb, results = $5::json, lease_until = NULL
     WHERE back_test_id = $1`,
    [state.backTestId, state.status, JSON.stringify(state), JSON.stringify(progress), JSON.stringify(results)],
  );
}

export const finished = (backTest: BackTest, results: readonly BackTestResult[], endedAt: string): BackTest => ({
  ...backTest,
  ...{ status: 'done', endedAt, results, resultHash: hashOfResults(results) },
});
