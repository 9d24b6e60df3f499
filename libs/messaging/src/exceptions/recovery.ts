import type { Audit, Exception } from '@tieout/canonical';
import type { Kafka } from 'kafkajs';
import type { DataSource, EntityManager } from 'typeorm';
import { restoreEntries } from '../audit.store.ts';
import type { Codec } from '../codec.ts';
import { readTopic, wholeTopic } from '../read-topic.ts';
import { newerThanKnown, saveCases } from './exception.store.ts';

const AUDIT = 'finance.audit.v1';

/**
 * Cases of which the topic has newer states than the database, which was lost or restored, with their audit chains: a chain that
 * began anew would contradict the one that everybody else has. Reads the whole audit topic, and only then. The answer writes it
 * all down, and must do so before the revisions are raised.
 */
export async function recoverCases(
  { kafka, codec, dataSource, service }: { kafka: Kafka; codec: Codec; dataSource: DataSource; service: string },
  exceptions: readonly Exception[],
): Promise<(tx: EntityManager) => Promise<void>> {
  const own = await newerThanKnown(
    dataSource.manager,
    exceptions.filter((one) => one.service === service),
  );
  if (own.length === 0) return () => Promise.resolve();
  const ids = new Set(own.map(({ exceptionId }) => exceptionId));
  const raw: Buffer[] = [];
  await readTopic(kafka, AUDIT, await wholeTopic(kafka, AUDIT), ({ key, value }) => {
    if (value && key && ids.has(key.toString())) raw.push(value);
  });
  const entries: Audit[] = [];
  for (const bytes of raw) entries.push(await codec.decode(AUDIT, bytes));
  return async (tx) => {
    await saveCases(
      tx,
      own.map(({ revision: _revision, ...state }) => state),
    );
    await restoreEntries(tx, entries);
  };
}
