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
 * A consumer of one topic. `handle` is set-based: it gets events in offset order and the open transaction, and answers with
 * one outcome per event, in the same order. It never publishes to Kafka, retries or commits. A thrown DataError makes the
 * loop bisect the batch until the culprit is alone; TransientError makes it wait; anything else is treated as a bug.
 */
export interface ConsumerSpec<T extends TopicName = TopicName> {
  readonly topic: T;
  // A method, not a property: bivariance lets consumers of different topics stand in one list.
  handle(deliveries: readonly Delivery<ValueOf<T>>[], tx: EntityManager): Promise<readonly Outcome[]>;
}
