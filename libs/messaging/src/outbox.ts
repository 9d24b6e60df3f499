import { contentHash, derivedId, TOPICS, type StateTopicName, type TopicName, type ValueOf } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { Codec } from './codec.ts';
import { toHeaders, type EventMeta } from './event-headers.ts';
import { insertEvents, type NewOutboxRow } from './outbox.store.ts';
import { suppressionOf } from './replay/suppression.ts';
import { assignRevisions, currentRevision } from './state-revision.store.ts';

/** A fact to publish. `id` is a UUID derived from its cause, so that doing the work again creates nothing twice. */
export interface NewEvent<T extends TopicName = TopicName> {
  readonly topic: T;
  readonly key: string;
  readonly id: string;
  readonly value: ValueOf<T>;
  /** Headers beside those of every event, which win. */
  readonly headers?: Readonly<Record<string, string>>;
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

export interface OutboxOptions {
  readonly now?: () => Date;
  /** Names a topic on the broker; differs from the contract's name only where a copy of it is written. */
  readonly brokerTopic?: (topic: TopicName) => string;
  /** Publishes nothing: the service builds its state beside the live one. */
  readonly muted?: boolean;
}

/**
 * Writes events into the caller's transaction; the relay publishes them after commit. Size and schema are checked here, so
 * a value that does not fit its contract fails the business transaction and never reaches the relay.
 */
export class Outbox {
  readonly #codec: Codec;
  readonly #source: string;
  readonly #now: () => Date;
  readonly #brokerTopic: (topic: TopicName) => string;
  /** Of a service that builds its state beside the live one: what it would say was or will be said by that. */
  readonly muted: boolean;

  constructor(codec: Codec, service: string, { now, brokerTopic, muted }: OutboxOptions = {}) {
    this.muted = muted ?? false;
    this.#codec = codec;
    this.#source = `/tieout/${service}`;
    this.#now = now ?? (() => new Date());
    this.#brokerTopic = brokerTopic ?? ((topic) => topic);
  }

  /**
   * Writes facts into the caller's transaction.
   *
   * Order: of insertion, per key, also among replicas, as long as every writer holds the lock of the key's aggregate until its
   * transaction ends; none among keys. Delivery: once committed, each event id stands in the topic once for a read_committed
   * subscriber, usually within milliseconds; rolled back, never. An id that waits in the outbox already is not written again;
   * one that has been published is (subscribers know it by its id). Blocks for one insertion, never on Kafka. A
   * transaction that hands records over again publishes none: they went out when the records came first.
   * @throws when a value does not fit its schema or is too large: the business transaction fails, nothing is written
   */
  async publish(tx: EntityManager, events: readonly NewEvent[]): Promise<void> {
    if (this.muted) return;
    const suppressed = suppressionOf(tx);
    const outgoing = suppressed ? events.filter(({ topic }) => TOPICS[topic].kind === 'state') : events;
    if (suppressed) suppressed.facts += events.length - outgoing.length;
    await insertEvents(
      tx,
      outgoing.map((event) => this.#row(event)),
    );
  }

  /**
   * Writes states into the caller's transaction: a key whose content changed gets the next revision. Answers in the order given.
   *
   * Order: revisions of a key rise by one and leave in that order, without a lock of the caller's. Delivery: as `publish`; an
   * unchanged state is not written. Blocks until other transactions that changed one of the keys have ended: keys are locked in
   * sorted order, so that two calls cannot deadlock, two topics in opposite order can.
   * @throws when a value does not fit its schema or is too large: the business transaction fails, nothing is written
   */
  async publishState<T extends StateTopicName>(
    tx: EntityManager,
    topic: T,
    states: readonly NewState<T>[],
  ): Promise<readonly PublishedState[]> {
    if (states.length === 0 || this.muted) return states.map(() => 'unchanged' as const);
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
    if (this.muted) return { revision: 0n, event: null };
    const assigned = (await assignRevisions(tx, topic, [{ key, hash: stateHash(value) }])).get(key);
    if (assigned !== undefined) return { revision: assigned, event: stateEvent(topic, state, assigned) };
    return { revision: await currentRevision(tx, topic, key), event: null };
  }

  #row({ topic, key, id, value, headers, cause }: NewEvent): NewOutboxRow {
    const meta: EventMeta = {
      id,
      source: this.#source,
      type: topic,
      time: this.#now().toISOString(),
      correlationId: cause?.correlationId ?? id,
      causationId: cause?.id ?? null,
      traceparent: cause?.traceparent ?? null,
    };
    return {
      eventId: id,
      topic: this.#brokerTopic(topic),
      key,
      value: this.#codec.encode(topic, value),
      headers: { ...headers, ...toHeaders(meta, key) },
    };
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
