import { derivedId } from '@tieout/canonical';
import { applied, ignored, type ConsumerSpec } from '@tieout/messaging';
import type { Enqueue } from '../customers/customer.consumer.ts';

export const TAKE_SNAPSHOT = 'take-snapshot';
const objects = ['customer', 'invoice', 'payment'];

/** Takes the requests for our account; the account itself is asked by the worker, never in this transaction. */
export function snapshotRequests(instance: string, queue: Enqueue): ConsumerSpec<'finance.snapshot-request.v1'> {
  return {
    topic: 'finance.snapshot-request.v1',
    async handle(deliveries, tx) {
      const mine = deliveries.filter(
        ({ value }) => value?.system === 'netsuite' && value.instance === instance && objects.includes(value.object),
      );
      const items = mine.map(({ value, meta }) => ({
        id: derivedId('erp-adapter/snapshot', value!.snapshotId),
        kind: TAKE_SNAPSHOT,
        key: value!.snapshotId,
        payload: value,
        cause: meta,
      }));
      await queue.enqueue(tx, items);
      const taken = new Set(mine);
      return deliveries.map((delivery) => (taken.has(delivery) ? applied : ignored('addressed to another system')));
    },
  };
}
