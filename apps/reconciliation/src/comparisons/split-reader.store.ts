import type { ExactRule, Item } from '@tieout/matching';
import type { DataSource, QueryRunner } from 'typeorm';
import { NO_PAIRS } from './exact-pairs.ts';
import type { ExactPairs } from './exact-pairs.ts';
import { ITEM_COLUMNS, toItem } from './item-row.ts';
import type { ItemRow } from './item-row.ts';

/** A block of two sides without the items of its exact pairs, each side sorted by id. */
export interface ReadSplitBlock {
  readonly block: string;
  readonly pairs: ExactPairs;
  readonly sides: readonly [Item[], Item[]];
}

/** Ranges that are read at the same time: as many as keep two cores busy beside who decides. */
const LANES = 2;
/** Items of a range, with what its last block has beyond that. */
const RANGE_ITEMS = 20_000;

/**
 * All blocks of a comparison in byte order, as they stand in one snapshot of the database, where the database finds the exact pairs:
 * of their items only what the index holds is read. Memory: two ranges.
 */
export async function* readSplitBlocks(
  dataSource: DataSource,
  comparisonId: number,
  rule: ExactRule,
  rangeItems = RANGE_ITEMS,
): AsyncGenerator<ReadSplitBlock, void, undefined> {
  const runners = Array.from({ length: LANES }, () => dataSource.createQueryRunner());
  const reading: Promise<readonly ReadSplitBlock[] | null>[] = [];
  try {
    await shareSnapshot(runners);
    const nextRange = rangesOf(comparisonId, rangeItems);
    const read = (runner: QueryRunner): void => {
      const range = nextRange(runner).then((bounds) =>
        bounds === null ? null : readRange(runner, comparisonId, rule, bounds),
      );
      // Looked at in its turn; until then a failure has nobody who waits for it.
      range.catch(() => undefined);
      reading.push(range);
    };
    for (const runner of runners) read(runner);
    for (let turn = 0; ; turn += 1) {
      const blocks = await (reading.shift() as (typeof reading)[number]);
      if (blocks === null) return;
      read(runners[turn % LANES] as QueryRunner);
      yield* blocks;
    }
  } finally {
    await Promise.allSettled(reading);
    for (const runner of runners) {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
  }
}

async function shareSnapshot([first, ...others]: readonly QueryRunner[]): Promise<void> {
  if (first === undefined) return;
  await first.startTransaction('REPEATABLE READ');
  const [exported] = (await first.query('SELECT pg_export_snapshot() AS name')) as { name: string }[];
  for (const runner of others) {
    await runner.startTransaction('REPEATABLE READ');
    await runner.query(`SET TRANSACTION SNAPSHOT '${exported?.name ?? ''}'`);
  }
  for (const runner of [first, ...others]) await runner.query('SET LOCAL statement_timeout = 0');
}

/** A range begins after the block with which the one before it ends. */
interface Bounds {
  readonly after: string | null;
  readonly last: string;
}

/** Answers the next range each time, null when there is none any more: one after the other, whoever asks. */
function rangesOf(comparisonId: number, items: number): (runner: QueryRunner) => Promise<Bounds | null> {
  let previous: Promise<Bounds | null | undefined> = Promise.resolve(undefined);
  const next = async (runner: QueryRunner): Promise<Bounds | null> => {
    const before = await previous;
    if (before === null) return null;
    const after = before?.last ?? null;
    const rows = (await runner.query(
      `SELECT max(block) AS last FROM (SELECT block FROM comparison_item
         WHERE comparison_id = $1 AND block ${after === null ? '>=' : '>'} $2 ORDER BY block LIMIT ${Math.trunc(items)}) page`,
      [comparisonId, after ?? ''],
    )) as { last: string | null }[];
    const last = rows[0]?.last ?? null;
    return last === null ? null : { after, last };
  };
  return (runner) => {
    const bounds = next(runner);
    previous = bounds.catch(() => null);
    return bounds;
  };
}

interface SplitRow {
  readonly block: string;
  readonly pairs: string | null;
  readonly count: number;
  readonly sum: string;
  readonly currency: string;
  /** Keys of the items that are in no exact pair. */
  readonly rest: readonly string[] | null;
}

/** The same that `splitBlock` does with the items of a block. */
const splitOf = ({ date }: ExactRule, after: string | null): string => `
  SELECT block, string_agg(l || E'\\n' || r || E'\\n'${date === null ? '' : ' || days'}, E'\\n' ORDER BY exact_key) FILTER (WHERE exact) AS pairs,
    count(*) FILTER (WHERE exact)::int AS count, any_value(currency) AS currency,
    coalesce(trim_scale(sum(amount::numeric) FILTER (WHERE exact)), 0)::text AS sum,
    array_agg(exact_key ORDER BY exact_key) FILTER (WHERE NOT exact) AS rest
  FROM (SELECT block, exact_key, l, r, amount, currency, days,
      members = 2 AND coalesce(position(E'\\n' IN l) = 0 AND position(E'\\n' IN r) = 0
        ${date === null ? '' : `AND days BETWEEN ${Math.trunc(date.from)} AND ${Math.trunc(date.to)}`}, false) AS exact
    FROM (SELECT block, exact_key, count(*) AS members, any_value(amount) FILTER (WHERE side = 0) AS amount,
        any_value(currency) AS currency, any_value(item_id) FILTER (WHERE side = 0) AS l,
        any_value(item_id) FILTER (WHERE side = 1) AS r,
        any_value(business_date) FILTER (WHERE side = 1) - any_value(business_date) FILTER (WHERE side = 0) AS days
      FROM comparison_item WHERE comparison_id = $1 AND block ${after === null ? '>=' : '>'} $2 AND block <= $3
      GROUP BY block, exact_key) AS class) AS tested
  GROUP BY block ORDER BY block`;

async function readRange(
  runner: QueryRunner,
  comparisonId: number,
  rule: ExactRule,
  { after, last }: Bounds,
): Promise<readonly ReadSplitBlock[]> {
  const rows = (await runner.query(splitOf(rule, after), [comparisonId, after ?? '', last])) as SplitRow[];
  const rest = await readRest(runner, comparisonId, rows);
  return rows.map(({ block, pairs, count, sum, currency }) => ({
    block,
    pairs: pairs === null ? NO_PAIRS : { text: pairs, count, sum, currency },
    sides: rest.get(block) ?? [[], []],
  }));
}

async function readRest(
  runner: QueryRunner,
  comparisonId: number,
  blocks: readonly SplitRow[],
): Promise<ReadonlyMap<string, [Item[], Item[]]>> {
  const places = blocks.flatMap(({ block, rest }) => (rest ?? []).map((key) => ({ block, key })));
  const read = new Map<string, [Item[], Item[]]>();
  if (places.length === 0) return read;
  const rows = (await runner.query(
    `SELECT ${ITEM_COLUMNS} FROM unnest($2::text[], $3::uuid[]) AS place(block, exact_key)
     JOIN comparison_item i USING (block, exact_key) WHERE i.comparison_id = $1 ORDER BY block, side, item_id`,
    [comparisonId, places.map(({ block }) => block), places.map(({ key }) => key)],
  )) as ItemRow[];
  for (const row of rows) {
    let sides = read.get(row.block);
    if (sides === undefined) read.set(row.block, (sides = [[], []]));
    sides[row.side]?.push(toItem(row));
  }
  return read;
}
