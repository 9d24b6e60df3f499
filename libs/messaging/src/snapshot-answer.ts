import { derivedId, type SnapshotItem, type SnapshotRequest, type SnapshotSum } from '@tieout/canonical';
import type { DataSource, EntityManager } from 'typeorm';
import { applied, ignored, type ConsumerSpec } from './consumer-spec.ts';
import type { EventMeta } from './event-headers.ts';
import type { NewEvent, Outbox } from './outbox.ts';
import { inTransaction } from './transaction.ts';
import type { NewWorkItem } from './work-queue.store.ts';
import type { FailedWork, WorkHandler } from './work-queue.ts';

/** What a system holds, as it was read in one go. */
export interface SnapshotReading {
  /** Raw fields in the system's own names; a field without value is absent. */
  readonly items: readonly Pick<SnapshotItem, 'itemId' | 'fields'>[];
  readonly sums: readonly SnapshotSum[];
  readonly takenAt: Date;
  /** Why the reading is not complete; null when it is. */
  readonly error: string | null;
}

/** A system that can be asked what it holds. */
export interface SnapshotSource {
  readonly service: string;
  readonly system: string;
  readonly instance: string;
  readonly objects: readonly string[];
  read(request: SnapshotRequest, signal: AbortSignal): Promise<SnapshotReading>;
}

/** Kind of the work items that answer requests. */
export const TAKE_SNAPSHOT = 'take-snapshot';
/** Outbox rows are inserted in portions; all of them are one transaction. */
const PORTION = 500;

/** The part of a work queue that a consumer needs. */
export interface Enqueue {
  enqueue(tx: EntityManager, items: readonly NewWorkItem[]): Promise<void>;
}

/** Takes the requests for our system; the system itself is asked by the worker, never in this transaction. */
export function snapshotRequests(
  { service, system, instance, objects }: Omit<SnapshotSource, 'read'>,
  queue: Enqueue,
): ConsumerSpec<'finance.snapshot-request.v1'> {
  const isOurs = (value: SnapshotRequest): boolean =>
    value.system === system && value.instance === instance && objects.includes(value.object);
  return {
    topic: 'finance.snapshot-request.v1',
    async handle(deliveries, tx) {
      const ours = deliveries.flatMap(({ value, meta }) => (value && isOurs(value) ? [{ value, meta }] : []));
      await queue.enqueue(
        tx,
        ours.map(({ value, meta }) => ({
          id: derivedId(`${service}/snapshot`, value.snapshotId),
          kind: TAKE_SNAPSHOT,
          key: value.snapshotId,
          payload: value,
          cause: meta,
        })),
      );
      return deliveries.map(({ value }) => (value && isOurs(value) ? applied : ignored('addressed to another system')));
    },
  };
}

/** States what the system holds: the items, then the header. One transaction, so that a retry never mixes two readings. */
export function takeSnapshot(source: SnapshotSource, dataSource: DataSource, outbox: Outbox): WorkHandler {
  return async (item) => {
    const { cause } = item;
    const request = item.payload as SnapshotRequest;
    const reading = await source.read(request, item.signal);
    const items = reading.items.map((held, index) => itemEvent(source.service, request, held, index, cause));
    await inTransaction(dataSource, async (tx) => {
      for (let start = 0; start < items.length; start += PORTION) {
        await outbox.publish(tx, items.slice(start, start + PORTION));
      }
      await outbox.publish(tx, [headerEvent(source.service, request, reading, cause)]);
      await item.complete(tx);
    });
  };
}

/** Whoever asked must learn that no complete snapshot will come. For `onFailed` of the work queue. */
export async function snapshotFailed(
  service: string,
  outbox: Outbox,
  tx: EntityManager,
  { payload, cause, message }: FailedWork,
): Promise<void> {
  const nothing: SnapshotReading = { items: [], sums: [], takenAt: new Date(), error: message };
  await outbox.publish(tx, [headerEvent(service, payload as SnapshotRequest, nothing, cause)]);
}

function itemEvent(
  service: string,
  { snapshotId }: SnapshotRequest,
  item: SnapshotReading['items'][number],
  index: number,
  cause: EventMeta | null,
): NewEvent<'finance.snapshot-item.v1'> {
  const id = derivedId(`${service}/snapshot-item`, snapshotId, index);
  const value = { ...item, snapshotId, index: BigInt(index) };
  return { topic: 'finance.snapshot-item.v1', key: snapshotId, id, value, ...(cause && { cause }) };
}

function headerEvent(
  service: string,
  { requestedAt: _requestedAt, ...asked }: SnapshotRequest,
  { items, sums, takenAt, error }: SnapshotReading,
  cause: EventMeta | null,
): NewEvent<'finance.snapshot.v1'> {
  const ordered = sums.toSorted((a, b) => (`${a.name}|${a.currency}` < `${b.name}|${b.currency}` ? -1 : 1));
  const outcome = { complete: error === null, takenAt: takenAt.toISOString(), error };
  const value = { ...asked, ...outcome, count: BigInt(items.length), sums: ordered };
  // A failed reading that is done again later is another event, not the same one with other content.
  const id = derivedId(`${service}/snapshot-header`, asked.snapshotId, error === null ? '' : takenAt.toISOString());
  return { topic: 'finance.snapshot.v1', key: asked.snapshotId, id, value, ...(cause && { cause }) };
}
