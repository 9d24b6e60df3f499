import { compare, negate, sum, type DecimalString, type Payment } from '@tieout/canonical';
import { mustEqual, amountOf, fateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { customerIdOf, idOf, sourceOf, type Origin } from './identity.ts';
import { dateOf, postingMonth } from './invoice.map.ts';
import { linkRow, refundRow, type LinkRow, type PaymentRecord } from './vendor-types.ts';

/** A customer refund as a payment the other way: its amount is negative, and it says what it pays out. */
export function mapRefund(record: PaymentRecord, origin: Origin): Mapped<Omit<Payment, 'revision'>> {
  return fateOf(() => {
    const header = rowOf('refund', refundRow, record.header);
    const links = record.links.map((link) => rowOf('link', linkRow, link));
    const money = (field: string, text: string): DecimalString => amountOf(field, text, header.currency);
    const voided = header.voided === 'T';
    // Whether the header of a refund is stated with a sign is not verified.
    const stated = money('foreigntotal', header.foreigntotal);
    const amount = compare(stated, '0') > 0 ? negate(stated) : stated;
    if (!voided) mustEqual('refunded', negate(sum(links.map((l) => money('refunded', l.foreignamount)))), amount);
    return {
      paymentId: idOf('customerRefund', origin, header.id),
      lifecycle: voided ? 'VOIDED' : 'POSTED',
      number: header.tranid,
      legalEntityId: idOf('subsidiary', origin, header.subsidiary),
      customerAccountId: header.entity === undefined ? null : idOf('customer', origin, header.entity),
      customerId: customerIdOf(header.customerexternalid),
      currency: header.currency,
      paymentDate: dateOf('trandate', header.trandate),
      period: postingMonth(header),
      amount,
      ...{ unapplied: '0', refunded: amount },
      method: header.paymentmethod ?? null,
      allocations: [],
      reversalOf: paidOut(links, origin),
      source: sourceOf('customerRefund', origin, header),
    };
  });
}

/** The payment or credit memo that is paid out; null when it is several or, voided, none. */
function paidOut(links: readonly LinkRow[], origin: Origin): string | null {
  const [only, another] = links;
  if (only === undefined || another !== undefined) return null;
  if (only.previoustype === 'CustCred') return idOf('creditMemo', origin, only.previousdoc);
  if (only.previoustype === 'CustPymt') return idOf('customerPayment', origin, only.previousdoc);
  return refuse('invalid-value', 'link', `a refund of ${JSON.stringify(only.previoustype)}`);
}
