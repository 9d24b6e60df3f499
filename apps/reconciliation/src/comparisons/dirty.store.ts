import type { EntityManager } from 'typeorm';
import { awaitFullRun, comparisonColumns, comparisonsUsing } from './comparison.store.ts';
import type { StoredComparison } from './comparison.store.ts';

/** Has blocks decided again, in the transaction that changed their items. Marks are only added: nobody waits for anybody here. */
export async function markBlocks(tx: EntityManager, comparisonId: number, blocks: Iterable<string>): Promise<void> {
  const sorted = [...new Set(blocks)].toSorted();
  if (sorted.length === 0) return;
  await tx.query(`INSERT INTO dirty_block (comparison_id, block) SELECT $1, unnest($2::text[])`, [
    comparisonId,
    sorted,
  ]);
}

export interface MarkedBlock {
  readonly block: string;
  readonly comparison: StoredComparison;
}

/**
 * A block with a mark that no other replica is working on, of a comparison that is live and held so; null when there is none. What is
 * compared with a snapshot is decided by full runs, which take one: between two of them the topic knows more than the snapshot.
 */
export async function takeMarkedBlock(tx: EntityManager, delayMs: number): Promise<MarkedBlock | null> {
  const [row] = await tx.query<(StoredComparison & { block: string })[]>(
    `SELECT d.block, ${comparisonColumns('c')} FROM dirty_block d JOIN comparison c USING (comparison_id)
     WHERE c.state = 'live' AND NOT c.definition @> '{"sides": [{"source": {"kind": "snapshot"}}]}' AND d.marked_at <= clock_timestamp() - $1 * interval '1 millisecond'
     ORDER BY d.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED FOR SHARE OF c`,
    [delayMs],
  );
  if (row === undefined) return null;
  const { block, ...comparison } = row;
  return { block, comparison };
}

/** Has a block wait that could not be decided, so that others come by. */
export async function postponeMarks(tx: EntityManager, comparisonId: number, block: string, ms: number): Promise<void> {
  await tx.query(
    `UPDATE dirty_block SET marked_at = clock_timestamp() + $3 * interval '1 millisecond' WHERE id IN
       (SELECT id FROM dirty_block WHERE comparison_id = $1 AND block = $2 FOR UPDATE SKIP LOCKED)`,
    [comparisonId, block, ms],
  );
}

/** Blocks that wait because they could not be decided. */
export async function postponedBlocks(tx: EntityManager): Promise<number> {
  const rows = await tx.query<{ count: string }[]>(
    `SELECT count(DISTINCT (comparison_id, block)) AS count FROM dirty_block WHERE marked_at > clock_timestamp()`,
  );
  return Number(rows[0]?.count ?? 0);
}

/**
 * Holds the block for the length of the transaction, whoever else took a mark of it, and removes its marks that nobody else has taken:
 * one that comes later has the block decided once more. Answers an instant of the database's clock after which it is held.
 */
export async function lockBlock(tx: EntityManager, comparisonId: number, block: string): Promise<string> {
  const rows = await tx.query<{ now: string }[]>(
    `WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended($3, 0))),
       gone AS (DELETE FROM dirty_block WHERE id IN
         (SELECT id FROM dirty_block WHERE comparison_id = $1 AND block = $2 FOR UPDATE SKIP LOCKED))
     SELECT clock_timestamp()::text AS now FROM held`,
    [comparisonId, block, `block:${comparisonId}:${block}`],
  );
  return rows[0]?.now ?? '';
}

/** Now, by the database's clock, to the microsecond: clocks of replicas differ. */
export async function databaseClock(tx: EntityManager): Promise<string> {
  const rows = await tx.query<{ now: string }[]>(`SELECT clock_timestamp()::text AS now`);
  return rows[0]?.now ?? '';
}

/** Removes all marks of a comparison that nobody has taken: a full run that begins after this sees the items that they stand for. */
export async function clearAllMarks(tx: EntityManager, comparisonId: number): Promise<void> {
  await tx.query(
    `DELETE FROM dirty_block WHERE id IN (SELECT id FROM dirty_block WHERE comparison_id = $1 FOR UPDATE SKIP LOCKED)`,
    [comparisonId],
  );
}

/** Marks blocks in which a group of timing is over on this date, and those that lost all of their items. */
export async function markDueBlocks(tx: EntityManager, comparisonId: number, asOf: string): Promise<void> {
  await tx.query(
    `INSERT INTO dirty_block (comparison_id, block)
     SELECT comparison_id, block FROM comparison_block b
     WHERE comparison_id = $1 AND due_on < $2::date AND as_of < $2::date
       AND NOT EXISTS (SELECT 1 FROM dirty_block d WHERE d.comparison_id = b.comparison_id AND d.block = b.block)`,
    [comparisonId, asOf],
  );
}

/**
 * Forgets decided blocks that hold no item any more, unless they were decided since: a run over all items never comes by them. What
 * they said is gone with them.
 */
export async function removeEmptiedBlocks(tx: EntityManager, comparisonId: number, begun: string): Promise<void> {
  await tx.query(
    `DELETE FROM comparison_block b WHERE comparison_id = $1 AND decided_at < $2::timestamptz
       AND NOT EXISTS (SELECT 1 FROM comparison_item i WHERE i.comparison_id = b.comparison_id AND i.block = b.block)`,
    [comparisonId, begun],
  );
}

/** Has all blocks of the comparisons with this rule set decided again, by a full run: in the transaction that activates a version. */
export async function markAllBlocks(tx: EntityManager, rulesName: string): Promise<void> {
  const using = await comparisonsUsing(tx, rulesName);
  await awaitFullRun(
    tx,
    using.map(({ comparisonId }) => comparisonId),
  );
}
