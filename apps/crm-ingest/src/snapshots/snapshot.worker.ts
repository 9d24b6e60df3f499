import { derivedId, type Snapshot, type SnapshotItem, type SnapshotRequest } from '@tieout/canonical';
import type { Account, SalesforceClient } from '@tieout/connector-salesforce';
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
  readonly client: SalesforceClient;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
}

/** Outbox rows are inserted in portions; all of them are one transaction. */
const PORTION = 500;

/**
 * States what the org holds now: every account in its own field names, then the header with the count. All in one transaction,
 * so that a second try never mixes two readings.
 */
export function takeSnapshot({ client, dataSource, outbox }: SnapshotWork): WorkHandler {
  return async (item) => {
    const request = item.payload as SnapshotRequest;
    const takenAt = new Date().toISOString();
    const accounts: Account[] = [];
    for await (const page of client.allAccounts(item.signal)) accounts.push(...page);
    const items = accounts.map((account, index) => itemEvent(request, account, index, item.cause));
    await inTransaction(dataSource, async (tx) => {
      for (let start = 0; start < items.length; start += PORTION)
        await outbox.publish(tx, items.slice(start, start + PORTION));
      await outbox.publish(tx, [headerEvent(request, { takenAt, count: accounts.length, error: null }, item.cause)]);
      await item.complete(tx);
    });
  };
}

/** Whoever asked must learn that no complete snapshot will come. */
export function snapshotFailed(outbox: Outbox): (tx: EntityManager, work: FailedWork) => Promise<void> {
  return async (tx, { payload, cause, message }) => {
    const outcome = { takenAt: new Date().toISOString(), count: 0, error: message };
    await outbox.publish(tx, [headerEvent(payload as SnapshotRequest, outcome, cause)]);
  };
}

function itemEvent(
  { snapshotId }: SnapshotRequest,
  account: Account,
  index: number,
  cause: EventMeta | null,
): NewEvent<'finance.snapshot-item.v1'> {
  const value: SnapshotItem = { snapshotId, index: BigInt(index), itemId: account.Id, fields: rawFields(account) };
  return event(
    'finance.snapshot-item.v1',
    snapshotId,
    derivedId('crm-ingest/snapshot-item', snapshotId, index),
    value,
    cause,
  );
}

function headerEvent(
  request: SnapshotRequest,
  { takenAt, count, error }: { takenAt: string; count: number; error: string | null },
  cause: EventMeta | null,
): NewEvent<'finance.snapshot.v1'> {
  const { snapshotId, runId, object, system, instance, cutOff } = request;
  const header = { snapshotId, runId, object, system, instance, cutOff, takenAt, sums: [], error };
  const value: Snapshot = { ...header, complete: error === null, count: BigInt(count) };
  return event('finance.snapshot.v1', snapshotId, derivedId('crm-ingest/snapshot-header', snapshotId), value, cause);
}

function event<T extends 'finance.snapshot.v1' | 'finance.snapshot-item.v1'>(
  topic: T,
  key: string,
  id: string,
  value: NewEvent<T>['value'],
  cause: EventMeta | null,
): NewEvent<T> {
  return cause === null ? { topic, key, id, value } : { topic, key, id, value, cause };
}

/** Fields as the org names them; one without value is absent. */
function rawFields(account: Account): Record<string, string> {
  const { attributes: _attributes, ...fields } = account as Account & { attributes?: unknown };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}
