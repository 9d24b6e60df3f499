import type { EntityManager } from 'typeorm';
import type { Sample } from './sample.ts';

/* Sums of money are floats here, and only here: a metric is no figure that anybody books. */

/** Breaks that somebody still has to work. Decided ones stand in the API. */
const TO_WORK = `workflow IN ('OPEN', 'PROPOSED', 'PENDING')`;
const ENTITY = `coalesce((SELECT e.value->>'code' FROM topic_state e
  WHERE e.topic = 'finance.legal-entity.v1' AND e.key = b.legal_entity_id), 'none')`;
const AGE = `CASE WHEN opened_at > now() - interval '1 day' THEN 'under a day'
  WHEN opened_at > now() - interval '7 days' THEN 'under a week'
  WHEN opened_at > now() - interval '30 days' THEN 'under a month' ELSE 'older' END`;

/** Rows whose columns are labels but for `figure`. */
async function samples(tx: EntityManager, sql: string): Promise<readonly Sample[]> {
  const rows = await tx.query<Record<string, string>[]>(sql);
  return rows.map(({ figure, ...labels }) => ({ labels, value: Number(figure) }));
}

export const breakCounts = (tx: EntityManager): Promise<readonly Sample[]> =>
  samples(
    tx,
    `SELECT check_name AS "check", kind, severity, count(*) AS figure FROM break WHERE ${TO_WORK} GROUP BY 1, 2, 3`,
  );

export const breakAges = (tx: EntityManager): Promise<readonly Sample[]> =>
  samples(
    tx,
    `SELECT ${ENTITY} AS entity, severity, ${AGE} AS age, count(*) AS figure FROM break b WHERE ${TO_WORK} GROUP BY 1, 2, 3`,
  );

/** In their own currencies. */
export const breakValues = (tx: EntityManager): Promise<readonly Sample[]> =>
  samples(
    tx,
    `SELECT check_name AS "check", currency, sum(value) AS figure FROM break
     WHERE ${TO_WORK} AND currency IS NOT NULL AND value IS NOT NULL GROUP BY 1, 2`,
  );

/** In the group's currency, as far as there is a rate. */
export const valuesAtRisk = (tx: EntityManager): Promise<readonly Sample[]> =>
  samples(
    tx,
    `SELECT ${ENTITY} AS entity, severity, sum(group_value) AS figure FROM break b
     WHERE ${TO_WORK} AND group_value IS NOT NULL GROUP BY 1, 2`,
  );

export const valuesUnknown = (tx: EntityManager): Promise<readonly Sample[]> =>
  samples(tx, `SELECT count(*) AS figure FROM break WHERE ${TO_WORK} AND value IS NOT NULL AND group_value IS NULL`);

export const breaksOverdue = (tx: EntityManager): Promise<readonly Sample[]> =>
  samples(
    tx,
    `SELECT severity, count(*) AS figure FROM break WHERE ${TO_WORK} AND due_at::timestamptz < now() GROUP BY 1`,
  );

/** Of a check that no group of people answers for, and that nobody has taken. */
export const breaksOwnerless = (tx: EntityManager): Promise<readonly Sample[]> =>
  samples(
    tx,
    `SELECT severity, count(*) AS figure FROM break WHERE ${TO_WORK} AND owner_group IS NULL AND assignee IS NULL GROUP BY 1`,
  );

export const proposalsWaiting = (tx: EntityManager): Promise<readonly Sample[]> =>
  samples(tx, `SELECT count(*) AS figure FROM break WHERE workflow = 'PROPOSED'`);

/** Zero while none waits. */
export const oldestProposal = (tx: EntityManager): Promise<readonly Sample[]> =>
  samples(
    tx,
    `SELECT coalesce(extract(epoch FROM now() - min((state->>'decidedAt')::timestamptz)), 0) AS figure
     FROM break WHERE workflow = 'PROPOSED'`,
  );
