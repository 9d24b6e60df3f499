import { derivedId, joinKey, type PlanningReceipt } from '@tieout/canonical';

export const SERVICE = 'planning-publisher';

/** Coordinates of a cell as receipts, snapshots and exceptions write them. */
export function cellKey(cell: {
  readonly legalEntity: string;
  readonly month: string;
  readonly currency: string;
}): string {
  return joinKey([cell.legalEntity, cell.month, cell.currency]);
}

/** One attempt to load cells; the number and the start are stored before the import starts. */
export interface Batch {
  readonly number: number;
  readonly startedAt: string;
}

/** Where batches go. */
export interface Target {
  readonly instance: string;
  readonly model: string;
  readonly action: string;
}

export function batchIdOf(target: Target, batch: Batch): string {
  return derivedId(`${SERVICE}/batch`, joinKey([target.instance, target.model, batch.startedAt]), batch.number);
}

/** Rows of a batch with the reason for which each was refused, null when it was loaded. */
export interface JudgedRow {
  readonly row: number;
  readonly cell: string;
  readonly reason: string | null;
}

export function receiptOf(
  target: Target,
  batch: Batch,
  rows: readonly JudgedRow[],
  successful: boolean,
  completedAt: string,
): PlanningReceipt {
  const rejections = rows.flatMap(({ row, cell, reason }) =>
    reason === null ? [] : [{ row: BigInt(row), cell, reason }],
  );
  return {
    batchId: batchIdOf(target, batch),
    ...target,
    sent: BigInt(rows.length),
    loaded: BigInt(rows.length - rejections.length),
    rejected: BigInt(rejections.length),
    rejections,
    successful,
    startedAt: batch.startedAt,
    completedAt,
  };
}
