import { derivedId } from '@tieout/canonical';
import { applied, ignored, type ConsumerSpec, type NewWorkItem } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';

export const SNAPSHOT_WORK = 'snapshot';
/** The part of a work queue that a consumer needs. */
export interface Enqueue {
  enqueue(tx: EntityManager, items: readonly NewWorkItem[]): Promise<void>;
}

/** Takes the requests for cells of our planning system; it is asked by the worker, never in this transaction. */
export function snapshotRequests(instance: string, queue: Enqueue): ConsumerSpec<'finance.snapshot-request.v1'> {
  return {
    topic: 'finance.snapshot-request.v1',
    async handle(deliveries, tx) {
      const mine = deliveries.flatMap(({ value, meta }) =>
        value !== null && value.system === 'anaplan' && value.object === 'cell' && value.instance === instance
          ? [{ value, meta }]
          : [],
      );
      await queue.enqueue(
        tx,
        mine.map(({ value, meta }) => ({
          id: derivedId('planning-publisher/snapshot', value.snapshotId),
          kind: SNAPSHOT_WORK,
          key: value.snapshotId,
          payload: value,
          cause: meta,
        })),
      );
      const taken = new Set(mine.map(({ meta }) => meta));
      return deliveries.map(({ meta }) => (taken.has(meta) ? applied : ignored('addressed to another system')));
    },
  };
}
