import { CORPORATE } from './catalogue.ts';
import type { LoadedIds } from './ids.ts';
import type { SapOrder, SapUser } from './sap-user.client.ts';
import type { Invoice, Payment, Scenario } from './scenario.ts';

export interface SapBilling {
  readonly sap: SapUser;
  readonly ids: LoadedIds;
  readonly signal: AbortSignal;
  readonly onEntered: () => void;
}

export const isCorporate = ({ entity }: { readonly entity: string }): boolean => entity === CORPORATE.code;
const withoutDashes = (id: string): string => id.replaceAll('-', '');

/** What the group's head sells: a material for each product. Safe to repeat. */
export async function setUpSap({ products }: Scenario, sap: SapUser): Promise<void> {
  for (const { code, name } of products) await sap.post('materials', { material: code, name: name.slice(0, 40) });
}

/** The order of each corporate contract, as far as they have come, and its number among the ids. */
export async function sapOrders(scenario: Scenario, sap: SapUser, ids: LoadedIds): Promise<Map<string, SapOrder>> {
  const byKey = new Map((await sap.orders()).map((order) => [order.contract.toLowerCase(), order]));
  return new Map(
    scenario.contracts.filter(isCorporate).flatMap(({ key }): [string, SapOrder][] => {
      const order = byKey.get(withoutDashes(ids.canonical('contract', key)));
      if (order !== undefined) ids.note('order', key, order.number, 'sap');
      return order === undefined ? [] : [[key, order]];
    }),
  );
}

/** Bills what is due and posts what came in, one after the other. */
export async function billAndReceiveInSap(scenario: Scenario, billing: SapBilling): Promise<void> {
  const orders = await sapOrders(scenario, billing.sap, billing.ids);
  for (const invoice of scenario.invoices.filter(isCorporate)) {
    billing.signal.throwIfAborted();
    await bill(invoice, orders.get(invoice.contract), billing);
  }
  const contractOf = new Map(scenario.invoices.map(({ key, contract }) => [key, contract]));
  for (const payment of scenario.payments.filter(isCorporate)) {
    billing.signal.throwIfAborted();
    const [first] = payment.applied;
    await receive(payment, orders.get(contractOf.get(first?.invoice ?? '') ?? ''), billing);
  }
}

async function bill(invoice: Invoice, order: SapOrder | undefined, { sap, ids, onEntered }: SapBilling): Promise<void> {
  if (order === undefined) throw new Error(`SAP has no order of ${invoice.contract}`);
  const items = invoice.lines.map(({ line }) => {
    const item = order.items.get(withoutDashes(ids.canonical('contract-line', line)).toUpperCase());
    if (item === undefined) throw new Error(`the order of ${invoice.contract} has no item for ${line}`);
    return { item };
  });
  const body = { salesOrder: order.number, items, date: invoice.issueDate, taxRate: String(CORPORATE.taxPercent) };
  const { billingDocument } = await sap.post('billing-documents', body);
  ids.note('invoice', invoice.key, billingDocument!, 'sap');
  onEntered();
}

async function receive(
  payment: Payment,
  order: SapOrder | undefined,
  { sap, ids, onEntered }: SapBilling,
): Promise<void> {
  if (order === undefined) throw new Error(`nobody in SAP owes what ${payment.key} pays`);
  const { companyCode, fiscalYear, accountingDocument } = await sap.post('payments', {
    ...{ customer: order.customer, companyCode: CORPORATE.code, currency: payment.currency, amount: payment.amount },
    ...{ date: payment.date },
    invoices: payment.applied.map(({ invoice, amount }) => ({
      billingDocument: ids.vendor('invoice', invoice),
      amount,
    })),
  });
  ids.note('payment', payment.key, [companyCode, fiscalYear, accountingDocument].join('/'), 'sap');
  onEntered();
}
