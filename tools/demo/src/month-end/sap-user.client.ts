import { add, parseDecimal, periodOf } from '@tieout/canonical';
import type { SapCredentials } from '@tieout/sandbox';
import { sumFigures, type Contribution, type Figure } from '../figures.ts';

/** What people do in SAP: by its pages (the side door), and what its services say. */
export interface SapUser {
  post(path: string, body: object): Promise<Readonly<Record<string, string>>>;
  orders(): Promise<readonly SapOrder[]>;
  /** Counts and sums that stand, from bills and open items. */
  figures(): Promise<Figure[]>;
  countCustomers(): Promise<number>;
}

export interface SapOrder {
  readonly number: string;
  readonly customer: string;
  /** Key of the contract: its id without dashes. */
  readonly contract: string;
  /** Key of what is billed, as the contract key but in capitals, to the item. */
  readonly items: ReadonlyMap<string, string>;
}

type Row = Readonly<Record<string, unknown>>;
const text = (row: Row, name: string): string => (typeof row[name] === 'string' ? row[name] : '');
const rowsOf = (value: unknown): readonly Row[] => (value as { results?: readonly Row[] }).results ?? [];
const dateOf = (json: string): string => new Date(Number(/\d+/.exec(json)?.[0])).toISOString().slice(0, 10);

export function createSapUser(credentials: SapCredentials, signal: AbortSignal): SapUser {
  const { url, user, password } = credentials;
  const all = async (path: string): Promise<Row[]> => {
    const rows: Row[] = [];
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    for (let next: string | undefined = `${url}/sap/opu/odata/sap/${path}`; next !== undefined;) {
      const response = await fetch(next, { headers: { authorization, accept: 'application/json' }, signal });
      if (!response.ok)
        throw new Error(`SAP answers ${response.status} to ${path}: ${(await response.text()).slice(0, 300)}`);
      const { d } = (await response.json()) as { d: { results: Row[]; __next?: string } };
      rows.push(...d.results);
      next = d.__next;
    }
    return rows;
  };
  return {
    async post(path, body) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/sandbox/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        signal,
      });
      const answer = await response.text();
      if (!response.ok)
        throw new Error(`SAP's side door answers ${response.status} to ${path}: ${answer.slice(0, 300)}`);
      return JSON.parse(answer) as Record<string, string>;
    },
    orders: async () => (await all('API_SALES_ORDER_SRV/A_SalesOrder?$expand=to_Item')).map(orderOf),
    async figures() {
      const [bills, items] = await Promise.all([
        all(
          "API_BILLING_DOCUMENT_SRV/A_BillingDocument?$filter=SDDocumentCategory eq 'M' and BillingDocumentIsCancelled eq false",
        ),
        all(
          "API_OPLACCTGDOCITEMCUBE_SRV/A_OperationalAcctgDocItemCube?$filter=FinancialAccountType eq 'D' and IsReversal eq false and IsReversed eq false",
        ),
      ]);
      return sumFigures(contributionsOf(bills, items));
    },
    countCustomers: async () => (await all("API_BUSINESS_PARTNER/A_BusinessPartner?$filter=Customer ne ''")).length,
  };
}

function orderOf(row: Row): SapOrder {
  const items = rowsOf(row['to_Item']);
  return {
    ...{
      number: text(row, 'SalesOrder'),
      customer: text(row, 'SoldToParty'),
      contract: text(row, 'PurchaseOrderByShipToParty'),
    },
    items: new Map(items.map((item) => [text(item, 'MaterialByCustomer'), text(item, 'SalesOrderItem')])),
  };
}

/** Open is what stands open of the invoice's own item and of the items that name it. */
function contributionsOf(bills: readonly Row[], items: readonly Row[]): Contribution[] {
  const open = new Map<string, string>();
  for (const item of items.filter((one) => one['IsCleared'] === false)) {
    const year = text(item, 'InvoiceReferenceFiscalYear') || text(item, 'FiscalYear');
    const key = `${text(item, 'CompanyCode')} ${year} ${text(item, 'InvoiceReference') || text(item, 'AccountingDocument')}`;
    open.set(key, add(open.get(key) ?? '0', parseDecimal(text(item, 'AmountInTransactionCurrency'))));
  }
  const place = (row: Row, date: string): Pick<Contribution, 'country' | 'month' | 'currency'> => ({
    ...{
      country: text(row, 'CompanyCode'),
      month: periodOf(dateOf(text(row, date))),
      currency: text(row, 'TransactionCurrency'),
    },
  });
  const issued = bills.map((bill): Contribution => ({
    ...place(bill, 'BillingDocumentDate'),
    ...{ invoices: 1, invoiced: parseDecimal(text(bill, 'TotalGrossAmount')) },
    open:
      open.get(`${text(bill, 'CompanyCode')} ${text(bill, 'FiscalYear')} ${text(bill, 'AccountingDocument')}`) ?? '0',
  }));
  const received = items
    .filter((item) => text(item, 'AccountingDocumentType') === 'DZ')
    .map((item): Contribution => ({
      ...place(item, 'PostingDate'),
      paid: parseDecimal(text(item, 'AmountInTransactionCurrency').replace('-', '')),
    }));
  return [...issued, ...received];
}
