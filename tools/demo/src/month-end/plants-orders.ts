import { add, sum } from '@tieout/canonical';
import { percentOf } from './amounts.ts';
import type { Order } from './books.ts';
import {
  activeContracts,
  anyOf,
  asOwner,
  contractRef,
  hasAdvance,
  isBilled,
  netBreak,
  text,
  type Choice,
  type Plan,
} from './plant.ts';

/** Nothing is billed yet, else the ERP would refuse the deletion. */
export function missingOrder(choice: Choice): Plan {
  const unbilled = activeContracts(choice).filter((one) => !isBilled(choice, one) && !hasAdvance(choice, one.customer));
  const contract = anyOf(choice, 'contract without a bill', unbilled);
  const net = sum(contract.lines.map((line) => line.net));
  return {
    plant: 'missing-order',
    kind: 'missing',
    system: 'NetSuite',
    done: `the sales order of contract ${contract.key} was deleted`,
    deed: { do: 'delete-order', contract: contract.key },
    quiet: false,
    change: (books) => ({
      ...books,
      orders: books.orders.map((order) => (order.key === contract.key ? { ...order, deleted: true } : order)),
    }),
    breaks: [
      {
        check: 'orders-crm-erp',
        kind: 'missing',
        object: contractRef(contract.key),
        expected: text(net),
        actual: null,
      },
    ],
    customers: [contract.customer],
    months: [],
  };
}

export function changedOrder(choice: Choice): Plan {
  const contract = anyOf(
    choice,
    'contract without a bill',
    activeContracts(choice).filter((one) => !isBilled(choice, one)),
  );
  const line = choice.random.pick(contract.lines);
  const more = percentOf(line.net, choice.random.int(5, 30));
  const net = add(line.net, more);
  const changed = (order: Order): Order => ({
    ...order,
    lines: order.lines.map((one) => (one.line === line.key ? { ...one, net } : one)),
  });
  return {
    plant: 'changed-order',
    kind: 'amount',
    system: 'NetSuite',
    done: `line ${line.key} of the sales order was changed from ${line.net} to ${net} ${contract.currency}`,
    deed: { do: 'change-order-line', contract: contract.key, line: line.key, net },
    quiet: false,
    change: (books) => ({
      ...books,
      orders: books.orders.map((order) => (order.key === contract.key ? changed(order) : order)),
    }),
    breaks: [netBreak(contract, more)],
    customers: [contract.customer],
    months: [],
  };
}

export function extraOrder(choice: Choice): Plan {
  const { scenario, random } = choice;
  const customer = anyOf(choice, 'customer', scenario.customers.map(asOwner));
  const product = random.pick(scenario.products);
  const net = `${random.int(1, 90)}5${random.int(0, 9)}.${random.int(1, 9)}5`;
  const order: Order = {
    key: `${customer.key}-XORD`,
    contract: null,
    customer: customer.key,
    entity: customer.entity,
    currency: customer.currency,
    lines: [{ line: product.code, net, tax: '0' }],
    deleted: false,
  };
  return {
    plant: 'extra-order',
    kind: 'extra',
    system: 'NetSuite',
    done: `a sales order of ${net} ${customer.currency} for ${customer.key} was entered that nobody sold`,
    deed: { do: 'enter-order', order, date: scenario.monthEnd },
    quiet: false,
    change: (books) => ({ ...books, orders: [...books.orders, order] }),
    breaks: [
      {
        check: 'orders-crm-erp',
        kind: 'extra',
        object: { of: 'order', key: order.key },
        expected: null,
        actual: text(net),
      },
    ],
    customers: [customer.key],
    months: [],
  };
}
