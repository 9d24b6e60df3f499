import type { StateTopicName, TopicName, ValueOf } from '@tieout/canonical';
import { applied, duplicate, superseded } from '@tieout/messaging';
import type { ConsumerSpec, Delivery, Outcome } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { feedItems } from '../comparisons/item-feed.consumer.ts';
import { putStates, removeStates, storedRevisions } from './topic-state.store.ts';

/** Keeps the highest revision of every key of a state topic; a tombstone erases the row. The topic says all that a row holds.
 * The items of the comparisons follow in the same transaction. */
export function stateConsumer<T extends StateTopicName>(topic: T): ConsumerSpec<T> {
  return {
    topic,
    handle: (deliveries, tx) => keepHighest(topic, deliveries, tx),
    async reset(tx, keys) {
      await removeStates(tx, topic, keys);
      await feedItems(
        tx,
        topic,
        keys.map((key) => ({ key, value: null })),
      );
    },
  };
}

interface Revised {
  readonly revision: bigint;
}

async function keepHighest<T extends TopicName>(
  topic: T,
  deliveries: readonly Delivery<ValueOf<T>>[],
  tx: EntityManager,
): Promise<readonly Outcome[]> {
  const highest = await storedRevisions(tx, topic, [...new Set(deliveries.map(({ key }) => key))]);
  const values = new Map<string, { readonly state: Revised | null; readonly correlationId: string }>();
  const firstPublished = new Map<string, string>();
  const outcomes = deliveries.map(({ key, value, meta: { correlationId, time } }): Outcome => {
    const state = value as Revised | null;
    const known = highest.get(key) ?? 0n;
    if (state !== null && state.revision <= known) return state.revision === known ? duplicate : superseded;
    // After an erasure the key starts over.
    highest.set(key, state?.revision ?? 0n);
    values.set(key, { state, correlationId });
    if (state?.revision === 1n) firstPublished.set(key, time);
    return applied;
  });
  const erased = [...values].filter(([, { state }]) => state === null).map(([key]) => key);
  await removeStates(tx, topic, erased);
  await putStates(
    tx,
    topic,
    [...values].flatMap(([key, { state, correlationId }]) =>
      state === null
        ? []
        : [
            {
              ...{ key, revision: state.revision, value: state, correlationId },
              firstPublishedAt: firstPublished.get(key) ?? null,
            },
          ],
    ),
  );
  await feedItems(
    tx,
    topic,
    [...values].map(([key, { state }]) => ({ key, value: state })),
  );
  return outcomes;
}

/** Receipts are facts of a batch; the last one is kept as a row like a state. */
export const planningReceiptConsumer: ConsumerSpec<'finance.planning-receipt.v1'> = {
  topic: 'finance.planning-receipt.v1',
  async handle(deliveries, tx) {
    const rows = new Map(
      deliveries.map(({ key, value, meta: { correlationId } }) => [
        key,
        { ...{ key, revision: 1n, value, correlationId }, firstPublishedAt: null },
      ]),
    );
    await putStates(tx, 'finance.planning-receipt.v1', [...rows.values()]);
    return deliveries.map(() => applied);
  },
};
