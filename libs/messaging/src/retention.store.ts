import type { SqlRunner } from './outbox.store.ts';

/** Rows that a sweep deletes at once: none of them holds locks for long. */
const BATCH = 1_000;

/** Rows that are over and older than the cut-off; deletes one batch. @returns how many went */
export type DeleteBatch = (sql: SqlRunner, cutOff: Date) => Promise<number>;

/** Events that a consumer group remembers having seen. */
export function inboxBatch(group: string): DeleteBatch {
  return (sql, cutOff) => deleteBatch(sql, 'inbox', `consumer_group = $2 AND received_at < $1`, [cutOff, group]);
}

export const finishedWork: DeleteBatch = (sql, cutOff) =>
  deleteBatch(sql, 'work_item', `NOT open AND finished_at < $1`, [cutOff]);

export const settledDeadLetters: DeleteBatch = (sql, cutOff) =>
  deleteBatch(sql, 'dead_letter', `status IN ('superseded', 'redriven', 'discarded') AND settled_at < $1`, [cutOff]);

async function deleteBatch(sql: SqlRunner, table: string, where: string, parameters: unknown[]): Promise<number> {
  const rows = await sql.query<{ deleted: string }>(
    `WITH gone AS (
       DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${where} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
       RETURNING 1)
     SELECT count(*) AS deleted FROM gone`,
    parameters,
  );
  return Number(rows[0]?.deleted ?? 0);
}

/** What a sweep looks for by age. The inbox grows at its end, so that the small kind of index does. */
export const retentionIndexes: readonly string[] = [
  `CREATE INDEX inbox_received ON inbox USING brin (received_at)`,
  `CREATE INDEX work_item_finished ON work_item (finished_at) WHERE finished_at IS NOT NULL`,
  `CREATE INDEX dead_letter_settled ON dead_letter (settled_at) WHERE settled_at IS NOT NULL`,
];
