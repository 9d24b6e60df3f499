import type { OrderRecordRead, RecordReader } from '@tieout/connector-erp';
import type { NetSuiteClient } from './client.ts';
import { idOf, type Origin } from './identity.ts';
import { standingOrder } from './order-write.map.ts';
import { mapOrder } from './order.map.ts';
import { recordReader } from './record-reader.client.ts';
import type { Depth } from './stream-cursor.ts';

export function orderReader(
  client: NetSuiteClient,
  origin: Origin,
  depth: Depth,
): RecordReader<'finance.order.v1', OrderRecordRead> {
  return recordReader(client, depth, {
    stream: 'order',
    topic: 'finance.order.v1',
    objectType: 'order',
    deletedType: 'salesorder',
    changed: (after, signal) => client.changedOrders(after, signal),
    byIds: (ids, signal) => client.ordersById(ids, signal),
    toRecord: (row) => ({
      vendorId: row.header.id,
      mapped: mapOrder(row, origin),
      contractId: row.header.externalid ?? null,
      standing: standingOrder(row),
    }),
    keyOf: (vendorId) => idOf('salesOrder', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}
