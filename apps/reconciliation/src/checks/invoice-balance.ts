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
    return [
      difference({
        check: 'invoice-balance',
        kind: 'balance',
        objectType: 'invoice',
        object: invoice.id,
        legalEntityId: invoice.legalEntityId,
        customerId: invoice.customerId,
        currency: invoice.currency,
        expected: invoice.amount,
        actual: settled,
        changedAt: [invoice.changedAt],
        evidence: {
          number: invoice.number,
          payments: paid,
          credited: invoice.credited,
          open: invoice.rest,
          paidAsTheInvoiceSays: invoice.paid,
        },
      }),
    ];
  });
}
