import type { StateTopicName } from '@tieout/canonical';
import type { Cursor, Page, RecordRead, RecordReader } from '@tieout/connector-erp';

export interface ReadAhead<T extends StateTopicName, R extends RecordRead<unknown>> extends RecordReader<T, R> {
  /** What was read in advance is not used: another owner may have gone on meanwhile. */
  forget(): void;
}

/** Asks the ERP for the next page while the one before is stored. Only for readers that remember nothing of a page. */
export function readAhead<T extends StateTopicName, R extends RecordRead<unknown>>(
  reader: RecordReader<T, R>,
): ReadAhead<T, R> {
  let ahead: { readonly after: string; readonly page: Promise<Page<R>> } | null = null;
  const taken = (cursor: Cursor): Promise<Page<R>> | null => {
    const page = ahead?.after === placeOf(cursor) ? ahead.page : null;
    ahead = null;
    return page;
  };
  return {
    ...reader,
    forget: () => void (ahead = null),
    async read(cursor, signal) {
      const page = await (taken(cursor) ?? reader.read(cursor, signal));
      if (page.more) {
        const next = reader.read(page.next, signal);
        // It is thrown to whoever takes it; when nobody does, it was not needed.
        next.catch(() => undefined);
        ahead = { after: placeOf(page.next), page: next };
      }
      return page;
    },
  };
}

const placeOf = (cursor: Cursor): string => JSON.stringify(cursor ?? null);
