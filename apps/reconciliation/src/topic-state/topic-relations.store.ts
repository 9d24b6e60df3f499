import type { EntityManager } from 'typeorm';
import type { Referable, Reference, ReferenceSide } from '../checks/cross-references.ts';
import type { Entity, Node } from '../checks/hierarchies.ts';
import type { Reversed, ReversibleType } from '../checks/reversals.ts';
import type { TopicScope } from './topic-side.store.ts';

/** When the row came from the topic. */
export const INSTANT = `to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
export const IS_DELETED = `value->>'lifecycle' = 'DELETED' AS "isDeleted"`;

interface ReversibleTopic {
  readonly type: ReversibleType;
  readonly state: string;
  readonly date: string;
  readonly instances: 'receivables' | 'orders' | 'creditMemos';
}

const REVERSIBLE: readonly ReversibleTopic[] = [
  { type: 'invoice', state: 'VOIDED', date: 'issueDate', instances: 'receivables' },
  { type: 'payment', state: 'VOIDED', date: 'paymentDate', instances: 'receivables' },
  { type: 'credit-memo', state: 'VOIDED', date: 'issueDate', instances: 'creditMemos' },
  { type: 'order', state: 'CANCELLED', date: 'orderDate', instances: 'orders' },
];

/** Documents that the topics hold as void or cancelled, up to the cut-off when there is one. */
export async function loadReversed(tx: EntityManager, scope: TopicScope): Promise<Reversed[]> {
  const reversed: Reversed[] = [];
  for (const { type, state, date, instances } of REVERSIBLE) {
    const rows = await tx.query<Omit<Reversed, 'type'>[]>(
      `SELECT key AS id, value->>'number' AS number, value->>'legalEntityId' AS "legalEntityId", value->>'currency' AS currency,
              value->>'${date}' AS date, ${INSTANT} AS "changedAt"
       FROM topic_state WHERE topic = 'finance.${type}.v1' AND value->>'lifecycle' = '${state}'
         AND value->'source'->>'instance' = ANY($1::text[]) AND ($2::text IS NULL OR value->>'${date}' <= $2)`,
      [scope[instances], scope.cutOff],
    );
    for (const row of rows) reversed.push({ ...row, type });
  }
  return reversed;
}

/** Legal entities of the ERP instances and customers of the CRM instances that the run asks. */
export async function loadHierarchies(
  tx: EntityManager,
  { receivables, customers }: TopicScope,
): Promise<{ readonly entities: readonly Entity[]; readonly customers: readonly Node[] }> {
  const entities = await tx.query<Entity[]>(
    `SELECT key AS id, value->>'code' AS code, value->>'instance' AS instance, value->>'parentId' AS "parentId",
            ${IS_DELETED}, ${INSTANT} AS "changedAt"
     FROM topic_state WHERE topic = 'finance.legal-entity.v1' AND value->>'instance' = ANY($1::text[])`,
    [receivables],
  );
  const nodes = await tx.query<Node[]>(
    `SELECT key AS id, value->>'parentId' AS "parentId", ${IS_DELETED}, ${INSTANT} AS "changedAt"
     FROM topic_state WHERE topic = 'finance.customer.v1' AND value->'source'->>'instance' = ANY($1::text[])`,
    [customers.get('salesforce') ?? []],
  );
  return { entities, customers: nodes };
}

/** Where objects that have references are found: id and name of their type. */
const OBJECTS = [
  { topic: 'finance.customer.v1', type: 'customer', id: 'key' },
  { topic: 'finance.contract.v1', type: 'contract', id: 'key' },
  { topic: 'finance.customer-account.v1', type: 'customer', id: `value->>'customerId'` },
] as const;

/** Null when no system is asked for its customers. Topics of other types are not read here: their references lead nowhere that we know. */
export async function loadReferences(tx: EntityManager, { customers }: TopicScope): Promise<ReferenceSide | null> {
  const places = [...customers].flatMap(([system, instances]) => instances.map((instance) => `${system}|${instance}`));
  if (places.length === 0) return null;
  const references = await tx.query<Reference[]>(
    `SELECT value->>'type' AS type, value->>'system' AS system, value->>'instance' AS instance, value->>'vendorId' AS "vendorId",
            value->>'canonicalId' AS "canonicalId", value->>'status' = 'ACTIVE' AS "isActive", value->>'aliasOf' AS "aliasOf",
            ${INSTANT} AS "changedAt"
     FROM topic_state WHERE topic = 'finance.cross-reference.v1'
       AND concat(value->>'system', '|', value->>'instance') = ANY($1::text[])`,
    [places],
  );
  const objects: Referable[] = [];
  for (const { topic, type, id } of OBJECTS)
    objects.push(
      ...(await tx.query<Referable[]>(
        `SELECT $2::text AS type, ${id} AS id, value->'source'->>'system' AS system, value->'source'->>'instance' AS instance,
                value->'source'->>'id' AS "vendorId", ${INSTANT} AS "changedAt"
         FROM topic_state WHERE topic = $3 AND value->>'lifecycle' <> 'DELETED' AND ${id} IS NOT NULL
           AND concat(value->'source'->>'system', '|', value->'source'->>'instance') = ANY($1::text[])`,
        [places, type, topic],
      )),
    );
  const ids = await tx.query<{ topic: string; ids: string[] }[]>(
    `SELECT topic, array_agg(key) AS ids FROM topic_state WHERE topic = ANY($1::text[]) GROUP BY topic`,
    [['finance.customer.v1', 'finance.contract.v1']],
  );
  const idsOf = (topic: string): ReadonlySet<string> => new Set(ids.find((row) => row.topic === topic)?.ids);
  const knownIds = new Map([
    ['customer', idsOf('finance.customer.v1')],
    ['contract', idsOf('finance.contract.v1')],
  ]);
  return { references, objects, knownIds };
}
