import { derivedId, type Snapshot, type SnapshotRequest, type SnapshotSum } from '@tieout/canonical';
import type { AnaplanClient, PlanningCell } from '@tieout/connector-anaplan';
import {
  inTransaction,
  type EventMeta,
  type FailedWork,
  type NewEvent,
  type Outbox,
  type WorkHandler,
} from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { cellKey } from '../cells/receipt.ts';
import { cellSums } from './sums.ts';

export interface SnapshotWork {
  readonly client: AnaplanClient;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
}

/** Outbox rows are inserted in portions; all of them are one transaction. */
const PORTION = 500;

/** States what the planning model holds now: every cell with a value, digits as sent, then the header with count and sums. */
export function takeSnapshot({ client, dataSource, outbox }: SnapshotWork): WorkHandler {
  return async (item) => {
    const request = item.payload as SnapshotRequest;
    const takenAt = new Date().toISOString();
    const cells: PlanningCell[] = [];
    for await (const page of client.readCells(item.signal)) cells.push(...page);
    const items = cells.map((cell, index) => itemEvent(request, cell, index, item.cause));
    const header = { takenAt, count: cells.length, sums: cellSums(cells), error: null };
    await inTransaction(dataSource, async (tx) => {
      for (let start = 0; start < items.length; start += PORTION)
        await outbox.publish(tx, items.slice(start, start + PORTION));
      await outbox.publish(tx, [headerEvent(request, header, item.cause)]);
      await item.complete(tx);
    });
  };
}

/** Whoever asked must learn that no complete snapshot will come. */
export function snapshotFailed(outbox: Outbox): (tx: EntityManager, work: FailedWork) => Promise<void> {
  return async (tx, { payload, cause, message }) => {
    const header = { takenAt: new Date().toISOString(), count: 0, sums: [], error: message };
    await outbox.publish(tx, [headerEvent(payload as SnapshotRequest, header, cause)]);
  };
}

function itemEvent(
  { snapshotId }: SnapshotRequest,
  cell: PlanningCell,
  index: number,
  cause: EventMeta | null,
): NewEvent<'finance.snapshot-item.v1'> {
  const id = derivedId('planning-publisher/snapshot-item', snapshotId, index);
  const value = { snapshotId, index: BigInt(index), itemId: cellKey(cell), fields: { ...cell } };
  return { topic: 'finance.snapshot-item.v1', key: snapshotId, id, value, ...(cause === null ? {} : { cause }) };
}

interface Header {
  readonly takenAt: string;
  readonly count: number;
  readonly sums: readonly SnapshotSum[];
  readonly error: string | null;
}

function headerEvent(
  request: SnapshotRequest,
  { count, ...header }: Header,
  cause: EventMeta | null,
): NewEvent<'finance.snapshot.v1'> {
  const { requestedAt: _requestedAt, ...asked } = request;
  const value: Snapshot = { ...asked, ...header, complete: header.error === null, count: BigInt(count) };
  const id = derivedId('planning-publisher/snapshot-header', request.snapshotId);
  return { topic: 'finance.snapshot.v1', key: request.snapshotId, id, value, ...(cause === null ? {} : { cause }) };
}
