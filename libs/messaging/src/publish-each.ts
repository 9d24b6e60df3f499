import type { StateTopicName } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import { DataError } from './errors.ts';
import type { NewState, Outbox, PublishedState } from './outbox.ts';

/**
 * Like `Outbox.publishState`, but a value that no event can hold (too large, not of its contract) is its own fate and the others
 * are published without it. Each try is a savepoint, because such a value may come after revisions were assigned.
 */
export async function publishEach<T extends StateTopicName>(
  outbox: Outbox,
  tx: EntityManager,
  topic: T,
  states: readonly NewState<T>[],
): Promise<readonly (PublishedState | DataError)[]> {
  if (states.length === 0) return [];
  try {
    return await tx.transaction((inner) => outbox.publishState(inner, topic, states));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    if (states.length === 1) return [error];
    const half = Math.ceil(states.length / 2);
    const first = await publishEach(outbox, tx, topic, states.slice(0, half));
    return [...first, ...(await publishEach(outbox, tx, topic, states.slice(half)))];
  }
}
