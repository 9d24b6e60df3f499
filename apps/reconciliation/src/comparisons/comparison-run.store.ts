import type { EntityManager } from 'typeorm';
import type { Figure, StoredGroup } from './stored-group.ts';

export type ComparisonRunStatus = 'waiting' | 'clean' | 'timing' | 'breaks' | 'incomplete';
export type ComparisonRunTrigger = 'start' | 'request' | 'periodic' | 'statement' | 'rules';

/** Whether a side was all there when a run began to match. */
export interface SideCompleteness {
  readonly side: string;
  readonly source: string;
  readonly complete: boolean;
  /** Why it is not. */
  readonly reason: string | null;
  readonly items: number;
  /** Instant or day up to which it tells; null when nothing says. */
  readonly freshness: string | null;
}

/** A run over all items of a comparison. */
export interface ComparisonRun {
  readonly runId: string;
  readonly comparisonId: number;
  readonly comparison: string;
  readonly trigger: ComparisonRunTrigger;
  readonly status: ComparisonRunStatus;
  /** Date up to which it was asked; null is a run of today, which keeps the breaks. */
  readonly asOf: string | null;
  readonly reasons: readonly string[];
  readonly completeness: readonly SideCompleteness[];
  readonly figures: readonly Figure[];
  /** Blocks about which it decided otherwise than was decided before. */
  readonly changedBlocks: number;
  readonly rulesHash: string | null;
  readonly snapshotRunId: string | null;
  readonly requestedAt: string;
  readonly endedAt: string | null;
}

const UTC = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const COLUMNS = `r.run_id AS "runId", r.comparison_id AS "comparisonId", c.name AS comparison, r.trigger, r.status,
  to_char(r.as_of, 'YYYY-MM-DD') AS "asOf", r.reasons, r.completeness, r.figures, r.changed_blocks AS "changedBlocks",
  r.rules_hash AS "rulesHash", r.snapshot_run_id AS "snapshotRunId", ${UTC('r.requested_at')} AS "requestedAt",
  ${UTC('r.ended_at')} AS "endedAt"`;
const FROM = `comparison_run r JOIN comparison c USING (comparison_id)`;

/** Asks for a run; a periodic one is left out while another waits. */
export async function requestComparisonRun(
  tx: EntityManager,
  run: Pick<ComparisonRun, 'runId' | 'comparisonId' | 'trigger' | 'asOf'>,
): Promise<void> {
  await tx.query(
    `INSERT INTO comparison_run (run_id, comparison_id, trigger, status, as_of, requested_at)
     SELECT $1, $2, $3::text, 'waiting', $4::date, clock_timestamp()
     WHERE $3::text <> 'periodic' OR NOT EXISTS
       (SELECT 1 FROM comparison_run WHERE comparison_id = $2 AND status = 'waiting' AND as_of IS NULL)`,
    [run.runId, run.comparisonId, run.trigger, run.asOf],
  );
}

export async function findComparisonRun(tx: EntityManager, runId: string): Promise<ComparisonRun | null> {
  const rows = await tx.query<ComparisonRun[]>(`SELECT ${COLUMNS} FROM ${FROM} WHERE run_id = $1`, [runId]);
  return rows[0] ?? null;
}

export function waitingComparisonRuns(tx: EntityManager): Promise<ComparisonRun[]> {
  return tx.query<ComparisonRun[]>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE r.status = 'waiting' ORDER BY r.requested_at, r.run_id`,
  );
}

/** The latest runs of a comparison. */
export function comparisonRuns(tx: EntityManager, comparisonId: number, limit: number): Promise<ComparisonRun[]> {
  return tx.query<ComparisonRun[]>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE r.comparison_id = $1 ORDER BY r.requested_at DESC, r.run_id LIMIT $2`,
    [comparisonId, limit],
  );
}

/**
 * When each comparison was last asked for a run of today, for those that are made at all. `mayRecover`: it is incomplete because of
 * more than statements, which only people mend.
 */
export function lastRequests(
  tx: EntityManager,
): Promise<{ comparisonId: number; at: Date | null; mayRecover: boolean }[]> {
  return tx.query(
    `SELECT c.comparison_id AS "comparisonId", max(r.requested_at) AS at,
       c.state = 'incomplete' AND EXISTS (SELECT 1 FROM unnest(c.reasons) reason WHERE reason NOT LIKE '%(file:%') AS "mayRecover"
     FROM comparison c LEFT JOIN comparison_run r ON r.comparison_id = c.comparison_id AND r.as_of IS NULL
     WHERE c.state <> 'inactive' GROUP BY 1`,
  );
}

export async function setSnapshotRun(tx: EntityManager, runId: string, snapshotRunId: string): Promise<void> {
  await tx.query(`UPDATE comparison_run SET snapshot_run_id = $2 WHERE run_id = $1`, [runId, snapshotRunId]);
}

export interface ComparisonRunEnd {
  readonly status: ComparisonRunStatus;
  readonly reasons: readonly string[];
  readonly completeness: readonly SideCompleteness[];
  readonly figures: readonly Figure[];
  readonly changedBlocks: number;
  /** Of a run up to a date only. */
  readonly groups: readonly StoredGroup[] | null;
  readonly rulesHash: string | null;
}

/** Ends a waiting run; false when it has ended already. */
export async function endComparisonRun(tx: EntityManager, runId: string, end: ComparisonRunEnd): Promise<boolean> {
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE comparison_run SET status = $2, reasons = $3, completeness = $4, figures = $5, changed_blocks = $6, groups = $7,
       rules_hash = $8, ended_at = clock_timestamp() WHERE run_id = $1 AND status = 'waiting'`,
    [
      ...[runId, end.status, end.reasons, JSON.stringify(end.completeness), JSON.stringify(end.figures)],
      ...[end.changedBlocks, end.groups === null ? null : JSON.stringify(end.groups), end.rulesHash],
    ],
  );
  return count > 0;
}

export async function dropOldComparisonRuns(tx: EntityManager, comparisonId: number, kept: number): Promise<void> {
  await tx.query(
    `DELETE FROM comparison_run WHERE comparison_id = $1 AND status <> 'waiting' AND run_id NOT IN
       (SELECT run_id FROM comparison_run WHERE comparison_id = $1 ORDER BY requested_at DESC LIMIT $2)
       AND run_id IS DISTINCT FROM (SELECT last_run_id FROM comparison WHERE comparison_id = $1)`,
    [comparisonId, kept],
  );
}

/** Figures of all blocks together, as they stand now. */
export function totalFigures(tx: EntityManager, comparisonId: number): Promise<Figure[]> {
  return tx
    .query<(Omit<Figure, 'groups' | 'items'> & { groups: string; items: string })[]>(
      `SELECT f.outcome, f.side, f.currency, sum(f.groups) AS groups, sum(f.items) AS items,
              trim_scale(sum(f.amount::numeric))::text AS amount
       FROM comparison_block, jsonb_to_recordset(figures)
         AS f(outcome text, side int, currency text, groups bigint, items bigint, amount text)
       WHERE comparison_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      [comparisonId],
    )
    .then((rows) => rows.map((row) => ({ ...row, groups: Number(row.groups), items: Number(row.items) })));
}

/** Items by number of their side. */
export async function itemCounts(tx: EntityManager, comparisonId: number): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.query<{ side: number; count: string }[]>(
    `SELECT side, count(*) AS count FROM comparison_item WHERE comparison_id = $1 GROUP BY side`,
    [comparisonId],
  );
  return new Map(rows.map(({ side, count }) => [side, Number(count)]));
}
