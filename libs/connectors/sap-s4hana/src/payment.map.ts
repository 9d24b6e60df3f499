import { compare, negate, periodOf, sum, type DecimalString, type Payment } from '@tieout/canonical';
import { mustEqual, fateOf, refuse, type Mapped } from '@tieout/connector-erp';
import type { AccountItem } from './account-item.map.ts';
import type { Account } from './account.ts';
import { allocationsOf } from './allocation.ts';
import { documentKey, idOf, sourceOf, type Origin } from './identity.ts';
import type { DocumentRules } from './invoice.map.ts';
import { creditSettlement, paidOut } from './settlement.ts';

/** An accounting document of payment with all that says how it stands. */
export interface PaymentRecord {
  readonly document: string;
  readonly account: Account;
  /** Our customer ids by customer number. */
  readonly customers: ReadonlyMap<string, string>;
}

/** A payment: its customer items less the rests that it left open, settled and unsettled parts adding up to it. */
export function mapPayment(
  { document, account, customers }: PaymentRecord,
  origin: Origin,
  { isPayment }: Pick<DocumentRules, 'isPayment'>,
): Mapped<Omit<Payment, 'revision'>> {
  return fateOf(() => {
    account.mustBeReadable(document);
    const items = account.ofDocument(document).filter(({ isCustomerItem }) => isCustomerItem);
    const first = items[0] ?? refuse('does-not-add-up', 'items', `${document} has no item of a customer`);
    if (items.some(({ customer, currency }) => customer !== first.customer || currency !== first.currency))
      refuse('invalid-value', 'customer', `${document} has items of several customers or currencies`);
    const { number, companyCode } = documentKey(document);
    return {
      paymentId: idOf('AccountingDocument', origin, document),
      number,
      legalEntityId: idOf('CompanyCode', origin, companyCode),
      customerAccountId: first.customer === null ? null : idOf('Customer', origin, first.customer),
      customerId: customers.get(first.customer ?? '') ?? null,
      currency: first.currency,
      paymentDate: first.postingDate,
      period: periodOf(first.postingDate),
      ...amountsOf(items, { account, isPayment, origin }),
      method: first.paymentMethod,
      source: sourceOf('AccountingDocument', origin, document),
    };
  });
}

type Amounts = Pick<Payment, 'lifecycle' | 'amount' | 'refunded' | 'unapplied' | 'allocations' | 'reversalOf'>;

interface Context extends Pick<DocumentRules, 'isPayment'> {
  readonly account: Account;
  readonly origin: Origin;
}

function amountsOf(items: readonly AccountItem[], context: Context): Amounts {
  const amount = negate(sum(items.map((item) => item.amount)));
  const reversed = items.find(({ isReversed, isReversal }) => isReversed || isReversal);
  if (reversed) return undone(reversed, amount.replace('-', ''), context.origin);
  if (compare(amount, '0') < 0) return refund(items, amount, context);
  const { account, isPayment, origin } = context;
  const { refunded, ...settlement } = paidOut(creditSettlement(account, items), isPayment);
  const strange = settlement.residuals.find(({ reference }) => reference === null);
  if (strange)
    refuse('does-not-add-up', 'items', `${strange.document} charges the customer ${strange.amount} for no invoice`);
  const { unapplied } = settlement;
  const allocations = allocationsOf(settlement, account, origin);
  mustEqual('allocations', sum([...allocations.map((part) => part.amount), refunded, unapplied]), amount);
  return { lifecycle: 'POSTED', amount, refunded, unapplied, allocations, reversalOf: null };
}

/** A payment and its reversal: neither settles anything, and each keeps its amount. */
function undone({ isReversal, reverseDocument }: AccountItem, amount: DecimalString, origin: Origin): Amounts {
  const other = isReversal ? reverseDocument : null;
  const reversalOf = other === null ? null : idOf('AccountingDocument', origin, other);
  return { lifecycle: 'VOIDED', amount, refunded: '0', unapplied: amount, allocations: [], reversalOf };
}

/** A payment to the customer pays out the credit that it was cleared with. */
function refund(items: readonly AccountItem[], amount: DecimalString, { account, origin }: Context): Amounts {
  const credits = new Set(
    items
      .flatMap((item) => account.settlements(item))
      .map(({ credit }) => {
        const billing = account.billingOf(credit);
        return billing === null
          ? idOf('AccountingDocument', origin, credit.document)
          : idOf('BillingDocument', origin, billing);
      }),
  );
  const [credit = null] = credits;
  const reversalOf = credits.size === 1 ? credit : null;
  return { lifecycle: 'POSTED', amount, refunded: amount, unapplied: '0', allocations: [], reversalOf };
}
