import { addMonths, isZero, periodOf } from '@tieout/canonical';
import { dayOf, monthOf } from './amounts.ts';
import { invoiceOf } from './billing.ts';
import { invoiceStates, type Books } from './books.ts';
import {
  activeContracts,
  anyOf,
  BILLING,
  hasAdvance,
  invoiceRef,
  netBreak,
  text,
  unchanged,
  type Choice,
  type Plan,
} from './plant.ts';
import type { Contract, ContractLine, Customer, Invoice } from './scenario.ts';

/** Contracts with a line that is billed in the month after. */
function notYetBilled(choice: Choice): { contract: Contract; line: ContractLine; customer: string }[] {
  const next = addMonths(periodOf(choice.scenario.monthEnd), 1);
  return activeContracts(choice).flatMap((contract) => {
    const line = contract.lines.find(({ billOn }) => periodOf(billOn) === next);
    return line === undefined || hasAdvance(choice, contract.customer)
      ? []
      : [{ contract, line, customer: contract.customer }];
  });
}

/** An invoice typed in without the order, of one line. */
function typedIn(contract: Contract, line: ContractLine, key: string): Invoice {
  return { ...invoiceOf(contract, `${contract.key}-${key}`, [line]), byHand: true };
}

const withInvoice =
  (invoice: Invoice) =>
  (books: Books): Books => ({ ...books, invoices: [...books.invoices, invoice] });

export function wrongCurrency(choice: Choice): Plan {
  const { contract, line } = anyOf(choice, 'line to be billed next month', notYetBilled(choice));
  const currency = choice.scenario.entities
    .map((entity) => entity.currency)
    .find((code) => code !== contract.currency)!;
  const invoice: Invoice = { ...typedIn(contract, line, 'XCUR'), currency };
  return {
    plant: 'wrong-currency',
    kind: 'currency',
    system: 'NetSuite',
    done: `line ${line.key} was billed by hand, in ${currency} where the contract says ${contract.currency}`,
    deed: { do: 'enter-invoice', invoice },
    quiet: false,
    change: withInvoice(invoice),
    breaks: [
      {
        check: BILLING,
        kind: 'currency',
        object: invoiceRef(invoice.key),
        expected: text(contract.currency),
        actual: text(currency),
      },
    ],
    customers: [contract.customer],
    months: [monthOf(invoice)],
  };
}

export function wrongCustomer(choice: Choice): Plan {
  const { contract, line } = anyOf(choice, 'line to be billed next month', notYetBilled(choice));
  const others = choice.scenario.customers.filter(
    ({ key, entity }) => key !== contract.customer && entity === contract.entity && !hasAdvance(choice, key),
  );
  // Somebody who has no contract: the fewer candidates others lose.
  const idle = others.filter(({ key }) => !choice.scenario.contracts.some(({ customer }) => customer === key));
  const free = (some: readonly Customer[]): readonly Customer[] => some.filter(({ key }) => choice.isFree(key));
  const other = choice.random.pick(free(idle).length > 0 ? free(idle) : free(others));
  const invoice: Invoice = { ...typedIn(contract, line, 'XCUS'), customer: other.key };
  return {
    plant: 'wrong-customer',
    kind: 'customer',
    system: 'NetSuite',
    done: `line ${line.key} was billed by hand, to ${other.key} instead of ${contract.customer}`,
    deed: { do: 'enter-invoice', invoice },
    quiet: false,
    change: withInvoice(invoice),
    breaks: [
      {
        check: BILLING,
        kind: 'customer',
        object: invoiceRef(invoice.key),
        expected: { of: 'customer', key: contract.customer },
        actual: { of: 'customer', key: other.key },
      },
      // The order does not know of the bill: it still wants to bill the line.
      netBreak(contract, line.net),
    ],
    customers: [contract.customer, other.key],
    months: [monthOf(invoice)],
  };
}

/** Bills of the month-end's month that nobody paid or credited. */
export function wrongPeriod(choice: Choice): Plan {
  const { scenario, books } = choice;
  const month = periodOf(scenario.monthEnd);
  const untouched = new Set(
    invoiceStates(books)
      .filter(({ lifecycle, paid, credited }) => lifecycle === 'OPEN' && isZero(paid) && isZero(credited))
      .map(({ key }) => key),
  );
  const invoice = anyOf(
    choice,
    'unpaid bill of the month',
    books.invoices.filter(
      (one) => untouched.has(one.key) && monthOf(one) === month && !hasAdvance(choice, one.customer),
    ),
  );
  const next = addMonths(month, 1);
  const day = Number(invoice.issueDate.slice(8));
  const again: Invoice = {
    ...invoice,
    key: `${invoice.key}-XPER`,
    issueDate: dayOf(next, day),
    dueDate: dayOf(addMonths(next, 1), day),
  };
  return {
    plant: 'wrong-period',
    kind: 'period',
    system: 'NetSuite',
    done: `bill ${invoice.key} was voided and entered again with a date in ${next}`,
    deed: { do: 'bill-again', voided: invoice.key, invoice: again },
    quiet: false,
    change: (changed) => ({
      ...changed,
      invoices: [...changed.invoices.map((one) => (one.key === invoice.key ? { ...one, voided: true } : one)), again],
    }),
    breaks: [
      { check: BILLING, kind: 'period', object: invoiceRef(again.key), expected: text(month), actual: text(next) },
    ],
    customers: [invoice.customer],
    months: [month, next],
  };
}

export function staleInvoice(choice: Choice): Plan {
  const { random } = choice;
  const invoice = anyOf(choice, 'bill of the month before', billsOfMonthBefore(choice));
  const day = Number(invoice.issueDate.slice(8));
  const date = dayOf(monthOf(invoice), day <= 15 ? day + random.int(1, 10) : day - random.int(1, 10));
  return {
    plant: 'stale-invoice',
    kind: 'stale',
    system: 'NetSuite',
    done: `the date of bill ${invoice.key} was moved from ${invoice.issueDate} to ${date} by an update that left no stamp`,
    deed: { do: 'redate-quietly', invoice: invoice.key, date },
    quiet: true,
    change: unchanged,
    breaks: [
      {
        check: 'invoices-erp-topic',
        kind: 'date',
        object: invoiceRef(invoice.key),
        expected: text(date),
        actual: text(invoice.issueDate),
      },
    ],
    customers: [invoice.customer],
    months: [monthOf(invoice)],
  };
}

function billsOfMonthBefore({ scenario, books }: Choice): Invoice[] {
  const before = addMonths(periodOf(scenario.monthEnd), -1);
  return books.invoices.filter((invoice) => !invoice.voided && monthOf(invoice) === before);
}

export function billedTwice(choice: Choice): Plan {
  const invoice = anyOf(choice, 'bill of the month before', billsOfMonthBefore(choice));
  const contract = choice.scenario.contracts.find(({ key }) => key === invoice.contract)!;
  const line = contract.lines.find(({ key }) => key === invoice.lines[0]!.line)!;
  const again = typedIn(contract, line, 'XDUP');
  return {
    plant: 'billed-twice',
    kind: 'duplicate',
    system: 'NetSuite',
    done: `line ${line.key}, billed by ${invoice.key}, was billed by hand once more`,
    deed: { do: 'enter-invoice', invoice: again },
    quiet: false,
    change: withInvoice(again),
    breaks: [
      {
        check: BILLING,
        kind: 'duplicate',
        object: { of: 'contract-line', key: line.key },
        expected: text('1'),
        actual: text('2'),
      },
      netBreak(contract, line.net),
    ],
    customers: [contract.customer],
    months: [monthOf(again)],
  };
}
