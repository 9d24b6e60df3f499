import { finished } from 'node:stream/promises';
import type { Item } from '@tieout/matching';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { DataSource } from 'typeorm';
import { COPIED_COLUMNS, createItemReader, createLines } from './copied-item.ts';

/** A block with its items, a list per side, each sorted by id. */
export interface ReadBlock {
  readonly block: string;
  readonly sides: readonly Item[][];
}

/**
 * All blocks of a comparison in byte order, as they stand in one snapshot of the database. Memory: a chunk and a block. A reader
 * that is left early has its statement cancelled.
 */
export async function* readBlocks(
  dataSource: DataSource,
  comparisonId: number,
  sides: number,
): AsyncGenerator<ReadBlock, void, undefined> {
  const runner = dataSource.createQueryRunner();
  const client = (await runner.connect()) as PoolClient & { readonly processID: number };
  let cancel: (() => Promise<void>) | null = null;
  try {
    await runner.startTransaction('REPEATABLE READ');
    await runner.query(`SET LOCAL statement_timeout = 0`);
    await runner.query(`SET LOCAL datestyle = 'ISO'`);
    const rows = client.query(
      copyTo(
        `COPY (SELECT ${COPIED_COLUMNS} FROM comparison_item WHERE comparison_id = ${Math.trunc(comparisonId)}
               ORDER BY block, side, item_id) TO STDOUT`,
      ),
    );
    // Whoever leaves early is not there to hear how it ends.
    const ended = finished(rows).catch(() => undefined);
    cancel = async () => {
      await dataSource.query('SELECT pg_cancel_backend($1)', [client.processID]);
      rows.resume();
      await ended;
    };
    yield* inBlocks(rows.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, sides);
    cancel = null;
  } finally {
    // A connection is of no use before its COPY has ended.
    await cancel?.();
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
  }
}

async function* inBlocks(chunks: AsyncIterable<Buffer>, sides: number): AsyncGenerator<ReadBlock, void, undefined> {
  const lines = createLines();
  let [whole, current]: [ReadBlock[], ReadBlock | null] = [[], null];
  const read = createItemReader((block, side, item) => {
    if (current?.block !== block) {
      if (current !== null) whole.push(current);
      current = { block, sides: Array.from({ length: sides }, () => []) };
    }
    current.sides[side]?.push(item);
  });
  for await (const chunk of chunks) {
    read(lines(chunk));
    yield* whole;
    whole = [];
  }
  if (current !== null) yield current;
}
