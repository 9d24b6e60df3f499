import type { EntityManager } from 'typeorm';
import type { BlockResult, StoredGroup } from './stored-group.ts';
import { decodeGroups } from './stored-groups.ts';

/** What was decided about a block, ready to be written. */
export interface BlockRow extends BlockResult {
  readonly block: string;
  readonly rulesHash: string;
  /** Date that it was decided for. */
  readonly asOf: string;
  /** Instant, by the database's clock, after which the items were read. */
  readonly decidedAt: string;
}

/** A block whose groups are others now. */
export interface WrittenBlock {
  readonly block: string;
  /** But for the exact pairs. */
  readonly before: readonly StoredGroup[];
}

/**
 * Writes decisions, each block once, unless a newer one is there: what reads later knows more. Answers the blocks whose groups
 * changed, with what they were. The rows stay locked, in the order of the blocks, until the transaction ends.
 */
export async function writeBlocks(
  tx: EntityManager,
  comparisonId: number,
  rows: readonly BlockRow[],
): Promise<readonly WrittenBlock[]> {
  if (rows.length === 0) return [];
  const sorted = rows.toSorted((a, b) => (a.block < b.block ? -1 : 1));
  const isOne = sorted.length === 1;
  const locked = await lockRows(tx, comparisonId, sorted, isOne);
  const hashes = new Map(locked.map(({ block, hash }) => [block, hash]));
  const [same, changed] = [sorted.filter(isSame), sorted.filter((row) => !isSame(row))];
  function isSame({ block, hash }: BlockRow): boolean {
    return hashes.get(block) === hash;
  }
  const known = changed.flatMap(({ block }) => (hashes.has(block) ? [block] : []));
  const before = isOne ? groupsIn(locked) : await groupsByBlock(tx, comparisonId, known);
  await refresh(tx, comparisonId, same);
  const written = await put(tx, comparisonId, changed);
  return written.map(({ block }) => ({ block, before: before.get(block) ?? [] }));
}

interface LockedRow {
  readonly block: string;
  readonly hash: string;
  readonly groups: string;
}

/** @param withGroups of many blocks only those that changed are worth to be read, by another statement */
function lockRows(
  tx: EntityManager,
  comparisonId: number,
  rows: readonly BlockRow[],
  withGroups: boolean,
): Promise<LockedRow[]> {
  return tx.query<LockedRow[]>(
    `SELECT block, hash, ${withGroups ? 'groups' : `'' AS groups`} FROM comparison_block
     WHERE comparison_id = $1 AND block = ANY($2::text[]) ORDER BY block FOR UPDATE`,
    [comparisonId, rows.map(({ block }) => block)],
  );
}

/** The groups, by far the largest column, are only written where they are others. */
async function put(tx: EntityManager, comparisonId: number, rows: readonly BlockRow[]): Promise<{ block: string }[]> {
  if (rows.length === 0) return [];
  return tx.query<{ block: string }[]>(
    `INSERT INTO comparison_block AS b (comparison_id, block, figures, rules_hash, as_of, due_on, decided_at, groups, hash, pairs)
     SELECT $1::smallint, * FROM ROWS FROM (unnest($2::text[]), jsonb_array_elements($3::jsonb),
       unnest($4::text[], $5::date[], $6::date[], $7::timestamptz[]), string_to_table($8, E'\\x1e'), unnest($9::text[], $10::text[]))
     ON CONFLICT (comparison_id, block) DO UPDATE SET groups = excluded.groups, pairs = excluded.pairs, figures = excluded.figures,
       hash = excluded.hash, rules_hash = excluded.rules_hash, as_of = excluded.as_of, due_on = excluded.due_on,
       decided_at = excluded.decided_at
     WHERE b.decided_at <= excluded.decided_at RETURNING block`,
    [
      comparisonId,
      ...commonColumns(rows),
      rows.map(({ encoded }) => encoded).join('\u001e'),
      rows.map(({ hash }) => hash),
      rows.map(({ pairs }) => pairs),
    ],
  );
}

/** Equal groups may be of other amounts, rules or dates. */
async function refresh(tx: EntityManager, comparisonId: number, rows: readonly BlockRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `UPDATE comparison_block b SET figures = n.figures, rules_hash = n.rules_hash, as_of = n.as_of, due_on = n.due_on,
       decided_at = n.decided_at
     FROM ROWS FROM (unnest($2::text[]), jsonb_array_elements($3::jsonb),
       unnest($4::text[], $5::date[], $6::date[], $7::timestamptz[])) AS n(block, figures, rules_hash, as_of, due_on, decided_at)
     WHERE b.comparison_id = $1 AND b.block = n.block AND b.decided_at <= n.decided_at`,
    [comparisonId, ...commonColumns(rows)],
  );
}

/** JSON goes as one text for all rows: an array of the database's would have every quote in it escaped. It holds no control character. */
function commonColumns(rows: readonly BlockRow[]): unknown[] {
  return [
    rows.map(({ block }) => block),
    JSON.stringify(rows.map(({ figures }) => figures)),
    rows.map(({ rulesHash }) => rulesHash),
    rows.map(({ asOf }) => asOf),
    rows.map(({ dueOn }) => dueOn),
    rows.map(({ decidedAt }) => decidedAt),
  ];
}

/** Forgets a block that holds no item any more; answers what was decided about it, but for the exact pairs. */
export async function removeBlock(
  tx: EntityManager,
  comparisonId: number,
  block: string,
): Promise<readonly StoredGroup[]> {
  const [rows] = await tx.query<[{ groups: unknown }[], number]>(
    `DELETE FROM comparison_block WHERE comparison_id = $1 AND block = $2 RETURNING groups`,
    [comparisonId, block],
  );
  return rows.flatMap(({ groups }) => decodeGroups(groups));
}

/** What was decided about these blocks, but for the exact pairs. */
export async function groupsOf(
  tx: EntityManager,
  comparisonId: number,
  blocks: readonly string[],
): Promise<readonly StoredGroup[]> {
  return [...(await groupsByBlock(tx, comparisonId, blocks)).values()].flat();
}

async function groupsByBlock(
  tx: EntityManager,
  comparisonId: number,
  blocks: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredGroup[]>> {
  if (blocks.length === 0) return new Map();
  return groupsIn(
    await tx.query<{ block: string; groups: string }[]>(
      `SELECT block, groups FROM comparison_block WHERE comparison_id = $1 AND block = ANY($2::text[]) ORDER BY block`,
      [comparisonId, blocks],
    ),
  );
}

const groupsIn = (rows: readonly { block: string; groups: string }[]): ReadonlyMap<string, readonly StoredGroup[]> =>
  new Map(rows.map(({ block, groups }) => [block, decodeGroups(groups)]));
