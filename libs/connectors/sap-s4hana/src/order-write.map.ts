import type { DecimalString, ErpCommand } from '@tieout/canonical';
import {
  amountOf,
  fateOf,
  rateOf,
  refuse,
  rowOf,
  type AskedOrder,
  type Mapped,
  type OrderContent,
  type StandingOrder,
} from '@tieout/connector-erp';
import { dateOf } from './billing.map.ts';
import { ourId } from './identity.ts';
import type { SalesArea, SapMappingConfig } from './mapping-config.ts';
import { billedByItem, isAsked, moneyOf, type OrderRecord } from './order.map.ts';
import { conditionPrice, priceOf, QUANTITY_SCALE, rounded } from './price.ts';
import { orderRow, type OrderItemRow, type OrderRow } from './vendor-types.ts';

const TEXT_LENGTH = 40;
const REFERENCE_LENGTH = 35;

/** What a command needs of SAP's own. */
export interface OrderPlace {
  readonly area: SalesArea;
  /** Number of the customer that is sold to. */
  readonly soldTo: string;
  readonly config: Pick<SapMappingConfig, 'defaultItem' | 'itemBillingDates'>;
}

/** What SAP can hold of what is asked. Texts are cut to its fields, quantities have three decimals; amounts stay to the digit. */
export function askedOrder(command: ErpCommand, { area, soldTo, config }: OrderPlace): Mapped<AskedOrder> {
  return fateOf(() => ({
    content: {
      contractId: command.contractId,
      reference: command.contractNumber.slice(0, REFERENCE_LENGTH),
      customerId: command.customerId,
      subsidiaryId: area.salesOrganization,
      currency: command.currency,
      orderDate: command.orderDate,
      lines: command.lines.map((line) => askedLine(line, command.currency, config)),
    },
    vendor: {
      soldTo,
      ...{ salesOrganization: area.salesOrganization, distributionChannel: area.distributionChannel },
      ...{ division: area.division, salesOrderType: area.salesOrderType },
    },
  }));
}

function askedLine(
  line: ErpCommand['lines'][number],
  currency: string,
  { defaultItem, itemBillingDates }: OrderPlace['config'],
): OrderContent['lines'][number] {
  const itemId = line.itemCode ?? defaultItem;
  if (itemId === null) refuse('invalid-value', 'item', `line ${line.billingId} names no item and there is no default`);
  const net = amountOf('net', line.net, currency);
  const quantity = rounded(line.quantity, QUANTITY_SCALE);
  if (conditionPrice(net, quantity, currency) === null && quantity === '0')
    refuse('invalid-value', 'quantity', `line ${line.billingId} has an amount and no quantity`);
  return {
    ...{ billingId: line.billingId, billOn: itemBillingDates ? line.billOn : null, itemId, quantity, net },
    description: line.description === null ? null : line.description.slice(0, TEXT_LENGTH).trimEnd(),
    unitPrice: line.unitPrice,
  };
}

/** What stands in SAP. A rejected item that is not billed is asked for no more: it is not among the lines. */
export function standingOrder(record: OrderRecord, version: string | null): Mapped<StandingOrder> {
  return fateOf(() => {
    const header = rowOf('order', orderRow, record.row);
    const money = moneyOf(header);
    const billed = billedByItem(record, header);
    const billedOf = ({ SalesOrderItem }: OrderItemRow): DecimalString => billed.get(Number(SalesOrderItem)) ?? '0';
    const items = header.to_Item.filter((item) => isAsked(item) || billedOf(item) !== '0');
    return {
      id: header.SalesOrder,
      number: header.SalesOrder,
      status: statusOf(header, billed),
      version,
      content: {
        contractId: ourId(header.PurchaseOrderByShipToParty),
        reference: header.PurchaseOrderByCustomer,
        customerId: record.customers.get(header.SoldToParty ?? '') ?? null,
        subsidiaryId: header.SalesOrganization,
        currency: header.TransactionCurrency,
        orderDate: dateOf('SalesOrderDate', header.SalesOrderDate),
        lines: items.map((item) => {
          const [net, quantity] = [
            money('line amount', item.NetAmount),
            rateOf('line quantity', item.RequestedQuantity),
          ];
          return {
            billingId: ourId(item.MaterialByCustomer),
            billOn: item.BillingDocumentDate,
            itemId: item.Material,
            description: item.SalesOrderItemText,
            ...{ quantity, unitPrice: priceOf(net, quantity), net },
          };
        }),
      },
      lines: items.map((item) => ({
        key: item.SalesOrderItem,
        billedNet: billedOf(item),
        closed: !isAsked(item),
      })),
    };
  });
}

function statusOf(
  { OverallSDDocumentRejectionSts: rejected, OverallSDProcessStatus: progress }: OrderRow,
  billed: ReadonlyMap<number, DecimalString>,
): StandingOrder['status'] {
  if (rejected === 'C') return billed.size === 0 ? 'cancelled' : 'closed';
  return progress === 'C' ? 'billed' : 'open';
}
