import { negate, type DecimalString } from '@tieout/canonical';
import type { AccountItem } from './account-item.map.ts';
import type { Account } from './account.ts';
import { idOf, type Origin } from './identity.ts';
import { perTarget, type CreditSettlement } from './settlement.ts';

/** Of a credit memo, too, that names an invoice, the invoice counts and not the document that it was posted for. */
const named = (item: AccountItem): AccountItem => ({ ...item, billingDocument: null });

/** What a credit settles, by invoice; an item that no billing document stands behind is named by its accounting document. */
export function allocationsOf(
  { allocations, partials, residuals, carried }: CreditSettlement,
  account: Account,
  origin: Origin,
): { invoiceId: string; amount: DecimalString }[] {
  const target = (item: AccountItem): string => {
    const billing = account.billingOf(item);
    return billing === null
      ? idOf('AccountingDocument', origin, item.reference ?? item.document)
      : idOf('BillingDocument', origin, billing);
  };
  const parts = [
    ...allocations.map(({ debit, amount }) => ({ target: target(debit), amount })),
    ...partials.map((item) => ({ target: target(named(item)), amount: negate(item.amount) })),
    ...residuals.map((item) => ({ target: target(item), amount: negate(item.amount) })),
    // The transfer's own debit, which the credit was cleared with, stands for the rest that it carried on.
    ...carried.map((item) => ({ target: idOf('AccountingDocument', origin, item.document), amount: item.amount })),
  ];
  return perTarget(parts).map(({ target: invoiceId, amount }) => ({ invoiceId, amount }));
}
