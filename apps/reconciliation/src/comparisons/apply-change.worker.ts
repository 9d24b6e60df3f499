import type { EntityManager } from 'typeorm';
import { applyVerdict } from '../breaks/apply-verdict.worker.ts';
import type { BreakDesk } from '../breaks/break-desk.worker.ts';
import { worksOf } from './block-change.ts';
import type { BlockChange } from './block-change.ts';
import { groupsOf } from './block-writer.store.ts';
import type { StoredComparison } from './comparison.store.ts';
import { findItems } from './item.store.ts';

/** Carries what was decided otherwise over to the breaks, in the transaction that wrote the blocks. */
export async function applyChange(
  { breaks }: { readonly breaks: BreakDesk },
  tx: EntityManager,
  comparison: StoredComparison,
  change: BlockChange,
  context: { readonly runId: string; readonly at: string },
): Promise<void> {
  const gone = await stillGone(tx, comparison, change.gone);
  if (change.findings.length === 0 && gone.length === 0) return;
  await applyVerdict(breaks, tx, { findings: change.findings, gone }, context, null);
}

/**
 * Leaves out what stands in another block now: an item that moved takes its break along, and the block that it came to may have
 * been decided first. The breaks are locked before the other block is looked at, so whoever decides about it at the same time has
 * either ended or comes after.
 */
async function stillGone(
  tx: EntityManager,
  { comparisonId, definition }: StoredComparison,
  gone: BlockChange['gone'],
): Promise<readonly string[]> {
  if (gone.size === 0) return [];
  const ids = [...gone.keys()];
  await tx.query(`SELECT 1 FROM break WHERE break_id = ANY($1::uuid[]) ORDER BY break_id FOR UPDATE`, [ids]);
  const objects = [...gone.values()].map(({ objectType, object }) => ({
    side: definition.sides.findIndex(({ name }) => name === objectType),
    id: object,
  }));
  const blocks = new Set((await findItems(tx, comparisonId, objects)).map(({ block }) => block));
  const standing = worksOf(await groupsOf(tx, comparisonId, [...blocks]));
  return ids.filter((breakId) => !standing.has(breakId));
}

/**
 * Open breaks of a comparison that are not among those that a run over everything found: of blocks that a lost database knew, or
 * decided since. Which of them stand is for `applyChange` to say.
 */
export async function staleBreaks(
  tx: EntityManager,
  comparison: string,
  found: ReadonlySet<string>,
): Promise<BlockChange['gone']> {
  const rows = await tx.query<{ breakId: string; objectType: string; object: string }[]>(
    `SELECT break_id AS "breakId", state->>'objectType' AS "objectType", state->>'object' AS object
     FROM break WHERE check_name = $1 AND status = 'OPEN'`,
    [comparison],
  );
  return new Map(rows.filter(({ breakId }) => !found.has(breakId)).map(({ breakId, ...named }) => [breakId, named]));
}
