import type { DataSource, EntityManager } from 'typeorm';
import type { DirtyCell, RefusedCell } from './batch.ts';

/**
 * Entities under whose code cells go. A deleted one keeps its cells there until another takes the code; from then on they
 * wait, because they would overwrite the other's.
 */
const PLACED = `SELECT * FROM legal_entity e WHERE NOT (e.deleted AND EXISTS (
  SELECT 1 FROM legal_entity o WHERE o.code = e.code AND NOT o.deleted))`;

/**
 * The oldest dirty cells with their figures, in one statement and so in one view of the data: a contribution that commits
 * later also raises the version later. Cells whose legal entity has not arrived wait. A former code is left alone where
 * another entity has that code now and a cell of its own: zeros would take the place of its figures. While documents are handed
 * over again all cells wait: half of them would make a figure that nobody ever had.
 */
export async function readDirtyCells(sql: EntityManager, limit: number): Promise<readonly DirtyCell[]> {
  return sql.query<DirtyCell[]>(
    `WITH placed AS (${PLACED}), dirty AS (
       SELECT c.*, e.code, e.name FROM cell c JOIN placed e USING (legal_entity_id)
       WHERE c.version > c.loaded_version AND c.not_before <= now()
         AND NOT EXISTS (SELECT 1 FROM replay WHERE status = 'running')
       ORDER BY c.dirty_since, c.legal_entity_id, c.month, c.currency LIMIT $1)
     SELECT d.legal_entity_id AS "legalEntityId", d.code AS "legalEntity", d.name AS "legalEntityName", d.month, d.currency,
       d.version, d.refusals, CASE WHEN d.loaded_code <> d.code AND NOT EXISTS (
         SELECT 1 FROM legal_entity o JOIN cell oc USING (legal_entity_id)
         WHERE o.code = d.loaded_code AND NOT o.deleted AND (oc.month, oc.currency) = (d.month, d.currency))
       THEN d.loaded_code END AS "formerCode",
       coalesce(sum(x.invoices), 0)::text AS invoices, trim_scale(coalesce(sum(x.invoiced), 0))::text AS invoiced,
       trim_scale(coalesce(sum(x.paid), 0))::text AS paid, trim_scale(coalesce(sum(x.open), 0))::text AS open
     FROM dirty d LEFT JOIN contribution x
       ON (x.legal_entity_id, x.month, x.currency) = (d.legal_entity_id, d.month, d.currency)
     GROUP BY d.legal_entity_id, d.code, d.name, d.loaded_code, d.month, d.currency, d.version, d.refusals,
       d.dirty_since
     ORDER BY d.dirty_since, d.legal_entity_id, d.month, d.currency`,
    [limit],
  );
}

/** The planning system has these versions now. A cell that changed since stays dirty. */
export async function markLoaded(tx: EntityManager, cells: readonly DirtyCell[]): Promise<void> {
  await tx.query(
    `UPDATE cell c SET loaded_version = r.version, loaded_code = r."legalEntity", dirty_since = now(), refusals = 0,
       refused_since = NULL
     FROM jsonb_to_recordset($1::jsonb) AS r ("legalEntityId" uuid, "legalEntity" text, month text, currency text,
       version bigint)
     WHERE (c.legal_entity_id, c.month, c.currency) = (r."legalEntityId", r.month, r.currency)
       AND r.version > c.loaded_version`,
    [JSON.stringify(cells)],
  );
}

/** These stay dirty and wait, twice as long each time, unless new data arrives for them. */
export async function markRefused(
  tx: EntityManager,
  refused: readonly RefusedCell[],
  now: string,
  retryMs: number,
): Promise<void> {
  const rows = refused.map(({ cell, reason }) => ({
    legalEntityId: cell.legalEntityId,
    month: cell.month,
    currency: cell.currency,
    version: cell.version,
    reason,
  }));
  await tx.query(
    `UPDATE cell c SET refusals = c.refusals + 1,
       refused_since = CASE WHEN r.reason IS NULL THEN c.refused_since ELSE coalesce(c.refused_since, $2::timestamptz) END,
       not_before = CASE WHEN c.version = r.version
         THEN now() + least($3 * power(2, least(c.refusals, 16)), 900000) * interval '1 ms' ELSE c.not_before END
     FROM jsonb_to_recordset($1::jsonb) AS r ("legalEntityId" uuid, month text, currency text, version bigint, reason text)
     WHERE (c.legal_entity_id, c.month, c.currency) = (r."legalEntityId", r.month, r.currency)`,
    [JSON.stringify(rows), now, retryMs],
  );
}

export interface CellCounts {
  readonly dirty: number;
  /** Dirty and waiting for their legal entity, or for its code. */
  readonly dangling: number;
  readonly refused: number;
  readonly oldestSeconds: number;
}

export async function countCells(dataSource: DataSource): Promise<CellCounts> {
  const rows = await dataSource.query<CellCounts[]>(
    `WITH placed AS (${PLACED})
     SELECT count(*)::int AS dirty, (count(*) FILTER (WHERE e.legal_entity_id IS NULL))::int AS dangling,
       (count(*) FILTER (WHERE c.refused_since IS NOT NULL))::int AS refused,
       coalesce(extract(epoch FROM now() - min(c.dirty_since)), 0)::float8 AS "oldestSeconds"
     FROM cell c LEFT JOIN placed e USING (legal_entity_id) WHERE c.version > c.loaded_version`,
  );
  return rows[0] ?? { dirty: 0, dangling: 0, refused: 0, oldestSeconds: 0 };
}
