import { derivedId } from '@tieout/canonical';
import type { AnaplanClient, Load, LoadOutcome, PlanningItem } from '@tieout/connector-anaplan';
import { errorCode, inTransaction, type Outbox, type Poll, type StreamSpec } from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { type DirtyCell, markLoaded, markRefused, readDirtyCells } from './cell.store.ts';
import {
  type Batch,
  cellKey,
  type ExceptionState,
  failedImport,
  type JudgedRow,
  receiptOf,
  rejectedRow,
  type Target,
} from './receipt.ts';

export type BatchOutcome = 'loaded' | 'partly' | 'failed' | 'unknown';

export interface BatchOptions {
  readonly target: Target;
  readonly client: AnaplanClient;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly windowMs: number;
  readonly maxCells: number;
  readonly retryMs: number;
  readonly onBatch: (outcome: BatchOutcome, cells: number) => void;
}

/** What the writer of a model remembers: its last attempt, and since when imports fail as a whole. */
export interface BatchCursor extends Batch {
  readonly failing: { readonly since: string; readonly reason: string } | null;
}

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
  const failing = poll.cursor?.failing ?? null;
  const batch: Batch = { number: (poll.cursor?.number ?? 0) + 1, startedAt: new Date().toISOString() };
  const verifyLease = (): Promise<void> => inTransaction(dataSource, (tx) => poll.advance(tx, { ...batch, failing }));
  try {
    const outcome = await client.load(loadOf(cells), verifyLease, poll.signal);
    await inTransaction(dataSource, (tx) => storeVerdict(options, tx, poll, { batch, failing, cells, outcome }));
    onBatch(verdictOf(outcome), cells.length);
  } catch (error) {
    if (errorCode(error) === 'anaplan-outcome-unknown') onBatch('unknown', cells.length);
    throw error;
  }
}

interface Judged {
  readonly batch: Batch;
  readonly failing: BatchCursor['failing'];
  readonly cells: readonly DirtyCell[];
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
  const { batch, cells, outcome } = judged;
  const now = new Date().toISOString();
  const rows = judgeRows(cells, outcome);
  const whole = outcome.cells.byRow ? null : (outcome.cells.refused[0]?.reason ?? 'The import failed');
  const failing = whole === null ? null : { since: judged.failing?.since ?? now, reason: whole };
  await poll.advance(tx, { ...batch, failing });
  await markLoaded(
    tx,
    cells.filter((_, index) => rows[index]?.reason === null),
  );
  const refused = cells.flatMap((cell, index) => {
    const reason = rows[index]?.reason ?? null;
    return reason === null ? [] : [{ cell, reason: whole === null ? reason : null }];
  });
  await markRefused(tx, refused, now, retryMs);
  const exceptions = [
    ...rowExceptions(target, cells, rows, whole !== null, now),
    ...importExceptions(target, judged.failing, failing, now),
  ];
  await outbox.publishState(
    tx,
    'finance.exception.v1',
    exceptions.map((value) => ({ key: value.exceptionId, value })),
  );
  const receipt = receiptOf(target, batch, rows, outcome.cells.successful, now);
  const id = derivedId('planning-publisher/receipt', receipt.batchId);
  await outbox.publish(tx, [{ topic: 'finance.planning-receipt.v1', key: receipt.batchId, id, value: receipt }]);
}

function judgeRows(cells: readonly DirtyCell[], outcome: LoadOutcome): JudgedRow[] {
  const reasons = new Map(outcome.cells.refused.map(({ row, reason }) => [row, reason]));
  return cells.map((cell, index) => ({ row: index + 1, cell: cellKey(cell), reason: reasons.get(index + 1) ?? null }));
}

function rowExceptions(
  target: Target,
  cells: readonly DirtyCell[],
  rows: readonly JudgedRow[],
  failedAsAWhole: boolean,
  now: string,
): ExceptionState[] {
  if (failedAsAWhole) return [];
  return cells.flatMap((cell, index) => {
    const reason = rows[index]?.reason ?? null;
    if (reason !== null) return [rejectedRow(target, cellKey(cell), reason, cell.refusedSince ?? now, null)];
    if (cell.refusedSince === null) return [];
    return [rejectedRow(target, cellKey(cell), cell.refusedReason ?? '', cell.refusedSince, now)];
  });
}

function importExceptions(
  target: Target,
  before: BatchCursor['failing'],
  after: BatchCursor['failing'],
  now: string,
): ExceptionState[] {
  if (after !== null) return [failedImport(target, after.reason, after.since, null)];
  return before === null ? [] : [failedImport(target, before.reason, before.since, now)];
}

function verdictOf({ cells }: LoadOutcome): BatchOutcome {
  if (!cells.byRow) return 'failed';
  return cells.refused.length === 0 ? 'loaded' : 'partly';
}

/** The cells with the list items that they need, so that a new item exists before the cells that name it. */
function loadOf(cells: readonly DirtyCell[]): Load {
  const entities = new Map(cells.map((cell) => [cell.legalEntity, cell.legalEntityName]));
  const currencies = new Set(cells.map((cell) => cell.currency));
  return {
    legalEntities: [...entities].map(([code, name]): PlanningItem => ({ code, name })),
    currencies: [...currencies].map((code): PlanningItem => ({ code, name: code })),
    cells,
  };
}
