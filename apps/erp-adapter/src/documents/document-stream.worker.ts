import type { StateTopicName } from '@tieout/canonical';
import type { Cursor, Mapped, Page, RecordRead, RecordReader, StateOf } from '@tieout/connector-erp';
import {
  DataError,
  inTransaction,
  publishEach,
  type Exceptions,
  type Outbox,
  type Poll,
  type StreamSpec,
} from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import { examination } from '../cases/case.ts';
import { MAPPING_KINDS } from '../cases/kinds.ts';
import { examinedRecord } from '../cases/record-case.ts';
import { clearDirtyRecords, dirtyRecords, type DirtyRecord } from './dirty-record.store.ts';
import { keepPublished, publishedOf } from './published-record.store.ts';

const MARKS_AT_ONCE = 500;

/** More to do in the transaction of a reading. */
export interface RecordHooks<T extends StateTopicName, R> {
  /** With the records that were published. */
  alsoStore?(tx: EntityManager, published: readonly R[]): Promise<void>;
  alsoDelete?(tx: EntityManager, vendorIds: readonly string[], known: readonly StateOf<T>[]): Promise<void>;
  /** The stream is not ours any more, or a poll failed. */
  release?(): void;
}

export interface StreamContext {
  readonly instance: string;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly intervalMs: number;
  readonly onRows: (stream: string, outcome: 'published' | 'unchanged' | 'refused' | 'deleted', count: number) => void;
  readonly onPublished: (stream: string) => void;
}

/** Changed records to states, and what was deleted: both of one reading in one transaction, with the cursor. */
export function documentStream<T extends StateTopicName, R extends RecordRead<StateOf<T>>>(
  context: StreamContext,
  reader: RecordReader<T, R>,
  hooks: RecordHooks<T, R> = {},
): StreamSpec<Cursor> {
  // Whether this reading, which may have many pages, published anything so far.
  let news = false;
  return {
    instance: context.instance,
    stream: reader.stream,
    intervalMs: context.intervalMs,
    release: () => hooks.release?.(),
    async poll(turn) {
      const { page, marks } = await readWithMarks(context, reader, turn);
      const { records, deleted, next, more, worthStoring } = page;
      if (records.length + deleted.length + marks.length === 0 && !worthStoring) return more ? 'more' : 'end';
      const published = await inTransaction(context.dataSource, async (tx) => {
        await turn.advance(tx, next);
        await clearDirtyRecords(tx, context.instance, reader.stream, marks);
        return storeRecords(context, reader, hooks, tx, page);
      });
      news ||= published > 0;
      if (more) return 'more';
      // Not after every page: those who follow read whole customers and totals of whole months.
      if (news) context.onPublished(reader.stream);
      news = false;
      return 'end';
    },
  };
}

/** What the cursor leads to, and records that were marked: read after their marks, so that none is older than the mark that it clears. */
async function readWithMarks<T extends StateTopicName, R extends RecordRead<StateOf<T>>>(
  { instance, dataSource }: StreamContext,
  reader: RecordReader<T, R>,
  { cursor, signal }: Pick<Poll<Cursor>, 'cursor' | 'signal'>,
): Promise<{ readonly page: Page<R>; readonly marks: readonly DirtyRecord[] }> {
  const { byIds, stream } = reader;
  const marks = byIds ? await dirtyRecords(dataSource.manager, instance, stream, MARKS_AT_ONCE) : [];
  const page = await reader.read(cursor, signal);
  if (marks.length === 0 || !byIds) return { page, marks };
  // A page may have been read before the mark was made: what is marked is read now.
  const marked = new Set(marks.map(({ vendorId }) => vendorId));
  const others = page.records.filter(({ vendorId }) => !marked.has(vendorId));
  return { page: { ...page, records: [...others, ...(await byIds([...marked], signal))] }, marks };
}

/** Answers how many states were published. */
async function storeRecords<T extends StateTopicName, R extends RecordRead<StateOf<T>>>(
  context: StreamContext,
  reader: RecordReader<T, R>,
  hooks: RecordHooks<T, R>,
  tx: EntityManager,
  { records, deleted }: Page<R>,
): Promise<number> {
  const gone = new Set(deleted);
  const read = records.filter(({ vendorId }) => !gone.has(vendorId));
  const good = read.flatMap((record) =>
    record.mapped.kind === 'mapped' ? [{ record, value: record.mapped.value, key: reader.keyOf(record.vendorId) }] : [],
  );
  const outcomes = await publishEach(
    context.outbox,
    tx,
    reader.topic,
    good.map(({ key, value }) => ({ key, value })),
  );
  const fresh = good.filter((_, n) => outcomes[n] === 'published').map(({ record }) => record);
  const refused = new Map(
    good.flatMap(({ record: { vendorId } }, n) =>
      outcomes[n] instanceof DataError ? [[vendorId, asRefused(outcomes[n])]] : [],
    ),
  );
  // Unchanged ones too: who has lost this table and reads again must still know what can be deleted.
  const kept = good.filter((_, n) => outcomes[n] === 'published' || outcomes[n] === 'unchanged');
  const { instance } = context;
  await keepPublished(
    tx,
    reader.topic,
    kept.map(({ key, record: { vendorId }, value }) => ({ key, instance, vendorId, value })),
  );
  await hooks.alsoStore?.(tx, fresh);
  const removed = await storeDeleted(context, reader, hooks, tx, deleted);
  const examined = read.map(({ vendorId, mapped }) =>
    examinedRecord(instance, reader, vendorId, refused.get(vendorId) ?? mapped),
  );
  const resolution = 'The record can be read again: the cause is gone in the ERP.';
  await context.exceptions.examined(tx, examination(examined, { kinds: MAPPING_KINDS, resolution }));
  context.onRows(reader.stream, 'published', fresh.length);
  context.onRows(reader.stream, 'unchanged', good.length - fresh.length - refused.size);
  context.onRows(reader.stream, 'refused', read.length - good.length + refused.size);
  context.onRows(reader.stream, 'deleted', removed);
  return fresh.length + removed;
}

function asRefused({ code, message }: DataError): Mapped<never> {
  return { kind: 'refused', problem: { code: 'invalid-value', field: code, message: message.slice(0, 1000) } };
}

/** A deletion is a full record: the last state with its lifecycle changed. News only to those who have seen it. */
async function storeDeleted<T extends StateTopicName, R extends RecordRead<StateOf<T>>>(
  { instance, outbox }: StreamContext,
  reader: RecordReader<T, R>,
  hooks: RecordHooks<T, R>,
  tx: EntityManager,
  deleted: readonly string[],
): Promise<number> {
  if (deleted.length === 0) return 0;
  const known = await publishedOf<StateOf<T>>(tx, reader.topic, instance, deleted);
  const states = known.map(({ key, value }) => ({ key, value: reader.asDeleted(value) }));
  const outcomes = await outbox.publishState(tx, reader.topic, states);
  await hooks.alsoDelete?.(
    tx,
    deleted,
    known.map(({ value }) => value),
  );
  return outcomes.filter((outcome) => outcome === 'published').length;
}
