import { add, isZero, periodOf, subtract, sum } from '@tieout/canonical';
import { sumFigures, type Contribution, type Figure } from '../figures.ts';
import { creditOf, grossOf, unappliedOf } from './amounts.ts';
import { isCorporate } from './load-sap.ts';
import type { CreditMemo, Invoice, Payment, Scenario } from './scenario.ts';

/** A sales order of the ERP: of a contract, or one that somebody entered. */
export interface Order {
  /** The contract's key when it has one. */
  readonly key: string;
  readonly contract: string | null;
  readonly customer: string;
  readonly entity: string;
  readonly currency: string;
  readonly lines: readonly { readonly line: string; readonly net: string; readonly tax: string }[];
  readonly deleted: boolean;
}

/** What the ERP holds, and what therefore stands on the topics and in planning. */
export interface Books {
  readonly orders: readonly Order[];
  readonly invoices: readonly Invoice[];
  readonly payments: readonly Payment[];
  readonly creditMemos: readonly CreditMemo[];
}

/** The books as the month-end should leave them: an order for every contract in force, and what was billed and received. */
export function booksOf({ contracts, invoices, payments, creditMemos }: Scenario): Books {
  const orders = contracts
    .filter(({ active }) => active)
    .map(({ key, customer, entity, currency, lines }): Order => ({
      key,
      contract: key,
      customer,
      entity,
      currency,
      // Tax is known when it is billed; an order states none.
      lines: lines.map(({ key: line, net }) => ({ line, net, tax: '0' })),
      deleted: false,
    }));
  return { orders, invoices, payments, creditMemos };
}

export interface OrderState {
  readonly key: string;
  readonly lifecycle: 'OPEN' | 'BILLED' | 'DELETED';
  readonly currency: string;
  readonly net: string;
  readonly billedNet: string;
  readonly unbilledNet: string;
}

/** Only what was billed by way of the order counts as billed there. */
export function orderStates({ orders, invoices }: Books): OrderState[] {
  const byOrder = Map.groupBy(
    invoices.filter(({ voided, byHand }) => !voided && !byHand),
    ({ contract }) => contract,
  );
  return orders.map(({ key, currency, lines, deleted }) => {
    const net = sum(lines.map((line) => line.net));
    const billedNet = sum((byOrder.get(key) ?? []).flatMap((invoice) => invoice.lines.map((line) => line.net)));
    const unbilledNet = subtract(net, billedNet);
    const lifecycle = deleted ? 'DELETED' : isZero(unbilledNet) ? 'BILLED' : 'OPEN';
    return { key, lifecycle, currency, net, billedNet, unbilledNet };
  });
}

export interface InvoiceState {
  readonly key: string;
  readonly lifecycle: 'OPEN' | 'PAID' | 'VOIDED';
  readonly currency: string;
  readonly issueDate: string;
  readonly gross: string;
  readonly paid: string;
  readonly credited: string;
  readonly open: string;
}

export function invoiceStates({ invoices, payments, creditMemos }: Books): InvoiceState[] {
  const applied = payments.filter(({ voided }) => !voided).flatMap((payment) => payment.applied);
  const paidBy = Map.groupBy(applied, ({ invoice }) => invoice);
  const creditedBy = Map.groupBy(creditMemos, ({ invoice }) => invoice);
  return invoices.map((invoice) => {
    const { key, currency, issueDate, voided } = invoice;
    if (voided)
      return { key, lifecycle: 'VOIDED', currency, issueDate, gross: '0', paid: '0', credited: '0', open: '0' };
    const gross = grossOf(invoice);
    const paid = sum((paidBy.get(key) ?? []).map(({ amount }) => amount));
    const credited = sum((creditedBy.get(key) ?? []).map(creditOf));
    const open = subtract(gross, add(paid, credited));
    return { key, lifecycle: isZero(open) ? 'PAID' : 'OPEN', currency, issueDate, gross, paid, credited, open };
  });
}

export interface PaymentState {
  readonly key: string;
  readonly lifecycle: 'POSTED' | 'VOIDED';
  readonly currency: string;
  readonly amount: string;
  readonly unapplied: string;
}

export function paymentStates({ payments }: Books): PaymentState[] {
  return payments.map((payment) => {
    const { key, currency, amount, voided } = payment;
    if (voided) return { key, lifecycle: 'VOIDED', currency, amount: '0', unapplied: '0' };
    return { key, lifecycle: 'POSTED', currency, amount, unapplied: unappliedOf(payment) };
  });
}

export interface CreditMemoState {
  readonly key: string;
  readonly lifecycle: 'APPLIED';
  readonly gross: string;
  readonly applied: string;
  readonly unapplied: string;
}

export function creditMemoStates({ creditMemos }: Books): CreditMemoState[] {
  return creditMemos.map((memo) => {
    const gross = creditOf(memo);
    return { key: memo.key, lifecycle: 'APPLIED', gross, applied: gross, unapplied: '0' };
  });
}

/** Invoices, invoiced and open in the month of the invoice, paid in the month of the payment: what ERP, topics and planning say. */
export function figuresOf(books: Books): Figure[] {
  const states = new Map(invoiceStates(books).map((state) => [state.key, state]));
  const issued = books.invoices
    .filter(({ voided }) => !voided)
    .map(({ key, entity, currency, issueDate }): Contribution => {
      const { gross, open } = states.get(key)!;
      return { country: entity, month: periodOf(issueDate), currency, invoices: 1, invoiced: gross, open };
    });
  const received = books.payments
    .filter(({ voided }) => !voided)
    .map(({ entity, currency, date, amount }): Contribution => ({
      country: entity,
      month: periodOf(date),
      currency,
      paid: amount,
    }));
  return sumFigures([...issued, ...received]);
}

/** How many keys each topic has in the end, where the month-end says so. */
export function expectedKeys(scenario: Scenario, books: Books): ReadonlyMap<string, number> {
  const versions = new Set(scenario.forecast.map(({ version }) => version));
  const active = scenario.contracts.filter((contract) => contract.active).length;
  const corporate = new Set(scenario.contracts.filter(isCorporate).map(({ customer }) => customer)).size;
  return new Map([
    ['finance.customer.v1', scenario.customers.length],
    // Everybody is a customer of the regional companies; SAP has those whom the group's head sells to.
    ['finance.customer-account.v1', scenario.customers.length + corporate],
    ['finance.opportunity.v1', scenario.opportunities.length],
    ['finance.contract.v1', scenario.contracts.length],
    ['finance.product.v1', scenario.products.length],
    ['finance.order.v1', books.orders.length],
    ['finance.invoice.v1', books.invoices.length],
    ['finance.payment.v1', books.payments.length],
    ['finance.credit-memo.v1', books.creditMemos.length],
    ['finance.erp-command.v1', active],
    ['finance.erp-outcome.v1', active],
    ['finance.forecast-version.v1', versions.size],
    ['finance.forecast.v1', scenario.forecast.length],
  ]);
}
