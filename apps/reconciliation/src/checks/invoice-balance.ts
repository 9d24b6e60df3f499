import { compare, subtract, sum } from '@tieout/canonical';
import { difference, latestOf, listed } from './difference.ts';
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

/** What a payment, a credit memo or a write-off settles. */
export interface Allocation {
  /** The document that settles. */
  readonly documentId: string;
  readonly invoiceId: string;
  readonly amount: string;
  /** Of that document. */
  readonly currency: string;
  /** When that document last changed. */
  readonly changedAt: string | null;
}

/** What settles invoices, from the documents that do. */
export interface Settlements {
  readonly payments: readonly Allocation[];
  /** Null when the run does not look at credit memos: then the invoice's own word on credits counts. */
  readonly credits: readonly Allocation[] | null;
  /** Null when nobody states write-offs. */
  readonly writeOffs: readonly Allocation[] | null;
}

/** Invoice by invoice: gross = payments applied + credited + written off + open, all taken from the documents that settle. */
export function checkInvoiceBalances(
  invoices: readonly BalancedInvoice[],
  { payments, credits, writeOffs }: Settlements,
): readonly Difference[] {
  const [paidBy, creditedBy, writtenOffBy] = [payments, credits, writeOffs].map(
    (allocations) => allocations && Map.groupBy(allocations, ({ invoiceId }) => invoiceId),
  );
  return invoices.flatMap((invoice) => {
    const pays = paidBy?.get(invoice.id) ?? [];
    const memos = creditedBy ? (creditedBy.get(invoice.id) ?? []) : null;
    const offs = writtenOffBy ? (writtenOffBy.get(invoice.id) ?? []) : null;
    return checkOne(invoice, pays, memos, offs);
  });
}

const sumOf = (allocations: readonly Allocation[]): string => sum(allocations.map(({ amount }) => amount));

function checkOne(
  invoice: BalancedInvoice,
  pays: readonly Allocation[],
  memos: readonly Allocation[] | null,
  offs: readonly Allocation[] | null,
): readonly Difference[] {
  const settling = [...pays, ...(memos ?? []), ...(offs ?? [])];
  // A payment that came a moment ago says that more may be on its way.
  const settledBy = settling.map(({ changedAt }) => changedAt);
  const foreign = settling.filter(({ currency }) => currency !== invoice.currency);
  if (foreign.length > 0) return [inOtherCurrency(invoice, foreign, settledBy)];
  const [paid, credited, writtenOff] = [sumOf(pays), memos ? sumOf(memos) : invoice.credited, sumOf(offs ?? [])];
  const settled = sum([paid, credited, writtenOff, invoice.rest]);
  if (compare(invoice.amount, settled) === 0) return [];
  const evidence = {
    ...{ payments: paid, credited, creditsFrom: memos ? 'credit memos' : 'the invoice' },
    ...(offs && { writtenOff }),
    ...{ paidAsTheInvoiceSays: invoice.paid, creditedAsTheInvoiceSays: invoice.credited },
    ...residualOf(invoice, settled, sum([invoice.paid, invoice.credited, invoice.rest])),
  };
  return [unbalanced('balance', invoice, settled, evidence, settledBy)];
}

/**
 * What is missing to the gross. Where the invoice itself calls it settled and no document does, it was settled by what no topic has
 * yet: a write-off by journal, or a document that is on its way.
 */
function residualOf(invoice: BalancedInvoice, settled: string, byItsOwnWord: string): Record<string, string> {
  const known = compare(byItsOwnWord, invoice.amount) === 0;
  return {
    residual: subtract(invoice.amount, settled),
    residualKind: known ? 'settled by no payment, credit memo or write-off that is known' : 'not settled',
  };
}

/** An amount in another currency settles nothing that can be added up. */
function inOtherCurrency(
  invoice: BalancedInvoice,
  foreign: readonly Allocation[],
  settledBy: readonly (string | null)[],
): Difference {
  const evidence = {
    documents: listed(foreign.map(({ documentId }) => documentId)),
    amounts: listed(foreign.map(({ amount, currency }) => `${amount} ${currency}`)),
  };
  const actual = listed(foreign.map(({ currency }) => currency));
  const one = unbalanced('currency', invoice, actual, evidence, settledBy);
  return { ...one, expected: invoice.currency };
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
