import type { AskedOrder, OrderContent, OrderContentLine, OrderDifference } from '@tieout/connector-erp';
import { fateOf, refuse, type Mapped } from '@tieout/connector-erp';
import { billingKey, contractKey } from './identity.ts';
import type { SapMappingConfig } from './mapping-config.ts';
import type { Body, Change } from './odata.ts';
import { conditionPrice } from './price.ts';
import { toWire } from './values.ts';
import type { OrderItemRow } from './vendor-types.ts';

export type OrderRules = Pick<
  SapMappingConfig,
  'conditionType' | 'amountConditionType' | 'unit' | 'rejectionReason' | 'itemBillingDates'
>;

/** A new order with its items and their prices. */
export function newOrder({ content, vendor }: AskedOrder, rules: OrderRules): Body {
  const { soldTo = '', salesOrganization = '', distributionChannel = '', division = '', salesOrderType = '' } = vendor;
  return {
    ...{ SalesOrderType: salesOrderType, SalesOrganization: salesOrganization },
    ...{ DistributionChannel: distributionChannel, OrganizationDivision: division, SoldToParty: soldTo },
    PurchaseOrderByCustomer: content.reference,
    PurchaseOrderByShipToParty: contractKey(content.contractId ?? ''),
    SalesOrderDate: toWire.date(content.orderDate),
    TransactionCurrency: content.currency,
    to_Item: content.lines.map((line) => newItem(line, content.currency, rules)),
  };
}

function newItem(line: OrderContentLine, currency: string, rules: OrderRules): Body {
  const { quantity } = line;
  const price = conditionPrice(line.net, quantity ?? '0', currency);
  const condition =
    price === null
      ? { ConditionType: rules.amountConditionType, ConditionRateValue: line.net }
      : {
          ConditionType: rules.conditionType,
          ConditionRateValue: price.rate,
          ConditionQuantity: price.per,
          ...unit(rules, 'ConditionQuantityUnit'),
        };
  return {
    ...itemFields(line, new Set(['itemId', 'description', 'billOn', 'quantity']), rules),
    MaterialByCustomer: billingKey(line.billingId ?? ''),
    to_PricingElement: [{ ...condition, ConditionCurrency: currency }],
  };
}

const unit = ({ unit: sold }: OrderRules, property: string): Body => (sold === undefined ? {} : { [property]: sold });

function itemFields(line: OrderContentLine, fields: ReadonlySet<string>, rules: OrderRules): Body {
  const dated = rules.itemBillingDates && line.billOn !== null;
  return {
    ...(fields.has('itemId') ? { Material: line.itemId } : {}),
    ...(fields.has('quantity') ? { RequestedQuantity: line.quantity, ...unit(rules, 'RequestedQuantityUnit') } : {}),
    ...(fields.has('description') && line.description !== null ? { SalesOrderItemText: line.description } : {}),
    ...(fields.has('billOn') && dated ? { BillingDocumentDate: toWire.date(line.billOn ?? '') } : {}),
  };
}

/** What stands: the order with the ETag that it was read under, and its items as they are. */
export interface OrderTarget {
  readonly id: string;
  readonly etag: string | null;
  readonly items: readonly OrderItemRow[];
}

/**
 * The writes that make an order what is asked, to be done as one. The header always goes along: items have no ETag, and its ETag
 * sees to it that nobody changed the order meanwhile. A line that is asked for no more is rejected; one of another product is
 * rejected and entered anew, because SAP never changes an item's product.
 */
export function orderChanges(
  { content }: AskedOrder,
  target: OrderTarget,
  differences: readonly OrderDifference[],
  rules: OrderRules,
): Mapped<readonly Change[]> {
  return fateOf(() => {
    const byBilling = new Map(target.items.map((item) => [item.MaterialByCustomer?.toUpperCase(), item]));
    const changed = Map.groupBy(
      differences.filter(({ line }) => line !== null),
      ({ line }) => line ?? '',
    );
    const lines = new Map(content.lines.map((line) => [line.billingId ?? '', line]));
    const ofLines = [...changed].flatMap(([billingId, of]) => {
      const standing = byBilling.get(billingKey(billingId));
      const line = lines.get(billingId);
      const fields = new Set(of.map(({ field }) => field));
      if (line === undefined) return standing ? [rejected(target.id, standing, rules)] : [];
      if (standing === undefined) return [added(target.id, line, content.currency, rules)];
      if (fields.has('itemId'))
        return [rejected(target.id, standing, rules), added(target.id, line, content.currency, rules)];
      return itemChanges(target.id, standing, line, fields, content.currency, rules);
    });
    return [headerChange(content, target, differences), ...ofLines];
  });
}

/** Fields of the header that SAP lets nobody change. */
const fixed = new Set(['contractId', 'customerId', 'subsidiaryId']);

function headerChange(
  content: OrderContent,
  { id, etag }: OrderTarget,
  differences: readonly OrderDifference[],
): Change {
  const fields = new Set(differences.filter(({ line }) => line === null).map(({ field }) => field));
  const stuck = [...fields].filter((field) => fixed.has(field));
  if (stuck.length > 0)
    refuse('invalid-value', stuck.join(', '), `SAP cannot change ${stuck.join(', ')} of order ${id}`);
  const changes = {
    PurchaseOrderByCustomer: content.reference,
    ...(fields.has('orderDate') ? { SalesOrderDate: toWire.date(content.orderDate) } : {}),
    ...(fields.has('currency') ? { TransactionCurrency: content.currency } : {}),
  };
  return { kind: 'update', set: 'A_SalesOrder', key: id, changes, etag };
}

const itemKey = (order: string, { SalesOrderItem }: OrderItemRow): Record<string, string> => ({
  SalesOrder: order,
  SalesOrderItem,
});

function rejected(order: string, item: OrderItemRow, { rejectionReason }: OrderRules): Change {
  const changes = { SalesDocumentRjcnReason: rejectionReason };
  return { kind: 'update', set: 'A_SalesOrderItem', key: itemKey(order, item), changes, etag: null };
}

function added(order: string, line: OrderContentLine, currency: string, rules: OrderRules): Change {
  const body = { SalesOrder: order, ...newItem(line, currency, rules) };
  return { kind: 'create', set: 'A_SalesOrderItem', body };
}

function itemChanges(
  order: string,
  item: OrderItemRow,
  line: OrderContentLine,
  fields: ReadonlySet<string>,
  currency: string,
  rules: OrderRules,
): Change[] {
  const changes = itemFields(line, fields, rules);
  const priced = fields.has('net') || fields.has('quantity');
  return [
    ...(Object.keys(changes).length > 0
      ? [{ kind: 'update', set: 'A_SalesOrderItem', key: itemKey(order, item), changes, etag: null } as const]
      : []),
    ...(priced ? [priceChange(order, item, line, currency, rules)] : []),
  ];
}

/** The price that we entered. One that SAP found by itself cannot be replaced through its interface. */
function priceChange(
  order: string,
  item: OrderItemRow,
  line: OrderContentLine,
  currency: string,
  rules: OrderRules,
): Change {
  const active =
    item.to_PricingElement?.filter(({ ConditionInactiveReason }) => ConditionInactiveReason === null) ?? [];
  const element =
    active.find(({ ConditionType }) => ConditionType === rules.conditionType) ??
    active.find(({ ConditionType }) => ConditionType === rules.amountConditionType) ??
    refuse('invalid-value', 'price', `item ${item.SalesOrderItem} of order ${order} has no price entered by hand`);
  const isAmount = element.ConditionType === rules.amountConditionType;
  const price = isAmount ? { rate: line.net, per: null } : conditionPrice(line.net, line.quantity ?? '0', currency);
  if (price === null)
    refuse(
      'invalid-value',
      'price',
      `no price times ${line.quantity ?? 'nothing'} is ${line.net} in item ${item.SalesOrderItem}`,
    );
  return {
    kind: 'update',
    set: 'A_SalesOrderItemPrElement',
    key: {
      ...itemKey(order, item),
      PricingProcedureStep: element.PricingProcedureStep,
      PricingProcedureCounter: element.PricingProcedureCounter,
    },
    changes: { ConditionRateValue: price.rate, ...(price.per === null ? {} : { ConditionQuantity: price.per }) },
    etag: null,
  };
}
