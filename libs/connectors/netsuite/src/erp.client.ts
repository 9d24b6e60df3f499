import type { DimensionReader, Erp, TotalRead } from '@tieout/connector-erp';
import type { SnapshotReading } from '@tieout/messaging';
import type { NetSuiteClient } from './client.ts';
import { controlTotalIdOf, mapControlTotal } from './control-total.map.ts';
import { billWriter } from './bill-writer.client.ts';
import { customerWriter } from './customer-writer.client.ts';
import { customerReader } from './erp-customers.client.ts';
import { dimensionReaders } from './dimensions.client.ts';
import { creditMemoReader, invoiceReader, paymentReader } from './erp-documents.client.ts';
import { idOf, type Origin } from './identity.ts';
import { mapLegalEntity } from './legal-entity.map.ts';
import { orderReader } from './order-reader.client.ts';
import { orderWriter } from './order-writer.client.ts';
import { refundReader } from './refund-reader.client.ts';
import type { SnapshotObject } from './snapshot.client.ts';
import type { Depth } from './stream-cursor.ts';

export interface NetSuiteErp {
  readonly client: NetSuiteClient;
  readonly origin: Origin;
  readonly depth: Depth;
  /** Code of the item of order lines that name none. */
  readonly defaultItem: string;
  /** Internal id of the subsidiary that new customers belong to. */
  readonly subsidiary: string;
}

/** One NetSuite account behind the port. */
export function netsuiteErp({ client, origin, depth, defaultItem, subsidiary }: NetSuiteErp): Erp {
  return {
    system: 'netsuite',
    instance: origin.instance,
    customers: customerReader(client, origin, depth),
    orders: orderReader(client, origin, depth),
    documents: [
      invoiceReader(client, origin, depth),
      paymentReader(client, origin, depth),
      creditMemoReader(client, origin, depth),
      refundReader(client, origin, depth),
    ],
    dimensions: [legalEntities(client, origin), ...dimensionReaders(client, origin)],
    totals: async (signal) =>
      (
        await Promise.all([totals(client, 'invoice', origin, signal), totals(client, 'payment', origin, signal)])
      ).flat(),
    snapshots: {
      objects: ['customer', 'order', 'invoice', 'invoice-line', 'credit-memo', 'payment'],
      read: ({ object, cutOff }, signal) => snapshot(client, object as SnapshotObject, cutOff, signal),
    },
    customerWriter: customerWriter(client, subsidiary),
    orderWriter: orderWriter(client, origin, defaultItem),
    billWriter: billWriter(client, origin),
    certificateExpiresAt: client.certificateExpiresAt,
    openItems: {
      stream: 'invoice',
      read: async (signal) => (await client.openInvoices(signal)).map(({ id, open }) => ({ vendorId: id, open })),
    },
  };
}

function legalEntities(client: NetSuiteClient, origin: Origin): DimensionReader<'finance.legal-entity.v1'> {
  return {
    stream: 'legal-entity',
    topic: 'finance.legal-entity.v1',
    objectType: 'legal-entity',
    read: async (signal) =>
      (await client.subsidiaries(signal)).map((row) => ({ vendorId: row.id, mapped: mapLegalEntity(row, origin) })),
    keyOf: (vendorId) => idOf('subsidiary', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  };
}

async function totals(
  client: NetSuiteClient,
  object: 'invoice' | 'payment',
  origin: Origin,
  signal: AbortSignal,
): Promise<TotalRead[]> {
  return (await client.totals(object, signal)).map((row) => ({
    key: controlTotalIdOf(object, row, origin),
    group: `${object}/${row.subsidiary}/${row.period}/${row.currency}`,
    mapped: mapControlTotal(object, row, origin),
  }));
}

/** A reading that documents moved under is taken again so often before it is handed on as incomplete. */
const READINGS = 3;

/** Raw rows with the sums that NetSuite itself computes. */
async function snapshot(
  client: NetSuiteClient,
  object: SnapshotObject,
  cutOff: string | null,
  signal: AbortSignal,
): Promise<SnapshotReading> {
  let reading = await client.snapshot(object, cutOff, signal);
  for (let n = 1; reading.error !== null && n < READINGS; n += 1)
    reading = await client.snapshot(object, cutOff, signal);
  return { ...reading, items: reading.items.map(({ id: itemId, fields }) => ({ itemId, fields })) };
}
