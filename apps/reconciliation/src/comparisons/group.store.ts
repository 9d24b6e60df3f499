import type { Outcome } from '@tieout/matching';
import type { EntityManager } from 'typeorm';
import type { GroupPosition } from './comparison-input.ts';
import { decodeGroups } from './stored-groups.ts';
import type { StoredGroup } from './stored-group.ts';

export type ListedGroup = GroupPosition & { readonly group: StoredGroup };

const BLOCKS = 20;

/** Groups in the order of their blocks, of one outcome or all, one more than asked for when there is a next page. */
export async function listGroups(
  tx: EntityManager,
  comparisonId: number,
  outcome: Outcome | null,
  limit: number,
  after: GroupPosition | null,
): Promise<ListedGroup[]> {
  const found: ListedGroup[] = [];
  for (let from: string | null = after?.block ?? null, inclusive = true; ; inclusive = false) {
    const blocks = await blocksFrom(tx, comparisonId, outcome, from, inclusive);
    for (const { block, groups, pairs } of blocks)
      for (const [index, group] of decodeGroups(groups, pairs).entries()) {
        const isListed = outcome === null || group.outcome === outcome;
        if (!isListed || (block === after?.block && index <= after.index)) continue;
        if (found.push({ block, index, group }) > limit) return found;
      }
    if (blocks.length < BLOCKS) return found;
    from = blocks.at(-1)?.block ?? null;
  }
}

function blocksFrom(
  tx: EntityManager,
  comparisonId: number,
  outcome: Outcome | null,
  from: string | null,
  inclusive: boolean,
): Promise<{ block: string; groups: unknown; pairs: string }[]> {
  return tx.query(
    `SELECT block, groups, pairs FROM comparison_block
     WHERE comparison_id = $1 AND ($2::text IS NULL OR block > $2 OR ($3 AND block = $2))
       AND ($4::text IS NULL OR figures @> jsonb_build_array(jsonb_build_object('outcome', $4::text)))
     ORDER BY block LIMIT ${BLOCKS}`,
    [comparisonId, from, inclusive, outcome],
  );
}
