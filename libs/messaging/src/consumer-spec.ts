import type { TopicName, ValueOf } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { EventMeta } from './event-headers.ts';

/** What became of an event; every accepted record ends as exactly one, counted beside the position. */
export type Outcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'ignored'; readonly reason: string };

export const applied: Outcome = { kind: 'applied' };
export const superseded: Outcome = { kind: 'superseded' };
export const duplicate: Outcome = { kind: 'duplicate' };
export const ignored = (reason: string): Outcome => ({ kind: 'ignored', reason });

/** A decoded event with where it came from. `value` is null for a tombstone. */
export interface Delivery<V> {
  readonly topic: TopicName;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: V | null;
  readonly meta: EventMeta;
  readonly timestamp: Date;
}

/**
 * A consumer of one topic. `handle` is set-based: it gets events and the open transaction, and answers with one outcome per
 * event, in the same order. It never publishes to Kafka, retries or commits.
 *
 * Ordering: the events of one call are of one partition, in offset order, so also in order per key; calls for other partitions
 * run at the same time. How many events come at once changes with how long the calls take.
 * Delivery: an event may come in several calls, when the transaction of an earlier one did not commit; effects that go through `tx`
 * happen once, anything else may happen again.
 * Blocking: a call holds its partition back and no other. It has a minute, then it is taken for hung and loses its transaction.
 * Failure: a thrown DataError makes the loop split the events until the culprit is alone, which becomes a dead letter; on a fact
 * topic the later events of its key then wait behind it. TransientError, also the database's own, makes the partition wait and
 * try again. MisconfiguredError stops the consumer. Anything else is a bug: split, three tries, dead letter with the stack.
 */
export interface ConsumerSpec<T extends TopicName = TopicName> {
  readonly topic: T;
  // A method, not a property: bivariance lets consumers of different topics stand in one list.
  handle(deliveries: readonly Delivery<ValueOf<T>>[], tx: EntityManager): Promise<readonly Outcome[]>;
  /**
   * Offered by consumers of state topics whose rows follow from the newest record of each key alone: these, and only these, can
   * be rebuilt in place (decision 0014). Makes what is stored of these keys count for nothing, so that the `handle` that comes
   * next in the same transaction takes the newest record of each as if none had come before: delete the rows, or lower
   * their revision where the handler compares with what it had. Publishes nothing. What it throws ends the replay.
   */
  reset?(tx: EntityManager, keys: readonly string[]): Promise<void>;
}
