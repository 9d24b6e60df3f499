import { derivedId } from '@tieout/canonical';
import type { AnaplanClient, Load, LoadOutcome, PlanningItem } from '@tieout/connector-anaplan';
import { errorCode, inTransaction, type Exceptions, type Outbox, type Poll, type StreamSpec } from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { type BatchRow, type DirtyCell, judgeCells, judgeRows, rowsOf } from './batch.ts';
import { markLoaded, markRefused, readDirtyCells } from './cell.store.ts';
import { cellObject, failedImport, IMPORT_FAILED, modelObject, REJECTED_ROW, rejectedRow } from './case.ts';
import { type Batch, cellKey, receiptOf, type Target } from './receipt.ts';

export type BatchOutcome = 'loaded' | 'partly' | 'failed' | 'unknown';

export interface BatchOptions {
  readonly target: Target;
  readonly client: AnaplanClient;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly windowMs: number;
  readonly maxCells: number;
  readonly retryMs: number;
  readonly onBatch: (outcome: BatchOutcome, cells: number) => void;
}

/** What the writer of a model remembers: its last attempt. */
export type BatchCursor = Batch;

/**
 * The one writer of a model. Each window it loads what is dirty, recomputed from rows. The stream's lease and cursor are
 * checked right before the import starts and again in the transaction that stores its verdict, so a writer that lost the
 * model neither imports nor marks anything. A batch whose outcome is unknown leaves its cells dirty: they are recomputed
 * and imported again, and an import is an upsert.
 */
export function batchStream(options: BatchOptions): StreamSpec<BatchCursor> {
  return {
    instance: options.target.instance,
    stream: `cells:${options.target.model}`,
    intervalMs: options.windowMs,
    async poll(poll) {
      const cells = await readDirtyCells(options.dataSource.manager, options.maxCells);
      if (cells.length === 0) return 'end';
      await loadBatch(options, poll, cells);
      return cells.length === options.maxCells ? 'more' : 'end';
    },
  };
}

async function loadBatch(options: BatchOptions, poll: Poll<BatchCursor>, cells: readonly DirtyCell[]): Promise<void> {
  const { client, dataSource, onBatch } = options;
  const batch: Batch = { number: (poll.cursor?.number ?? 0) + 1, startedAt: new Date().toISOString() };
  const verifyLease = (): Promise<void> => inTransaction(dataSource, (tx) => poll.advance(tx, batch));
  try {
    const rows = rowsOf(cells);
    const outcome = await client.load(loadOf(rows), verifyLease, poll.signal);
    await inTransaction(dataSource, (tx) => storeVerdict(options, tx, poll, { batch, rows, outcome }));
    onBatch(verdictOf(outcome), cells.length);
  } catch (error) {
    if (errorCode(error) === 'anaplan-outcome-unknown') onBatch('unknown', cells.length);
    throw error;
  }
}

interface Judged {
  readonly batch: Batch;
  readonly rows: readonly BatchRow[];
  readonly outcome: LoadOutcome;
}

/** Clean cells, refused cells, receipt, exceptions and the writer's memory: one transaction, fenced by the lease. */
async function storeVerdict(
  options: BatchOptions,
  tx: EntityManager,
  poll: Poll<BatchCursor>,
  judged: Judged,
): Promise<void> {
  const { target, outbox, retryMs } = options;
  const { batch, rows, outcome } = judged;
  const now = new Date().toISOString();
  await poll.advance(tx, batch);
  const cells = judgeCells(rows, outcome.cells);
  await markLoaded(tx, cells.loaded);
  await markRefused(tx, cells.refused, now, retryMs);
  await tellPeople(options, tx, outcome, cells);
  const receipt = receiptOf(target, batch, judgeRows(rows, outcome.cells), outcome.cells.successful, now);
  const id = derivedId('planning-publisher/receipt', receipt.batchId);
  await outbox.publish(tx, [{ topic: 'finance.planning-receipt.v1', key: receipt.batchId, id, value: receipt }]);
}

/** An import that fails as a whole says nothing about its rows. */
async function tellPeople(
  { target, exceptions }: BatchOptions,
  tx: EntityManager,
  outcome: LoadOutcome,
  { loaded, refused }: ReturnType<typeof judgeCells>,
): Promise<void> {
  const rejected = refused.flatMap(({ cell, reason }) => (reason === null ? [] : [{ cell: cellKey(cell), reason }]));
  await exceptions.examined(tx, {
    objects: [...loaded.map(cellKey), ...rejected.map(({ cell }) => cell)].map(cellObject),
    kinds: [REJECTED_ROW],
    found: rejected.map(({ cell, reason }) => rejectedRow(target, cell, reason)),
    resolution: 'A later batch loaded the cell.',
  });
  const whole = outcome.cells.byRow ? null : (outcome.cells.refused[0]?.reason ?? 'The import failed');
  await exceptions.examined(tx, {
    objects: [modelObject(target)],
    kinds: [IMPORT_FAILED],
    found: whole === null ? [] : [failedImport(target, whole)],
    resolution: 'A later batch was loaded.',
  });
}

function verdictOf({ cells }: LoadOutcome): BatchOutcome {
  if (!cells.byRow) return 'failed';
  return cells.refused.length === 0 ? 'loaded' : 'partly';
}

/** The cells with the list items that they need, so that a new item exists before the cells that name it. */
function loadOf(rows: readonly BatchRow[]): Load {
  const entities = new Map(rows.map(({ cell }) => [cell.legalEntity, cell.legalEntityName]));
  const currencies = new Set(rows.map(({ cell }) => cell.currency));
  return {
    legalEntities: [...entities].map(([code, name]): PlanningItem => ({ code, name })),
    currencies: [...currencies].map((code): PlanningItem => ({ code, name: code })),
    cells: rows.map(({ figures }) => figures),
  };
}
