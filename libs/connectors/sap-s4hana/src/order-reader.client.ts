import type { KnownCustomers, OrderRecordRead } from '@tieout/connector-erp';
import type { CallOptions, SapClient } from './client.ts';
import { changedBillingSource, changedSource } from './change-sources.client.ts';
import { customersOf, textOf } from './customers.client.ts';
import { idOf, ourId, type Origin } from './identity.ts';
import { inParts } from './in-parts.ts';
import { anyOf } from './literals.ts';
import type { SalesArea } from './mapping-config.ts';
import { etagOf } from './values.ts';
import type { Row } from './odata.ts';
import { standingOrder } from './order-write.map.ts';
import { mapOrder, type OrderRecord } from './order.map.ts';
import type { Depth } from './reading-cursor.ts';
import { recordReader, type RereadableReader } from './record-reader.client.ts';
import { allRows } from './rows.client.ts';
import { ORDER } from './selects.ts';
import { SERVICES } from './services.ts';
import { liveBilledItems } from './billed-items.client.ts';

export interface OrderParts {
  readonly client: SapClient;
  readonly known: KnownCustomers;
  readonly origin: Origin;
  readonly salesAreas: Readonly<Record<string, SalesArea>>;
}

/** Orders whose filter fits, with what was billed of them. */
export async function readOrders(
  parts: OrderParts,
  filter: string,
  options: CallOptions,
): Promise<readonly OrderRecord[]> {
  const set = [SERVICES.orders, 'A_SalesOrder'] as const;
  const rows = await allRows(parts.client, set, { ...ORDER, filter, orderBy: ['SalesOrder'] }, options);
  return withParts(parts, rows, options);
}

async function withParts(
  { client, known, salesAreas }: OrderParts,
  rows: readonly Row[],
  options: CallOptions,
): Promise<OrderRecord[]> {
  const numbers = rows.map((row) => textOf(row['SalesOrder']) ?? '');
  const [billed, customers] = await Promise.all([
    liveBilledItems(client, numbers, options),
    customersOf(
      known,
      rows.map((row) => textOf(row['SoldToParty'])),
    ),
  ]);
  const companies = new Map(
    Object.values(salesAreas).map(({ salesOrganization, companyCode }) => [salesOrganization, companyCode]),
  );
  return rows.map((row, n) => ({
    row,
    billed: billed.get(numbers[n] ?? '') ?? [],
    companyCode: companies.get(textOf(row['SalesOrganization']) ?? '') ?? null,
    customers,
  }));
}

export function orderReader(parts: OrderParts, depth: Depth): RereadableReader<'finance.order.v1', OrderRecordRead> {
  const { client, origin } = parts;
  return recordReader({
    stream: 'order',
    topic: 'finance.order.v1',
    objectType: 'order',
    sources: [
      changedSource(client, depth, {
        name: 'orders',
        service: SERVICES.orders,
        set: 'A_SalesOrder',
        key: 'SalesOrder',
      }),
      // Billing an order does not move its stamp.
      changedBillingSource(client, depth, { name: 'billing', fromNow: true }, (rows) => rows.flatMap(ordersBilled)),
    ],
    byIds: async (ids, signal) =>
      (await inParts(ids, (part) => readOrders(parts, anyOf('SalesOrder', part), { signal }))).map((record) => ({
        vendorId: textOf(record.row['SalesOrder']) ?? '',
        mapped: mapOrder(record, origin),
        contractId: ourId(textOf(record.row['PurchaseOrderByShipToParty'])),
        standing: standingOrder(record, etagOf(record.row)),
      })),
    keyOf: (vendorId) => idOf('SalesOrder', origin, vendorId),
    asDeleted: (value) => ({ ...value, lifecycle: 'DELETED' }),
  });
}

function ordersBilled(row: Row): string[] {
  const items = (row['to_Item'] as { results?: readonly Row[] } | undefined)?.results ?? [];
  return items.flatMap((item) => textOf(item['SalesDocument']) ?? []);
}
