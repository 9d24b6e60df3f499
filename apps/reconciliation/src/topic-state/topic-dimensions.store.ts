import type { EntityManager } from 'typeorm';
import type { ClosedPeriod, PostedDocument } from '../checks/closed-periods.ts';
import type { Node } from '../checks/hierarchies.ts';
import type { Member } from '../checks/members.ts';
import { INSTANT, IS_DELETED } from './topic-relations.store.ts';
import type { TopicScope } from './topic-side.store.ts';

const instantOf = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const OF_INSTANCES = `value->>'instance' = ANY($1::text[])`;

/** Nodes of hierarchies, and what stands below them, of the ERP instances that the run asks. */
export async function loadDimensions(
  tx: EntityManager,
  { receivables }: TopicScope,
): Promise<{ readonly nodes: readonly Node[]; readonly members: readonly Member[] }> {
  const nodes = await tx.query<Node[]>(
    `SELECT key AS id, value->>'parentId' AS "parentId", ${IS_DELETED}, ${INSTANT} AS "changedAt"
     FROM topic_state WHERE topic = 'finance.hierarchy-node.v1' AND ${OF_INSTANCES}`,
    [receivables],
  );
  const members = await tx.query<Member[]>(
    `SELECT key AS id, split_part(topic, '.', 2) AS type, value->>'code' AS code, value->>'name' AS name,
            value->>'instance' AS instance, ${IS_DELETED}, ${INSTANT} AS "changedAt",
            array(SELECT DISTINCT v->>'hierarchyNodeId' FROM jsonb_array_elements(value->'validity') v
                  WHERE v->>'hierarchyNodeId' IS NOT NULL ORDER BY 1) AS above
     FROM topic_state WHERE topic = ANY($2::text[]) AND ${OF_INSTANCES}`,
    [receivables, ['finance.cost-center.v1', 'finance.profit-center.v1']],
  );
  return { nodes, members };
}

const CLOSED = `('LOCKED', 'CLOSED')`;

/** Periods that take no documents of customers. What changes a record of a closed one starts its time anew. */
export function loadClosedPeriods(tx: EntityManager, { receivables }: TopicScope): Promise<ClosedPeriod[]> {
  return tx.query<ClosedPeriod[]>(
    `SELECT key AS id, value->>'name' AS name, value->'source'->>'system' AS system, value->>'instance' AS instance,
            value->>'legalEntityId' AS "legalEntityId", value->>'startDate' AS "startDate", value->>'endDate' AS "endDate",
            ${INSTANT} AS "closedAt"
     FROM topic_state
     WHERE topic = 'finance.accounting-period.v1' AND ${OF_INSTANCES} AND value->>'kind' = 'BASE' AND NOT (value->>'lifecycle' = 'DELETED')
       AND (value->>'status' IN ${CLOSED} OR EXISTS (
         SELECT FROM jsonb_array_elements(value->'ledgers') l WHERE l->>'ledger' = 'RECEIVABLE' AND l->>'status' IN ${CLOSED}))`,
    [receivables],
  );
}

const DATED = [
  { type: 'invoice', date: 'issueDate', amount: 'gross', states: ['OPEN', 'PAID'] },
  { type: 'payment', date: 'paymentDate', amount: 'amount', states: ['POSTED'] },
  { type: 'credit-memo', date: 'issueDate', amount: 'gross', states: ['OPEN', 'APPLIED'] },
] as const;

/** Documents that were first published after the first of these periods was closed. */
export async function loadPosted(
  tx: EntityManager,
  { receivables, cutOff }: TopicScope,
  periods: readonly ClosedPeriod[],
): Promise<readonly PostedDocument[]> {
  const [since] = periods.map(({ closedAt }) => closedAt).toSorted();
  if (since === undefined) return [];
  const posted: PostedDocument[] = [];
  for (const { type, date, amount, states } of DATED)
    posted.push(
      ...(await tx.query<PostedDocument[]>(
        `SELECT $5::text AS type, key AS id, value->>'number' AS number, value->'source'->>'system' AS system,
                value->'source'->>'instance' AS instance, value->>'legalEntityId' AS "legalEntityId",
                value->>'customerId' AS "customerId", value->>'currency' AS currency, value->>'${date}' AS date,
                value->>'${amount}' AS amount, ${instantOf('first_published_at')} AS "publishedAt",
                value->'source'->>'changedAt' AS "vendorChangedAt", ${INSTANT} AS "changedAt"
         FROM topic_state WHERE topic = 'finance.' || $5::text || '.v1' AND value->'source'->>'instance' = ANY($1::text[])
           AND value->>'lifecycle' = ANY($4::text[]) AND first_published_at > $2::timestamptz
           AND ($3::text IS NULL OR value->>'${date}' <= $3)`,
        [receivables, since, cutOff, states, type],
      )),
    );
  return posted;
}
