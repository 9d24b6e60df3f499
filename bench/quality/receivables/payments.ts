import { toUnits } from '@tieout/canonical';
import {
  apart,
  broken,
  dayAfter,
  state,
  together,
  type CaseState,
  type Random,
  type TruthItem,
} from '@tieout/testing/reconciliation-truth';
import type { Invoice } from './invoices.ts';

/** Makes the items of both sides. */
export interface Books {
  readonly random: Random;
  posted(invoice: Invoice): TruthItem;
  /** A line of the statement about the customer of the invoice. @param cents of dollars */
  line(invoice: Invoice, cents: bigint, facts: { date: string; text?: string; reference?: string }): TruthItem;
}

/** How one customer paid what: one invoice, or the first of them when several were paid together. */
type Payment = (books: Books, invoices: readonly [Invoice, ...Invoice[]]) => CaseState;

/** Situations of one invoice, by how often of a hundred they come. */
export const SINGLE: Readonly<Record<string, { readonly weight: number; readonly pay: Payment }>> = {
  'reference given': {
    weight: 26,
    pay: (books, [one]) => paid(books, one, { reference: one.number }),
  },
  'reference in the text': {
    weight: 32,
    pay: (books, [one]) => paid(books, one, { text: `PAYMENT INVOICE ${one.number} CUST ${one.customer}` }),
  },
  'reference without its zeros': {
    weight: 10,
    pay: (books, [one]) => paid(books, one, { text: `inv ${one.number.replace(/^0+/, '')}` }),
  },
  'reference misspelt': {
    weight: 8,
    pay: (books, [one]) => paid(books, one, { reference: slipped(one.number, books.random) }, true),
  },
  'paid in two instalments': { weight: 6, pay: (books, [one]) => inInstalments(books, one) },
  'short by a fee': { weight: 5, pay: (books, [one]) => short(books, one, 175n) },
  'paid in part': { weight: 4, pay: (books, [one]) => short(books, one, centsOf(one) / 3n) },
  'not paid': {
    weight: 5,
    pay: (books, [one]) => {
      const left = books.posted(one);
      return state([left], [], apart([left], []));
    },
  },
  'paid twice': { weight: 4, pay: (books, [one]) => twice(books, one) },
};

/** Nothing but the customer and the amount says what was paid. */
export const withoutReference: Payment = (books, [one]) => paid(books, one, { text: 'PAYMENT RECEIVED' }, true);

/** Several invoices in one line that names them. */
export const bundled: Payment = (books, invoices) =>
  settled(books, invoices, `INVOICES ${invoices.map(({ number }) => number).join(' ')}`, false);

/** Several invoices in one line that names nothing. */
export const bundledUnnamed: Payment = (books, invoices) => settled(books, invoices, 'PAYMENT ON ACCOUNT', true);

/** A payment of a customer for nothing that we know. */
export function unknown(books: Books, invoice: Invoice, cents: bigint): CaseState {
  const right = books.line(invoice, cents, { date: arrival(books, invoice), text: 'DEPOSIT' });
  return state([], [right], apart([], [right]));
}

export function centsOf({ amount }: Invoice): bigint {
  return toUnits(amount, 2);
}

function paid(books: Books, one: Invoice, facts: { text?: string; reference?: string }, isGuess = false): CaseState {
  const left = books.posted(one);
  const right = books.line(one, centsOf(one), { date: arrival(books, one), ...facts });
  return state(
    [left],
    [right],
    [together(isGuess ? ['suggested', 'matched'] : ['matched', 'suggested'], [left], [right])],
  );
}

function inInstalments(books: Books, one: Invoice): CaseState {
  const [left, date] = [books.posted(one), arrival(books, one)];
  const first = (centsOf(one) * BigInt(books.random.int(30, 60))) / 100n;
  const right = [first, centsOf(one) - first].map((cents, n) =>
    books.line(one, cents, { date: dayAfter(date, n * 7), reference: one.number, text: `INSTALMENT ${n + 1}` }),
  );
  return state([left], right, [together(['matched', 'suggested'], [left], right)]);
}

function short(books: Books, one: Invoice, cents: bigint): CaseState {
  const left = books.posted(one);
  const facts = { date: arrival(books, one), reference: one.number };
  const right = books.line(one, centsOf(one) - cents, facts);
  return state([left], [right], ...broken([left], [right], 'amount'));
}

/** The second payment is one too many, and which is the second the days say. */
function twice(books: Books, one: Invoice): CaseState {
  const [left, date] = [books.posted(one), arrival(books, one)];
  const right = [0, books.random.int(3, 9)].map((days) =>
    books.line(one, centsOf(one), { date: dayAfter(date, days), reference: one.number }),
  ) as [TruthItem, TruthItem];
  const whole = [together(['break', 'ambiguous'], [left], right, 'duplicate')];
  return state([left], right, whole, [
    together(['matched', 'suggested'], [left], [right[0]]),
    ...apart([], [right[1]]),
  ]);
}

function settled(books: Books, invoices: readonly [Invoice, ...Invoice[]], text: string, isGuess: boolean): CaseState {
  const left = invoices.map(books.posted);
  const last = invoices.reduce((a, b) => (a.settled > b.settled ? a : b));
  const cents = invoices.reduce((sum, one) => sum + centsOf(one), 0n);
  const right = books.line(last, cents, { date: arrival(books, last), text });
  return state(left, [right], [together(isGuess ? ['suggested', 'matched'] : ['matched', 'suggested'], left, [right])]);
}

function arrival({ random }: Books, { settled }: Invoice): string {
  return dayAfter(settled, random.int(0, 2));
}

/** The number with one digit that is not its own. */
function slipped(number: string, random: Random): string {
  const at = random.int(3, number.length - 1);
  return number.slice(0, at) + String((Number(number[at]) + random.int(1, 9)) % 10) + number.slice(at + 1);
}
