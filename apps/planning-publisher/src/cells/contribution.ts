import type { Invoice, Payment } from '@tieout/canonical';

/** What one document adds to one planning cell. Amounts are exact decimals. */
export interface Contribution {
  readonly objectId: string;
  readonly revision: bigint;
  readonly legalEntityId: string;
  /** YYYY-MM */
  readonly month: string;
  readonly currency: string;
  readonly invoices: number;
  readonly invoiced: string;
  readonly paid: string;
  readonly open: string;
}

export type ObjectType = 'invoice' | 'payment';

const NOTHING = { invoices: 0, invoiced: '0', paid: '0', open: '0' };

/** An invoice counts, with its gross and what is open of it, in the month of its date, unless it is void or deleted. */
export function invoiceContribution(invoice: Invoice): Contribution {
  const { invoiceId, revision, legalEntityId, currency, issueDate, gross, open } = invoice;
  const counts = invoice.lifecycle !== 'VOIDED' && invoice.lifecycle !== 'DELETED';
  const amounts = counts ? { invoices: 1, invoiced: gross, paid: '0', open } : NOTHING;
  return { objectId: invoiceId, revision, legalEntityId, month: issueDate.slice(0, 7), currency, ...amounts };
}

/** A payment is cash received in the month of its date, whatever it settles, unless it is void or deleted. */
export function paymentContribution(payment: Payment): Contribution {
  const { paymentId, revision, legalEntityId, currency, paymentDate, amount } = payment;
  const counts = payment.lifecycle !== 'VOIDED' && payment.lifecycle !== 'DELETED';
  const amounts = counts ? { ...NOTHING, paid: amount } : NOTHING;
  return { objectId: paymentId, revision, legalEntityId, month: paymentDate.slice(0, 7), currency, ...amounts };
}
