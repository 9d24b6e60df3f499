import type { EntityManager } from 'typeorm';
import type { Contribution, ObjectType } from './contribution.ts';

/** Stored revisions of these documents, locked until the transaction ends. */
export async function lockRevisions(
  tx: EntityManager,
  object: ObjectType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await tx.query<{ id: string; revision: string }[]>(
    `SELECT object_id AS id, revision FROM contribution WHERE object = $1 AND object_id = ANY($2::uuid[])
     ORDER BY object_id FOR UPDATE`,
    [object, ids],
  );
  return new Map(rows.map((row) => [row.id, BigInt(row.revision)]));
}

/**
 * Stores what documents contribute now. Where that is not what was stored, the cells that they contributed to before and those
 * that they contribute to now become dirty in the same transaction.
 */
export async function saveContributions(
  tx: EntityManager,
  object: ObjectType,
  contributions: readonly Contribution[],
): Promise<void> {
  if (contributions.length === 0) return;
  await markCells(tx, object, contributions);
  await tx.query(
    `INSERT INTO contribution (object, object_id, revision, legal_entity_id, month, currency, invoices, invoiced, paid, open)
     SELECT $1, r."objectId", r.revision, r."legalEntityId", r.month, r.currency, r.invoices, r.invoiced, r.paid, r.open
     FROM jsonb_to_recordset($2::jsonb) AS r ("objectId" uuid, revision bigint, "legalEntityId" uuid, month text,
       currency text, invoices integer, invoiced numeric, paid numeric, open numeric)
     ON CONFLICT (object, object_id) DO UPDATE SET revision = excluded.revision,
       legal_entity_id = excluded.legal_entity_id, month = excluded.month, currency = excluded.currency,
       invoices = excluded.invoices, invoiced = excluded.invoiced, paid = excluded.paid, open = excluded.open`,
    [object, toJson(contributions)],
  );
}

/** Sorted, because two consumers mark the same cells at the same time. What is new is not held back by an old refusal. */
async function markCells(tx: EntityManager, object: ObjectType, contributions: readonly Contribution[]): Promise<void> {
  await tx.query(
    `WITH changed AS (
       SELECT r.*, c.legal_entity_id AS old_entity, c.month AS old_month, c.currency AS old_currency
       FROM jsonb_to_recordset($2::jsonb) AS r ("objectId" uuid, "legalEntityId" uuid, month text, currency text,
         invoices integer, invoiced numeric, paid numeric, open numeric)
       LEFT JOIN contribution c ON c.object = $1 AND c.object_id = r."objectId"
       LEFT JOIN cell e ON (e.legal_entity_id, e.month, e.currency) = (r."legalEntityId", r.month, r.currency)
       WHERE c.object_id IS NULL OR e.legal_entity_id IS NULL
         OR (c.legal_entity_id, c.month, c.currency, c.invoices, c.invoiced, c.paid, c.open)
         <> (r."legalEntityId", r.month, r.currency, r.invoices, r.invoiced, r.paid, r.open))
     INSERT INTO cell (legal_entity_id, month, currency)
     SELECT "legalEntityId", month, currency FROM changed
     UNION
     SELECT old_entity, old_month, old_currency FROM changed WHERE old_entity IS NOT NULL
     ORDER BY 1, 2, 3
     ON CONFLICT (legal_entity_id, month, currency) DO UPDATE SET version = cell.version + 1, not_before = now(),
       refusals = 0, dirty_since = CASE WHEN cell.version > cell.loaded_version THEN cell.dirty_since ELSE now() END`,
    [object, toJson(contributions)],
  );
}

/** The next revision of these documents counts, whichever it is. What they contribute stays, to be compared with. */
export async function forgetContributions(
  tx: EntityManager,
  object: ObjectType,
  ids: readonly string[],
): Promise<void> {
  await tx.query(`UPDATE contribution SET revision = 0 WHERE object = $1 AND object_id = ANY($2::uuid[])`, [
    object,
    ids,
  ]);
}

/** The next revision of these legal entities counts, whichever it is. */
export async function forgetEntities(tx: EntityManager, ids: readonly string[]): Promise<void> {
  await tx.query(`UPDATE legal_entity SET revision = 0 WHERE legal_entity_id = ANY($1::uuid[])`, [ids]);
}

const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));

export interface StoredEntity {
  readonly id: string;
  readonly revision: bigint;
  readonly code: string;
  readonly name: string;
  /** A deleted entity has released its code. */
  readonly deleted: boolean;
}

/** Revisions of these legal entities, and who has their codes. */
export async function lockEntities(
  tx: EntityManager,
  ids: readonly string[],
  codes: readonly string[],
): Promise<readonly StoredEntity[]> {
  const rows = await tx.query<(Omit<StoredEntity, 'revision'> & { revision: string })[]>(
    `SELECT legal_entity_id AS id, revision, code, name, deleted FROM legal_entity
     WHERE legal_entity_id = ANY($1::uuid[]) OR code = ANY($2) ORDER BY legal_entity_id FOR UPDATE`,
    [ids, codes],
  );
  return rows.map((row) => ({ ...row, revision: BigInt(row.revision) }));
}

/** Stores legal entities. All cells of one whose code or name changed become dirty: they go under another item. */
export async function saveEntities(tx: EntityManager, entities: readonly StoredEntity[]): Promise<void> {
  const changed = await tx.query<{ id: string }[]>(
    `WITH incoming AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, revision bigint, code text, name text, deleted boolean)),
     before AS (SELECT e.* FROM legal_entity e JOIN incoming i ON i.id = e.legal_entity_id),
     written AS (
       INSERT INTO legal_entity (legal_entity_id, revision, code, name, deleted)
       SELECT id, revision, code, name, deleted FROM incoming ORDER BY deleted DESC -- a code is released before it is taken
       ON CONFLICT (legal_entity_id) DO UPDATE SET revision = excluded.revision, code = excluded.code, name = excluded.name,
         deleted = excluded.deleted
       RETURNING 1)
     SELECT i.id FROM incoming i JOIN before b ON b.legal_entity_id = i.id WHERE (b.code, b.name) <> (i.code, i.name)`,
    [toJson(entities)],
  );
  if (changed.length === 0) return;
  await tx.query(
    `UPDATE cell SET version = version + 1, not_before = now(),
       dirty_since = CASE WHEN version > loaded_version THEN dirty_since ELSE now() END
     WHERE legal_entity_id = ANY($1::uuid[])`,
    [changed.map(({ id }) => id)],
  );
}
