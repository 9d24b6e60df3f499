import { fateOf } from '@tieout/connector-erp';
import { accountItem, type AccountItem } from './account-item.map.ts';
import { accountOf, restsOf, type Account, type UnreadableItem } from './account.ts';
import type { CallOptions, SapClient } from './client.ts';
import { textOf } from './customers.client.ts';
import { documentId, documentKey } from './identity.ts';
import { inParts } from './in-parts.ts';
import { and, anyOf, eq } from './literals.ts';
import type { Row } from './odata.ts';
import { allRows } from './rows.client.ts';
import { ACCOUNTING_ITEM } from './selects.ts';
import { SERVICES } from './services.ts';

const ITEMS = [SERVICES.items, 'A_OperationalAcctgDocItemCube'] as const;
const ORDER = ['CompanyCode', 'FiscalYear', 'AccountingDocument', 'AccountingDocumentItem'];
const CUSTOMER_ITEM = eq('FinancialAccountType', 'D');
/** Accounts that can be cleared against each other: of customers, of suppliers. */
const SUB_LEDGERS = anyOf('FinancialAccountType', ['D', 'K']);

/** Columns that name an accounting document. */
const OWN = ['FiscalYear', 'AccountingDocument'] as const;
const CLEARING = ['ClearingDocFiscalYear', 'ClearingAccountingDocument'] as const;
const REFERENCE = ['InvoiceReferenceFiscalYear', 'InvoiceReference'] as const;

/** Reads items of customers' accounts. */
export interface AccountReader {
  /** The accounts around billing documents and accounting documents: their items and what says how those stand. */
  around(
    of: { readonly billing?: readonly string[]; readonly documents?: readonly string[] },
    options: CallOptions,
  ): Promise<Account>;
}

export function accountReader(client: SapClient): AccountReader {
  return {
    async around({ billing = [], documents = [] }, options) {
      const reading = new AccountReading(client, options);
      const own = [...(await reading.ofBilling(billing)), ...(await reading.naming(OWN, documents))];
      const chains = await withRests(own, (items) =>
        reading.naming(
          REFERENCE,
          items.map(({ document }) => document),
        ),
      );
      const clearings = chains.map(({ clearing }) => clearing);
      const items = [...chains, ...(await reading.naming(CLEARING, clearings, SUB_LEDGERS))];
      const known = new Set(items.map(({ document }) => document));
      const missing = items.map(({ reference }) => (reference !== null && known.has(reference) ? null : reference));
      return accountOf([...items, ...(await reading.naming(OWN, missing))], reading.unreadable);
    },
  };
}

class AccountReading {
  readonly unreadable: UnreadableItem[] = [];
  private readonly client: SapClient;
  private readonly options: CallOptions;

  constructor(client: SapClient, options: CallOptions) {
    this.client = client;
    this.options = options;
  }

  ofBilling(documents: readonly string[]): Promise<AccountItem[]> {
    return inParts(documents, (part) => this.items(and(anyOf('BillingDocument', part), CUSTOMER_ITEM)));
  }

  /** Items that name one of the documents in these columns. A filter states company code and year once. */
  async naming(
    [year, number]: readonly [string, string],
    documents: readonly (string | null)[],
    accounts = CUSTOMER_ITEM,
  ): Promise<AccountItem[]> {
    const keys = [...new Set(documents)].flatMap((document) => (document === null ? [] : [documentKey(document)]));
    const groups = Map.groupBy(keys, ({ companyCode, fiscalYear }) => `${companyCode}/${fiscalYear}`);
    const found = [...groups.values()].map((group) => {
      const place = group[0]?.companyCode ?? '';
      const inYear = and(eq('CompanyCode', place), eq(year, group[0]?.fiscalYear ?? ''));
      const numbers = group.map((key) => key.number);
      return inParts(numbers, (part) => this.items(and(inYear, anyOf(number, part), accounts)));
    });
    return (await Promise.all(found)).flat();
  }

  private async items(filter: string): Promise<AccountItem[]> {
    const rows = await allRows(this.client, ITEMS, { ...ACCOUNTING_ITEM, filter, orderBy: ORDER }, this.options);
    return rows.flatMap((row) => {
      const item = fateOf(() => accountItem(row));
      if (item.kind === 'mapped') return [item.value];
      this.unreadable.push({ ...placeOf(row), problem: item.problem });
      return [];
    });
  }
}

function placeOf(row: Row): Pick<UnreadableItem, 'document' | 'billingDocument'> {
  const text = (name: string): string => textOf(row[name]) ?? '';
  const key = { companyCode: text('CompanyCode'), fiscalYear: text('FiscalYear'), number: text('AccountingDocument') };
  return { document: documentId(key), billingDocument: textOf(row['BillingDocument']) };
}

/** The items with those that name them, and of rests those that name these again. */
async function withRests(
  own: readonly AccountItem[],
  naming: (items: readonly AccountItem[]) => Promise<AccountItem[]>,
): Promise<AccountItem[]> {
  const all = [...own];
  const asked = new Set<string>();
  for (let front = own; front.length > 0;) {
    all.push(...(await naming(front)));
    for (const { document } of front) asked.add(document);
    const account = accountOf(all);
    front = [...restsOf(account, own, 1), ...restsOf(account, own, -1)].filter(({ document }) => !asked.has(document));
  }
  return all;
}
