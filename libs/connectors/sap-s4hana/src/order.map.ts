import { add, compare, isZero, subtract, sum, type DecimalString, type Order, type OrderLine } from '@tieout/canonical';
import { mustEqual, amountOf, fateOf, rateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { dateOf } from './billing.map.ts';
import { idOf, ourId, sourceOf, type Origin } from './identity.ts';
import type { Row } from './odata.ts';
import { priceOf } from './price.ts';
import { billedRow, orderRow, type OrderItemRow, type OrderRow } from './vendor-types.ts';

/** A sales order with its items and what invoices that stand took of them. */
export interface OrderRecord {
  readonly row: Row;
  /** Items of invoices that were not cancelled. */
  readonly billed: readonly Row[];
  readonly companyCode: string | null;
  /** Our customer ids by customer number. */
  readonly customers: ReadonlyMap<string, string>;
}

/** A sales order whose items add up to its total. What was rejected is asked for no more and counts with what was billed of it. */
export function mapOrder(record: OrderRecord, origin: Origin): Mapped<Omit<Order, 'revision'>> {
  return fateOf(() => {
    const header = rowOf('order', orderRow, record.row);
    const money = moneyOf(header);
    const billed = billedByItem(record, header);
    mustEqual('lines', sum(header.to_Item.filter(isAsked).map(netOf(money))), headerNet(header, money));
    const lines = header.to_Item.map((item) => lineOf(item, billed, money));
    const [net, tax] = [sum(lines.map((line) => line.net)), sum(lines.map((line) => line.tax))];
    const billedNet = sum(lines.map((line) => line.billedNet));
    const { companyCode } = record;
    if (companyCode === null)
      refuse('invalid-value', 'SalesOrganization', `no legal entity sells by ${header.SalesOrganization}`);
    return {
      orderId: idOf('SalesOrder', origin, header.SalesOrder),
      lifecycle: lifecycleOf(header, net, billedNet),
      number: header.SalesOrder,
      legalEntityId: idOf('CompanyCode', origin, companyCode),
      customerAccountId: header.SoldToParty === null ? null : idOf('Customer', origin, header.SoldToParty),
      customerId: record.customers.get(header.SoldToParty ?? '') ?? null,
      contractId: ourId(header.PurchaseOrderByShipToParty),
      currency: header.TransactionCurrency,
      orderDate: dateOf('SalesOrderDate', header.SalesOrderDate),
      ...{ net, tax, gross: add(net, tax), billedNet, unbilledNet: subtract(net, billedNet) },
      lines,
      source: sourceOf('SalesOrder', origin, header.SalesOrder, header.LastChangeDateTime),
    };
  });
}

export type OrderMoney = (field: string, text: string | null | undefined) => DecimalString;

export const moneyOf =
  ({ TransactionCurrency }: OrderRow): OrderMoney =>
  (field, text) =>
    amountOf(field, text ?? undefined, TransactionCurrency);

export const isAsked = ({ SalesDocumentRjcnReason }: OrderItemRow): boolean => SalesDocumentRjcnReason === null;

const netOf =
  (money: OrderMoney) =>
  (item: OrderItemRow): DecimalString =>
    money('line amount', item.NetAmount);

/** Whether a rejected item counts in the header is customizing of its reason: both are right. */
function headerNet(header: OrderRow, money: OrderMoney): DecimalString {
  const total = money('TotalNetAmount', header.TotalNetAmount);
  const all = sum(header.to_Item.map(netOf(money)));
  return compare(total, all) === 0 ? sum(header.to_Item.filter(isAsked).map(netOf(money))) : total;
}

/** Net billed by order item. */
export function billedByItem({ billed }: Pick<OrderRecord, 'billed'>, header: OrderRow): Map<number, DecimalString> {
  const money = moneyOf(header);
  const known = new Set(header.to_Item.map(({ SalesOrderItem }) => Number(SalesOrderItem)));
  const byItem = new Map<number, DecimalString>();
  for (const row of billed.map((raw) => rowOf('bill', billedRow, raw))) {
    const item = Number(row.SalesDocumentItem);
    if (!known.has(item)) refuse('does-not-add-up', 'bills', `a bill of item ${item}, which is not in the order`);
    byItem.set(item, add(byItem.get(item) ?? '0', money('billed', row.NetAmount)));
  }
  return byItem;
}

function lineOf(item: OrderItemRow, billed: ReadonlyMap<number, DecimalString>, money: OrderMoney): OrderLine {
  const lineNumber = Number(item.SalesOrderItem);
  const billedNet = billed.get(lineNumber) ?? '0';
  const ordered = money('line amount', item.NetAmount);
  const net = isAsked(item) ? ordered : billedNet;
  const tax = money('line tax', item.TaxAmount ?? '0');
  const quantity = rateOf('line quantity', item.RequestedQuantity);
  return {
    ...{ lineNumber, itemCode: item.Material, description: item.SalesOrderItemText, quantity },
    unitPrice: priceOf(ordered, quantity),
    net,
    // Of a rejected item SAP still states the tax on the whole.
    tax: compare(net, ordered) === 0 ? tax : '0',
    billingId: ourId(item.MaterialByCustomer),
    billOn: item.BillingDocumentDate,
    billedNet,
  };
}

const rejection = new Set(['A', 'B', 'C', null]);

/** Approval: A waits for it, C was refused. Rejection: C is everything. */
function lifecycleOf(header: OrderRow, net: DecimalString, billedNet: DecimalString): Order['lifecycle'] {
  const { SalesDocApprovalStatus: approval, OverallSDDocumentRejectionSts: rejected } = header;
  if (!rejection.has(rejected))
    refuse('unknown-status', 'OverallSDDocumentRejectionSts', `${JSON.stringify(rejected)} is no rejection status`);
  if (rejected === 'C') return isZero(billedNet) ? 'CANCELLED' : 'CLOSED';
  if (approval === 'A' || approval === 'C') return 'PENDING';
  if (header.OverallSDProcessStatus !== 'C' && compare(billedNet, net) < 0) return 'OPEN';
  const someRejected = header.to_Item.some((item) => !isAsked(item));
  return compare(billedNet, net) === 0 && !someRejected ? 'BILLED' : 'CLOSED';
}
