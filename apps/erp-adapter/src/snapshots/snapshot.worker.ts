import { derivedId, type Snapshot, type SnapshotRequest } from '@tieout/canonical';
import type { NetSuiteClient, SnapshotObject, SnapshotReading } from '@tieout/connector-netsuite';
import {
  inTransaction,
  type EventMeta,
  type FailedWork,
  type NewEvent,
  type Outbox,
  type WorkHandler,
} from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';

export interface SnapshotWork {
  readonly client: NetSuiteClient;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
}

/** A reading that documents moved under is taken again so often before it is handed on as incomplete. */
const READINGS = 3;
/** Outbox rows are inserted in portions; all of them are one transaction. */
const PORTION = 500;

/** States what the account holds now: raw rows, then the header. One transaction, so that a retry never mixes two readings. */
export function takeSnapshot({ client, dataSource, outbox }: SnapshotWork): WorkHandler {
  return async (item) => {
    const request = item.payload as SnapshotRequest;
    let reading = await client.snapshot(request.object as SnapshotObject, request.cutOff, item.signal);
    for (let n = 1; reading.error !== null && n < READINGS; n += 1) {
      reading = await client.snapshot(request.object as SnapshotObject, request.cutOff, item.signal);
    }
    const items = reading.items.map((row, index) => itemEvent(request.snapshotId, row, index, item.cause));
    await inTransaction(dataSource, async (tx) => {
      for (let start = 0; start < items.length; start += PORTION) {
        await outbox.publish(tx, items.slice(start, start + PORTION));
      }
      await outbox.publish(tx, [headerEvent(request, reading, item.cause)]);
      await item.complete(tx);
    });
  };
}

/** Whoever asked must learn that no complete snapshot will come. */
export async function snapshotFailed(
  outbox: Outbox,
  tx: EntityManager,
  { payload, cause, message }: FailedWork,
): Promise<void> {
  const nothing: SnapshotReading = { items: [], sums: [], takenAt: new Date(), error: message };
  await outbox.publish(tx, [headerEvent(payload as SnapshotRequest, nothing, cause)]);
}

function itemEvent(
  snapshotId: string,
  { id, fields }: SnapshotReading['items'][number],
  index: number,
  cause: EventMeta | null,
): NewEvent {
  const value = { snapshotId, index: BigInt(index), itemId: id, fields };
  const eventId = derivedId('erp-adapter/snapshot-item', snapshotId, index);
  return { topic: 'finance.snapshot-item.v1', key: snapshotId, id: eventId, value, ...(cause ? { cause } : {}) };
}

function headerEvent(request: SnapshotRequest, reading: SnapshotReading, cause: EventMeta | null): NewEvent {
  const { snapshotId, runId, object, system, instance, cutOff } = request;
  const value: Snapshot = {
    ...{ snapshotId, runId, object, system, instance, cutOff },
    complete: reading.error === null,
    takenAt: reading.takenAt.toISOString(),
    count: BigInt(reading.items.length),
    sums: [...reading.sums].sort((a, b) => (`${a.name}|${a.currency}` < `${b.name}|${b.currency}` ? -1 : 1)),
    error: reading.error,
  };
  const eventId = derivedId('erp-adapter/snapshot-header', snapshotId);
  return { topic: 'finance.snapshot.v1', key: snapshotId, id: eventId, value, ...(cause ? { cause } : {}) };
}
