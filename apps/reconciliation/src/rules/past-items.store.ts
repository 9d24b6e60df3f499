import type { Block, BlockField, Item } from '@tieout/matching';
import { DataError } from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';

/** Which items, and how they fall into blocks. */
export interface PastItems {
  readonly comparisonId: number;
  /** Places of the two sides that are compared. */
  readonly left: number;
  readonly right: number;
  /** Items dated up to this day, and those without a date. */
  readonly asOf: string;
  /** What blocks are made by, and the key of an item. */
  readonly fields: readonly BlockField[];
  keyOf(item: Item): string;
}

const FETCHED = 5_000;
/** Two rule sets that share no field make one block of everything: that is refused before it fills the memory. */
const MAX_BLOCK = 500_000;
const COLUMNS: Readonly<Record<BlockField, string>> = {
  legalEntity: 'legal_entity',
  counterparty: 'counterparty',
  currency: 'currency',
};

/**
 * The stored items in blocks, each with what one key has: one snapshot of the database, however long the caller takes. The database
 * sorts; what is held in memory is one block and a few thousand items.
 * @throws DataError when a block is too large to be held
 */
export async function* pastBlocks(dataSource: DataSource, wanted: PastItems): AsyncGenerator<Block> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    yield* blocks(runner.manager, wanted);
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
  }
}

interface Row {
  readonly side: number;
  readonly item: Item;
}

async function* blocks(tx: EntityManager, wanted: PastItems): AsyncGenerator<Block> {
  let [key, block] = ['', newBlock()];
  for await (const { side, item } of itemsInOrder(tx, wanted)) {
    const next = wanted.keyOf(item);
    if (next !== key && sizeOf(block) > 0) {
      yield block;
      block = newBlock();
    }
    key = next;
    block[side === wanted.left ? 'left' : 'right'].push(item);
    if (sizeOf(block) > MAX_BLOCK)
      throw new DataError(
        'block-too-large',
        `a block by ${wanted.fields.join(', ') || 'no field that both rule sets have'} holds more than ${MAX_BLOCK} items`,
      );
  }
  if (sizeOf(block) > 0) yield block;
}

const newBlock = (): { left: Item[]; right: Item[] } => ({ left: [], right: [] });
const sizeOf = ({ left, right }: Block): number => left.length + right.length;

async function* itemsInOrder(
  tx: EntityManager,
  { comparisonId, left, right, asOf, fields }: PastItems,
): AsyncGenerator<Row> {
  const order = fields.map((field) => `coalesce(${COLUMNS[field]}, '') COLLATE "C"`).join(', ');
  await tx.query(
    `DECLARE past_items NO SCROLL CURSOR FOR
     SELECT side, json_build_object('id', item_id, 'amount', amount, 'currency', currency,
       'date', to_char(business_date, 'YYYY-MM-DD'), 'reference', reference, 'counterparty', counterparty, 'text', text,
       'legalEntity', legal_entity, 'reverses', reverses, 'changedAt', changed_at, 'fields', fields) AS item
     FROM comparison_item
     WHERE comparison_id = $1 AND side = ANY($2::smallint[]) AND (business_date IS NULL OR business_date <= $3::date)
     ${order === '' ? '' : `ORDER BY ${order}`}`,
    [comparisonId, [left, right], asOf],
  );
  for (;;) {
    const rows = await tx.query<Row[]>(`FETCH ${FETCHED} FROM past_items`);
    if (rows.length === 0) return;
    yield* rows;
  }
}

/** The last day that any item of the comparisons has; null when they hold none with a date. */
export async function latestItemDate(tx: EntityManager, comparisons: readonly string[]): Promise<string | null> {
  const rows = await tx.query<{ latest: string | null }[]>(
    `SELECT to_char(max(business_date), 'YYYY-MM-DD') AS latest FROM comparison_item
     WHERE comparison_id IN (SELECT comparison_id FROM comparison WHERE name = ANY($1::text[]))`,
    [comparisons],
  );
  return rows[0]?.latest ?? null;
}
