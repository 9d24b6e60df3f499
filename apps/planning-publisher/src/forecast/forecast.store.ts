import type { EntityManager } from 'typeorm';
import type { PlannedCell } from './judge.ts';
import type { Version } from './record.ts';

/** Ids of the legal entities by code; a deleted one has released its code. */
export async function readEntityIds(sql: EntityManager): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query<{ code: string; id: string }[]>(
    `SELECT code, legal_entity_id AS id FROM legal_entity WHERE NOT deleted`,
  );
  return new Map(rows.map(({ code, id }) => [code, id]));
}

export interface PublishedVersion extends Version {
  /** Whether the topic's cells are known to be those of the version's revision. */
  readonly complete: boolean;
}

/** Versions that the topic has and that are not deleted there. */
export async function readVersions(sql: EntityManager): Promise<readonly PublishedVersion[]> {
  return sql.query<PublishedVersion[]>(
    `SELECT version_id AS "versionId", vendor_id AS "vendorId", name, complete FROM forecast_version ORDER BY version_id`,
  );
}

export interface VersionFigures {
  readonly cells: number;
  readonly rejected: number;
}

export async function saveVersion(
  tx: EntityManager,
  { versionId, vendorId, name }: Version,
  { cells, rejected }: VersionFigures,
  complete: boolean,
): Promise<void> {
  await tx.query(
    `INSERT INTO forecast_version (version_id, vendor_id, name, cells, rejected, complete) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (version_id) DO UPDATE SET name = excluded.name, cells = excluded.cells, rejected = excluded.rejected,
       complete = excluded.complete`,
    [versionId, vendorId, name, cells, rejected, complete],
  );
}

export async function dropVersion(tx: EntityManager, versionId: string): Promise<void> {
  await tx.query(`DELETE FROM forecast_version WHERE version_id = $1`, [versionId]);
}

/** These cells are published with that revision of their version. */
export async function saveCells(
  tx: EntityManager,
  versionId: string,
  revision: bigint,
  cells: readonly PlannedCell[],
): Promise<void> {
  await tx.query(
    `INSERT INTO forecast_cell (forecast_id, version_id, version_revision, cell)
     SELECT cell->>'forecastId', $1, $2, cell FROM jsonb_array_elements($3::jsonb) AS c (cell)
     ON CONFLICT (forecast_id) DO UPDATE SET version_revision = excluded.version_revision, cell = excluded.cell`,
    [versionId, revision.toString(), JSON.stringify(cells)],
  );
}

/** Takes the cells of a version that are not of its revision: it has them no more. In order of their keys. */
export async function takeVanished(
  tx: EntityManager,
  versionId: string,
  revision: bigint,
): Promise<readonly PlannedCell[]> {
  const rows = await tx.query<{ cell: PlannedCell }[]>(
    `WITH gone AS (DELETE FROM forecast_cell WHERE version_id = $1 AND version_revision <> $2 RETURNING forecast_id, cell)
     SELECT cell FROM gone ORDER BY forecast_id`,
    [versionId, revision.toString()],
  );
  return rows.map(({ cell }) => cell);
}

export interface ForecastCounts {
  readonly versions: readonly { readonly name: string; readonly cells: number; readonly rejected: number }[];
}

/** What is published, for the metrics. */
export async function countForecast(sql: EntityManager): Promise<ForecastCounts> {
  return {
    versions: await sql.query<ForecastCounts['versions'][number][]>(
      `SELECT name, cells, rejected FROM forecast_version ORDER BY name`,
    ),
  };
}
