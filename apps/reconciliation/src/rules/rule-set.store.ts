import type { RuleSet } from '@tieout/matching';
import type { EntityManager } from 'typeorm';
import type { RuleSetVersion } from './rule-set-version.ts';

/** A version with its rules, as parsed and as they were written. */
export interface StoredRules {
  readonly state: RuleSetVersion;
  readonly rules: RuleSet;
  readonly source: string;
}

/** One act on a name at a time, also on one that has no version yet; until the transaction ends. */
export async function lockName(tx: EntityManager, name: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('rule-set/' || $1, 0))`, [name]);
}

export async function insertVersion(tx: EntityManager, { state, rules, source }: StoredRules): Promise<void> {
  await tx.query(
    `INSERT INTO rule_set_version (name, version, status, hash, state, rules, source)
     VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7)`,
    [state.name, state.version, state.status, state.hash, JSON.stringify(state), JSON.stringify(rules), source],
  );
}

export async function updateVersion(tx: EntityManager, state: RuleSetVersion): Promise<void> {
  await tx.query(`UPDATE rule_set_version SET status = $3, state = $4::jsonb WHERE name = $1 AND version = $2`, [
    ...[state.name, state.version, state.status],
    JSON.stringify(state),
  ]);
}

/** Of a name, the latest first; of all names by name when none is given. */
export async function listVersions(tx: EntityManager, name: string | null): Promise<RuleSetVersion[]> {
  const rows = await tx.query<{ state: RuleSetVersion }[]>(
    `SELECT state FROM rule_set_version WHERE $1::text IS NULL OR name = $1 ORDER BY name, version DESC`,
    [name],
  );
  return rows.map(({ state }) => state);
}

export async function findVersion(tx: EntityManager, name: string, version: number): Promise<StoredRules | null> {
  const rows = await tx.query<StoredRules[]>(
    `SELECT state, rules, source FROM rule_set_version WHERE name = $1 AND version = $2`,
    [name, version],
  );
  return rows[0] ?? null;
}

export async function activeVersion(tx: EntityManager, name: string): Promise<StoredRules | null> {
  const rows = await tx.query<StoredRules[]>(
    `SELECT state, rules, source FROM rule_set_version WHERE name = $1 AND status = 'active'`,
    [name],
  );
  return rows[0] ?? null;
}
