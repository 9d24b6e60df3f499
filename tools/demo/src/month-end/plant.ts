import { add, sum, type Period } from '@tieout/canonical';
import type { Books, Order } from './books.ts';
import type { Random } from '@tieout/testing/programs';
import type { Contract, Customer, Invoice, Payment, Scenario } from './scenario.ts';

export const PLANT_NAMES = [
  'missing-order',
  'changed-order',
  'wrong-currency',
  'wrong-customer',
  'wrong-period',
  'stale-invoice',
  'billed-twice',
  'unapplied-payment',
  'extra-order',
  'renamed-customer',
  'lost-cell',
] as const;
export type PlantName = (typeof PLANT_NAMES)[number];

/** What a person or an accident does in a vendor's system, as data. Objects are named by the scenario's keys. */
export type Deed =
  | { readonly do: 'delete-order'; readonly contract: string }
  | { readonly do: 'enter-order'; readonly order: Order; readonly date: string }
  | { readonly do: 'change-order-line'; readonly contract: string; readonly line: string; readonly net: string }
  | { readonly do: 'enter-invoice'; readonly invoice: Invoice }
  | { readonly do: 'bill-again'; readonly voided: string; readonly invoice: Invoice }
  | { readonly do: 'redate-quietly'; readonly invoice: string; readonly date: string }
  | { readonly do: 'enter-payment'; readonly payment: Payment }
  | { readonly do: 'rename-customer'; readonly customer: string; readonly name: string }
  | { readonly do: 'drop-cell'; readonly entity: string; readonly currency: string; readonly month: Period };

/** A thing that has an id of ours only once it is loaded, or a plain text. */
export type Reference =
  | { readonly of: 'contract' | 'contract-line' | 'customer' | 'order' | 'invoice' | 'payment'; readonly key: string }
  | { readonly of: 'text'; readonly text: string };

export interface ExpectedBreak {
  readonly check: string;
  readonly kind: string;
  readonly object: Reference;
  readonly expected: Reference | null;
  readonly actual: Reference | null;
}

/** One discrepancy: where it is, what is done, what the systems then hold, and every break that must be found because of it. */
export interface Plan {
  readonly plant: PlantName;
  /** What is wrong, in a word. */
  readonly kind: string;
  readonly system: 'NetSuite' | 'Anaplan';
  readonly done: string;
  readonly deed: Deed;
  /** Quiet ones come last: what flows after them could heal them. */
  readonly quiet: boolean;
  /** What the ERP then holds and passes on; what it keeps to itself does not show. */
  readonly change: (books: Books) => Books;
  readonly breaks: readonly ExpectedBreak[];
  /** Customers whose documents it touches; no other plant touches them. */
  readonly customers: readonly string[];
  /** Months in which it changes figures. */
  readonly months: readonly Period[];
}

/** Picks among what no other plant has. */
export interface Choice {
  readonly scenario: Scenario;
  readonly books: Books;
  readonly random: Random;
  readonly isFree: (customer: string) => boolean;
  /** Is a customer of the group's head, too: lives in both ERPs. */
  readonly inBoth: (customer: string) => boolean;
}
export type Plant = (choice: Choice) => Plan;

export const text = (value: string): Reference => ({ of: 'text', text: value });

/** @throws Error when a scenario lacks what every scenario must have */
export function anyOf<T extends { readonly customer: string }>(
  choice: Choice,
  what: string,
  candidates: readonly T[],
): T {
  const free = candidates.filter(({ customer }) => choice.isFree(customer));
  if (free.length === 0) throw new Error(`seed ${choice.scenario.seed}: no ${what} is left to plant a discrepancy in`);
  return choice.random.pick(free);
}

export const BILLING = 'contract-billing';
export const contractRef = (key: string): Reference => ({ of: 'contract', key });
export const invoiceRef = (key: string): Reference => ({ of: 'invoice', key });
/** What the ERP keeps to itself, or what another system lost: the books stay. */
export const unchanged = (books: Books): Books => books;

/** The contract says one net, what was billed and what is left to bill another. */
export function netBreak(contract: Contract, more: string): ExpectedBreak {
  const net = sum(contract.lines.map((line) => line.net));
  const [expected, actual] = [text(net), text(add(net, more))];
  return { check: BILLING, kind: 'net', object: contractRef(contract.key), expected, actual };
}

export const activeContracts = ({ scenario }: Choice): Contract[] => scenario.contracts.filter(({ active }) => active);
export const isBilled = ({ books }: Choice, contract: Contract): boolean =>
  books.invoices.some((invoice) => invoice.contract === contract.key);
export const hasAdvance = ({ books }: Choice, customer: string): boolean =>
  books.payments.some((payment) => payment.customer === customer && payment.applied.length === 0);
export const asOwner = (customer: Customer): Customer & { readonly customer: string } => ({
  ...customer,
  customer: customer.key,
});
