import type { Outbox } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { caseId, objectKey, raise, resolve, type CaseState, type Finding, type Subject } from './case.ts';

/** What was found about an object just now: null means that it is in order. */
export interface Examined {
  readonly subject: Subject;
  readonly finding: Finding | null;
}

interface CaseRow {
  readonly object_key: string;
  readonly state: CaseState;
}

/**
 * Opens a case for each finding and resolves the open cases of every examined object that the finding does not repeat.
 * `kinds` limits what an examination can resolve: who did not look for a foreign edit cannot say that it is gone.
 */
export async function recordFindings(
  tx: EntityManager,
  outbox: Outbox,
  examined: readonly Examined[],
  options: { readonly kinds: readonly string[]; readonly resolution: string; readonly now: string },
): Promise<void> {
  const bySubject = new Map(examined.map((one) => [objectKey(one.subject), one]));
  if (bySubject.size === 0) return;
  const known = await casesOf(tx, [...bySubject.keys()]);
  const changed: { objectKey: string; state: CaseState }[] = [];
  for (const { subject, finding } of bySubject.values()) {
    if (!finding) continue;
    const id = caseId(subject, finding.kind);
    const state = raise(known.find((row) => row.state.exceptionId === id)?.state, subject, finding, options.now);
    if (state) changed.push({ objectKey: objectKey(subject), state });
  }
  for (const { object_key, state } of known) {
    const over = state.status === 'OPEN' && bySubject.get(object_key)?.finding?.kind !== state.kind;
    if (over && options.kinds.includes(state.kind)) {
      changed.push({ objectKey: object_key, state: resolve(state, options.resolution, options.now) });
    }
  }
  await saveCases(tx, outbox, changed);
}

async function casesOf(tx: EntityManager, keys: readonly string[]): Promise<readonly CaseRow[]> {
  return tx.query<CaseRow[]>('SELECT object_key, state FROM erp_case WHERE object_key = ANY($1::text[]) FOR UPDATE', [
    keys,
  ]);
}

async function saveCases(
  tx: EntityManager,
  outbox: Outbox,
  changed: readonly { readonly objectKey: string; readonly state: CaseState }[],
): Promise<void> {
  if (changed.length === 0) return;
  await tx.query(
    `INSERT INTO erp_case (exception_id, object_key, open, state)
     SELECT (c->'state'->>'exceptionId')::uuid, c->>'objectKey', c->'state'->>'status' = 'OPEN', c->'state'
     FROM jsonb_array_elements($1::jsonb) c
     ON CONFLICT (exception_id) DO UPDATE SET open = excluded.open, state = excluded.state`,
    [JSON.stringify(changed)],
  );
  await outbox.publishState(
    tx,
    'finance.exception.v1',
    changed.map(({ state }) => ({ key: state.exceptionId, value: state })),
  );
}

/** Open cases by kind, for the metrics. */
export async function openCases(tx: EntityManager): Promise<readonly { kind: string; count: number }[]> {
  return tx.query<{ kind: string; count: number }[]>(
    `SELECT state->>'kind' AS kind, count(*)::int AS count FROM erp_case WHERE open GROUP BY 1`,
  );
}
