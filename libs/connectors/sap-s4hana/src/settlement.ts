import { compare, isZero, negate, subtract, sum, type DecimalString } from '@tieout/canonical';
import { refuse } from '@tieout/connector-erp';
import type { AccountItem } from './account-item.map.ts';
import { keyOf, restsOf, type Account } from './account.ts';

/** What became of an invoice on its customer's account. */
export interface InvoiceSettlement {
  readonly paid: DecimalString;
  readonly credited: DecimalString;
  readonly open: DecimalString;
}

/**
 * An invoice is settled by what its own items and its rests were cleared with, and by open items that name it: partial payments.
 * A rest that was carried on takes its amount from what cleared the item before it.
 * @param own customer items of its accounting document
 */
export function invoiceSettlement(
  account: Account,
  own: readonly AccountItem[],
  isPayment: (item: AccountItem) => boolean,
): InvoiceSettlement {
  const rests = restsOf(account, own, 1);
  const owed = [...own, ...rests];
  const partials = owed
    .flatMap((item) => account.naming(item))
    .filter(({ clearing, amount }) => clearing === null && compare(amount, '0') < 0);
  const parts = [
    ...owed.flatMap((item) => account.settlements(item)).map(({ credit, amount }) => ({ by: credit, amount })),
    ...distinct(partials).map((item) => ({ by: item, amount: negate(item.amount) })),
    ...rests.map((item) => ({ by: item, amount: negate(item.amount) })),
  ];
  const [payments, others] = [true, false].map((wanted) =>
    sum(parts.filter(({ by }) => isPayment(by) === wanted).map(({ amount }) => amount)),
  ) as [string, string];
  const stillOwed = sum(owed.filter(({ clearing }) => clearing === null).map(({ amount }) => amount));
  return { paid: payments, credited: others, open: subtract(stillOwed, sum(distinct(partials).map(owedTo))) };
}

const owedTo = ({ amount }: AccountItem): DecimalString => negate(amount);

const distinct = (items: readonly AccountItem[]): AccountItem[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];

/** What a payment or a credit settles. */
export interface CreditSettlement {
  /** By the item settled. */
  readonly allocations: readonly { readonly debit: AccountItem; readonly amount: DecimalString }[];
  /** Credits that name an invoice and wait to be cleared with it: partial payments. */
  readonly partials: readonly AccountItem[];
  /** Debits that were carried on as rests of what was settled, and so were not. */
  readonly residuals: readonly AccountItem[];
  /** What a transfer left of it and carried on: settled nothing. */
  readonly carried: readonly AccountItem[];
  readonly unapplied: DecimalString;
}

/** @param own customer items of its accounting document */
export function creditSettlement(account: Account, own: readonly AccountItem[]): CreditSettlement {
  const credits = own.filter(({ amount }) => compare(amount, '0') < 0);
  const residuals = own.filter(({ amount }) => compare(amount, '0') > 0);
  const carried = restsOf(account, credits, -1);
  const all = [...credits, ...carried];
  // A rest names the credit that it is left of, a partial payment an invoice.
  const isPartial = (item: AccountItem): boolean => item.reference !== null && !carried.includes(item);
  const open = all.filter(({ clearing }) => clearing === null);
  return {
    allocations: all.flatMap((item) =>
      account
        .settlements(item)
        .filter(({ credit }) => keyOf(credit) === keyOf(item))
        .map(({ debit, amount }) => ({ debit, amount })),
    ),
    partials: open.filter(isPartial),
    residuals,
    carried,
    unapplied: sum(open.filter((item) => !isPartial(item)).map(owedTo)),
  };
}

/** What was cleared with a payment to the customer settled no invoice. */
export function paidOut(
  settlement: CreditSettlement,
  isPayment: (item: AccountItem) => boolean,
): CreditSettlement & { readonly refunded: DecimalString } {
  const isRefund = ({ debit }: CreditSettlement['allocations'][number]): boolean =>
    isPayment(debit) && debit.reference === null;
  return {
    ...settlement,
    allocations: settlement.allocations.filter((part) => !isRefund(part)),
    refunded: sum(settlement.allocations.filter(isRefund).map(({ amount }) => amount)),
  };
}

/** Amounts by what they settle; what was only carried on cancels out. @throws Refusal when more was carried on than settled */
export function perTarget(
  parts: readonly { readonly target: string; readonly amount: DecimalString }[],
): readonly { readonly target: string; readonly amount: DecimalString }[] {
  const byTarget = [...Map.groupBy(parts, ({ target }) => target)].map(([target, of]) => ({
    target,
    amount: sum(of.map(({ amount }) => amount)),
  }));
  const negative = byTarget.find(({ amount }) => compare(amount, '0') < 0);
  if (negative) refuse('does-not-add-up', 'allocations', `${negative.target} is settled by ${negative.amount}`);
  return byTarget.filter(({ amount }) => !isZero(amount)).sort((a, b) => (a.target < b.target ? -1 : 1));
}
