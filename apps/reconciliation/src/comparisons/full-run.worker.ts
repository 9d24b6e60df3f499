import { exactRuleOf } from '@tieout/matching';
import type { ExchangeRate } from '@tieout/matching';
import { inTransaction } from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { blockChange } from './block-change.ts';
import type { BlockChange } from './block-change.ts';
import { readBlocks } from './block-reader.store.ts';
import { writeBlocks } from './block-writer.store.ts';
import type { BlockRow } from './block-writer.store.ts';
import type { ComparisonDefinition } from './comparison.ts';
import type { RulesInUse } from './comparison.store.ts';
import { decide, decideRest } from './decide-block.ts';
import { databaseClock } from './dirty.store.ts';
import { readSplitBlocks } from './split-reader.store.ts';
import type { BlockResult } from './stored-group.ts';

export interface FullRunOptions {
  readonly dataSource: DataSource;
  readonly comparisonId: number;
  readonly definition: ComparisonDefinition;
  readonly rules: Pick<RulesInUse, 'hash' | 'ruleSet'>;
  readonly asOf: string;
  readonly rates: readonly ExchangeRate[];
  readonly settledBefore?: string | null;
  /** Blocks that are written in one transaction. */
  readonly batch?: number;
}

/** Gets what a batch changes, and all that was decided in it, in the transaction that writes it. */
export type OnBatch = (tx: EntityManager, change: BlockChange, rows: readonly BlockRow[]) => Promise<void>;

/** Enough that the cost of a transaction does not show, few enough that nobody waits for one. */
const BATCH = 500;
/** Large blocks are written sooner: what bounds the memory is the items of two batches. */
const BATCH_ITEMS = 20_000;

/**
 * Decides every block as the items stand in one snapshot of the database and writes what is decided otherwise than before, a batch
 * of blocks a transaction: one batch is written while the next is decided. A block that was decided meanwhile is left as it is: what
 * reads later knows more. Memory: the groups of two batches, and a block. Answers how many blocks changed.
 */
export async function decideAll(options: FullRunOptions, onBatch: OnBatch = async () => {}): Promise<number> {
  const { dataSource, batch = BATCH, asOf, rules } = options;
  const decidedAt = await databaseClock(dataSource.manager);
  let changed = 0;
  let rows: BlockRow[] = [];
  let items = 0;
  let writing: Promise<number> = Promise.resolve(0);
  try {
    for await (const { block, size, result } of decidedBlocks(options)) {
      rows.push({ ...result, block, rulesHash: rules.hash, asOf, decidedAt });
      items += size;
      if (rows.length < batch && items < BATCH_ITEMS) continue;
      changed += await writing;
      writing = writeBatch(options, rows, onBatch);
      // Looked at when the next batch is full; until then a failure has nobody who waits for it.
      writing.catch(() => undefined);
      [rows, items] = [[], 0];
    }
  } finally {
    // A failure elsewhere must not leave a transaction of ours unwatched.
    changed += await writing;
  }
  return changed + (await writeBatch(options, rows, onBatch));
}

interface DecidedBlock {
  readonly block: string;
  /** How many items it has. */
  readonly size: number;
  readonly result: BlockResult;
}

/** Where the rules allow it, the database finds the exact pairs: see `splitBlock`. */
async function* decidedBlocks(options: FullRunOptions): AsyncGenerator<DecidedBlock, void, undefined> {
  const { dataSource, comparisonId, definition, rules } = options;
  const count = definition.sides.length;
  const exact = count === 2 ? exactRuleOf(rules.ruleSet) : null;
  if (exact === null)
    for await (const { block, sides } of readBlocks(dataSource, comparisonId, count))
      yield { block, size: sizeOf(sides), result: decide(definition, sides, rules.ruleSet, options) };
  else
    for await (const { block, pairs, sides } of readSplitBlocks(dataSource, comparisonId, exact)) {
      const result = decideRest(definition, pairs, sides, rules.ruleSet, options);
      yield { block, size: 2 * pairs.count + sizeOf(sides), result };
    }
}

const sizeOf = (sides: readonly (readonly unknown[])[]): number => sides.reduce((sum, { length }) => sum + length, 0);

async function writeBatch(
  { dataSource, comparisonId }: FullRunOptions,
  rows: readonly BlockRow[],
  onBatch: OnBatch,
): Promise<number> {
  if (rows.length === 0) return 0;
  return inTransaction(dataSource, async (tx) => {
    const written = await writeBlocks(tx, comparisonId, rows);
    const after = new Map(rows.map(({ block, groups }) => [block, groups]));
    const change = blockChange(written.map(({ block, before }) => ({ before, after: after.get(block) ?? [] })));
    await onBatch(tx, change, rows);
    return written.length;
  });
}
