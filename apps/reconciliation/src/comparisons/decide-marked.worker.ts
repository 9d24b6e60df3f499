import { errorKind, inTransaction } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { applyChange } from './apply-change.worker.ts';
import { blockChange } from './block-change.ts';
import { removeBlock, writeBlocks } from './block-writer.store.ts';
import type { ComparisonDesk } from './comparison-desk.ts';
import type { StoredComparison } from './comparison.store.ts';
import { decide } from './decide-block.ts';
import { ratesFor } from './rates-for.worker.ts';
import { lockBlock, postponeMarks, takeMarkedBlock } from './dirty.store.ts';
import type { MarkedBlock } from './dirty.store.ts';
import { readBlock } from './item.store.ts';
import type { StoredGroup } from './stored-group.ts';

/** A block that cannot be decided is tried again after that. */
const RETRY_MS = 60_000;

/**
 * Decides one block that was marked at least `delayMs` ago; false when there is none to be had. A block that fails waits for a
 * while, so that the others go on, and the error says which it is.
 */
export async function decideMarked(desk: ComparisonDesk, delayMs: number): Promise<boolean> {
  const { dataSource, logger } = desk;
  let marked: MarkedBlock | null = null;
  try {
    return await inTransaction(dataSource, async (tx) => {
      marked = await takeMarkedBlock(tx, delayMs);
      if (marked === null) return false;
      await decideAgain(desk, tx, marked);
      return true;
    });
  } catch (error) {
    if (marked === null || errorKind(error) === 'transient') throw error;
    const { block, comparison } = marked as MarkedBlock;
    const { comparisonId } = comparison;
    logger.error({ err: error, comparisonId, block }, 'a block could not be decided, will try again');
    await inTransaction(dataSource, (tx) => postponeMarks(tx, comparisonId, block, RETRY_MS));
    return true;
  }
}

/** The marks go before the items are read: what is marked later has the block decided once more. */
async function decideAgain(desk: ComparisonDesk, tx: EntityManager, { comparison, block }: MarkedBlock): Promise<void> {
  const { comparisonId, definition, lastRunId } = comparison;
  const decidedAt = await lockBlock(tx, comparisonId, block);
  const sides = await readBlock(tx, comparisonId, block, definition.sides.length);
  const decided = sides.every((items) => items.length === 0)
    ? { before: await removeBlock(tx, comparisonId, block), after: [] }
    : await write(desk, tx, comparison, block, sides, decidedAt);
  const change = blockChange(decided === null ? [] : [decided]);
  if (change.findings.length + change.gone.size === 0) return commitAsynchronously(tx);
  await applyChange(desk, tx, comparison, change, { runId: lastRunId ?? '', at: new Date().toISOString() });
}

/**
 * Nobody outside hears of this transaction. Should a crash lose it, the marks are back with the old decision, and it is made again:
 * that need not wait for the disk.
 */
async function commitAsynchronously(tx: EntityManager): Promise<void> {
  await tx.query('SET LOCAL synchronous_commit = off');
}

async function write(
  desk: ComparisonDesk,
  tx: EntityManager,
  { comparisonId, definition, rules, asOf }: StoredComparison,
  block: string,
  sides: Awaited<ReturnType<typeof readBlock>>,
  decidedAt: string,
): Promise<{ before: readonly StoredGroup[]; after: readonly StoredGroup[] } | null> {
  if (rules === null || asOf === null) throw new Error(`comparison ${definition.name} is live without rules or date`);
  const result = decide(definition, sides, rules.ruleSet, { asOf, rates: await ratesFor(desk, tx, rules) });
  const row = { ...result, block, rulesHash: rules.hash, asOf, decidedAt };
  const [written] = await writeBlocks(tx, comparisonId, [row]);
  return written === undefined ? null : { before: written.before, after: result.groups };
}
