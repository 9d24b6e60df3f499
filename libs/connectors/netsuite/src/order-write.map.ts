import { negate, type DecimalString, type ErpCommand } from '@tieout/canonical';
import { amountOf, fateOf, rateOf, rowOf, type Mapped, type MappingProblem } from './fate.ts';
import { customerIdOf, ourId } from './identity.ts';
import { dateOf } from './invoice.map.ts';
import { billedRow, orderLineRow, orderRow, type OrderRecord } from './vendor-types.ts';

/** What an order says, as far as the CRM owns it. Plain data: what was written is remembered as this. */
export interface OrderContent {
  readonly contractId: string | null;
  readonly reference: string | null;
  readonly customerId: string | null;
  /** NetSuite's id of the subsidiary. */
  readonly subsidiaryId: string;
  readonly currency: string;
  readonly orderDate: string;
  /** In the order of the billing schedule. */
  readonly lines: readonly OrderContentLine[];
}

export interface OrderContentLine {
  /** Null of a line that was put there by somebody else. */
  readonly billingId: string | null;
  readonly billOn: string | null;
  /** NetSuite's id of the item. */
  readonly itemId: string | null;
  readonly description: string | null;
  readonly quantity: DecimalString | null;
  /** What the line says; NetSuite derives it from amount and quantity, so it is sent and never compared. */
  readonly unitPrice: DecimalString | null;
  readonly net: DecimalString;
}

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

export interface AskedOrder {
  readonly content: OrderContent;
  readonly currencyId: string;
}

/** An order as it stands in the ERP. */
export interface StandingOrder {
  readonly id: string;
  readonly number: string;
  /** Letter of its status. */
  readonly status: string;
  readonly content: OrderContent;
  /** Key, billed net and closing of the lines, in the order of `content.lines`. */
  readonly lines: readonly { readonly key: string; readonly billedNet: DecimalString; readonly closed: boolean }[];
}

export interface OrderRefusal {
  readonly code:
    MappingProblem['code'] | 'unknown-legal-entity' | 'unknown-item' | 'order-closed' | 'foreign-edit' | 'billed-line';
  readonly message: string;
}

/** Where an order in the ERP is not what it should be; `line` is the billing id, or the ERP's line key where it has none. */
export interface OrderDifference {
  readonly field: string;
  readonly line: string | null;
  readonly theirs: string | null;
  readonly ours: string | null;
}

export type OrderPlan =
  | { readonly kind: 'create'; readonly body: object }
  /** It stands as asked. */
  | { readonly kind: 'done' }
  | { readonly kind: 'change'; readonly body: object; readonly differences: readonly OrderDifference[] }
  | {
      readonly kind: 'refused';
      readonly refusal: OrderRefusal;
      readonly differences: readonly OrderDifference[];
    };

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
  return { kind: 'asked', order: { content: content.value, currencyId } };
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
      status: header.voided === 'T' ? 'C' : header.status,
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
