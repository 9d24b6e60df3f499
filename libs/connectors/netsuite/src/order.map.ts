import { add, subtract, sum, type DecimalString, type Order, type OrderLine } from '@tieout/canonical';
import { mustEqual, amountOf, fateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { contractIdOf, customerIdOf, idOf, ourId, sourceOf, type Origin } from './identity.ts';
import { dateOf, mapSalesLine, type Money } from './invoice.map.ts';
import {
  billedRow,
  orderLineRow,
  orderRow,
  type BilledRow,
  type OrderLineRow,
  type OrderRecord,
  type OrderRow,
} from './vendor-types.ts';

/** Letters of the order status: pending approval, fulfilment, cancelled, partly, pending billing (E and F), billed, closed. */
const lifecycles: ReadonlyMap<string, Order['lifecycle']> = new Map([
  ['A', 'PENDING'],
  ['B', 'OPEN'],
  ['C', 'CANCELLED'],
  ['D', 'OPEN'],
  ['E', 'OPEN'],
  ['F', 'OPEN'],
  ['G', 'BILLED'],
  ['H', 'CLOSED'],
]);

/** A sales order whose lines add up to its total, with what live invoices took of each line. */
export function mapOrder(record: OrderRecord, origin: Origin): Mapped<Omit<Order, 'revision'>> {
  return fateOf(() => {
    const header = rowOf('order', orderRow, record.header);
    const rows = record.lines.map((line) => rowOf('line', orderLineRow, line));
    const money = (field: string, text: string | undefined): DecimalString => amountOf(field, text, header.currency);
    const billed = billedByLine(rows, record, money);
    const lines = rows.map((row) => mapLine(row, billed, money));
    const [net, tax] = [sum(lines.map((line) => line.net)), sum(lines.map((line) => line.tax))];
    const gross = money('foreigntotal', header.foreigntotal);
    mustEqual('lines', add(net, tax), gross);
    const billedNet = sum(lines.map((line) => line.billedNet));
    return {
      orderId: idOf('salesOrder', origin, header.id),
      lifecycle: header.voided === 'T' ? 'CANCELLED' : lifecycleOf(header),
      number: header.tranid,
      legalEntityId: idOf('subsidiary', origin, header.subsidiary),
      customerAccountId: header.entity === undefined ? null : idOf('customer', origin, header.entity),
      customerId: customerIdOf(header.customerexternalid),
      contractId: contractIdOf(header),
      currency: header.currency,
      orderDate: dateOf('trandate', header.trandate),
      ...{ net, tax, gross, billedNet, unbilledNet: subtract(net, billedNet) },
      lines,
      source: sourceOf('salesOrder', origin, header),
    };
  });
}

function lifecycleOf({ status }: OrderRow): Order['lifecycle'] {
  return (
    lifecycles.get(status) ?? refuse('unknown-status', 'status', `${JSON.stringify(status)} is not a status of orders`)
  );
}

/** Line key -> net billed. A bill of a line that is not there means that the order changed between the two queries. */
function billedByLine(rows: readonly OrderLineRow[], record: OrderRecord, money: Money): Map<string, DecimalString> {
  const known = new Map(rows.map((row) => [row.linekey, row.taxline]));
  const billed = new Map<string, DecimalString>();
  for (const row of record.billed.map((raw): BilledRow => rowOf('bill', billedRow, raw))) {
    const taxline = known.get(row.previousline);
    if (taxline === undefined)
      refuse('does-not-add-up', 'bills', `a bill of line ${row.previousline}, which is not in the order`);
    // Where tax lines are linked, too: what was billed is stated net.
    if (taxline === 'F') billed.set(row.previousline, money('billed', row.billed));
  }
  return billed;
}

/** NetSuite states the lines of orders like those of invoices. */
function mapLine(row: OrderLineRow, billed: ReadonlyMap<string, DecimalString>, money: Money): OrderLine {
  return {
    ...mapSalesLine(row, money),
    billingId: ourId(row.billing),
    billOn: row.billon === undefined ? null : dateOf('line bill date', row.billon),
    billedNet: billed.get(row.linekey) ?? '0',
  };
}
