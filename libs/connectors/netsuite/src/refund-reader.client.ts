import type { DocumentRecordRead, RecordReader, StateOf } from '@tieout/connector-erp';
import type { NetSuiteClient } from './client.ts';
import { idOf, type Origin } from './identity.ts';
import { recordReader } from './record-reader.client.ts';
import { mapRefund } from './refund.map.ts';
import type { Depth } from './stream-cursor.ts';

/** Refunds to customers, which are payments the other way. */
export function refundReader(
  client: NetSuiteClient,
  origin: Origin,
  depth: Depth,
): RecordReader<'finance.payment.v1', DocumentRecordRead<StateOf<'finance.payment.v1'>>> {
  return recordReader(client, depth, {
    stream: 'refund',
    topic: 'finance.payment.v1',
    objectType: 'payment',
    deletedType: 'customerrefund',
    changed: (after, signal) => client.changedRefunds(after, signal),
    byIds: (ids, signal) => client.refundsById(ids, signal),
    toRecord: (row) => ({
      vendorId: row.header.id,
      customer: typeof row.header['entity'] === 'string' ? row.header['entity'] : null,
      mapped: mapRefund(row, origin),
    }),
    keyOf: (vendorId) => idOf('customerRefund', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}
