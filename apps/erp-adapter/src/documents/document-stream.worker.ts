import type { StateTopicName, ValueOf } from '@tieout/canonical';
import {
  advanced,
  deletionsFrom,
  isWorthStoring,
  startOf,
  type Depth,
  type Mapped,
  type Page,
  type Position,
  type StreamCursor,
} from '@tieout/connector-netsuite';
import {
  DataError,
  inTransaction,
  publishEach,
  type Exceptions,
  type Outbox,
  type StreamSpec,
} from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { examination, type Examined, type Subject } from '../cases/case.ts';
import { MAPPING_KINDS } from '../cases/kinds.ts';
import { keepPublished, publishedOf } from './published-record.store.ts';

export type StateOf<T extends StateTopicName> = Omit<ValueOf<T>, 'revision'>;

/** What is special about one kind of vendor record. */
export interface RecordKind<T extends StateTopicName, R> {
  readonly stream: string;
  readonly topic: T;
  readonly objectType: string;
  changed(after: Position, signal: AbortSignal): Promise<Page<R>>;
  /** Current rows by id: a row whose parts did not fit together was changed while it was read. */
  byIds(ids: readonly string[], signal: AbortSignal): Promise<readonly R[]>;
  /** Ids that were deleted for good since the instant. */
  deletedSince(since: Date, signal: AbortSignal): Promise<readonly string[]>;
  vendorIdOf(row: R): string;
  keyOf(vendorId: string): string;
  map(row: R): Mapped<StateOf<T>>;
  asDeleted(value: StateOf<T>): StateOf<T>;
  /** More to do in the transaction of a reading, with the rows that were published. */
  alsoStore?(tx: EntityManager, published: readonly R[]): Promise<void>;
  alsoDelete?(tx: EntityManager, vendorIds: readonly string[], known: readonly StateOf<T>[]): Promise<void>;
}

export interface StreamContext {
  readonly instance: string;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly intervalMs: number;
  readonly depth: Depth;
  readonly onRows: (stream: string, outcome: 'published' | 'unchanged' | 'refused' | 'deleted', count: number) => void;
  readonly onPublished: (stream: string) => void;
}

/**
 * Changed rows to states: the first reading takes everything, each further one what changed since, a little more far back,
 * and what was deleted. Deletions are read after the rows, by the same owner, so that none can be overtaken by its row.
 */
export function documentStream<T extends StateTopicName, R>(
  context: StreamContext,
  kind: RecordKind<T, R>,
): StreamSpec<StreamCursor> {
  return {
    instance: context.instance,
    stream: kind.stream,
    intervalMs: context.intervalMs,
    async poll(turn) {
      const { cursor, signal } = turn;
      const page = await kind.changed(startOf(cursor, context.depth), signal);
      const began = cursor?.reading?.began ?? page.clock.toISOString();
      const next = advanced(cursor, { next: page.next, began });
      const rows = await readAgainWhereTorn(kind, page.rows, signal);
      const deleted = page.next ? [] : await kind.deletedSince(deletionsFrom(cursor, context.depth), signal);
      if (rows.length + deleted.length === 0 && !isWorthStoring(cursor, next)) return 'end';
      const published = await inTransaction(context.dataSource, async (tx) => {
        await turn.advance(tx, next);
        return storeRows(context, kind, tx, { rows, deleted });
      });
      if (published > 0) context.onPublished(kind.stream);
      return page.next ? 'more' : 'end';
    },
  };
}

async function readAgainWhereTorn<T extends StateTopicName, R>(
  kind: RecordKind<T, R>,
  rows: readonly R[],
  signal: AbortSignal,
): Promise<readonly R[]> {
  const torn = rows.filter((row) => {
    const mapped = kind.map(row);
    return mapped.kind === 'refused' && mapped.problem.code === 'does-not-add-up';
  });
  if (torn.length === 0) return rows;
  const again = await kind.byIds(
    torn.map((row) => kind.vendorIdOf(row)),
    signal,
  );
  const replaced = new Set(torn);
  return [...rows.filter((row) => !replaced.has(row)), ...again];
}

interface Reading<R> {
  readonly rows: readonly R[];
  readonly deleted: readonly string[];
}

/** Answers how many states were published. */
async function storeRows<T extends StateTopicName, R>(
  context: StreamContext,
  kind: RecordKind<T, R>,
  tx: EntityManager,
  { rows, deleted }: Reading<R>,
): Promise<number> {
  const gone = new Set(deleted);
  const fates = rows
    .map((row) => ({ row, vendorId: kind.vendorIdOf(row), mapped: kind.map(row) }))
    .filter(({ vendorId }) => !gone.has(vendorId));
  const good = fates.flatMap(({ row, vendorId, mapped }) =>
    mapped.kind === 'mapped' ? [{ row, vendorId, value: mapped.value }] : [],
  );
  const states = good.map(({ vendorId, value }) => ({ key: kind.keyOf(vendorId), value }));
  const outcomes = await publishEach(context.outbox, tx, kind.topic, states);
  const fresh = good.filter((_, n) => outcomes[n] === 'published');
  const refused = new Map(
    good.flatMap(({ vendorId }, n) => (outcomes[n] instanceof DataError ? [[vendorId, asRefused(outcomes[n])]] : [])),
  );
  // Unchanged ones too: who has lost this table and reads again must still know what can be deleted.
  const kept = good.filter((_, n) => outcomes[n] === 'published' || outcomes[n] === 'unchanged');
  await keepPublished(
    tx,
    kind.topic,
    kept.map(({ vendorId, value }) => ({ key: kind.keyOf(vendorId), instance: context.instance, vendorId, value })),
  );
  await kind.alsoStore?.(
    tx,
    fresh.map(({ row }) => row),
  );
  const removed = await storeDeleted(context, kind, tx, deleted);
  const examined = fates.map(({ vendorId, mapped }) =>
    examine(context.instance, kind, vendorId, refused.get(vendorId) ?? mapped),
  );
  const resolution = 'The record can be read again: the cause is gone in the ERP.';
  await context.exceptions.examined(tx, examination(examined, { kinds: MAPPING_KINDS, resolution }));
  context.onRows(kind.stream, 'published', fresh.length);
  context.onRows(kind.stream, 'unchanged', good.length - fresh.length - refused.size);
  context.onRows(kind.stream, 'refused', fates.length - good.length + refused.size);
  context.onRows(kind.stream, 'deleted', removed);
  return fresh.length + removed;
}

function asRefused({ code, message }: DataError): Mapped<never> {
  return { kind: 'refused', problem: { code: 'invalid-value', field: code, message: message.slice(0, 1000) } };
}

function examine<T extends StateTopicName, R>(
  instance: string,
  kind: RecordKind<T, R>,
  vendorId: string,
  mapped: Mapped<StateOf<T>>,
): Examined {
  const subject: Subject = { instance, objectType: kind.objectType, vendorId, objectId: kind.keyOf(vendorId) };
  if (mapped.kind === 'mapped') return { subject, finding: null };
  const { code, field, message } = mapped.problem;
  return {
    subject,
    finding: { kind: code, message: `${kind.objectType} ${vendorId}: ${message}`, details: { field } },
  };
}

/** A deletion is a full record: the last state with its lifecycle changed. News only to those who have seen it. */
async function storeDeleted<T extends StateTopicName, R>(
  { instance, outbox }: StreamContext,
  kind: RecordKind<T, R>,
  tx: EntityManager,
  deleted: readonly string[],
): Promise<number> {
  if (deleted.length === 0) return 0;
  const known = await publishedOf<StateOf<T>>(tx, kind.topic, instance, deleted);
  const states = known.map(({ key, value }) => ({ key, value: kind.asDeleted(value) }));
  const outcomes = await outbox.publishState(tx, kind.topic, states);
  await kind.alsoDelete?.(
    tx,
    deleted,
    known.map(({ value }) => value),
  );
  return outcomes.filter((outcome) => outcome === 'published').length;
}
