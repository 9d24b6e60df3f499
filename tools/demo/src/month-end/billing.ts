import { subtract, sum } from '@tieout/canonical';
import { addDays, grossOf, percentOf } from './amounts.ts';
import type { Random } from '@tieout/testing/programs';
import type { Contract, ContractLine, CreditMemo, Invoice, Payment } from './scenario.ts';
import type { Outcome } from './stories.ts';

export interface Settled {
  readonly invoices: readonly Invoice[];
  readonly payments: readonly Payment[];
  readonly creditMemos: readonly CreditMemo[];
}

const TERMS_DAYS = 30;

/** The invoices of everything that is due up to the day, one for each day of billing, and what became of them by then. */
export function billAndSettle(contract: Contract, outcome: Outcome, monthEnd: string, random: Random): Settled {
  const due = contract.lines.filter(({ billOn }) => billOn <= monthEnd);
  const byDay = [...Map.groupBy(due, ({ billOn }) => billOn).values()];
  const invoices = byDay.map((lines, turn) => invoiceOf(contract, `${contract.key}-I${turn + 1}`, lines));
  const books: Books = { contract, monthEnd, random, payments: [] };
  if (outcome === 'credited') return credited(books, invoices);
  if (outcome === 'reissued') return reissued(books, invoices);
  settle(books, outcome, invoices);
  return { invoices, payments: books.payments, creditMemos: [] };
}

export function invoiceOf(contract: Contract, key: string, lines: readonly ContractLine[]): Invoice {
  const { customer, entity, currency } = contract;
  const issueDate = lines[0]!.billOn;
  return {
    key,
    contract: contract.key,
    customer,
    entity,
    currency,
    issueDate,
    dueDate: addDays(issueDate, TERMS_DAYS),
    lines: lines.map(({ key: line, net, tax }) => ({ line, net, tax })),
    voided: false,
    byHand: false,
  };
}

interface Books {
  readonly contract: Contract;
  readonly monthEnd: string;
  readonly random: Random;
  readonly payments: Payment[];
}

function settle(books: Books, outcome: Outcome, invoices: readonly Invoice[]): void {
  const { random, monthEnd } = books;
  const [first] = invoices;
  switch (outcome) {
    case 'prompt':
      for (const invoice of invoices)
        pay(books, addDays(invoice.issueDate, random.int(5, 20)), [[invoice, grossOf(invoice)]]);
      return;
    case 'late':
      for (const invoice of invoices)
        pay(books, addDays(invoice.dueDate, random.int(5, 20)), [[invoice, grossOf(invoice)]]);
      return;
    case 'partial':
      if (first)
        pay(books, addDays(first.issueDate, random.int(10, 30)), [
          [first, percentOf(grossOf(first), random.int(20, 70))],
        ]);
      return;
    case 'bundled': {
      const before = invoices.filter(({ issueDate }) => issueDate.slice(0, 7) < monthEnd.slice(0, 7));
      pay(
        books,
        `${monthEnd.slice(0, 7)}-${random.int(20, 28)}`,
        before.map((invoice) => [invoice, grossOf(invoice)]),
      );
      return;
    }
    case 'bounced':
      if (first) pay(books, addDays(first.issueDate, random.int(10, 25)), [[first, grossOf(first)]], true);
      return;
    case 'deposit': {
      const advance = percentOf(sum(books.contract.lines.map(({ net }) => net)), random.int(10, 40));
      receive(books, addDays(monthEnd, -random.int(5, 40)), advance, [], false);
      return;
    }
    case 'open':
    case 'credited':
    case 'reissued':
  }
}

/** What would come after the month-end has not come. */
function pay(books: Books, date: string, what: readonly (readonly [Invoice, string])[], voided = false): void {
  if (date > books.monthEnd || what.length === 0) return;
  const applied = what.map(([{ key }, amount]) => ({ invoice: key, amount }));
  receive(books, date, sum(applied.map(({ amount }) => amount)), applied, voided);
}

function receive(books: Books, date: string, amount: string, applied: Payment['applied'], voided: boolean): void {
  const { key: contract, customer, entity, currency } = books.contract;
  const key = `${contract}-P${books.payments.length + 1}`;
  books.payments.push({ key, customer, entity, currency, date, amount, applied, voided });
}

const CREDITED_PERCENT = 25;

function credited(books: Books, invoices: readonly Invoice[]): Settled {
  const [first] = invoices;
  const line = first?.lines[0];
  if (first === undefined || line === undefined) return { invoices, payments: [], creditMemos: [] };
  const [net, tax] = [percentOf(line.net, CREDITED_PERCENT), percentOf(line.tax, CREDITED_PERCENT)];
  const memo = { key: `${books.contract.key}-M1`, invoice: first.key, date: addDays(first.issueDate, 8), net, tax };
  pay(books, addDays(first.issueDate, 20), [[first, subtract(grossOf(first), sum([net, tax]))]]);
  return { invoices, payments: books.payments, creditMemos: memo.date <= books.monthEnd ? [memo] : [] };
}

/** The same lines on the same day once more, and only that one is paid. */
function reissued(books: Books, invoices: readonly Invoice[]): Settled {
  const [first, ...others] = invoices;
  if (first === undefined) return { invoices, payments: [], creditMemos: [] };
  const again = { ...first, key: `${first.key}R` };
  settle(books, 'prompt', [again, ...others]);
  return { invoices: [{ ...first, voided: true }, again, ...others], payments: books.payments, creditMemos: [] };
}
