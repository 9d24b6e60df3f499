import { add, sum, type DecimalString, type Payment } from '@tieout/canonical';
import { mustEqual, amountOf, fateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { customerIdOf, idOf, sourceOf, type Origin } from './identity.ts';
import { dateOf, postingMonth, type Money } from './invoice.map.ts';
import { linkRow, paymentRow, type PaymentRecord, type PaymentRow, type RawLink } from './vendor-types.ts';

/** B not deposited, C deposited: both have been received. */
const lifecycles: ReadonlyMap<string, Payment['lifecycle']> = new Map([
  ['B', 'POSTED'],
  ['C', 'POSTED'],
  ['V', 'VOIDED'],
]);

/** A customer payment with what it settles; allocations and the unapplied rest add up to its amount. */
export function mapPayment(record: PaymentRecord, origin: Origin): Mapped<Omit<Payment, 'revision'>> {
  return fateOf(() => {
    const header = rowOf('payment', paymentRow, record.header);
    const links = record.links.map((link) => rowOf('link', linkRow, link));
    const money: Money = (field, text) => amountOf(field, text, header.currency);
    const amount = money('foreigntotal', header.foreigntotal);
    const unapplied = money('foreignpaymentamountunused', header.foreignpaymentamountunused);
    const allocations = links.map((link) => ({
      invoiceId: idOf('invoice', origin, link.previousdoc),
      amount: money('applied', link.foreignamount),
    }));
    const refunded = refundedOf(record.refunds, money);
    const used = add(sum(allocations.map((a) => a.amount)), refunded ?? '0');
    mustEqual('allocations', add(used, unapplied), amount);
    return {
      paymentId: idOf('customerPayment', origin, header.id),
      lifecycle: header.voided === 'T' ? 'VOIDED' : lifecycleOf(header),
      number: header.tranid,
      legalEntityId: idOf('subsidiary', origin, header.subsidiary),
      customerAccountId: header.entity === undefined ? null : idOf('customer', origin, header.entity),
      customerId: customerIdOf(header.customerexternalid),
      currency: header.currency,
      paymentDate: dateOf('trandate', header.trandate),
      period: postingMonth(header),
      amount,
      unapplied,
      refunded,
      method: header.paymentmethod ?? null,
      allocations,
      reversalOf: null,
      source: sourceOf('customerPayment', origin, header),
    };
  });
}

/** What refunds paid out; null where there are none. */
export function refundedOf(refunds: readonly RawLink[] | undefined, money: Money): DecimalString | null {
  if (refunds === undefined || refunds.length === 0) return null;
  return sum(refunds.map((link) => money('refunded', rowOf('link', linkRow, link).foreignamount)));
}

function lifecycleOf({ status }: PaymentRow): Payment['lifecycle'] {
  return (
    lifecycles.get(status) ?? refuse('unknown-status', 'status', `${JSON.stringify(status)} is not a payment status`)
  );
}
