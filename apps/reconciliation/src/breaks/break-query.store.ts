import type { EntityManager } from 'typeorm';
import type { BreakState } from './break-state.ts';
import { BREAK_TOPIC } from './break.store.ts';
import type { Sort } from './breaks-input.ts';

/** A break with the revision that a decision on it has to name. */
export type ListedBreak = Omit<BreakState, 'severity'> & {
  readonly revision: string;
  /** critical or warning */
  readonly severity: string;
  /** The last run that found it, changed or not; null before the first after an upgrade. */
  readonly lastSeenAt: string | null;
};

export interface BreakFilter {
  readonly status: string | null;
  readonly workflow: readonly string[] | null;
  readonly check: string | null;
  readonly kind: string | null;
  readonly severity: string | null;
  readonly legalEntity: string | null;
  readonly ownerGroup: string | null;
  /** A person; the empty text: nobody. */
  readonly assignee: string | null;
  /** Least value in the group's currency, as decimal text; a value without a rate is not below it. */
  readonly minValue: string | null;
  /** Instant. */
  readonly openedBefore: string | null;
}

export interface BreakPage {
  readonly sort: Sort;
  readonly limit: number;
  /** Last break of the page before: what it is sorted by, and its id. */
  readonly after: { readonly key: string; readonly breakId: string } | null;
}

/** In the group's currency; a value without a rate is above every other, and no value below. */
const WORTH = `CASE WHEN b.value IS NULL THEN -1 ELSE coalesce(b.group_value, 'Infinity') END`;
const ORDER: Readonly<Record<Sort, { readonly by: string; readonly type: string; readonly falls: boolean }>> = {
  newest: { by: 'b.opened_at', type: 'timestamptz', falls: true },
  oldest: { by: 'b.opened_at', type: 'timestamptz', falls: false },
  value: { by: WORTH, type: 'numeric', falls: true },
};

const LISTED = `SELECT b.state, b.severity, s.revision, b.last_seen_at AS seen FROM break b
  JOIN state_revision s ON s.topic = '${BREAK_TOPIC}' AND s.key = b.break_id::text`;
interface Row {
  readonly state: BreakState;
  readonly severity: string;
  readonly revision: string;
  readonly seen: Date | null;
}
const toListed = ({ state, severity, revision, seen }: Row): ListedBreak => ({
  ...{ ...state, severity, revision },
  lastSeenAt: seen?.toISOString() ?? null,
});

/** One row more than asked for when there is a next page. */
export async function listBreaks(
  tx: EntityManager,
  filter: BreakFilter,
  { sort, limit, after }: BreakPage,
): Promise<ListedBreak[]> {
  const { by, type, falls } = ORDER[sort];
  const [compare, direction] = falls ? ['<', 'DESC'] : ['>', 'ASC'];
  const rows = await tx.query<Row[]>(
    `${LISTED} WHERE ($1::text IS NULL OR b.status = $1) AND ($2::text[] IS NULL OR b.workflow = ANY($2))
       AND ($3::text IS NULL OR b.check_name = $3) AND ($4::text IS NULL OR b.kind = $4)
       AND ($5::text IS NULL OR b.severity = $5) AND ($6::text IS NULL OR b.legal_entity_id = $6)
       AND ($7::text IS NULL OR b.owner_group = $7) AND ($8::text IS NULL OR coalesce(b.assignee, '') = $8)
       AND ($9::numeric IS NULL OR ${WORTH} >= $9) AND ($10::timestamptz IS NULL OR b.opened_at <= $10)
       AND ($11::${type} IS NULL OR (${by}, b.break_id) ${compare} ($11, $12::uuid))
     ORDER BY ${by} ${direction}, b.break_id ${direction} LIMIT $13`,
    [
      ...[filter.status, filter.workflow, filter.check, filter.kind, filter.severity, filter.legalEntity],
      ...[filter.ownerGroup, filter.assignee, filter.minValue, filter.openedBefore],
      ...[after?.key ?? null, after?.breakId ?? null, limit + 1],
    ],
  );
  return rows.map(toListed);
}

export async function findBreak(tx: EntityManager, breakId: string): Promise<ListedBreak | null> {
  const [row] = await tx.query<Row[]>(`${LISTED} WHERE b.break_id = $1`, [breakId]);
  return row ? toListed(row) : null;
}

/** In the order of their ids, each once; ids that are no break are absent. */
export async function findBreaks(tx: EntityManager, breakIds: readonly string[]): Promise<Map<string, ListedBreak>> {
  const rows = await tx.query<Row[]>(`${LISTED} WHERE b.break_id = ANY($1::uuid[]) ORDER BY b.break_id`, [breakIds]);
  return new Map(rows.map((row) => [row.state.breakId, toListed(row)]));
}

export async function findStates(tx: EntityManager, breakIds: readonly string[]): Promise<BreakState[]> {
  const rows = await tx.query<{ state: BreakState }[]>(`SELECT state FROM break WHERE break_id = ANY($1::uuid[])`, [
    breakIds,
  ]);
  return rows.map(({ state }) => state);
}

/** States by id, a page in the order of ids: for checks of all of them. */
export async function statesAfter(tx: EntityManager, after: string | null, limit: number): Promise<BreakState[]> {
  const rows = await tx.query<{ state: BreakState }[]>(
    `SELECT state FROM break WHERE $1::uuid IS NULL OR break_id > $1 ORDER BY break_id LIMIT $2`,
    [after, limit],
  );
  return rows.map(({ state }) => state);
}
