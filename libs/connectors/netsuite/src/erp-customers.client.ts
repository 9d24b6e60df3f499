import type { CustomerReader, CustomerRecordRead } from '@tieout/connector-erp';
import type { NetSuiteClient } from './client.ts';
import { mapCustomerAccount, ownedInErp } from './customer-account.map.ts';
import { idOf, type Origin } from './identity.ts';
import { recordReader } from './record-reader.client.ts';
import type { Depth } from './stream-cursor.ts';
import type { RawRow } from './vendor-types.ts';

export function customerReader(client: NetSuiteClient, origin: Origin, depth: Depth): CustomerReader {
  const toRecord = (row: RawRow): CustomerRecordRead => {
    const mapped = mapCustomerAccount(row, origin);
    return { vendorId: row.id, mapped, owned: mapped.kind === 'mapped' ? ownedInErp(row) : null };
  };
  return recordReader(client, depth, {
    stream: 'customer',
    topic: 'finance.customer-account.v1',
    objectType: 'customer-account',
    deletedType: 'customer',
    changed: (after, signal) => client.changedCustomers(after, signal),
    byIds: (ids, signal) => client.customersById(ids, signal),
    toRecord,
    keyOf: (vendorId) => idOf('customer', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}
