import { compare, sum } from '@tieout/canonical';
import { difference, latestOf } from './difference.ts';
import type { Difference } from './difference.ts';
import type { Document, ErpDocument } from './documents.ts';

export interface BalancedInvoice extends Document {
  /** What the invoice itself says was credited. */
  readonly credited: string;
  /** What the invoice itself says was paid. */
  readonly paid: string;
}

/** An invoice as the ERP holds it, with what its own links say was settled; null when it was not asked. */
export interface ErpInvoice extends ErpDocument {
  readonly appliedPayments: string | null;
  readonly appliedCredits: string | null;
}

/** What a payment or a credit memo settles. */
export interface Allocation {
  /** The payment or the credit memo. */
  readonly documentId: string;
  readonly invoiceId: string;
  readonly amount: string;
  /** When that document last changed. */
  readonly changedAt: string | null;
}

/**
 * Invoice by invoice: gross = payments applied + credited + open, the payments taken from the payments themselves and the credits from
 * the credit memos. Without them (`credits` null: the run does not look at credit memos) the invoice's own word on credits counts.
 */
export function checkInvoiceBalances(
  invoices: readonly BalancedInvoice[],
  payments: readonly Allocation[],
  credits: readonly Allocation[] | null,
): readonly Difference[] {
  const paidBy = Map.groupBy(payments, ({ invoiceId }) => invoiceId);
  const creditedBy = credits && Map.groupBy(credits, ({ invoiceId }) => invoiceId);
  return invoices.flatMap((invoice) => {
    const [pays, memos] = [paidBy.get(invoice.id) ?? [], creditedBy?.get(invoice.id) ?? []];
    const paid = sum(pays.map(({ amount }) => amount));
    const credited = creditedBy ? sum(memos.map(({ amount }) => amount)) : invoice.credited;
    const settled = sum([paid, credited, invoice.rest]);
    if (compare(invoice.amount, settled) === 0) return [];
    const evidence = {
      ...{ payments: paid, credited, creditsFrom: creditedBy ? 'credit memos' : 'the invoice' },
      ...{ paidAsTheInvoiceSays: invoice.paid, creditedAsTheInvoiceSays: invoice.credited },
    };
    // A payment that came a moment ago says that more may be on its way.
    const settledBy = [...pays, ...memos].map(({ changedAt }) => changedAt);
    return [unbalanced('balance', invoice, settled, evidence, settledBy)];
  });
}

/** The same inside the ERP: gross = payments linked + credits linked + open. */
export function checkErpBalances(invoices: readonly ErpInvoice[]): readonly Difference[] {
  return invoices.flatMap((invoice) => {
    const { appliedPayments: payments, appliedCredits: credited } = invoice;
    if (payments === null || credited === null) return [];
    const settled = sum([payments, credited, invoice.rest]);
    return compare(invoice.amount, settled) === 0
      ? []
      : [unbalanced('erp-balance', invoice, settled, { payments, credited })];
  });
}

function unbalanced(
  kind: string,
  invoice: Document,
  settled: string,
  evidence: Record<string, string>,
  settledBy: readonly (string | null)[] = [],
): Difference {
  return difference({
    check: 'invoice-balance',
    kind,
    objectType: 'invoice',
    object: invoice.id,
    legalEntityId: invoice.legalEntityId,
    customerId: invoice.customerId,
    currency: invoice.currency,
    expected: invoice.amount,
    actual: settled,
    changedAt: [invoice.changedAt, ...(settledBy.length > 0 ? [latestOf(settledBy)] : [])],
    evidence: { number: invoice.number, open: invoice.rest, ...evidence },
  });
}
