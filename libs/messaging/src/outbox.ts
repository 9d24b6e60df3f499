import { contentHash, derivedId, type StateTopicName, type TopicName, type ValueOf } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { Codec } from './codec.ts';
import { toHeaders, type EventMeta } from './event-headers.ts';
import { insertEvents, type OutboxRow } from './outbox.store.ts';
import { assignRevisions, currentRevision } from './state-revision.store.ts';

/** A fact to publish. `id` is a UUID derived from its cause, so that doing the work again creates nothing twice. */
export interface NewEvent<T extends TopicName = TopicName> {
  readonly topic: T;
  readonly key: string;
  readonly id: string;
  readonly value: ValueOf<T>;
  /** The event that led to this one; absent at an entry point. */
  readonly cause?: EventMeta;
}

/** The full current record of a key, without its revision, which is assigned here. */
export interface NewState<T extends StateTopicName> {
  readonly key: string;
  readonly value: Omit<ValueOf<T>, 'revision'>;
  readonly cause?: EventMeta;
}

/** `event` is null when the content did not change. */
export interface RevisedState<T extends StateTopicName> {
  readonly revision: bigint;
  readonly event: NewEvent<T> | null;
}

/** `replaced`: a later state of the same key in the same call took its place. */
export type PublishedState = 'published' | 'unchanged' | 'replaced';

/**
 * Writes events into the caller's transaction; the relay publishes them after commit. Size and schema are checked here, so
 * a value that does not fit its contract fails the business transaction and never reaches the relay.
 */
export class Outbox {
  readonly #codec: Codec;
  readonly #source: string;
  readonly #now: () => Date;

  constructor(codec: Codec, service: string, now: () => Date = () => new Date()) {
    this.#codec = codec;
    this.#source = `/tieout/${service}`;
    this.#now = now;
  }

  /** Facts. Hold the lock of the aggregate of each key: the order of insertion is the order in the topic. */
  async publish(tx: EntityManager, events: readonly NewEvent[]): Promise<void> {
    await insertEvents(
      tx,
      events.map((event) => this.#row(event)),
    );
  }

  /** States: a revision is assigned per key, under a row lock, only when the content changed. Answers in the order given. */
  async publishState<T extends StateTopicName>(
    tx: EntityManager,
    topic: T,
    states: readonly NewState<T>[],
  ): Promise<readonly PublishedState[]> {
    if (states.length === 0) return [];
    const last = new Map(states.map((state) => [state.key, state]));
    const contents = [...last.values()].map(({ key, value }) => ({ key, hash: stateHash(value) }));
    const revisions = await assignRevisions(tx, topic, contents);
    const changed = [...last.values()].flatMap((state) => {
      const revision = revisions.get(state.key);
      return revision === undefined ? [] : [stateEvent(topic, state, revision)];
    });
    await this.publish(tx, changed);
    return states.map((state) => {
      if (last.get(state.key) !== state) return 'replaced';
      return revisions.has(state.key) ? 'published' : 'unchanged';
    });
  }

  /**
   * The revision that a state has, or gets because its content changed, for records that have to name it: they are written
   * before the state itself. Its key stays locked until the transaction ends. Publish the event in the same transaction, after
   * them; a revision whose event is left out is never seen by anybody.
   */
  async reviseState<T extends StateTopicName>(
    tx: EntityManager,
    topic: T,
    state: NewState<T>,
  ): Promise<RevisedState<T>> {
    const { key, value } = state;
    const assigned = (await assignRevisions(tx, topic, [{ key, hash: stateHash(value) }])).get(key);
    if (assigned !== undefined) return { revision: assigned, event: stateEvent(topic, state, assigned) };
    return { revision: await currentRevision(tx, topic, key), event: null };
  }

  #row({ topic, key, id, value, cause }: NewEvent): Omit<OutboxRow, 'id'> {
    const meta: EventMeta = {
      id,
      source: this.#source,
      type: topic,
      time: this.#now().toISOString(),
      correlationId: cause?.correlationId ?? id,
      causationId: cause?.id ?? null,
      traceparent: cause?.traceparent ?? null,
    };
    return { eventId: id, topic, key, value: this.#codec.encode(topic, value), headers: toHeaders(meta, key) };
  }
}

function stateEvent<T extends StateTopicName>(
  topic: T,
  { key, value, cause }: NewState<T>,
  revision: bigint,
): NewEvent<T> {
  const id = derivedId(topic, key, Number(revision));
  const event = { topic, key, id, value: { ...value, revision } as unknown as ValueOf<T> };
  return cause ? { ...event, cause } : event;
}

/** What counts as a change: everything but the revision itself and the vendor's own version and time of change. */
export function stateHash(value: object): string {
  const { revision: _revision, source, ...content } = value as { revision?: unknown; source?: object };
  if (!source) return contentHash(content);
  const { version: _version, changedAt: _changedAt, ...origin } = source as { version?: unknown; changedAt?: unknown };
  return contentHash({ ...content, source: origin });
}
