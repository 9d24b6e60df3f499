import type { AccountItem } from './account-item.map.ts';
import type { AccountReader } from './account.client.ts';
import type { SapClient } from './client.ts';
import { documentId } from './identity.ts';
import { keysetPage, type Keyset } from './keyset.client.ts';
import { and, anyOf, eq, ge, instant } from './literals.ts';
import type { Row } from './odata.ts';
import type { Depth, Window } from './reading-cursor.ts';
import type { ChangePage, ChangeSource } from './record-reader.client.ts';
import { SERVICES } from './services.ts';
import { touchedRow } from './vendor-types.ts';

const PAGE = 200;

const since = ({ from }: Window): string[] => (from === null ? [] : [ge('LastChangeDateTime', instant(from))]);

const filterOf = (filters: readonly string[]): { filter?: string } =>
  filters.length === 0 ? {} : { filter: and(...filters) };

async function changedPage(
  client: SapClient,
  keyset: Keyset,
  { after }: Window,
  signal: AbortSignal,
  changedBy: (rows: readonly Row[]) => readonly string[] | Promise<readonly string[]>,
): Promise<ChangePage> {
  const { rows, next, clock } = await keysetPage(client, keyset, after, { signal });
  return { changed: await changedBy(rows), next, clock };
}

/** Records by their own stamp. */
export function changedSource(
  client: SapClient,
  depth: Depth,
  of: { readonly name: string; readonly service: string; readonly set: string; readonly key: string },
): ChangeSource {
  const { name, service, set, key } = of;
  return {
    ...{ name, depth },
    page: (window, signal) => {
      const query = { select: [key], ...filterOf(since(window)), top: PAGE };
      return changedPage(client, { service, set, keys: [key], query }, window, signal, (rows) =>
        rows.map((row) => String(row[key])),
      );
    },
  };
}

/** Billing documents by their own stamp, and what they change. */
export function changedBillingSource(
  client: SapClient,
  depth: Depth,
  of: { readonly name: string; readonly fromNow?: true; readonly categories?: readonly string[] },
  changedBy: (rows: readonly Row[]) => readonly string[],
): ChangeSource {
  const { categories, ...source } = of;
  return {
    ...{ ...source, depth },
    page: (window, signal) => {
      const filters = [...(categories ? [anyOf('SDDocumentCategory', categories)] : []), ...since(window)];
      // Items only where it matters what they bill.
      const parts = categories ? {} : { expand: ['to_Item'] };
      const select = ['BillingDocument', ...(categories ? [] : ['to_Item/SalesDocument'])];
      const query = { select, ...parts, ...filterOf(filters), top: PAGE };
      const keyset = { service: SERVICES.billing, set: 'A_BillingDocument', keys: ['BillingDocument'], query };
      return changedPage(client, keyset, window, signal, changedBy);
    },
  };
}

/** Documents of customers' accounts that were posted, cleared, reset or reversed, and the documents that this changes. */
export function changedAccountSource(
  client: SapClient,
  accounts: AccountReader,
  depth: Depth,
  of: {
    readonly name: string;
    readonly fromNow?: true;
    readonly ledger: string;
    readonly documentTypes?: readonly string[];
  },
  changedBy: (items: readonly AccountItem[]) => readonly string[],
): ChangeSource {
  const { ledger, documentTypes, ...source } = of;
  const keys = ['CompanyCode', 'FiscalYear', 'AccountingDocument'];
  return {
    ...{ ...source, depth },
    page: (window, signal) => {
      // Of everything, only documents of the stream itself: with a stamp in the filter, others change them, too.
      const own = window.from === null && documentTypes ? [anyOf('AccountingDocumentType', documentTypes)] : [];
      const filters = [eq('FinancialAccountType', 'D'), eq('SourceLedger', ledger), ...own, ...since(window)];
      const query = { select: keys, ...filterOf(filters), top: PAGE };
      const keyset = { service: SERVICES.ledger, set: 'GLAccountLineItem', keys, query };
      return changedPage(client, keyset, window, signal, async (rows) => {
        const documents = [...new Set(rows.map((row) => documentOf(row)))];
        return documents.length === 0 ? [] : changedBy((await accounts.around({ documents }, { signal })).items);
      });
    },
  };
}

function documentOf(row: Row): string {
  const { CompanyCode, FiscalYear, AccountingDocument } = touchedRow.parse(row);
  return documentId({ companyCode: CompanyCode, fiscalYear: FiscalYear, number: AccountingDocument });
}
