import { add, periodOf, sum, type DecimalString, type Payment } from '@tieout/canonical';
import { amountOf, fateOf, refuse, rowOf, type Mapped } from './fate.ts';
import { customerIdOf, idOf, sourceOf, type Origin } from './identity.ts';
import { dateOf, mustEqual } from './invoice.map.ts';
import { linkRow, paymentRow, type PaymentRecord, type PaymentRow } from './vendor-types.ts';

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
    const money = (field: string, text: string): DecimalString => amountOf(field, text, header.currency);
    const amount = money('foreigntotal', header.foreigntotal);
    const unapplied = money('foreignpaymentamountunused', header.foreignpaymentamountunused);
    const allocations = links.map((link) => ({
      invoiceId: idOf('invoice', origin, link.previousdoc),
      amount: money('applied', link.foreignamount),
    }));
    mustEqual('allocations', add(sum(allocations.map((a) => a.amount)), unapplied), amount);
    return {
      paymentId: idOf('customerPayment', origin, header.id),
      lifecycle: header.voided === 'T' ? 'VOIDED' : lifecycleOf(header),
      number: header.tranid,
      legalEntityId: idOf('subsidiary', origin, header.subsidiary),
      customerAccountId: header.entity === undefined ? null : idOf('customer', origin, header.entity),
      customerId: customerIdOf(header.customerexternalid),
      currency: header.currency,
      paymentDate: dateOf('trandate', header.trandate),
      period: periodOf(header.trandate),
      amount,
      unapplied,
      method: header.paymentmethod ?? null,
      allocations,
      reversalOf: null,
      source: sourceOf('customerPayment', origin, header),
    };
  });
}

function lifecycleOf({ status }: PaymentRow): Payment['lifecycle'] {
  return (
    lifecycles.get(status) ?? refuse('unknown-status', 'status', `${JSON.stringify(status)} is not a payment status`)
  );
}
