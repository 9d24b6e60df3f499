import { applied, duplicate, ignored } from '@tieout/messaging';
import type { ConsumerSpec } from '@tieout/messaging';
import { knownSnapshots, putHeader, putItems } from './snapshot.store.ts';

const NOT_OURS = ignored('a snapshot that no run here asked for');

export const snapshotConsumer: ConsumerSpec<'finance.snapshot.v1'> = {
  topic: 'finance.snapshot.v1',
  async handle(deliveries, tx) {
    const known = await knownSnapshots(
      tx,
      deliveries.map(({ key }) => key),
    );
    const outcomes = [];
    for (const { value } of deliveries) {
      if (value === null || !known.has(value.snapshotId)) outcomes.push(NOT_OURS);
      else outcomes.push((await putHeader(tx, value)) ? applied : duplicate);
    }
    return outcomes;
  },
};

export const snapshotItemConsumer: ConsumerSpec<'finance.snapshot-item.v1'> = {
  topic: 'finance.snapshot-item.v1',
  async handle(deliveries, tx) {
    const known = await knownSnapshots(
      tx,
      deliveries.map(({ key }) => key),
    );
    const ours = deliveries.flatMap(({ value }) => (value !== null && known.has(value.snapshotId) ? [value] : []));
    const put = await putItems(tx, ours);
    return deliveries.map(({ value }) => {
      if (value === null || !known.has(value.snapshotId)) return NOT_OURS;
      return put.has(`${value.snapshotId}/${value.index}`) ? applied : duplicate;
    });
  },
};
