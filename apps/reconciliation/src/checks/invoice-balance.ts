import { compare, sum } from '@tieout/canonical';
import { difference } from './difference.ts';
import type { Difference } from './difference.ts';
import type { Document } from './documents.ts';

export interface BalancedInvoice extends Document {
  /** Settled by credit memos. */
  readonly credited: string;
  /** What the invoice itself says was paid. */
  readonly paid: string;
}

/** An invoice as the ERP holds it, with what its own links say was settled; null when it was not asked. */
export interface ErpInvoice extends Document {
  readonly appliedPayments: string | null;
  readonly appliedCredits: string | null;
}

/** What a payment settles. */
export interface Allocation {
  readonly paymentId: string;
  readonly invoiceId: string;
  readonly amount: string;
}

/** Invoice by invoice: gross = payments applied + credited + open, the payments taken from the payments themselves. */
export function checkInvoiceBalances(
  invoices: readonly BalancedInvoice[],
  allocations: readonly Allocation[],
): readonly Difference[] {
  const applied = new Map<string, string[]>();
  for (const { invoiceId, amount } of allocations) applied.set(invoiceId, [...(applied.get(invoiceId) ?? []), amount]);
  return invoices.flatMap((invoice) => {
    const paid = sum(applied.get(invoice.id) ?? []);
    const settled = sum([paid, invoice.credited, invoice.rest]);
    if (compare(invoice.amount, settled) === 0) return [];
    const { paid: paidAsTheInvoiceSays, credited } = invoice;
    return [unbalanced('balance', invoice, settled, { payments: paid, credited, paidAsTheInvoiceSays })];
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

function unbalanced(kind: string, invoice: Document, settled: string, evidence: Record<string, string>): Difference {
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
    changedAt: [invoice.changedAt],
    evidence: { number: invoice.number, open: invoice.rest, ...evidence },
  });
}
