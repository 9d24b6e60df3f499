import type { StateTopicName, ValueOf } from '@tieout/canonical';
import { isoInstant, type Mapped, type Reading, type VendorRecord } from '@tieout/connector-salesforce';
import { DataError, publishEach, type Exceptions, type Outbox } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import type { ReadEntity, RecordKind } from '../changes/record-kind.ts';
import { examination, type Subject } from '../exceptions/exception.ts';
import { HOLD_KINDS } from '../exceptions/kinds.ts';
import { crossReferenceOf, decideRecord, holdOf, type Found, type RecordDecision, type RecordState } from './decide.ts';
import { knownRecords, loadRecords, refusedRecords, saveRecords, type EntityKey } from './record.store.ts';

export type StateOf<T extends StateTopicName> = Omit<ValueOf<T>, 'revision'>;

/** What is special about one entity. */
export interface Entity<T extends StateTopicName, R> {
  readonly entity: ReadEntity;
  readonly topic: T;
  /** Canonical type, as exceptions and cross-references name it. */
  readonly objectType: string;
  byId(ids: readonly string[], signal: AbortSignal): Promise<Reading<R>>;
  recordOf(row: R): VendorRecord;
  /** Canonical id, the key on the topic. */
  keyOf(recordId: string): string;
  map(row: R): Mapped<StateOf<T>>;
  /** More to keep in the transaction of a reading. */
  alsoStore?(tx: EntityManager, rows: readonly R[]): Promise<void>;
}

interface Context {
  readonly instance: string;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
}

/** Records of one entity to states of one topic, each decided alone. */
export function recordKind<T extends StateTopicName, R>(context: Context, entity: Entity<T, R>): RecordKind {
  const at: EntityKey = { instance: context.instance, entity: entity.entity };
  return {
    entity: entity.entity,
    known: (tx, ids) => knownRecords(tx, at, ids),
    refused: (tx) => refusedRecords(tx, at),
    async read(ids, signal) {
      const { records, askedAt } = await entity.byId(ids, signal);
      const rows = new Map(records.map((row) => [entity.recordOf(row).Id, row]));
      const readAt = askedAt.toISOString();
      return (tx) => storeReading(context, entity, tx, { rows, ids, readAt });
    },
  };
}

interface RecordReading<R> {
  readonly ids: readonly string[];
  readonly rows: ReadonlyMap<string, R>;
  readonly readAt: string;
}

/** A record on its way through a reading. */
interface Examined<T extends StateTopicName> {
  readonly subject: Subject;
  readonly decision: RecordDecision<StateOf<T> & RecordState>;
}

async function storeReading<T extends StateTopicName, R>(
  context: Context,
  entity: Entity<T, R>,
  tx: EntityManager,
  { ids, rows, readAt }: RecordReading<R>,
): Promise<void> {
  const { instance, outbox, exceptions } = context;
  const at: EntityKey = { instance, entity: entity.entity };
  const keys = ids.map((recordId) => ({ recordId, key: entity.keyOf(recordId) }));
  const known = await loadRecords<StateOf<T> & RecordState>(tx, at, entity.topic, keys);
  const examined = known.map((before): Examined<T> => {
    const { recordId } = before;
    const subject = { instance, objectType: entity.objectType, objectId: entity.keyOf(recordId), recordId };
    return { subject, decision: decideRecord(subject, before, foundOf(entity, rows.get(recordId))) };
  });
  await entity.alsoStore?.(tx, [...rows.values()]);
  const published = await publishStates(outbox, entity.topic, tx, examined);
  await saveRecords(
    tx,
    at,
    published.map(({ subject: { recordId }, decision: { publish, hold } }) => {
      const row = rows.get(recordId);
      const stamp = row === undefined ? null : isoInstant(entity.recordOf(row).SystemModstamp);
      return { recordId, stamp, readAt, value: publish, heldKind: hold?.kind ?? null };
    }),
  );
  const looked = published.map(({ subject, decision: { hold } }) => ({ subject, hold }));
  await exceptions.examined(tx, examination(looked, HOLD_KINDS));
}

function foundOf<T extends StateTopicName, R>(
  entity: Entity<T, R>,
  row: R | undefined,
): Found<StateOf<T> & RecordState> {
  if (row === undefined) return { kind: 'purged' };
  const mapped = entity.map(row) as Mapped<StateOf<T> & RecordState>;
  return { kind: 'record', deleted: entity.recordOf(row).IsDeleted, mapped };
}

/** States with their cross-references. A state that no event can hold becomes a case of its record. */
async function publishStates<T extends StateTopicName>(
  outbox: Outbox,
  topic: T,
  tx: EntityManager,
  examined: readonly Examined<T>[],
): Promise<readonly Examined<T>[]> {
  const visible = examined.flatMap(({ subject, decision: { publish } }) => (publish ? [{ subject, publish }] : []));
  const states = visible.map(({ subject, publish }) => ({ key: subject.objectId, value: publish as StateOf<T> }));
  const outcomes = await publishEach(outbox, tx, topic, states);
  const refused = new Map(
    visible.flatMap(({ subject }, n) =>
      outcomes[n] instanceof DataError ? [[subject.recordId, outcomes[n]] as const] : [],
    ),
  );
  const references = visible
    .filter(({ subject }) => !refused.has(subject.recordId))
    .map(({ subject, publish }) => crossReferenceOf(subject, publish));
  await outbox.publishState(
    tx,
    'finance.cross-reference.v1',
    references.map((value) => ({ key: value.crossReferenceId, value })),
  );
  return examined.map((one) => {
    const failure = refused.get(one.subject.recordId);
    return failure === undefined ? one : { ...one, decision: asRefused(one, failure) };
  });
}

function asRefused<T extends StateTopicName>(
  { subject }: Examined<T>,
  { code, message }: DataError,
): Examined<T>['decision'] {
  const problem = { code: 'invalid-value', field: code, value: '', message: message.slice(0, 1_000) } as const;
  return { publish: null, hold: holdOf(subject, problem) };
}
