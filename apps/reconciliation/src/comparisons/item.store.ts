import type { Item } from '@tieout/matching';
import type { EntityManager } from 'typeorm';
import { ITEM_COLUMNS, toItem } from './item-row.ts';
import type { ItemRow, PlacedItem } from './item-row.ts';

/** What `putItems` and `removeItems` change, for whoever marks blocks. */
export type ChangedBlocks = ReadonlySet<string>;

const COLUMNS = `side, block, item_id, amount, currency, business_date, reference, counterparty, text, legal_entity, reverses,
  changed_at, fields, exact_key`;
const UNNEST = `unnest($2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[], $9::text[],
  $10::text[], $11::text[], $12::text[], $13::text[], $14::jsonb[], $15::uuid[])`;
const CONTENT = COLUMNS.split(',')
  .map((column) => column.trim())
  .filter((column) => column !== 'side' && column !== 'item_id');
const listOf = (table: string): string => CONTENT.map((column) => `${table}.${column}`).join(', ');

/**
 * Writes what is new or says something else, in block order: then the table is near the order in which it is read. The old block is
 * read beside the upsert: all parts of one statement see the rows as they were when it began.
 */
const upsertFrom = (source: string): string => `WITH put AS (
    INSERT INTO comparison_item AS i (comparison_id, ${COLUMNS})
    SELECT $1::smallint, ${COLUMNS} FROM ${source} ORDER BY block, side, item_id
    ON CONFLICT (comparison_id, side, item_id) DO UPDATE
      SET ${CONTENT.map((column) => `${column} = excluded.${column}`).join(', ')}
    WHERE (${listOf('i')}) IS DISTINCT FROM (${listOf('excluded')})
    RETURNING i.side, i.item_id, i.block)
  SELECT DISTINCT put.block, old.block AS old FROM put
  LEFT JOIN comparison_item old ON old.comparison_id = $1 AND old.side = put.side AND old.item_id = put.item_id`;

interface Moved {
  readonly block: string;
  readonly old: string | null;
}
const blocksOf = (rows: readonly Moved[]): string[] =>
  rows.flatMap(({ block, old }) => (old === null ? [block] : [block, old]));

/**
 * Writes items, each (side, id) at most once, and answers the blocks that changed: that of every new or changed item, and the one
 * that it left. An item that says what it said before changes nothing.
 */
export async function putItems(
  tx: EntityManager,
  comparisonId: number,
  items: readonly PlacedItem[],
): Promise<ChangedBlocks> {
  if (items.length === 0) return new Set();
  const source = `${UNNEST} AS t(${COLUMNS})`;
  return new Set(blocksOf(await tx.query<Moved[]>(upsertFrom(source), [comparisonId, ...columnsOf(items)])));
}

/**
 * Makes the items of a side exactly these, each id once however often it comes (the last counts), and answers the blocks that
 * changed. Memory: a page of items.
 */
export async function replaceSide(
  tx: EntityManager,
  comparisonId: number,
  side: number,
  pages: AsyncIterable<readonly PlacedItem[]>,
): Promise<ChangedBlocks> {
  await tx.query(`SET LOCAL statement_timeout = 0`);
  await tx.query(`CREATE TEMP TABLE loaded_item (LIKE comparison_item, PRIMARY KEY (side, item_id)) ON COMMIT DROP`);
  for await (const page of pages) await stage(tx, comparisonId, page);
  const put = await tx.query<Moved[]>(upsertFrom('loaded_item'), [comparisonId]);
  const [gone] = await tx.query<[{ block: string }[], number]>(
    `DELETE FROM comparison_item i WHERE comparison_id = $1 AND side = $2
       AND NOT EXISTS (SELECT 1 FROM loaded_item l WHERE l.side = i.side AND l.item_id = i.item_id) RETURNING block`,
    [comparisonId, side],
  );
  await tx.query(`DROP TABLE loaded_item`);
  return new Set([...blocksOf(put), ...gone.map(({ block }) => block)]);
}

async function stage(tx: EntityManager, comparisonId: number, page: readonly PlacedItem[]): Promise<void> {
  const last = new Map(page.map((placed) => [placed.item.id, placed]));
  if (last.size === 0) return;
  await tx.query(
    `INSERT INTO loaded_item (comparison_id, ${COLUMNS}) SELECT $1::smallint, * FROM ${UNNEST}
     ON CONFLICT (side, item_id) DO UPDATE
       SET ${CONTENT.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    [comparisonId, ...columnsOf([...last.values()])],
  );
}

function columnsOf(items: readonly PlacedItem[]): unknown[] {
  const read = <T>(of: (item: Item) => T): T[] => items.map(({ item }) => of(item));
  return [
    items.map(({ side }) => side),
    items.map(({ block }) => block),
    read(({ id }) => id),
    read(({ amount }) => amount),
    read(({ currency }) => currency),
    read(({ date }) => date),
    read(({ reference }) => reference),
    read(({ counterparty }) => counterparty),
    read(({ text }) => text),
    read(({ legalEntity }) => legalEntity),
    read(({ reverses }) => reverses),
    read(({ changedAt }) => changedAt),
    read(({ fields }) => JSON.stringify(fields)),
    items.map(({ key }) => key),
  ];
}

/** Removes the items of all sides but these: of snapshots that were taken by other rules, of sides that there were before. */
export async function clearSides(tx: EntityManager, comparisonId: number, kept: readonly number[]): Promise<void> {
  await tx.query(`DELETE FROM comparison_item WHERE comparison_id = $1 AND side <> ALL($2::smallint[])`, [
    comparisonId,
    kept,
  ]);
}

/** Removes items of a side; answers the blocks that they left. */
export async function removeItems(
  tx: EntityManager,
  comparisonId: number,
  side: number,
  ids: readonly string[],
): Promise<ChangedBlocks> {
  if (ids.length === 0) return new Set();
  const [rows] = await tx.query<[{ block: string }[], number]>(
    `DELETE FROM comparison_item WHERE comparison_id = $1 AND side = $2 AND item_id = ANY($3::text[]) RETURNING block`,
    [comparisonId, side, ids],
  );
  return new Set(rows.map(({ block }) => block));
}

/** The items of a block, a list per side. */
export async function readBlock(
  tx: EntityManager,
  comparisonId: number,
  block: string,
  sides: number,
): Promise<readonly Item[][]> {
  const rows = await tx.query<ItemRow[]>(
    `SELECT ${ITEM_COLUMNS} FROM comparison_item WHERE comparison_id = $1 AND block = $2 ORDER BY side, item_id`,
    [comparisonId, block],
  );
  const bySide: Item[][] = Array.from({ length: sides }, () => []);
  for (const row of rows) bySide[row.side]?.push(toItem(row));
  return bySide;
}

/** Items by side and id, for the parts of groups that people look at. */
export async function findItems(
  tx: EntityManager,
  comparisonId: number,
  ids: readonly { readonly side: number; readonly id: string }[],
): Promise<readonly (Omit<PlacedItem, 'key'> & { readonly id: string })[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<ItemRow[]>(
    `SELECT ${ITEM_COLUMNS} FROM comparison_item
     WHERE comparison_id = $1 AND (side, item_id) IN (SELECT * FROM unnest($2::smallint[], $3::text[]))`,
    [comparisonId, ids.map(({ side }) => side), ids.map(({ id }) => id)],
  );
  return rows.map((row) => ({ side: row.side, block: row.block, id: row.item_id, item: toItem(row) }));
}
