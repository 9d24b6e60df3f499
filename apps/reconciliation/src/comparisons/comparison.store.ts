import { contentHash } from '@tieout/canonical';
import type { RuleSet } from '@tieout/matching';
import type { EntityManager } from 'typeorm';
import type { ComparisonDefinition } from './comparison.ts';

/**
 * - inactive: not made, `reasons` say why; its items are not kept up to date
 * - waiting: a full run has to prove its sides first
 * - incomplete: a side of the last full run was not complete
 * - live: touched blocks are decided as they change
 */
export type ComparisonState = 'inactive' | 'waiting' | 'incomplete' | 'live';

/** The rule set that a comparison is made with. */
export interface RulesInUse {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly ruleSet: RuleSet;
}

export interface StoredComparison {
  readonly comparisonId: number;
  readonly definition: ComparisonDefinition;
  readonly state: ComparisonState;
  readonly reasons: readonly string[];
  /** Null before its items were loaded. */
  readonly rules: RulesInUse | null;
  /** Date that continuous decisions are made for, YYYY-MM-DD. */
  readonly asOf: string | null;
  /** The last full run that was complete. */
  readonly lastRunId: string | null;
}

/** @param from alias of the table */
export const comparisonColumns = (from: string): string =>
  `${from}.comparison_id AS "comparisonId", ${from}.definition, ${from}.state, ${from}.reasons, ${from}.rules,
  to_char(${from}.as_of, 'YYYY-MM-DD') AS "asOf", ${from}.last_run_id AS "lastRunId"`;
const COLUMNS = comparisonColumns('comparison');

export function listComparisons(tx: EntityManager): Promise<StoredComparison[]> {
  return tx.query<StoredComparison[]>(`SELECT ${COLUMNS} FROM comparison ORDER BY name`);
}

export async function findComparison(tx: EntityManager, name: string): Promise<StoredComparison | null> {
  const rows = await tx.query<StoredComparison[]>(`SELECT ${COLUMNS} FROM comparison WHERE name = $1`, [name]);
  return rows[0] ?? null;
}

/** Held until the transaction ends: nobody feeds items meanwhile. */
export async function lockComparison(tx: EntityManager, comparisonId: number): Promise<StoredComparison | null> {
  const rows = await tx.query<StoredComparison[]>(
    `SELECT ${COLUMNS} FROM comparison WHERE comparison_id = $1 FOR UPDATE`,
    [comparisonId],
  );
  return rows[0] ?? null;
}

/** Held against other rules until the transaction ends; its items go on being fed. */
export async function holdComparison(tx: EntityManager, comparisonId: number): Promise<StoredComparison | null> {
  const rows = await tx.query<StoredComparison[]>(
    `SELECT ${COLUMNS} FROM comparison WHERE comparison_id = $1 FOR SHARE`,
    [comparisonId],
  );
  return rows[0] ?? null;
}

/** Comparisons whose items are kept up to date, held against a change of their rules until the transaction ends. */
export function fedComparisons(tx: EntityManager): Promise<StoredComparison[]> {
  return tx.query<StoredComparison[]>(
    `SELECT ${COLUMNS} FROM comparison WHERE state <> 'inactive' ORDER BY comparison_id FOR SHARE`,
  );
}

export async function setState(
  tx: EntityManager,
  comparisonId: number,
  state: ComparisonState,
  reasons: readonly string[],
): Promise<void> {
  await tx.query(`UPDATE comparison SET state = $2, reasons = $3 WHERE comparison_id = $1`, [
    comparisonId,
    state,
    reasons,
  ]);
}

export async function setRules(tx: EntityManager, comparisonId: number, rules: RulesInUse): Promise<void> {
  await tx.query(`UPDATE comparison SET rules = $2 WHERE comparison_id = $1`, [comparisonId, JSON.stringify(rules)]);
}

export async function setAsOf(tx: EntityManager, comparisonId: number, asOf: string): Promise<void> {
  await tx.query(
    `UPDATE comparison SET as_of = $2::date WHERE comparison_id = $1 AND as_of IS DISTINCT FROM $2::date`,
    [comparisonId, asOf],
  );
}

/**
 * Takes a comparison for proven by this run, unless something changed meanwhile that another run, asked for since, has to prove.
 * Hold the comparison.
 */
export async function setLive(tx: EntityManager, comparisonId: number, runId: string, asOf: string): Promise<void> {
  await tx.query(
    `UPDATE comparison SET last_run_id = $2, as_of = $3::date, reasons = '{}',
       state = CASE WHEN EXISTS (SELECT 1 FROM comparison_run r WHERE r.comparison_id = $1 AND r.status = 'waiting'
         AND r.as_of IS NULL AND r.trigger IN ('statement', 'rules')) THEN 'waiting' ELSE 'live' END
     WHERE comparison_id = $1 AND state <> 'inactive'`,
    [comparisonId, runId, asOf],
  );
}

/** Blocks decided from now on are not trusted before a full run: its rules or its statements changed. */
export async function awaitFullRun(tx: EntityManager, comparisonIds: readonly number[]): Promise<void> {
  await tx.query(
    `UPDATE comparison SET state = 'waiting', reasons = '{}' WHERE comparison_id = ANY($1::smallint[]) AND state <> 'inactive'`,
    [comparisonIds],
  );
}

/**
 * Makes the stored comparisons these. One that is new or says something else begins as inactive; one that is not among them any
 * more stays so, with its results.
 */
export async function registerComparisons(
  tx: EntityManager,
  definitions: readonly ComparisonDefinition[],
): Promise<void> {
  for (const definition of definitions)
    await tx.query(
      `INSERT INTO comparison AS c (name, definition, definition_hash, state, reasons)
       VALUES ($1, $2, $3, 'inactive', '{"its sides were not loaded yet"}')
       ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, definition_hash = excluded.definition_hash,
         state = excluded.state, reasons = excluded.reasons, rules = NULL
       WHERE c.definition_hash <> excluded.definition_hash OR c.reasons @> ARRAY['it is no longer defined']`,
      [definition.name, JSON.stringify(definition), contentHash(definition)],
    );
  await tx.query(
    `UPDATE comparison SET state = 'inactive', reasons = '{"it is no longer defined"}' WHERE name <> ALL($1::text[])`,
    [definitions.map(({ name }) => name)],
  );
}

/** Comparisons that are made with the rule set. */
export async function comparisonsUsing(
  tx: EntityManager,
  rulesName: string,
): Promise<{ readonly comparisonId: number; readonly name: string; readonly sides: 2 | 3 }[]> {
  return tx.query(
    `SELECT comparison_id AS "comparisonId", name, jsonb_array_length(definition->'sides') AS sides
     FROM comparison WHERE definition->>'rules' = $1 ORDER BY name`,
    [rulesName],
  );
}
