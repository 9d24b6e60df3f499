import {
  changeCondition,
  changeItem,
  createCondition,
  createItem,
  removeCondition,
  removeItem,
} from '../books/order-item.store.ts';
import { changeOrder, createOrder } from '../books/order.store.ts';
import type { EntitySet, ODataService } from '../odata/model.ts';
import { dates, decimals, flags, instants, since, texts } from './properties.ts';

const order: EntitySet = {
  name: 'A_SalesOrder',
  view: 'v_sales_order',
  keys: ['SalesOrder'],
  etag: 'LastChangeDateTime',
  pageSize: 200,
  properties: [
    ...texts('never', { SalesOrder: 10, CreatedByUser: 12, ExternalDocumentID: 40, OverallSDProcessStatus: 1 }),
    ...texts('create', {
      SalesOrderType: 4,
      SalesOrganization: 4,
      DistributionChannel: 2,
      OrganizationDivision: 2,
      SoldToParty: 10,
    }),
    ...texts('both', {
      PurchaseOrderByCustomer: 35,
      PurchaseOrderByShipToParty: 35,
      TransactionCurrency: 5,
      HeaderBillingBlockReason: 2,
    }),
    ...texts('both', { CustomerPaymentTerms: 4, AssignmentReference: 18, AccountingDocExternalReference: 16 }),
    ...texts('never', {
      SalesDocApprovalStatus: 1,
      OverallTotalDeliveryStatus: 1,
      TotalCreditCheckStatus: 1,
      OverallSDDocumentRejectionSts: 1,
    }),
    ...since(2021, texts('never', { OverallOrdReltdBillgStatus: 1 })),
    ...dates('never', 'CreationDate', 'LastChangeDate'),
    ...dates('both', 'CustomerPurchaseOrderDate', 'SalesOrderDate', 'PricingDate', 'RequestedDeliveryDate'),
    ...since(2021, dates('both', 'BillingDocumentDate')),
    ...decimals('never', 16, 3, 'TotalNetAmount'),
    ...instants('LastChangeDateTime'),
  ],
  navigations: [{ name: 'to_Item', to: 'A_SalesOrderItem', many: true, on: { SalesOrder: 'SalesOrder' } }],
  create: createOrder,
  update: changeOrder,
};

const item: EntitySet = {
  name: 'A_SalesOrderItem',
  view: 'v_sales_order_item',
  keys: ['SalesOrder', 'SalesOrderItem'],
  etag: null,
  pageSize: null,
  properties: [
    ...texts('create', { SalesOrder: 10, SalesOrderItem: 6, SalesOrderItemCategory: 4 }),
    ...texts('both', { SalesOrderItemText: 40, PurchaseOrderByCustomer: 35, Material: 40, MaterialByCustomer: 35 }),
    ...texts('both', {
      RequestedQuantityUnit: 3,
      MaterialGroup: 9,
      CustomerPaymentTerms: 4,
      SalesDocumentRjcnReason: 2,
    }),
    ...texts('both', { ItemBillingBlockReason: 2, ProfitCenter: 10 }),
    ...texts('never', { TransactionCurrency: 5, SDProcessStatus: 1, OrderRelatedBillingStatus: 1 }),
    ...decimals('both', 15, 3, 'RequestedQuantity'),
    ...decimals('never', 16, 3, 'NetAmount'),
    ...since(2021, decimals('never', 14, 3, 'TaxAmount')),
    ...dates('both', 'PricingDate'),
    ...since(2021, dates('both', 'BillingDocumentDate', 'ServicesRenderedDate')),
  ],
  navigations: [
    { name: 'to_SalesOrder', to: 'A_SalesOrder', many: false, on: { SalesOrder: 'SalesOrder' } },
    {
      name: 'to_PricingElement',
      to: 'A_SalesOrderItemPrElement',
      many: true,
      on: { SalesOrder: 'SalesOrder', SalesOrderItem: 'SalesOrderItem' },
    },
  ],
  create: createItem,
  update: changeItem,
  remove: removeItem,
};

const priceElement: EntitySet = {
  name: 'A_SalesOrderItemPrElement',
  view: 'v_order_condition',
  keys: ['SalesOrder', 'SalesOrderItem', 'PricingProcedureStep', 'PricingProcedureCounter'],
  etag: null,
  pageSize: null,
  properties: [
    ...texts('never', {
      SalesOrder: 10,
      SalesOrderItem: 6,
      ConditionCalculationType: 3,
      TransactionCurrency: 5,
      ConditionInactiveReason: 1,
    }),
    ...texts('create', { PricingProcedureStep: 3, PricingProcedureCounter: 3, ConditionType: 4 }),
    ...texts('both', { ConditionCurrency: 5, ConditionQuantityUnit: 3 }),
    ...decimals('both', 24, 9, 'ConditionRateValue'),
    ...decimals('both', 5, 0, 'ConditionQuantity'),
    ...decimals('never', 24, 9, 'ConditionBaseValue'),
    ...decimals('never', 16, 3, 'ConditionAmount'),
    ...flags('never', 'ConditionIsManuallyChanged'),
  ],
  navigations: [],
  create: createCondition,
  update: changeCondition,
  remove: removeCondition,
};

export const salesOrderService: ODataService = {
  name: 'API_SALES_ORDER_SRV',
  entitySets: [order, item, priceElement],
  functions: [],
};
