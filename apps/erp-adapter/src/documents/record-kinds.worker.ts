import {
  idOf,
  mapCreditMemo,
  mapInvoice,
  mapPayment,
  type CreditMemoRecord,
  type InvoiceRecord,
  type NetSuiteClient,
  type Origin,
  type PaymentRecord,
  type RawRow,
} from '@tieout/connector-netsuite';
import type { EntityManager } from 'typeorm';
import { markDirty, markDirtyByAccount } from './dirty-customer.store.ts';
import type { RecordKind } from './document-stream.worker.ts';

export function invoices(client: NetSuiteClient, origin: Origin): RecordKind<'finance.invoice.v1', InvoiceRecord> {
  return {
    stream: 'invoice',
    topic: 'finance.invoice.v1',
    objectType: 'invoice',
    changed: (after, signal) => client.changedInvoices(after, signal),
    byIds: (ids, signal) => client.invoicesById(ids, signal),
    deletedSince: async (since, signal) => recordIds(await client.deletedSince('invoice', since, signal)),
    vendorIdOf: ({ header }) => header.id,
    keyOf: (vendorId) => idOf('invoice', origin, vendorId),
    map: (row) => mapInvoice(row, origin),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
    ...movesBalances(origin.instance),
  };
}

export function payments(client: NetSuiteClient, origin: Origin): RecordKind<'finance.payment.v1', PaymentRecord> {
  return {
    stream: 'payment',
    topic: 'finance.payment.v1',
    objectType: 'payment',
    changed: (after, signal) => client.changedPayments(after, signal),
    byIds: (ids, signal) => client.paymentsById(ids, signal),
    deletedSince: async (since, signal) => recordIds(await client.deletedSince('customerpayment', since, signal)),
    vendorIdOf: ({ header }) => header.id,
    keyOf: (vendorId) => idOf('customerPayment', origin, vendorId),
    map: (row) => mapPayment(row, origin),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
    ...movesBalances(origin.instance),
  };
}

export function creditMemos(
  client: NetSuiteClient,
  origin: Origin,
): RecordKind<'finance.credit-memo.v1', CreditMemoRecord> {
  return {
    stream: 'credit-memo',
    topic: 'finance.credit-memo.v1',
    objectType: 'credit-memo',
    changed: (after, signal) => client.changedCreditMemos(after, signal),
    byIds: (ids, signal) => client.creditMemosById(ids, signal),
    deletedSince: async (since, signal) => recordIds(await client.deletedSince('creditmemo', since, signal)),
    vendorIdOf: ({ header }) => header.id,
    keyOf: (vendorId) => idOf('creditMemo', origin, vendorId),
    map: (row) => mapCreditMemo(row, origin),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
    ...movesBalances(origin.instance),
  };
}

/** A document that moves its customer's balance marks him: NetSuite does not move his own stamp. */
function movesBalances(instance: string): {
  alsoStore(tx: EntityManager, rows: readonly { readonly header: RawRow }[]): Promise<void>;
  alsoDelete(
    tx: EntityManager,
    ids: readonly string[],
    known: readonly { readonly customerAccountId: string | null }[],
  ): Promise<void>;
} {
  return {
    alsoStore: (tx, rows) =>
      markDirty(
        tx,
        instance,
        rows.flatMap(({ header }) => customerOf(header)),
      ),
    alsoDelete: (tx, _ids, known) =>
      markDirtyByAccount(
        tx,
        instance,
        known.map((value) => value.customerAccountId),
      ),
  };
}

function recordIds(rows: readonly { readonly recordid: string }[]): readonly string[] {
  return rows.map((row) => row.recordid);
}

function customerOf({ entity }: RawRow): string[] {
  return typeof entity === 'string' ? [entity] : [];
}
