import type { ErpUser } from './erp-user.client.ts';
import type { LoadedIds } from './ids.ts';
import { isCorporate } from './load-sap.ts';
import type { CreditMemo, Invoice, Payment, Scenario } from './scenario.ts';

/** NetSuite's own ids of the currencies that a new account has. */
export const CURRENCY_IDS: Readonly<Record<string, string>> = { USD: '1', GBP: '2', CAD: '3', EUR: '4' };
const CONCURRENCY = 8;

/** Where documents go: NetSuite's ids of the subsidiaries, and of the items by code. */
export interface Books {
  readonly subsidiaries: ReadonlyMap<string, string>;
  readonly items: ReadonlyMap<string, string>;
}

/** The companies and what they sell: what an administrator sets up before the first order. Safe to repeat. */
export async function setUpErp({ entities, products }: Scenario, erp: ErpUser): Promise<Books> {
  const subsidiaries = new Map<string, string>();
  for (const { code, legalName, country, currency } of entities.filter(
    ({ code: entity }) => !isCorporate({ entity }),
  )) {
    const body = { name: code, legalName, country, currency: { id: CURRENCY_IDS[currency] } };
    subsidiaries.set(code, await erp.put('subsidiary', `entity-${code}`, body));
  }
  const items = new Map<string, string>();
  for (const { code, name } of products)
    items.set(code, await erp.put('serviceSaleItem', `item-${code}`, { itemId: code, displayName: name }));
  return { subsidiaries, items };
}

export interface Billing {
  readonly erp: ErpUser;
  readonly ids: LoadedIds;
  readonly books: Books;
  readonly signal: AbortSignal;
  /** Called after each document with the number entered so far and of all. */
  readonly onEntered: (done: number, total: number) => void;
}

/** Bills what is due, credits and receives what came in: customer by customer in this order, several customers at once. */
export async function billAndReceive(whole: Scenario, billing: Billing): Promise<void> {
  const scenario = {
    invoices: whole.invoices.filter((one) => !isCorporate(one)),
    payments: whole.payments.filter((one) => !isCorporate(one)),
    creditMemos: whole.creditMemos,
  };
  const { erp, onEntered } = billing;
  const lineKeys = await erp.orderLines();
  const invoiceOf = new Map(scenario.invoices.map((invoice) => [invoice.key, invoice]));
  const invoices = Map.groupBy(scenario.invoices, ({ customer }) => customer);
  const memos = Map.groupBy(scenario.creditMemos, ({ invoice }) => invoiceOf.get(invoice)!.customer);
  const payments = Map.groupBy(scenario.payments, ({ customer }) => customer);
  const queue = [...new Set([...invoices.keys(), ...payments.keys()])];
  const total = scenario.invoices.length + scenario.creditMemos.length + scenario.payments.length;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let customer = queue.shift(); customer !== undefined; customer = queue.shift()) {
      const work = [
        ...(invoices.get(customer) ?? []).map((one) => () => bill(one, lineKeys, billing)),
        ...(memos.get(customer) ?? []).map((one) => () => credit(one, billing)),
        ...(payments.get(customer) ?? []).map((one) => () => receive(one, billing)),
      ];
      for (const enter of work) {
        billing.signal.throwIfAborted();
        await enter();
        onEntered((done += 1), total);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

type LineKeys = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** By way of the order, so that it knows what is billed; the tax is the biller's. */
async function bill(invoice: Invoice, lineKeys: LineKeys, billing: Billing): Promise<void> {
  const id = await billOrder(invoice, lineKeys, billing);
  if (invoice.voided) await billing.erp.voidTransaction(id);
}

/** @returns the internal id of the invoice */
export async function billOrder(
  invoice: Invoice,
  lineKeys: LineKeys,
  { erp, ids }: Pick<Billing, 'erp' | 'ids'>,
): Promise<string> {
  const order = ids.vendor('order', invoice.contract);
  const items = invoice.lines.map(({ line, tax }) => {
    const orderLine = lineKeys.get(order)?.get(ids.canonical('contract-line', line));
    if (orderLine === undefined) throw new Error(`the order of ${invoice.contract} has no line for ${line}`);
    return { orderLine, tax1Amt: tax };
  });
  const body = { tranDate: invoice.issueDate, dueDate: invoice.dueDate, item: { items } };
  const id = await erp.transform({ type: 'salesOrder', id: order }, 'invoice', invoice.key, body);
  ids.note('invoice', invoice.key, id);
  return id;
}

async function credit({ key, invoice, date, net, tax }: CreditMemo, { erp, ids }: Billing): Promise<void> {
  const item = { items: [{ orderLine: 1, quantity: 1, rate: net, amount: net, tax1Amt: tax }] };
  const body = { tranDate: date, item };
  const from = { type: 'invoice', id: ids.vendor('invoice', invoice) } as const;
  ids.note('credit-memo', key, await erp.transform(from, 'creditMemo', key, body));
}

/** An upsert by external id may be sent again whatever became of the first one. */
async function receive(payment: Payment, billing: Billing): Promise<void> {
  const id = await enterPayment(payment, billing);
  if (payment.voided) await billing.erp.voidTransaction(id);
}

/** @returns the internal id of the payment */
export async function enterPayment(
  payment: Payment,
  { erp, ids, books }: Pick<Billing, 'erp' | 'ids' | 'books'>,
): Promise<string> {
  const { key, customer, entity, currency, date, amount, applied } = payment;
  const id = await erp.put('customerPayment', key, {
    tranDate: date,
    customer: { externalId: ids.canonical('customer', customer) },
    subsidiary: { id: books.subsidiaries.get(entity) },
    currency: { id: CURRENCY_IDS[currency] },
    payment: amount,
    apply: {
      items: applied.map((one) => ({
        doc: { id: ids.vendor('invoice', one.invoice) },
        apply: true,
        amount: one.amount,
      })),
    },
  });
  ids.note('payment', key, id);
  return id;
}
