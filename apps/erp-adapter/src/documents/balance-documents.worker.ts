import type { DocumentRecordRead, Erp, RecordReader, StateOf } from '@tieout/connector-erp';
import type { StreamSpec } from '@tieout/messaging';
import { markDirty, markDirtyByAccount } from './dirty-customer.store.ts';
import { documentStream, type StreamContext } from './document-stream.worker.ts';
import { readAhead } from './read-ahead.ts';

/** Stands for each of the kinds: what is used here, they have in common. */
type Document = 'finance.invoice.v1';

/** Documents that move a balance mark their customer: an ERP need not move his own stamp. */
export function balanceDocuments(context: StreamContext, documents: Erp['documents'][number]): StreamSpec<unknown> {
  const { instance } = context;
  const reader = readAhead(documents as unknown as RecordReader<Document, DocumentRecordRead<StateOf<Document>>>);
  return documentStream(context, reader, {
    release: () => reader.forget(),
    async alsoStore(tx, records) {
      const customers = records.flatMap(({ customer }) => (customer === null ? [] : [customer]));
      await markDirty(tx, instance, customers);
    },
    async alsoDelete(tx, _ids, known) {
      const accounts = known.map(({ customerAccountId }) => customerAccountId);
      await markDirtyByAccount(tx, instance, accounts);
    },
  });
}
