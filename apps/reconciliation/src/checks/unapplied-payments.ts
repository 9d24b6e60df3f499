import { compare, joinKey, sum } from '@tieout/canonical';
import { difference, latestOf, listed } from './difference.ts';
import type { Difference } from './difference.ts';
import type { ErpDocument } from './documents.ts';

/** Money of a customer that waits to be applied while the same customer owes in the same legal entity and currency. */
export function checkUnappliedPayments(
  payments: readonly ErpDocument[],
  invoices: readonly ErpDocument[],
): readonly Difference[] {
  const waiting = payments.filter(hasRest);
  const debtors = new Set(waiting.map(accountOf));
  const owed = Map.groupBy(
    invoices.filter((invoice) => hasRest(invoice) && debtors.has(accountOf(invoice))),
    accountOf,
  );
  return waiting.flatMap((payment) => {
    const open = owed.get(accountOf(payment)) ?? [];
    return payment.customerAccountId === null || open.length === 0 ? [] : [unapplied(payment, open)];
  });
}

const hasRest = ({ rest }: ErpDocument): boolean => compare(rest, '0') > 0;

const accountOf = ({ customerAccountId, legalEntityId, currency }: ErpDocument): string =>
  joinKey([customerAccountId, legalEntityId, currency]);

function unapplied(payment: ErpDocument, open: readonly ErpDocument[]): Difference {
  const { id, number, date, vendorId, vendorCustomerId, legalEntityId, customerId, currency, rest } = payment;
  return difference({
    ...{ check: 'unapplied-payments', kind: 'unapplied', objectType: 'payment', object: id },
    ...{ legalEntityId, customerId, currency, expected: '0', actual: rest },
    changedAt: [payment.changedAt, latestOf(open.map(({ changedAt }) => changedAt))],
    evidence: {
      ...{ number, date, erp: vendorId, erpCustomer: vendorCustomerId ?? '', amount: payment.amount },
      ...{ openInvoices: listed(open.map((invoice) => invoice.number)), owed: sum(open.map((one) => one.rest)) },
    },
  });
}
