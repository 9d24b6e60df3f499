import type { CallOptions, SapClient } from './client.ts';
import { textOf } from './customers.client.ts';
import { inParts } from './in-parts.ts';
import { anyOf } from './literals.ts';
import type { Row } from './odata.ts';
import { allRows } from './rows.client.ts';
import { SERVICES } from './services.ts';

const ITEMS = [SERVICES.billing, 'A_BillingDocumentItem'] as const;
const DOCUMENTS = [SERVICES.billing, 'A_BillingDocument'] as const;

/** Items of invoices that were not cancelled, by the order that they bill. What a credit memo gives back is not unbilled. */
export async function liveBilledItems(
  client: SapClient,
  orders: readonly string[],
  options: CallOptions,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const select = ['BillingDocument', 'BillingDocumentItem', 'SalesDocument', 'SalesDocumentItem', 'NetAmount'];
  const orderBy = ['BillingDocument', 'BillingDocumentItem'];
  const items = await inParts(orders, (part) =>
    allRows(client, ITEMS, { select, filter: anyOf('SalesDocument', part), orderBy }, options),
  );
  const documents = [...new Set(items.map((item) => textOf(item['BillingDocument']) ?? ''))];
  const headers = await inParts(documents, (part) =>
    allRows(
      client,
      DOCUMENTS,
      {
        select: ['BillingDocument', 'SDDocumentCategory', 'BillingDocumentIsCancelled'],
        ...{ filter: anyOf('BillingDocument', part), orderBy: ['BillingDocument'] },
      },
      options,
    ),
  );
  const live = new Set(headers.filter(isLiveInvoice).map((row) => row['BillingDocument']));
  return Map.groupBy(
    items.filter((item) => live.has(item['BillingDocument'])),
    (item) => textOf(item['SalesDocument']) ?? '',
  );
}

const isLiveInvoice = (row: Row): boolean =>
  row['BillingDocumentIsCancelled'] !== true && ['M', 'P'].includes(String(row['SDDocumentCategory']));
