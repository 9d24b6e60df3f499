import { negate, type DecimalString, type ErpCommand } from '@tieout/canonical';
import {
  amountOf,
  fateOf,
  rateOf,
  rowOf,
  type AskedOrder,
  type Mapped,
  type OrderContent,
  type OrderRefusal,
  type StandingOrder,
} from '@tieout/connector-erp';
import { customerIdOf, ourId } from './identity.ts';
import { dateOf } from './invoice.map.ts';
import { billedRow, orderLineRow, orderRow, type OrderRecord } from './vendor-types.ts';

/** NetSuite's ids of what a command names. */
export interface OrderReferences {
  /** Name of a subsidiary (the legal entity's code) -> id. */
  readonly subsidiaries: ReadonlyMap<string, string>;
  /** ISO code -> id. */
  readonly currencies: ReadonlyMap<string, string>;
  /** Item code -> id. */
  readonly items: ReadonlyMap<string, string>;
  /** Id of the item that a line without one is sold as; null refuses such a line. */
  readonly defaultItem: string | null;
}

/** A command in NetSuite's ids, or why NetSuite cannot be asked. */
export function askedOrder(
  command: ErpCommand,
  refs: OrderReferences,
):
  | { readonly kind: 'asked'; readonly order: AskedOrder }
  | { readonly kind: 'refused'; readonly refusal: OrderRefusal } {
  const subsidiaryId = refs.subsidiaries.get(command.legalEntity);
  const currencyId = refs.currencies.get(command.currency);
  const strangers = command.lines.filter(({ itemCode }) => itemIdOf(itemCode, refs) === null);
  if (subsidiaryId === undefined)
    return refused('unknown-legal-entity', `no subsidiary is called ${JSON.stringify(command.legalEntity)}`);
  if (currencyId === undefined)
    return refused('unknown-currency', `the account does not have the currency ${command.currency}`);
  if (strangers[0]) {
    const codes = [...new Set(strangers.map(({ itemCode }) => JSON.stringify(itemCode)))];
    return refused('unknown-item', `no active item is called ${codes.join(', ')}`);
  }
  const content = contentOf(command, refs, subsidiaryId);
  if (content.kind === 'refused') return refused(content.problem.code, content.problem.message);
  return { kind: 'asked', order: { content: content.value, vendor: { currencyId } } };
}

function refused(code: OrderRefusal['code'], message: string): { kind: 'refused'; refusal: OrderRefusal } {
  return { kind: 'refused', refusal: { code, message } };
}

function itemIdOf(code: string | null, { items, defaultItem }: OrderReferences): string | null {
  return code === null ? defaultItem : (items.get(code) ?? null);
}

function contentOf(command: ErpCommand, refs: OrderReferences, subsidiaryId: string): Mapped<OrderContent> {
  return fateOf(() => ({
    contractId: command.contractId,
    reference: command.contractNumber,
    customerId: command.customerId,
    subsidiaryId,
    currency: command.currency,
    orderDate: command.orderDate,
    lines: command.lines.map((line) => ({
      billingId: line.billingId,
      billOn: line.billOn,
      itemId: itemIdOf(line.itemCode, refs),
      description: line.description,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      // More digits than the currency has would be rounded there and never be found again.
      net: amountOf('net', line.net, command.currency),
    })),
  }));
}

/** Letters of orders that have nothing left to bill. */
const statuses: ReadonlyMap<string, StandingOrder['status']> = new Map([
  ['C', 'cancelled'],
  ['G', 'billed'],
  ['H', 'closed'],
]);

/** What stands in the ERP, read from the record that the mapping reads, too. */
export function standingOrder(record: OrderRecord): Mapped<StandingOrder> {
  return fateOf(() => {
    const header = rowOf('order', orderRow, record.header);
    const rows = record.lines.map((line) => rowOf('line', orderLineRow, line)).filter(({ taxline }) => taxline === 'F');
    const bills = record.billed.map((bill) => rowOf('bill', billedRow, bill));
    const billed = new Map(bills.map(({ previousline, billed: net }) => [previousline, net]));
    const money = (field: string, text: string | undefined): DecimalString => amountOf(field, text, header.currency);
    return {
      id: header.id,
      number: header.tranid,
      status: header.voided === 'T' ? 'cancelled' : (statuses.get(header.status) ?? 'open'),
      version: null,
      content: {
        contractId: ourId(header.contract),
        reference: header.otherrefnum ?? null,
        customerId: customerIdOf(header.customerexternalid),
        subsidiaryId: header.subsidiary,
        currency: header.currency,
        orderDate: dateOf('trandate', header.trandate),
        lines: rows.map((row) => {
          const quantity = rateOf('line quantity', row.quantity);
          return {
            billingId: ourId(row.billing),
            billOn: row.billon ?? null,
            itemId: row.itemid ?? null,
            description: row.memo ?? null,
            quantity: quantity === null ? null : negate(quantity),
            unitPrice: rateOf('line rate', row.rate),
            net: negate(money('line amount', row.foreignamount ?? '0')),
          };
        }),
      },
      lines: rows.map(({ linekey, isclosed }) => ({
        key: linekey,
        billedNet: money('billed', billed.get(linekey) ?? '0'),
        closed: isclosed === 'T',
      })),
    };
  });
}
