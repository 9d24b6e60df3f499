import { addMonths, isZero, joinKey, periodOf } from '@tieout/canonical';
import { dayOf, grossOf, percentOf } from './amounts.ts';
import { figuresOf, invoiceStates } from './books.ts';
import { anyOf, asOwner, text, unchanged, type Choice, type ExpectedBreak, type Plan } from './plant.ts';
import type { Payment } from './scenario.ts';

export function unappliedPayment(choice: Choice): Plan {
  const { books, scenario, random } = choice;
  const open = new Map(invoiceStates(books).map((state) => [state.key, state]));
  const invoice = anyOf(
    choice,
    'open bill',
    books.invoices.filter(({ key }) => open.get(key)?.lifecycle === 'OPEN'),
  );
  const { customer, entity, currency } = invoice;
  const payment: Payment = {
    key: `${invoice.key}-XPAY`,
    customer,
    entity,
    currency,
    date: dayOf(periodOf(scenario.monthEnd), random.int(20, 30)),
    amount: percentOf(grossOf(invoice), random.int(20, 60)),
    applied: [],
    voided: false,
  };
  return {
    plant: 'unapplied-payment',
    kind: 'unapplied',
    system: 'NetSuite',
    done: `a payment of ${payment.amount} ${currency} by ${customer} was entered and applied to nothing, bill ${invoice.key} is open`,
    deed: { do: 'enter-payment', payment },
    quiet: false,
    change: (changed) => ({ ...changed, payments: [...changed.payments, payment] }),
    breaks: [
      {
        check: 'unapplied-payments',
        kind: 'unapplied',
        object: { of: 'payment', key: payment.key },
        expected: text('0'),
        actual: text(payment.amount),
      },
    ],
    customers: [customer],
    months: [periodOf(payment.date)],
  };
}

export function renamedCustomer(choice: Choice): Plan {
  const customer = anyOf(choice, 'customer', choice.scenario.customers.map(asOwner));
  const name = `${customer.name.replace(/ (Inc\.|GmbH)$/, '')} Holding`;
  return {
    plant: 'renamed-customer',
    kind: 'name',
    system: 'NetSuite',
    done: `customer ${customer.key} was renamed from "${customer.name}" to "${name}"`,
    deed: { do: 'rename-customer', customer: customer.key, name },
    quiet: false,
    change: unchanged,
    breaks: [
      {
        check: 'customers-crm-erp',
        kind: 'name',
        object: { of: 'customer', key: customer.key },
        expected: text(customer.name),
        actual: text(name),
      },
      ...(choice.inBoth(customer.key) ? [twoNames(customer.key, [customer.name, name])] : []),
    ],
    customers: [customer.key],
    months: [],
  };
}

/** The other ERP still says the old name under the same number. */
function twoNames(key: string, names: readonly string[]): ExpectedBreak {
  const [expected = '', actual = ''] = names.toSorted();
  const about = { check: 'customers-crm-erp', kind: 'duplicate-number', object: text(`erp:${key}`) };
  return { ...about, expected: text(expected), actual: text(actual) };
}

/** In the first month: nothing else happens there any more, and the publisher does not send it again. */
export function lostCell({ scenario, books, random }: Choice): Plan {
  const month = addMonths(periodOf(scenario.monthEnd), -2);
  const cell = random.pick(figuresOf(books).filter((figure) => figure.month === month && !isZero(figure.invoiced)));
  const { country: entity, currency } = cell;
  return {
    plant: 'lost-cell',
    kind: 'lost',
    system: 'Anaplan',
    done: `the planning cell Invoiced of ${entity}, ${month}, ${currency} was lost`,
    deed: { do: 'drop-cell', entity, currency, month },
    quiet: true,
    change: unchanged,
    breaks: [
      {
        check: 'cells-topic-planning',
        kind: 'invoiced',
        object: text(joinKey([entity, month, currency])),
        expected: text(cell.invoiced),
        actual: text('0'),
      },
    ],
    customers: [],
    months: [month],
  };
}
