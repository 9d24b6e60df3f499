import type { EntityManager } from 'typeorm';
import type { OpenBreak } from '../checks/verdict.ts';
import type { BreakState } from './break-state.ts';
import type { RunContext } from './transition.ts';

export const BREAK_TOPIC = 'finance.break.v1';

/** Breaks whose difference stands, whatever people decided about it: a run has to look for them. */
export async function openBreaks(tx: EntityManager): Promise<OpenBreak[]> {
  return tx.query<OpenBreak[]>(
    `SELECT break_id AS "breakId", check_name AS check, to_char(cut_off, 'YYYY-MM-DD') AS "cutOff" FROM break WHERE status = 'OPEN'`,
  );
}

/** By id, locked until the transaction ends; ids that are no break yet are absent. Rows are locked in sorted order. */
export async function lockBreaks(tx: EntityManager, breakIds: readonly string[]): Promise<Map<string, BreakState>> {
  const rows = await tx.query<{ state: BreakState }[]>(
    `SELECT state FROM break WHERE break_id = ANY($1::uuid[]) ORDER BY break_id FOR UPDATE`,
    [breakIds],
  );
  return new Map(rows.map(({ state }) => [state.breakId, state]));
}

export async function putBreaks(tx: EntityManager, states: readonly BreakState[]): Promise<void> {
  if (states.length === 0) return;
  await tx.query(
    `INSERT INTO break (break_id, status, check_name, kind, severity, currency, difference, opened_at, state)
     SELECT (s->>'breakId')::uuid, s->>'status', s->>'check', s->>'kind', lower(s->>'severity'), s->>'currency',
            (s->>'difference')::numeric, (s->>'openedAt')::timestamptz, s
     FROM jsonb_array_elements($1::jsonb) AS b (s)
     ON CONFLICT (break_id) DO UPDATE SET status = excluded.status, severity = excluded.severity, currency = excluded.currency,
       difference = excluded.difference, opened_at = excluded.opened_at, state = excluded.state`,
    [JSON.stringify(states)],
  );
}

/** The run found them, changed or not. */
export async function markSeen(
  tx: EntityManager,
  breakIds: readonly string[],
  { runId, at }: RunContext,
  cutOff: string | null,
): Promise<void> {
  if (breakIds.length === 0) return;
  await tx.query(
    `UPDATE break SET last_seen_run_id = $2, last_seen_at = $3, cut_off = $4::date WHERE break_id = ANY($1::uuid[])`,
    [breakIds, runId, at, cutOff],
  );
}

/** Ids of pending breaks whose day is over, a hundred at a time. */
export async function overdueBreaks(tx: EntityManager, today: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT break_id AS id FROM break WHERE workflow = 'PENDING' AND expected_on < $1 ORDER BY break_id LIMIT 100`,
    [today],
  );
  return rows.map(({ id }) => id);
}

export interface ConfirmedMatch {
  readonly breakId: string;
  /** Ids of the items of both sides that a person declared to be the same. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly by: string;
  readonly reason: string;
}

/** Groups of a check that people declared to match, with the ids that the evidence names. */
export async function confirmedMatches(tx: EntityManager, check: string): Promise<ConfirmedMatch[]> {
  const rows = await tx.query<{ state: BreakState }[]>(
    `SELECT state FROM break WHERE check_name = $1 AND workflow = 'RESOLVED' AND resolution = 'FORCE_MATCH' ORDER BY break_id`,
    [check],
  );
  return rows.map(({ state: { breakId, evidence, counterpart, proposedBy, resolutionReason } }) => {
    const [left, right] = [ids(evidence['left']), ids(evidence['right'])];
    const named = counterpart === null ? [] : [counterpart];
    return {
      breakId,
      // Who has one side alone names the other.
      left: left.length > 0 ? left : named,
      right: right.length > 0 ? right : named,
      by: proposedBy ?? '',
      reason: resolutionReason ?? '',
    };
  });
}

const ids = (text = ''): string[] => text.split(' ').filter((id) => id !== '');

export interface BreakFigure {
  readonly check: string;
  readonly kind: string;
  readonly severity: string;
  readonly currency: string;
  readonly count: number;
  /** Sum of the absolute differences. A metric only: a float is enough there and nowhere else. */
  readonly value: number;
}

export async function breakFigures(tx: EntityManager): Promise<BreakFigure[]> {
  const rows = await tx.query<(Omit<BreakFigure, 'count' | 'value'> & { count: string; value: string })[]>(
    `SELECT check_name AS check, kind, severity, coalesce(currency, '') AS currency, count(*) AS count,
            coalesce(sum(abs(difference)), 0) AS value
     FROM break WHERE status = 'OPEN' GROUP BY 1, 2, 3, 4`,
  );
  return rows.map((row) => ({ ...row, count: Number(row.count), value: Number(row.value) }));
}
