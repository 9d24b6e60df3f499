import { TOPICS, type StateTopicName, type ValueOf } from '@tieout/canonical';
import type { Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import type { Codec } from './codec.ts';
import { stateHash } from './outbox.ts';
import { readTopic, wholeTopic } from './read-topic.ts';
import { hasRevisions, restoreRevisions } from './state-revision.store.ts';
import { inTransaction } from './transaction.ts';

export interface RevisionRecovery {
  readonly kafka: Kafka;
  readonly codec: Codec;
  readonly dataSource: DataSource;
  readonly service: string;
}

/** State topics that a service publishes. */
export function stateTopicsOf(service: string): StateTopicName[] {
  const produced = Object.values(TOPICS).filter(
    ({ kind, producers }) => kind === 'state' && producers.includes(service),
  );
  return produced.map(({ name }) => name as StateTopicName);
}

/**
 * A service whose database is empty reads its own topics back before it publishes: starting again at revision 1 would make
 * every sink drop its events as superseded. @returns the number of keys restored.
 */
export async function recoverRevisions({ kafka, codec, dataSource, service }: RevisionRecovery): Promise<number> {
  let restored = 0;
  for (const topic of stateTopicsOf(service)) {
    if (await hasRevisions(dataSource.manager, topic)) continue;
    const states = await readLatestStates(kafka, codec, topic);
    const latest = [...states].map(([key, value]) => ({ key, revision: value.revision, hash: stateHash(value) }));
    if (latest.length === 0) continue;
    await inTransaction(dataSource, (tx) => restoreRevisions(tx, topic, latest));
    restored += latest.length;
  }
  return restored;
}

/** The last record of every key of a topic as it stands now; an erased key keeps what it was. */
export async function readLatestStates<T extends StateTopicName>(
  kafka: Kafka,
  codec: Codec,
  topic: T,
): Promise<ReadonlyMap<string, ValueOf<T>>> {
  const values = new Map<string, Buffer>();
  await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, value }) => {
    if (key && value) values.set(key.toString(), value);
  });
  const latest = new Map<string, ValueOf<T>>();
  for (const [key, bytes] of values) latest.set(key, await codec.decode(topic, bytes));
  return latest;
}
