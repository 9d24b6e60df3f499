import { add, formatAmount, parseDecimal } from '@tieout/canonical';
import type { Environment } from '../environment.ts';
import type { ErpUser } from './erp-user.client.ts';
import type { SystemCount } from './report-shape.ts';

const SALESFORCE_OBJECTS = ['Account', 'Opportunity', 'Contract', 'Product2'] as const;
/** Transaction types of SuiteQL by what people call them. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  SalesOrd: 'sales orders',
  CustInvc: 'invoices',
  CustPymt: 'payments',
  CustCred: 'credit memos',
};

/** What each system holds, by its own count: void documents left out. */
export async function countSystems(environment: Environment, erp: ErpUser): Promise<SystemCount[]> {
  const [salesforce, netsuite, sap, anaplan] = await Promise.all([
    countSalesforce(environment),
    countNetSuite(erp),
    countSap(environment),
    countAnaplan(environment),
  ]);
  return [...salesforce, ...netsuite, ...sap, ...anaplan];
}

async function countSalesforce({ salesforce }: Environment): Promise<SystemCount[]> {
  const names = ['accounts', 'opportunities', 'contracts', 'products'];
  const totals = await Promise.all(SALESFORCE_OBJECTS.map(async (object) => (await salesforce.all(object)).total));
  return totals.map((count, index) => ({ system: 'Salesforce', object: names[index]!, count, amounts: {} }));
}

async function countNetSuite(erp: ErpUser): Promise<SystemCount[]> {
  const [customers, documents] = await Promise.all([erp.countCustomers(), erp.countTransactions()]);
  const byType = Map.groupBy(documents, ({ type }) => DOCUMENTS[type] ?? type);
  const counted = [...byType].map(([object, rows]): SystemCount => ({
    system: 'NetSuite',
    object,
    count: rows.reduce((sum, { count }) => sum + Number(count), 0),
    amounts: Object.fromEntries(
      rows.map(({ currency, total }) => [currency, formatAmount(parseDecimal(total), currency)]),
    ),
  }));
  return [{ system: 'NetSuite', object: 'customers', count: customers, amounts: {} }, ...counted];
}

async function countSap({ sap }: Environment): Promise<SystemCount[]> {
  const [customers, orders, figures] = await Promise.all([sap.countCustomers(), sap.orders(), sap.figures()]);
  const bills = createSum('SAP S/4HANA', 'invoices');
  for (const { currency, invoiced } of figures) bills.add(currency, invoiced);
  const count = figures.reduce((total, { invoices }) => total + invoices, 0);
  return [
    { system: 'SAP S/4HANA', object: 'customers', count: customers, amounts: {} },
    { system: 'SAP S/4HANA', object: 'sales orders', count: orders.length, amounts: {} },
    { ...bills.result(), count },
  ];
}

async function countAnaplan({ anaplan }: Environment): Promise<SystemCount[]> {
  const [actuals, forecast] = [createSum('Anaplan', 'cells of actuals'), createSum('Anaplan', 'cells of forecasts')];
  for await (const page of anaplan.readCells())
    for (const { currency, invoiced } of page) actuals.add(currency, invoiced === '' ? '0' : invoiced);
  for await (const page of anaplan.readForecast())
    for (const { currency, amount } of page) forecast.add(currency, amount);
  return [actuals.result(), forecast.result()];
}

function createSum(
  system: string,
  object: string,
): { add(currency: string, amount: string): void; result(): SystemCount } {
  const amounts = new Map<string, string>();
  let count = 0;
  return {
    add(currency, amount) {
      count += 1;
      amounts.set(currency, add(amounts.get(currency) ?? '0', parseDecimal(amount)));
    },
    result: () => ({
      system,
      object,
      count,
      amounts: Object.fromEntries(
        [...amounts].sort().map(([currency, sum]) => [currency, formatAmount(sum, currency)]),
      ),
    }),
  };
}
