import type { CreditMemo, Invoice, Order, Payment } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { TopicObject } from './comparison.ts';

/** A key of a topic of documents; null stands for a record that is gone. */
export interface TopicRecord {
  readonly key: string;
  readonly value: Payment | Invoice | Order | CreditMemo | null;
}

/** Names of the customers that the records name, by id, as far as they are known; held against a change. */
export async function customerNames(
  tx: EntityManager,
  records: readonly TopicRecord[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(records.flatMap(({ value }) => value?.customerId ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ id: string; name: string }[]>(
    `SELECT key AS id, value->>'name' AS name FROM topic_state WHERE topic = 'finance.customer.v1' AND key = ANY($1::text[])
     ORDER BY key FOR SHARE`,
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Documents of one type that name one of the customers; held against a change, so that no older record is written over a newer. */
export function documentsOfCustomers(
  tx: EntityManager,
  object: TopicObject,
  customerIds: readonly string[],
): Promise<TopicRecord[]> {
  // The list of topics is that of the index.
  return tx.query<TopicRecord[]>(
    `SELECT key, value FROM topic_state WHERE topic = $1 AND value->>'customerId' = ANY($2::text[])
       AND topic IN ('finance.payment.v1', 'finance.invoice.v1', 'finance.order.v1', 'finance.credit-memo.v1')
     ORDER BY key FOR SHARE`,
    [topicOf(object), customerIds],
  );
}

const PAGE = 5_000;

/** All records of a topic, a page at a time. */
export async function* topicRecords(tx: EntityManager, object: TopicObject): AsyncIterable<readonly TopicRecord[]> {
  for (let after = ''; ;) {
    const rows = await tx.query<TopicRecord[]>(
      `SELECT key, value FROM topic_state WHERE topic = $1 AND key > $2 ORDER BY key LIMIT ${PAGE}`,
      [topicOf(object), after],
    );
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.key;
  }
}

/** Nobody writes records of topics until the transaction ends. */
export async function holdTopics(tx: EntityManager): Promise<void> {
  await tx.query('LOCK TABLE topic_state IN SHARE MODE');
}

const topicOf = (object: TopicObject): string => `finance.${object}.v1`;
