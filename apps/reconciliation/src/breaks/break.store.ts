import type { EntityManager } from 'typeorm';
import { severityOf } from '../checks/difference.ts';
import type { Check } from '../checks/difference.ts';
import type { OpenBreak } from '../checks/verdict.ts';
import type { BreakState, StoredBreak } from './transition.ts';

interface BreakRow {
  readonly state: BreakState;
  readonly audit_sequence: string;
  readonly audit_hash: string | null;
}

export async function openBreaks(tx: EntityManager): Promise<OpenBreak[]> {
  return tx.query<(OpenBreak & { check: Check })[]>(
    `SELECT break_id AS "breakId", check_name AS check, to_char(cut_off, 'YYYY-MM-DD') AS "cutOff" FROM break WHERE status = 'OPEN'`,
  );
}

/** By id, locked; ids that are no break yet are absent. */
export async function lockBreaks(tx: EntityManager, breakIds: readonly string[]): Promise<Map<string, StoredBreak>> {
  const rows = await tx.query<BreakRow[]>(
    `SELECT state, audit_sequence, audit_hash FROM break WHERE break_id = ANY($1::uuid[]) ORDER BY break_id FOR UPDATE`,
    [breakIds],
  );
  return new Map(
    rows.map(({ state, audit_sequence: sequence, audit_hash: auditHash }) => [
      state.breakId,
      { state, auditSequence: BigInt(sequence), auditHash },
    ]),
  );
}

export async function putBreaks(
  tx: EntityManager,
  breaks: readonly StoredBreak[],
  cutOff: string | null,
): Promise<void> {
  if (breaks.length === 0) return;
  const states = breaks.map(({ state }) => state);
  await tx.query(
    `INSERT INTO break (break_id, status, check_name, kind, severity, currency, difference, opened_at, state, audit_sequence,
                        audit_hash, cut_off)
     SELECT *, $12::date FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[],
       $8::timestamptz[], $9::jsonb[], $10::bigint[], $11::text[])
     ON CONFLICT (break_id) DO UPDATE SET status = excluded.status, currency = excluded.currency,
       difference = excluded.difference, opened_at = excluded.opened_at, state = excluded.state,
       audit_sequence = excluded.audit_sequence, audit_hash = excluded.audit_hash, cut_off = excluded.cut_off`,
    [
      states.map((state) => state.breakId),
      states.map((state) => state.status),
      states.map((state) => state.check),
      states.map((state) => state.kind),
      states.map(severityOf),
      states.map((state) => state.currency),
      states.map((state) => state.difference),
      states.map((state) => state.openedAt),
      states.map((state) => JSON.stringify(state)),
      breaks.map((one) => one.auditSequence.toString()),
      breaks.map((one) => one.auditHash),
      cutOff,
    ],
  );
}

export type ListedBreak = BreakState & { readonly severity: string };

export interface BreakQuery {
  readonly status: string | null;
  readonly check: string | null;
  readonly kind: string | null;
  readonly limit: number;
  /** Last break of the page before. */
  readonly after: { readonly openedAt: string; readonly breakId: string } | null;
}

/** Newest first, one row more than asked for when there is a next page. */
export async function listBreaks(
  tx: EntityManager,
  { status, check, kind, limit, after }: BreakQuery,
): Promise<ListedBreak[]> {
  const rows = await tx.query<{ state: BreakState; severity: string }[]>(
    `SELECT state, severity FROM break
     WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR check_name = $2) AND ($6::text IS NULL OR kind = $6)
       AND ($3::timestamptz IS NULL OR (opened_at, break_id) < ($3, $4::uuid))
     ORDER BY opened_at DESC, break_id DESC LIMIT $5`,
    [status, check, after?.openedAt ?? null, after?.breakId ?? null, limit + 1, kind],
  );
  return rows.map(({ state, severity }) => ({ ...state, severity }));
}

export async function findBreak(tx: EntityManager, breakId: string): Promise<ListedBreak | null> {
  const rows = await tx.query<{ state: BreakState; severity: string }[]>(
    `SELECT state, severity FROM break WHERE break_id = $1`,
    [breakId],
  );
  return rows[0] ? { ...rows[0].state, severity: rows[0].severity } : null;
}

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
