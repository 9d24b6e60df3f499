import {
  againWhereTorn,
  type Cursor,
  type Page,
  type RecordRead,
  type RecordReader,
  type StateOf,
} from '@tieout/connector-erp';
import type { StateTopicName } from '@tieout/canonical';
import type { NetSuiteClient } from './client.ts';
import type { Page as RowPage } from './documents.client.ts';
import { advanced, deletionsFrom, isWorthStoring, startOf, type Depth, type StreamCursor } from './stream-cursor.ts';
import type { Position } from './vendor-types.ts';

/** What is special about one kind of NetSuite record. */
export interface RecordKind<T extends StateTopicName, Row, R extends RecordRead<StateOf<T>>> {
  readonly stream: string;
  readonly topic: T;
  readonly objectType: string;
  /** NetSuite's name of the record type in `deletedrecord`. */
  readonly deletedType: Parameters<NetSuiteClient['deletedSince']>[0];
  changed(after: Position, signal: AbortSignal): Promise<RowPage<Row>>;
  byIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Row[]>;
  toRecord(row: Row): R;
  keyOf(vendorId: string): string;
  asDeleted(value: StateOf<T>): StateOf<T>;
}

/**
 * Reads by (last modified, id): the first reading takes everything, each further one what changed since, a little more far
 * back, and what was deleted.
 */
export function recordReader<T extends StateTopicName, Row, R extends RecordRead<StateOf<T>>>(
  client: Pick<NetSuiteClient, 'deletedSince'>,
  depth: Depth,
  { stream, topic, objectType, deletedType, changed, byIds, toRecord, keyOf, asDeleted }: RecordKind<T, Row, R>,
): Required<RecordReader<T, R>> {
  const readByIds = async (ids: readonly string[], signal: AbortSignal): Promise<readonly R[]> =>
    (await byIds(ids, signal)).map(toRecord);
  return {
    ...{ stream, topic, objectType, keyOf, asDeleted },
    byIds: readByIds,
    async read(cursor: Cursor, signal): Promise<Page<R>> {
      const stored = cursor as StreamCursor | null;
      const page = await changed(startOf(stored, depth), signal);
      const began = stored?.reading?.began ?? page.clock.toISOString();
      const next = advanced(stored, { next: page.next, began });
      const records = await againWhereTorn(page.rows.map(toRecord), (ids) => readByIds(ids, signal));
      const deleted = page.next ? [] : await client.deletedSince(deletedType, deletionsFrom(stored, depth), signal);
      return {
        records,
        deleted: deleted.map(({ recordid }) => recordid),
        next,
        more: page.next !== null,
        worthStoring: isWorthStoring(stored, next),
      };
    },
  };
}
