import type { Exception } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { ExceptionState } from './exception.ts';

/** By id, locked until the transaction ends; ids that are no case yet are absent. Keys are locked in sorted order. */
export async function lockCases(tx: EntityManager, ids: readonly string[]): Promise<Map<string, ExceptionState>> {
  const rows = await tx.query<{ state: ExceptionState | null }[]>(
    `SELECT state FROM exception_case WHERE exception_id = ANY($1::uuid[]) ORDER BY exception_id FOR UPDATE`,
    [ids],
  );
  return new Map(rows.flatMap(({ state }) => (state === null ? [] : [[state.exceptionId, state]])));
}

/** As `lockCases`, and those that are no case yet get an empty row: of two who raise one at once the second sees the first. */
export async function claimCases(tx: EntityManager, ids: readonly string[]): Promise<Map<string, ExceptionState>> {
  await tx.query(
    `INSERT INTO exception_case (exception_id) SELECT unnest($1::uuid[]) ON CONFLICT (exception_id) DO NOTHING`,
    [ids.toSorted()],
  );
  return lockCases(tx, ids);
}

export interface ObjectRef {
  readonly objectType: string;
  readonly objectId: string;
}

/** Ids of the open cases about these objects, of these kinds. */
export async function openCasesAbout(
  tx: EntityManager,
  objects: readonly ObjectRef[],
  kinds: readonly string[],
): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT exception_id AS id FROM exception_case
     WHERE status = 'OPEN' AND kind = ANY($3) AND object_id = ANY($2)
       AND (object_type, object_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    [objects.map(({ objectType }) => objectType), objects.map(({ objectId }) => objectId), kinds],
  );
  return rows.map(({ id }) => id);
}

export async function saveCases(tx: EntityManager, states: readonly ExceptionState[]): Promise<void> {
  await tx.query(
    `INSERT INTO exception_case (exception_id, state)
     SELECT (state->>'exceptionId')::uuid, state FROM jsonb_array_elements($1::jsonb) AS s (state)
     ON CONFLICT (exception_id) DO UPDATE SET state = excluded.state`,
    [JSON.stringify(states)],
  );
}

/** Those of the published states whose revision the database does not have yet. */
export async function newerThanKnown(
  sql: EntityManager,
  published: readonly Exception[],
): Promise<readonly Exception[]> {
  const rows = await sql.query<{ key: string; revision: string }[]>(
    `SELECT key, revision FROM state_revision WHERE topic = 'finance.exception.v1' AND key = ANY($1::text[])`,
    [published.map(({ exceptionId }) => exceptionId)],
  );
  const known = new Map(rows.map(({ key, revision }) => [key, BigInt(revision)]));
  return published.filter(({ exceptionId, revision }) => revision > (known.get(exceptionId) ?? 0n));
}

/** What a state lacks that was made before release 2 of its schema. */
const BEFORE_R2: Omit<ExceptionState, keyof Release1> = {
  ...{ ownerGroup: null, assignee: null, atStake: null, currency: null, cure: null, dueAt: null },
  ...{ actions: null, lastDecisionId: null },
};
type Release1 = Pick<
  ExceptionState,
  | ('exceptionId' | 'kind' | 'status' | 'severity' | 'service' | 'objectType' | 'objectId' | 'message' | 'details')
  | ('raisedAt' | 'updatedAt' | 'resolution')
>;

/** Takes in cases as they were published, without publishing anything: for migrations of a service's own tables. */
export async function adoptCases(sql: Pick<EntityManager, 'query'>, states: readonly Release1[]): Promise<void> {
  await sql.query(
    `INSERT INTO exception_case (exception_id, state)
     SELECT (state->>'exceptionId')::uuid, $2::jsonb || state FROM jsonb_array_elements($1::jsonb) AS s (state)
     ON CONFLICT (exception_id) DO NOTHING`,
    [JSON.stringify(states), JSON.stringify(BEFORE_R2)],
  );
}

/** A case with the revision that a decision on it has to name. */
export type ListedException = ExceptionState & { readonly revision: string };

export interface ExceptionQuery {
  readonly status: string | null;
  readonly kind: string | null;
  readonly severity: string | null;
  readonly ownerGroup: string | null;
  /** A person; the empty text: nobody. */
  readonly assignee: string | null;
  /** Id of the object concerned. */
  readonly object: string | null;
  readonly limit: number;
  /** Last case of the page before. */
  readonly after: { readonly raisedAt: string; readonly exceptionId: string } | null;
}

const LISTED = `SELECT c.state, s.revision FROM exception_case c
  JOIN state_revision s ON s.topic = 'finance.exception.v1' AND s.key = c.exception_id::text`;

/** Oldest first, one more than asked for when there is a next page. */
export async function listCases(tx: EntityManager, query: ExceptionQuery): Promise<readonly ListedException[]> {
  const { status, kind, severity, ownerGroup, assignee, object, limit, after } = query;
  const rows = await tx.query<{ state: ExceptionState; revision: string }[]>(
    `${LISTED} WHERE ($1::text IS NULL OR c.status = $1) AND ($2::text IS NULL OR c.kind = $2)
       AND ($3::text IS NULL OR c.severity = $3) AND ($4::text IS NULL OR c.state->>'ownerGroup' = $4)
       AND ($5::text IS NULL OR coalesce(c.state->>'assignee', '') = $5) AND ($6::text IS NULL OR c.object_id = $6)
       AND ($7::text IS NULL OR (c.raised_at, c.exception_id) > ($7, $8::uuid))
     ORDER BY c.raised_at, c.exception_id LIMIT $9`,
    [
      ...[status, kind, severity, ownerGroup, assignee, object],
      ...[after?.raisedAt ?? null, after?.exceptionId ?? null, limit + 1],
    ],
  );
  return rows.map(({ state, revision }) => ({ ...state, revision }));
}

export async function findCase(tx: EntityManager, id: string): Promise<ListedException | null> {
  const [row] = await tx.query<{ state: ExceptionState; revision: string }[]>(
    `${LISTED} WHERE c.exception_id = $1 AND c.state IS NOT NULL`,
    [id],
  );
  return row ? { ...row.state, revision: row.revision } : null;
}

export interface OpenFigure {
  readonly kind: string;
  readonly severity: string;
  readonly count: number;
  readonly oldestSeconds: number;
}

/** Open cases by kind and severity. */
export async function openFigures(tx: EntityManager): Promise<readonly OpenFigure[]> {
  return tx.query<OpenFigure[]>(
    `SELECT kind, severity, count(*)::int AS count,
            greatest(0, extract(epoch FROM clock_timestamp() - min(raised_at)::timestamptz))::float8 AS "oldestSeconds"
     FROM exception_case WHERE status = 'OPEN' GROUP BY kind, severity`,
  );
}

/** Money that open cases hold up, by currency. A metric only: a float is enough there and nowhere else. */
export async function openAtStake(
  tx: EntityManager,
): Promise<readonly { readonly currency: string; readonly amount: number }[]> {
  return tx.query<{ currency: string; amount: number }[]>(
    `SELECT state->>'currency' AS currency, sum((state->>'atStake')::numeric)::float8 AS amount
     FROM exception_case WHERE status = 'OPEN' AND state->>'atStake' IS NOT NULL GROUP BY 1`,
  );
}

export const exceptionTables: readonly string[] = [
  // The columns follow from the state, to be filtered by. Instants are ISO text in UTC with milliseconds, which sorts as they do.
  `CREATE TABLE exception_case (
     exception_id uuid PRIMARY KEY,
     -- Null only inside the transaction that raises the case.
     state jsonb,
     kind text GENERATED ALWAYS AS (state->>'kind') STORED,
     status text GENERATED ALWAYS AS (state->>'status') STORED,
     severity text GENERATED ALWAYS AS (state->>'severity') STORED,
     object_type text GENERATED ALWAYS AS (state->>'objectType') STORED,
     object_id text GENERATED ALWAYS AS (state->>'objectId') STORED,
     raised_at text GENERATED ALWAYS AS (state->>'raisedAt') STORED
   )`,
  `CREATE INDEX exception_case_listed ON exception_case (status, raised_at, exception_id)`,
  `CREATE INDEX exception_case_object ON exception_case (object_id) WHERE status = 'OPEN'`,
];
