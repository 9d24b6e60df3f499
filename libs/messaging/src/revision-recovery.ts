import { TOPICS, type Exception, type StateTopicName, type ValueOf } from '@tieout/canonical';
import type { Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import type { Codec } from './codec.ts';
import { errorKind } from './errors.ts';
import { rawEventId } from './event-headers.ts';
import { recoverCases } from './exceptions/recovery.ts';
import { dropPublished } from './outbox.store.ts';
import { stateHash } from './outbox.ts';
import { publishedTopics, rememberOffsets, type PublishedTopic } from './published-topic.store.ts';
import { readTopic, wholeTopic, type PartitionRange } from './read-topic.ts';
import { restoreRevisions } from './state-revision.store.ts';
import { topicOffsets } from './topic-offsets.ts';
import { inTransaction } from './transaction.ts';

export interface RevisionRecovery {
  readonly kafka: Kafka;
  readonly codec: Codec;
  readonly dataSource: DataSource;
  readonly service: string;
  /** Default: those that the contracts name for the service. */
  readonly topics?: readonly StateTopicName[];
}

/** State topics that a service publishes. */
export function stateTopicsOf(service: string): StateTopicName[] {
  const produced = Object.values(TOPICS).filter(
    ({ kind, producers }) => kind === 'state' && producers.includes(service),
  );
  return produced.map(({ name }) => name as StateTopicName);
}

/**
 * Makes the database as new as the service's own state topics, before anything is published: a database that is empty, or was
 * restored to an earlier point, would give revisions again that are taken, and every sink would drop those events. Exceptions
 * come back whole, with their history. Read is only what lies behind the offsets that the database remembers as published,
 * which is nothing unless it is older.
 *
 * Rows of the outbox that wait for a key that moved on meanwhile are dropped: published now, they would stand behind a newer
 * state. Blocks until the topics are read; needs Kafka. @returns the number of keys whose revision was raised.
 */
export async function recoverRevisions(recovery: RevisionRecovery): Promise<number> {
  const known = await publishedTopics(recovery.dataSource.manager);
  let raised = 0;
  for (const topic of recovery.topics ?? stateTopicsOf(recovery.service))
    raised += await recoverTopic(recovery, topic, known);
  return raised;
}

async function recoverTopic(
  recovery: RevisionRecovery,
  topic: StateTopicName,
  known: ReadonlyMap<string, PublishedTopic>,
): Promise<number> {
  const { kafka, codec, dataSource } = recovery;
  const remembered = known.get(topic)?.nextOffsets;
  const bounds = await topicOffsets(kafka, topic);
  const partitions = remembered?.length ?? bounds.size;
  const ranges = [...bounds].flatMap(([partition, { low, high }]): PartitionRange[] => {
    const next = remembered?.[partition] ?? 0n;
    return next < high ? [{ partition, from: next > low ? next : low, to: high }] : [];
  });
  if (remembered && ranges.length === 0) return 0;
  const tail = await readStates(kafka, codec, topic, ranges);
  const states = [...tail.latest].map(([key, value]) => ({ key, revision: value.revision, hash: stateHash(value) }));
  const offsets = Array.from({ length: partitions }, (_, partition) => bounds.get(partition)?.high ?? 0n);
  const exceptions = topic === 'finance.exception.v1' ? ([...tail.latest.values()] as Exception[]) : [];
  const writeCases = await recoverCases(recovery, exceptions);
  return inTransaction(dataSource, async (tx) => {
    await writeCases(tx);
    const raised = await restoreRevisions(tx, topic, states);
    await dropPublished(tx, topic, raised, tail.eventIds);
    await rememberOffsets(tx, topic, offsets);
    return raised.length;
  });
}

/** The newest record of every key of a topic as it stands now; an erased key keeps what it was. */
export async function readLatestStates<T extends StateTopicName>(
  kafka: Kafka,
  codec: Codec,
  topic: T,
): Promise<ReadonlyMap<string, ValueOf<T>>> {
  return (await readStates(kafka, codec, topic, await wholeTopic(kafka, topic))).latest;
}

interface States<T extends StateTopicName> {
  readonly latest: ReadonlyMap<string, ValueOf<T>>;
  readonly eventIds: readonly string[];
}

/**
 * By revision and not by place: a key has records in two partitions once their number was raised. What cannot be read is none of
 * the service's own records, and keeps nobody from starting.
 */
async function readStates<T extends StateTopicName>(
  kafka: Kafka,
  codec: Codec,
  topic: T,
  ranges: readonly PartitionRange[],
): Promise<States<T>> {
  const latest = new Map<string, ValueOf<T>>();
  const eventIds: string[] = [];
  const decoded: Promise<void>[] = [];
  const keep = async (key: string, bytes: Buffer): Promise<void> => {
    try {
      const value = codec.decode(topic, bytes);
      const state = value instanceof Promise ? await value : value;
      if (state.revision > (latest.get(key)?.revision ?? -1n)) latest.set(key, state);
    } catch (error) {
      if (errorKind(error) !== 'data') throw error;
    }
  };
  await readTopic(kafka, topic, ranges, ({ key, value, headers }) => {
    eventIds.push(rawEventId(headers) ?? '');
    if (key && value) decoded.push(keep(key.toString(), value));
  });
  await Promise.all(decoded);
  return { latest, eventIds };
}
