import { add, compare, negate, sum, type CreditMemo, type CreditMemoLine, type DecimalString } from '@tieout/canonical';
import { mustEqual, amountOf, fateOf, rateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { contractIdOf, customerIdOf, idOf, sourceOf, type Origin } from './identity.ts';
import { refundedOf } from './payment.map.ts';
import { dateOf, postingMonth, type Money } from './invoice.map.ts';
import {
  creditMemoRow,
  lineRow,
  linkRow,
  type CreditMemoRecord,
  type CreditMemoRow,
  type LineRow,
} from './vendor-types.ts';

const lifecycles: ReadonlyMap<string, CreditMemo['lifecycle']> = new Map([
  ['A', 'OPEN'],
  ['B', 'APPLIED'],
  ['V', 'VOIDED'],
]);

/** A credit memo whose lines add up to its total, and what it settles to what NetSuite calls used. */
export function mapCreditMemo(record: CreditMemoRecord, origin: Origin): Mapped<Omit<CreditMemo, 'revision'>> {
  return fateOf(() => {
    const header = rowOf('credit memo', creditMemoRow, record.header);
    const money = (field: string, text: string | undefined): DecimalString => amountOf(field, text, header.currency);
    const lines = record.lines.map((line) => mapLine(rowOf('line', lineRow, line), money));
    const allocations = record.links
      .map((link) => rowOf('link', linkRow, link))
      .map((link) => ({
        invoiceId: idOf('invoice', origin, link.previousdoc),
        amount: money('applied', link.foreignamount),
      }));
    return {
      creditMemoId: idOf('creditMemo', origin, header.id),
      lifecycle: header.voided === 'T' ? 'VOIDED' : lifecycleOf(header),
      number: header.tranid,
      legalEntityId: idOf('subsidiary', origin, header.subsidiary),
      customerAccountId: header.entity === undefined ? null : idOf('customer', origin, header.entity),
      customerId: customerIdOf(header.customerexternalid),
      contractId: contractIdOf(header),
      currency: header.currency,
      issueDate: dateOf('trandate', header.trandate),
      period: postingMonth(header),
      ...amountsOf(
        header,
        lines,
        sum(allocations.map(({ amount }) => amount)),
        refundedOf(record.refunds, money),
        money,
      ),
      lines,
      allocations,
      reversalOf:
        header.origin !== undefined && header.origintype === 'CustInvc' ? idOf('invoice', origin, header.origin) : null,
      source: sourceOf('creditMemo', origin, header),
    };
  });
}

function lifecycleOf({ status }: CreditMemoRow): CreditMemo['lifecycle'] {
  return (
    lifecycles.get(status) ??
    refuse('unknown-status', 'status', `${JSON.stringify(status)} is not a status of credit memos`)
  );
}

function amountsOf(
  header: CreditMemoRow,
  lines: readonly CreditMemoLine[],
  applied: DecimalString,
  refunded: DecimalString | null,
  money: Money,
): Pick<CreditMemo, 'net' | 'tax' | 'gross' | 'applied' | 'unapplied' | 'refunded'> {
  const [net, tax] = [sum(lines.map((line) => line.net)), sum(lines.map((line) => line.tax))];
  // Whether the header of a credit is stated with a sign is not verified: a credit is never negative.
  const magnitude = (amount: DecimalString): DecimalString => (compare(amount, '0') < 0 ? negate(amount) : amount);
  const gross = magnitude(money('foreigntotal', header.foreigntotal));
  const used = magnitude(money('foreignpaymentamountused', header.foreignpaymentamountused));
  const unapplied = magnitude(money('foreignpaymentamountunused', header.foreignpaymentamountunused));
  mustEqual('lines', add(net, tax), gross);
  mustEqual('applications', add(applied, refunded ?? '0'), used);
  mustEqual('unapplied amount', add(used, unapplied), gross);
  return { net, tax, gross, applied, unapplied, refunded };
}

/** The lines of a credit carry the opposite sign of sales. */
function mapLine(line: LineRow, money: Money): CreditMemoLine {
  const amount = money('line amount', line.foreignamount ?? '0');
  const isTax = line.taxline === 'T';
  return {
    lineNumber: Number(line.line),
    itemCode: line.item ?? null,
    description: line.memo ?? null,
    quantity: rateOf('line quantity', line.quantity),
    unitPrice: rateOf('line rate', line.rate),
    net: isTax ? '0' : amount,
    tax: isTax ? amount : '0',
  };
}
