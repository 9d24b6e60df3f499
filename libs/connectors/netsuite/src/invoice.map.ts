import {
  add,
  isDate,
  negate,
  periodOf,
  subtract,
  sum,
  type DecimalString,
  type Invoice,
  type InvoiceLine,
} from '@tieout/canonical';
import { mustEqual, amountOf, fateOf, rateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { contractIdOf, customerIdOf, idOf, sourceOf, type Origin } from './identity.ts';
import {
  invoiceRow,
  lineRow,
  linkRow,
  type InvoiceRecord,
  type InvoiceRow,
  type LineRow,
  type LinkRow,
} from './vendor-types.ts';

/** Letters of the transaction status; a letter that is not here is refused, never guessed. */
const lifecycles: ReadonlyMap<string, Invoice['lifecycle']> = new Map([
  ['A', 'OPEN'],
  ['B', 'PAID'],
  ['D', 'PENDING'],
  ['V', 'VOIDED'],
]);

/** An invoice whose parts add up: lines to gross, applications to what NetSuite calls paid, paid and open to gross. */
export function mapInvoice(record: InvoiceRecord, origin: Origin): Mapped<Omit<Invoice, 'revision'>> {
  return fateOf(() => {
    const header = rowOf('invoice', invoiceRow, record.header);
    const lines = record.lines.map((line) => rowOf('line', lineRow, line));
    const links = record.links.map((link) => rowOf('link', linkRow, link));
    const money = (field: string, text: string | undefined): DecimalString => amountOf(field, text, header.currency);
    const mapped = lines.map((line) => mapSalesLine(line, money));
    const amounts = settle(header, mapped, links, money);
    return {
      invoiceId: idOf('invoice', origin, header.id),
      lifecycle: header.voided === 'T' ? 'VOIDED' : lifecycleOf(header),
      number: header.tranid,
      legalEntityId: idOf('subsidiary', origin, header.subsidiary),
      customerAccountId: header.entity === undefined ? null : idOf('customer', origin, header.entity),
      customerId: customerIdOf(header.customerexternalid),
      contractId: contractIdOf(header),
      currency: header.currency,
      issueDate: dateOf('trandate', header.trandate),
      dueDate: header.duedate === undefined ? null : dateOf('duedate', header.duedate),
      period: postingMonth(header),
      ...amounts,
      disputed: header.disputed === 'T',
      lines: mapped,
      reversalOf: null,
      source: sourceOf('invoice', origin, header),
    };
  });
}

function lifecycleOf({ status }: InvoiceRow): Invoice['lifecycle'] {
  return (
    lifecycles.get(status) ?? refuse('unknown-status', 'status', `${JSON.stringify(status)} is not an invoice status`)
  );
}

export function dateOf(field: string, text: string): string {
  return isDate(text) ? text : refuse('invalid-value', field, `${field} ${JSON.stringify(text)} is not a date`);
}

/** The month that a document is posted to; one that is not posted yet would go to that of its date. */
export function postingMonth({
  period,
  trandate,
}: {
  readonly period?: string | undefined;
  readonly trandate: string;
}): string {
  if (period === undefined) return periodOf(trandate);
  return isDate(`${period}-01`)
    ? period
    : refuse('invalid-value', 'period', `${JSON.stringify(period)} is not a month`);
}

/** Reads an amount in the document's currency. */
export type Money = (field: string, text: string | undefined) => DecimalString;

/** NetSuite states sales lines with a negative sign, and tax as lines of their own. A line of words has no amount. */
export function mapSalesLine(line: LineRow, money: Money): InvoiceLine {
  const amount = negate(money('line amount', line.foreignamount ?? '0'));
  const isTax = line.taxline === 'T';
  const quantity = rateOf('line quantity', line.quantity);
  return {
    lineNumber: Number(line.line),
    itemCode: line.item ?? null,
    description: line.memo ?? null,
    quantity: quantity === null ? null : negate(quantity),
    unitPrice: rateOf('line rate', line.rate),
    net: isTax ? '0' : amount,
    tax: isTax ? amount : '0',
  };
}

function settle(
  header: InvoiceRow,
  lines: readonly InvoiceLine[],
  links: readonly LinkRow[],
  money: Money,
): Pick<Invoice, 'net' | 'tax' | 'gross' | 'paid' | 'credited' | 'open'> {
  const gross = money('foreigntotal', header.foreigntotal);
  const open = money('foreignamountunpaid', header.foreignamountunpaid);
  const settled = money('foreignamountpaid', header.foreignamountpaid);
  const applied = (payments: boolean): DecimalString =>
    sum(links.filter((l) => (l.nexttype === 'CustPymt') === payments).map((l) => money('applied', l.foreignamount)));
  const [net, tax] = [sum(lines.map((line) => line.net)), sum(lines.map((line) => line.tax))];
  const [paid, credited] = [applied(true), applied(false)];
  mustEqual('lines', add(net, tax), gross);
  mustEqual('applications', add(paid, credited), settled);
  mustEqual('open amount', open, subtract(gross, settled));
  return { net, tax, gross, paid, credited, open };
}
