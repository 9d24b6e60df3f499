import type { DocumentRecordRead, RecordReader, StateOf } from '@tieout/connector-erp';
import type { NetSuiteClient } from './client.ts';
import { mapCreditMemo } from './credit-memo.map.ts';
import { idOf, type Origin } from './identity.ts';
import { mapInvoice } from './invoice.map.ts';
import { mapPayment } from './payment.map.ts';
import { recordReader } from './record-reader.client.ts';
import type { Depth } from './stream-cursor.ts';
import type { RawRow } from './vendor-types.ts';

/** Documents that move a balance: NetSuite does not move the customer's own stamp. */
export function invoiceReader(
  client: NetSuiteClient,
  origin: Origin,
  depth: Depth,
): RecordReader<'finance.invoice.v1', DocumentRecordRead<StateOf<'finance.invoice.v1'>>> {
  return recordReader(client, depth, {
    stream: 'invoice',
    topic: 'finance.invoice.v1',
    objectType: 'invoice',
    deletedType: 'invoice',
    changed: (after, signal) => client.changedInvoices(after, signal),
    byIds: (ids, signal) => client.invoicesById(ids, signal),
    toRecord: (row) => ({ ...identified(row.header), mapped: mapInvoice(row, origin) }),
    keyOf: (vendorId) => idOf('invoice', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}

export function paymentReader(
  client: NetSuiteClient,
  origin: Origin,
  depth: Depth,
): RecordReader<'finance.payment.v1', DocumentRecordRead<StateOf<'finance.payment.v1'>>> {
  return recordReader(client, depth, {
    stream: 'payment',
    topic: 'finance.payment.v1',
    objectType: 'payment',
    deletedType: 'customerpayment',
    changed: (after, signal) => client.changedPayments(after, signal),
    byIds: (ids, signal) => client.paymentsById(ids, signal),
    toRecord: (row) => ({ ...identified(row.header), mapped: mapPayment(row, origin) }),
    keyOf: (vendorId) => idOf('customerPayment', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}

export function creditMemoReader(
  client: NetSuiteClient,
  origin: Origin,
  depth: Depth,
): RecordReader<'finance.credit-memo.v1', DocumentRecordRead<StateOf<'finance.credit-memo.v1'>>> {
  return recordReader(client, depth, {
    stream: 'credit-memo',
    topic: 'finance.credit-memo.v1',
    objectType: 'credit-memo',
    deletedType: 'creditmemo',
    changed: (after, signal) => client.changedCreditMemos(after, signal),
    byIds: (ids, signal) => client.creditMemosById(ids, signal),
    toRecord: (row) => ({ ...identified(row.header), mapped: mapCreditMemo(row, origin) }),
    keyOf: (vendorId) => idOf('creditMemo', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}

function identified({ id, entity }: RawRow): { readonly vendorId: string; readonly customer: string | null } {
  return { vendorId: id, customer: typeof entity === 'string' ? entity : null };
}
