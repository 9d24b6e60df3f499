import type { EntityManager } from 'typeorm';
import type { Cell } from '../checks/cells.ts';
import type { NotMade } from '../checks/evaluate.ts';
import type { Stations } from '../checks/stations.ts';
import type { EarlierFinding, Finding, JudgedFinding } from '../checks/verdict.ts';
import type { TopicFigures } from '../topic-state/topic-figures.store.ts';

export type RunStatus = 'waiting' | 'clean' | 'timing' | 'breaks' | 'incomplete';
export type RunTrigger = 'request' | 'periodic' | 'follow-up';

/** A run as the API shows it. */
export interface Run {
  readonly runId: string;
  readonly status: RunStatus;
  readonly trigger: RunTrigger;
  readonly asOf: string | null;
  /** What was asked of whom. */
  readonly sides: readonly string[];
  readonly followUpOf: string | null;
  /** The run that decides about this one's differences of timing, once it was started. */
  readonly followedBy: string | null;
  /** Why it is incomplete. */
  readonly reasons: readonly string[];
  /** Checks that could be made. */
  readonly checks: readonly string[];
  /** Checks that could not be made, and why. */
  readonly notMade: readonly NotMade[];
  readonly breaks: number;
  readonly timing: number;
  readonly requestedAt: string;
  readonly endedAt: string | null;
}

/** Runs over the same sides up to the same date: what one leaves open another decides. */
const SAME_SCOPE = `later.as_of IS NOT DISTINCT FROM run.as_of AND later.sides = run.sides`;
const COLUMNS = `run_id AS "runId", status, trigger, to_char(as_of, 'YYYY-MM-DD') AS "asOf", sides, follow_up_of AS "followUpOf",
  CASE WHEN timing_count > 0 THEN
    (SELECT later.run_id FROM run later WHERE ${SAME_SCOPE} AND later.requested_at > run.requested_at
     ORDER BY later.requested_at LIMIT 1) END AS "followedBy", reasons, checks, not_made AS "notMade",
  break_count AS breaks,
  timing_count AS timing, requested_at AS "requestedAt", ended_at AS "endedAt"`;

type RunRow = Omit<Run, 'requestedAt' | 'endedAt'> & { requestedAt: Date; endedAt: Date | null };
const toRun = (row: RunRow): Run => ({
  ...row,
  requestedAt: row.requestedAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
});

export interface NewRun {
  readonly runId: string;
  readonly trigger: RunTrigger;
  readonly asOf: string | null;
  readonly followUpOf: string | null;
  readonly requestedAt: string;
  /** Sorted. */
  readonly sides: readonly string[];
  readonly snapshots: readonly { snapshotId: string; object: string; system: string; instance: string }[];
}

/** False when the run that it follows has a follower already. */
export async function insertRun(tx: EntityManager, run: NewRun): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `INSERT INTO run (run_id, status, trigger, as_of, follow_up_of, requested_at, sides)
     VALUES ($1, 'waiting', $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [run.runId, run.trigger, run.asOf, run.followUpOf, run.requestedAt, run.sides],
  );
  if (rows.length === 0) return false;
  for (const { snapshotId, object, system, instance } of run.snapshots)
    await tx.query(`INSERT INTO snapshot (snapshot_id, run_id, object, system, instance) VALUES ($1, $2, $3, $4, $5)`, [
      snapshotId,
      run.runId,
      object,
      system,
      instance,
    ]);
  return true;
}

export async function findRun(tx: EntityManager, runId: string): Promise<Run | null> {
  const rows = await tx.query<RunRow[]>(`SELECT ${COLUMNS} FROM run WHERE run_id = $1`, [runId]);
  return rows[0] ? toRun(rows[0]) : null;
}

export async function listRuns(tx: EntityManager, limit: number): Promise<Run[]> {
  const rows = await tx.query<RunRow[]>(`SELECT ${COLUMNS} FROM run ORDER BY requested_at DESC, run_id LIMIT $1`, [
    limit,
  ]);
  return rows.map(toRun);
}

export async function waitingRuns(tx: EntityManager): Promise<Run[]> {
  const rows = await tx.query<RunRow[]>(
    `SELECT ${COLUMNS} FROM run WHERE status = 'waiting' ORDER BY requested_at, run_id`,
  );
  return rows.map(toRun);
}

/** Takes a waiting run for the length of the transaction; null when another replica has it or has ended it. */
export async function lockWaitingRun(tx: EntityManager, runId: string): Promise<Run | null> {
  const rows = await tx.query<RunRow[]>(
    `SELECT ${COLUMNS} FROM run WHERE run_id = $1 AND status = 'waiting' FOR UPDATE OF run SKIP LOCKED`,
    [runId],
  );
  return rows[0] ? toRun(rows[0]) : null;
}

export async function lastPeriodicRequest(tx: EntityManager): Promise<Date | null> {
  const rows = await tx.query<{ at: Date | null }[]>(
    `SELECT max(requested_at) AS at FROM run WHERE follow_up_of IS NULL`,
  );
  return rows[0]?.at ?? null;
}

/** The latest ended run of this scope with differences of timing that another look can decide, when nobody has followed it up. */
export async function runToFollowUp(tx: EntityManager, endedBefore: string): Promise<Run | null> {
  const rows = await tx.query<RunRow[]>(
    `SELECT ${COLUMNS} FROM run WHERE timing_count > 0 AND coalesce(recheck_at, ended_at) <= $1
       AND NOT EXISTS (SELECT 1 FROM run later WHERE ${SAME_SCOPE} AND later.requested_at > run.requested_at)
     ORDER BY requested_at LIMIT 1`,
    [endedBefore],
  );
  return rows[0] ? toRun(rows[0]) : null;
}

/** What the last run of the same scope that made checks has found. */
export async function earlierFindings(tx: EntityManager, runId: string): Promise<EarlierFinding[]> {
  return tx.query<EarlierFinding[]>(
    `SELECT break_id AS "breakId", actual, streak, since FROM finding WHERE run_id =
       (SELECT later.run_id FROM run, run later
        WHERE run.run_id = $1 AND ${SAME_SCOPE} AND later.ended_at IS NOT NULL AND cardinality(later.checks) > 0
        ORDER BY later.ended_at DESC LIMIT 1)`,
    [runId],
  );
}

export interface RunResult {
  readonly status: RunStatus;
  readonly reasons: readonly string[];
  readonly checks: readonly string[];
  readonly notMade: readonly NotMade[];
  readonly findings: readonly JudgedFinding[];
  readonly stations: Stations;
  readonly topicFigures: readonly TopicFigures[];
  readonly endedAt: string;
}

export async function endRun(tx: EntityManager, runId: string, result: RunResult): Promise<void> {
  const count = (verdict: Finding['verdict']): number =>
    result.findings.filter((one) => one.verdict === verdict).length;
  await tx.query(
    `UPDATE run SET status = $2, reasons = $3, checks = $4, break_count = $5, timing_count = $6, ended_at = $7, not_made = $8,
       recheck_at = $9 WHERE run_id = $1`,
    [
      ...[runId, result.status, result.reasons, result.checks, count('break'), count('timing'), result.endedAt],
      ...[JSON.stringify(result.notMade), recheckAt(result)],
    ],
  );
  await insertFindings(tx, runId, result.findings);
  await noteChecks(tx, runId, result);
  const { erp, topic, planning } = result.stations;
  for (const [station, cells] of Object.entries({ erp, topic, planning }))
    await insertCells(tx, runId, station, cells ?? []);
  await insertTopicFigures(tx, runId, result.topicFigures);
}

/** A run up to a date says less than one over all. */
async function noteChecks(tx: EntityManager, runId: string, { checks, endedAt }: RunResult): Promise<void> {
  await tx.query(
    `INSERT INTO check_made (check_name, made_at) SELECT unnest($2::text[]), $3::timestamptz
     WHERE EXISTS (SELECT 1 FROM run WHERE run_id = $1 AND as_of IS NULL)
     ON CONFLICT (check_name) DO UPDATE SET made_at = greatest(check_made.made_at, excluded.made_at)`,
    [runId, checks, endedAt],
  );
}

/** The earliest moment at which another look can decide a difference of timing; null when there is none. */
function recheckAt({ findings, endedAt }: RunResult): string | null {
  const waiting = findings.filter(({ verdict }) => verdict === 'timing').map(({ dueAt }) => dueAt ?? endedAt);
  return waiting.toSorted().at(0) ?? null;
}

async function insertFindings(tx: EntityManager, runId: string, findings: readonly JudgedFinding[]): Promise<void> {
  if (findings.length === 0) return;
  await tx.query(
    `INSERT INTO finding (run_id, break_id, verdict, streak, actual, difference, since)
     SELECT $1::uuid, * FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::jsonb[], $7::text[])`,
    [
      runId,
      findings.map((one) => one.breakId),
      findings.map((one) => one.verdict),
      findings.map((one) => one.streak),
      findings.map((one) => one.difference.actual),
      findings.map((one) => JSON.stringify(one.difference)),
      findings.map((one) => one.since),
    ],
  );
}

async function insertCells(tx: EntityManager, runId: string, station: string, cells: readonly Cell[]): Promise<void> {
  if (cells.length === 0) return;
  const column = (name: keyof Cell): unknown[] => cells.map((cell) => cell[name]);
  const names = ['legalEntity', 'month', 'currency', 'invoices', 'invoiced', 'paid', 'open'] as const;
  const arrays = names.map((_, index) => `$${index + 3}::text[]`).join(', ');
  await tx.query(
    `INSERT INTO station_cell (run_id, station, legal_entity, month, currency, invoices, invoiced, paid, open)
     SELECT $1::uuid, $2::text, * FROM unnest(${arrays})`,
    [runId, station, ...names.map(column)],
  );
}

async function insertTopicFigures(tx: EntityManager, runId: string, figures: readonly TopicFigures[]): Promise<void> {
  await tx.query(
    `INSERT INTO run_topic (run_id, topic, keys, sums)
     SELECT $1::uuid, * FROM unnest($2::text[], $3::bigint[], $4::jsonb[])`,
    [
      runId,
      figures.map(({ topic }) => topic),
      figures.map(({ keys }) => keys),
      figures.map(({ sums }) => JSON.stringify(sums)),
    ],
  );
}

/** What each topic held when the run ended; nothing of a run that the topics were not caught up with. */
export async function topicFigures(tx: EntityManager, runId: string): Promise<TopicFigures[]> {
  const rows = await tx.query<(Omit<TopicFigures, 'keys'> & { keys: string })[]>(
    `SELECT topic, keys, sums FROM run_topic WHERE run_id = $1 ORDER BY topic`,
    [runId],
  );
  return rows.map((row) => ({ ...row, keys: Number(row.keys) }));
}

export type StationCell = Omit<Cell, 'changedAt'> & { readonly station: string };

export function stationCells(tx: EntityManager, runId: string): Promise<StationCell[]> {
  return tx.query<StationCell[]>(
    `SELECT station, legal_entity AS "legalEntity", month, currency, invoices, invoiced, paid, open
     FROM station_cell WHERE run_id = $1 ORDER BY station, legal_entity, month, currency`,
    [runId],
  );
}

/** Findings of a run with their verdict, in a stable order. */
export async function findingsOf(tx: EntityManager, runId: string, limit: number): Promise<unknown[]> {
  const rows = await tx.query<{ break_id: string; verdict: string; difference: object }[]>(
    `SELECT break_id, verdict, difference FROM finding WHERE run_id = $1 ORDER BY verdict, break_id LIMIT $2`,
    [runId, limit],
  );
  return rows.map(({ break_id: breakId, verdict, difference }) => ({ breakId, verdict, ...difference }));
}

/** The latest run that made checks. */
export async function latestEnded(tx: EntityManager): Promise<string | null> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT run_id AS id FROM run WHERE ended_at IS NOT NULL AND cardinality(checks) > 0 ORDER BY ended_at DESC LIMIT 1`,
  );
  return rows[0]?.id ?? null;
}

/** Snapshots and figures of old runs go; what breaks say of them stays. */
export async function dropOldRuns(tx: EntityManager, kept: number): Promise<void> {
  await tx.query(
    `DELETE FROM run WHERE run_id IN
       (SELECT run_id FROM run WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, run_id OFFSET $1)`,
    [kept],
  );
}

/** For metrics: runs by status, and when one last compared everything that it was asked to (seconds since the epoch). */
export async function runCounts(
  tx: EntityManager,
): Promise<{ byStatus: { status: RunStatus; count: number }[]; lastRun: number; lastSuccess: number }> {
  const rows = await tx.query<{ status: RunStatus; count: string; last: string | null }[]>(
    `SELECT status, count(*) AS count, extract(epoch FROM max(ended_at)) AS last FROM run GROUP BY status`,
  );
  const ended = rows.filter(({ last }) => last !== null);
  const latest = (some: typeof rows): number => Math.max(0, ...some.map(({ last }) => Number(last)));
  return {
    byStatus: rows.map(({ status, count }) => ({ status, count: Number(count) })),
    lastRun: latest(ended),
    lastSuccess: latest(ended.filter(({ status }) => status !== 'incomplete')),
  };
}
