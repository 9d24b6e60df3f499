import type { AnaplanSideDoor } from './planner.client.ts';
import type { ErpUser } from './erp-user.client.ts';
import type { LoadedIds } from './ids.ts';
import { billOrder, CURRENCY_IDS, enterPayment, type Books } from './load-erp.ts';
import type { Deed } from './plant.ts';
import type { ContractLine, Invoice, Scenario } from './scenario.ts';

export interface Tools {
  readonly scenario: Scenario;
  readonly erp: ErpUser;
  readonly planning: AnaplanSideDoor;
  readonly ids: LoadedIds;
  readonly books: Books;
}

/** An update that left no stamp happened to a record that was at rest for long: whoever looks back a while does not see it. */
const LONG_AGO = '2026-01-01T00:00:00Z';

/** Does in the vendor's sandbox what a person or an accident does there. */
export async function perform(deed: Deed, tools: Tools): Promise<void> {
  const { erp, ids, books } = tools;
  switch (deed.do) {
    case 'delete-order':
      return erp.deleteRecord('salesOrder', ids.vendor('order', deed.contract));
    case 'enter-order':
      return enterOrder(deed, tools);
    case 'change-order-line': {
      const order = ids.vendor('order', deed.contract);
      const line = (await erp.orderLines()).get(order)?.get(ids.canonical('contract-line', deed.line));
      return erp.patchOrder(order, [{ line, amount: deed.net }]);
    }
    case 'enter-invoice':
      return enterInvoice(deed.invoice, tools);
    case 'bill-again':
      await erp.voidTransaction(ids.vendor('invoice', deed.voided));
      return void (await billOrder(deed.invoice, await erp.orderLines(), tools));
    case 'redate-quietly':
      return erp.changeQuietly('invoice', ids.vendor('invoice', deed.invoice), {
        trandate: deed.date,
        lastmodifieddate: LONG_AGO,
      });
    case 'enter-payment':
      return void (await enterPayment(deed.payment, { erp, ids, books }));
    case 'rename-customer':
      return void (await erp.put('customer', ids.canonical('customer', deed.customer), { companyName: deed.name }));
    case 'drop-cell':
      return tools.planning.dropCell({
        legalEntity: deed.entity,
        currency: deed.currency,
        month: deed.month,
        lineItem: 'Invoiced',
      });
  }
}

async function enterOrder(
  { order, date }: Extract<Deed, { do: 'enter-order' }>,
  { erp, ids, books }: Tools,
): Promise<void> {
  const body = {
    ...party(order, ids, books),
    tranDate: date,
    memo: 'entered by hand',
    item: {
      items: order.lines.map(({ line, net }) => ({ item: { id: books.items.get(line) }, quantity: 1, amount: net })),
    },
  };
  ids.note('order', order.key, await erp.put('salesOrder', order.key, body));
}

/** Somebody types in what the contract says, without asking the order. */
async function enterInvoice(invoice: Invoice, { scenario, erp, ids, books }: Tools): Promise<void> {
  const lines = new Map(
    scenario.contracts.flatMap((contract) => contract.lines.map((line) => [line.key, line] as const)),
  );
  const items = invoice.lines.map(({ line: key, net, tax }) => {
    const line = lines.get(key) as ContractLine;
    return {
      item: { id: books.items.get(line.product) },
      quantity: line.quantity,
      amount: net,
      tax1Amt: tax,
      description: line.description,
      custcol_billing_id: ids.canonical('contract-line', key),
      custcol_bill_on: line.billOn,
    };
  });
  const body = {
    ...party(invoice, ids, books),
    tranDate: invoice.issueDate,
    dueDate: invoice.dueDate,
    custbody_contract: ids.canonical('contract', invoice.contract),
    item: { items },
  };
  ids.note('invoice', invoice.key, await erp.put('invoice', invoice.key, body));
}

function party(
  { customer, entity, currency }: Pick<Invoice, 'customer' | 'entity' | 'currency'>,
  ids: LoadedIds,
  books: Books,
): object {
  return {
    entity: { externalId: ids.canonical('customer', customer) },
    subsidiary: { id: books.subsidiaries.get(entity) },
    currency: { id: CURRENCY_IDS[currency] },
  };
}
