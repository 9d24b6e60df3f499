import { isEntity } from '@tieout/connector-salesforce';
import { inTransaction, type Poll } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { raised, resolved, type Held, type Subject } from '../exceptions/exception.ts';
import type { ChangeStreamOptions } from './change-options.ts';
import type { ChangeCursor } from './cursor.ts';

/** One case per entity that the org sends and nobody here reads, however many events of it come. */
export async function raiseUnknown(
  { instance, outbox }: ChangeStreamOptions,
  tx: EntityManager,
  cursor: ChangeCursor,
  entities: readonly string[],
): Promise<ChangeCursor> {
  const fresh = [...new Set(entities)].filter((entity) => !Object.hasOwn(cursor.unknown, entity));
  if (fresh.length === 0) return cursor;
  const now = new Date().toISOString();
  const states = fresh.map((entity) => raised(subjectOf(instance, entity), caseOf(entity, now), now));
  await outbox.publishState(
    tx,
    'finance.exception.v1',
    states.map((value) => ({ key: value.exceptionId, value })),
  );
  return { ...cursor, unknown: { ...cursor.unknown, ...Object.fromEntries(fresh.map((entity) => [entity, now])) } };
}

/** A later version of this service may know the entity: its first poll closes the case. */
export async function forgetKnown(
  { instance, outbox, dataSource }: ChangeStreamOptions,
  { advance }: Pick<Poll<ChangeCursor>, 'advance'>,
  cursor: ChangeCursor,
): Promise<ChangeCursor> {
  const known = Object.entries(cursor.unknown).filter(([entity]) => isEntity(entity));
  if (known.length === 0) return cursor;
  const unknown = Object.fromEntries(Object.entries(cursor.unknown).filter(([entity]) => !isEntity(entity)));
  const next = { ...cursor, unknown };
  const now = new Date().toISOString();
  const states = known.map(([entity, since]) => resolved(subjectOf(instance, entity), caseOf(entity, since), now));
  await inTransaction(dataSource, async (tx) => {
    await advance(tx, next);
    await outbox.publishState(
      tx,
      'finance.exception.v1',
      states.map((value) => ({ key: value.exceptionId, value })),
    );
  });
  return next;
}

function subjectOf(instance: string, entity: string): Subject {
  return { instance, objectType: 'entity', objectId: entity, recordId: entity };
}

function caseOf(entity: string, since: string): Held {
  const message =
    `The org sends changes of ${entity}, which nothing is mapped from: they are counted and left. ` +
    `Take ${entity} out of the selected entities of Change Data Capture, or have a mapping added.`;
  return { kind: 'unknown-entity', message, details: { entity }, since };
}
