import { isEntity } from '@tieout/connector-salesforce';
import { inTransaction, type NewException, type Poll } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { exceptionOf } from '../exceptions/exception.ts';
import { UNKNOWN_ENTITY } from '../exceptions/kinds.ts';
import type { ChangeStreamOptions } from './change-options.ts';
import type { ChangeCursor } from './cursor.ts';

/** One case per entity that the org sends and nobody here reads, however many events of it come. */
export async function raiseUnknown(
  { instance, exceptions }: ChangeStreamOptions,
  tx: EntityManager,
  cursor: ChangeCursor,
  entities: readonly string[],
): Promise<ChangeCursor> {
  const fresh = [...new Set(entities)].filter((entity) => !Object.hasOwn(cursor.unknown, entity));
  if (fresh.length === 0) return cursor;
  const now = new Date().toISOString();
  await exceptions.raise(
    tx,
    fresh.map((entity) => caseOf(instance, entity)),
  );
  return { ...cursor, unknown: { ...cursor.unknown, ...Object.fromEntries(fresh.map((entity) => [entity, now])) } };
}

/** A later version of this service may know the entity: its first poll closes the case. */
export async function forgetKnown(
  { instance, exceptions, dataSource }: ChangeStreamOptions,
  { advance }: Pick<Poll<ChangeCursor>, 'advance'>,
  cursor: ChangeCursor,
): Promise<ChangeCursor> {
  const known = Object.keys(cursor.unknown).filter((entity) => isEntity(entity));
  if (known.length === 0) return cursor;
  const unknown = Object.fromEntries(Object.entries(cursor.unknown).filter(([entity]) => !isEntity(entity)));
  const next = { ...cursor, unknown };
  const ids = known.map((entity) => exceptions.idOf(caseOf(instance, entity)));
  await inTransaction(dataSource, async (tx) => {
    await advance(tx, next);
    await exceptions.resolve(tx, ids, 'The entity is read now.');
  });
  return next;
}

function caseOf(instance: string, entity: string): NewException {
  const message =
    `The org sends changes of ${entity}, which nothing is mapped from: they are counted and left. ` +
    `Take ${entity} out of the selected entities of Change Data Capture, or have a mapping added.`;
  const subject = { instance, objectType: 'entity', objectId: entity, recordId: entity };
  return exceptionOf(subject, { kind: UNKNOWN_ENTITY, message, details: { entity } });
}
