import type { EntityManager } from 'typeorm';
import type { Sample } from './sample.ts';

/** Figures of the last complete run of each comparison, as it wrote them: reading its blocks at each scrape would be a run of its own. */
const FIGURES = `comparison c JOIN comparison_run r ON r.run_id = c.last_run_id,
  jsonb_to_recordset(r.figures) AS f(outcome text, items bigint)`;
/** Items of breaks that people declared to match. */
const BY_PEOPLE = `coalesce((SELECT sum(cardinality(string_to_array(trim(concat(b.state->'evidence'->>'left', ' ', b.state->'evidence'->>'right')), ' ')))
  FROM break b WHERE b.check_name = c.name AND b.workflow = 'RESOLVED' AND b.resolution = 'FORCE_MATCH'), 0)`;
const RULES = `coalesce(sum(f.items) FILTER (WHERE f.outcome IN ('matched', 'explained')), 0)`;

/** Items by what became of them. */
export async function comparisonItems(tx: EntityManager): Promise<readonly Sample[]> {
  const rows = await tx.query<{ comparison: string; outcome: string; items: string }[]>(
    `SELECT c.name AS comparison, f.outcome, sum(f.items) AS items FROM ${FIGURES} GROUP BY 1, 2`,
  );
  return rows.map(({ items, ...labels }) => ({ labels, value: Number(items) }));
}

/** Share of the items that match, 0 to 1; a comparison without items has none. */
async function rates(tx: EntityManager, matched: string): Promise<readonly Sample[]> {
  const rows = await tx.query<{ comparison: string; rate: string }[]>(
    `SELECT name AS comparison, least(1, matched::numeric / items) AS rate
     FROM (SELECT c.name, ${matched} AS matched, sum(f.items) AS items FROM ${FIGURES} GROUP BY c.name) AS rates WHERE items > 0`,
  );
  return rows.map(({ comparison, rate }) => ({ labels: { comparison }, value: Number(rate) }));
}

export const autoMatchRates = (tx: EntityManager): Promise<readonly Sample[]> => rates(tx, RULES);
export const matchRates = (tx: EntityManager): Promise<readonly Sample[]> => rates(tx, `${RULES} + ${BY_PEOPLE}`);

/** 1 where the last full run found every side complete; comparisons that are not made have none. */
export async function comparisonCompleteness(tx: EntityManager): Promise<readonly Sample[]> {
  const rows = await tx.query<{ comparison: string; complete: boolean }[]>(
    `SELECT name AS comparison, state = 'live' AS complete FROM comparison WHERE state <> 'inactive'`,
  );
  return rows.map(({ comparison, complete }) => ({ labels: { comparison }, value: complete ? 1 : 0 }));
}

/** When the last complete run ended; 0 while there was none. */
export async function comparisonFreshness(tx: EntityManager): Promise<readonly Sample[]> {
  const rows = await tx.query<{ comparison: string; at: string | null }[]>(
    `SELECT c.name AS comparison, extract(epoch FROM r.ended_at) AS at
     FROM comparison c LEFT JOIN comparison_run r ON r.run_id = c.last_run_id WHERE c.state <> 'inactive'`,
  );
  return rows.map(({ comparison, at }) => ({ labels: { comparison }, value: Number(at ?? 0) }));
}

/** Last day that the statements of an account tell of, as an instant. */
export async function lastStatementDays(tx: EntityManager): Promise<readonly Sample[]> {
  const rows = await tx.query<{ account: string; at: string }[]>(
    `SELECT f.account, extract(epoch FROM max(p.to_day)::timestamptz) AS at
     FROM statement_file f JOIN statement_part p USING (statement_id) WHERE f.status = 'used' AND p.to_day IS NOT NULL GROUP BY 1`,
  );
  return rows.map(({ account, at }) => ({ labels: { account }, value: Number(at) }));
}
