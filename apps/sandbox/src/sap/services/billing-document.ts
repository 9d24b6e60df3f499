import { cancelBill } from '../books/bill-correction.store.ts';
import type { EntitySet, ODataService } from '../odata/model.ts';
import { dates, decimals, flags, instants, plain, texts } from './properties.ts';

const bill: EntitySet = {
  name: 'A_BillingDocument',
  view: 'v_billing_document',
  keys: ['BillingDocument'],
  etag: 'LastChangeDateTime',
  pageSize: 200,
  properties: [
    ...texts('never', {
      BillingDocument: 10,
      SDDocumentCategory: 4,
      BillingDocumentCategory: 1,
      BillingDocumentType: 4,
    }),
    ...texts('never', {
      SalesOrganization: 4,
      DistributionChannel: 2,
      Division: 2,
      CancelledBillingDocument: 10,
      TransactionCurrency: 5,
    }),
    ...texts('never', {
      VATRegistration: 20,
      PayerParty: 10,
      CustomerPaymentTerms: 4,
      PaymentMethod: 1,
      PaymentReference: 30,
    }),
    ...texts('never', {
      CompanyCode: 4,
      FiscalYear: 4,
      AccountingDocument: 10,
      DocumentReferenceID: 16,
      AssignmentReference: 18,
    }),
    ...texts('never', {
      DunningBlockingReason: 1,
      SoldToParty: 10,
      PurchaseOrderByCustomer: 35,
      Country: 3,
      OverallSDProcessStatus: 1,
    }),
    ...texts('never', {
      OverallBillingStatus: 1,
      AccountingPostingStatus: 1,
      AccountingTransferStatus: 1,
      InvoiceClearingStatus: 1,
    }),
    ...dates('never', 'CreationDate', 'LastChangeDate', 'BillingDocumentDate', 'FixedValueDate'),
    ...plain('never', 'Edm.Time', 'CreationTime'),
    ...instants('LastChangeDateTime'),
    ...flags('never', 'BillingDocumentIsCancelled'),
    ...decimals('never', 16, 3, 'TotalNetAmount'),
    ...decimals('never', 14, 3, 'TaxAmount'),
    ...decimals('never', 17, 3, 'TotalGrossAmount'),
    ...decimals('never', 9, 5, 'AbsltAccountingExchangeRate'),
  ],
  navigations: [
    { name: 'to_Item', to: 'A_BillingDocumentItem', many: true, on: { BillingDocument: 'BillingDocument' } },
  ],
};

const item: EntitySet = {
  name: 'A_BillingDocumentItem',
  view: 'v_billing_item',
  keys: ['BillingDocument', 'BillingDocumentItem'],
  etag: null,
  pageSize: null,
  properties: [
    ...texts('never', { BillingDocument: 10, BillingDocumentItem: 6, SalesDocumentItemCategory: 4, Material: 40 }),
    ...texts('never', {
      BillingDocumentItemText: 40,
      BillingQuantityUnit: 3,
      TransactionCurrency: 5,
      ProfitCenter: 10,
      CostCenter: 10,
    }),
    ...texts('never', { SalesDocument: 10, SalesDocumentItem: 6, SalesSDDocumentCategory: 4, ReferenceSDDocument: 10 }),
    ...texts('never', { ReferenceSDDocumentItem: 6, ReferenceSDDocumentCategory: 4 }),
    ...dates('never', 'CreationDate', 'ServicesRenderedDate', 'PricingDate'),
    ...plain('never', 'Edm.Time', 'CreationTime'),
    ...decimals('never', 13, 3, 'BillingQuantity'),
    ...decimals('never', 16, 3, 'NetAmount', 'GrossAmount'),
    ...decimals('never', 14, 3, 'TaxAmount'),
  ],
  navigations: [
    { name: 'to_BillingDocument', to: 'A_BillingDocument', many: false, on: { BillingDocument: 'BillingDocument' } },
  ],
};

const cancelResult = {
  name: 'CancelResult',
  properties: [
    ...texts('never', {
      BillingDocument: 10,
      CancellationBillingDocument: 10,
      SystemMessageType: 1,
      SystemMessageIdentification: 20,
    }),
    ...texts('never', { SystemMessageNumber: 3, SystemMessageText: 256 }),
  ],
};

export const billingDocumentService: ODataService = {
  name: 'API_BILLING_DOCUMENT_SRV',
  entitySets: [bill, item],
  functions: [
    {
      name: 'Cancel',
      method: 'POST',
      parameters: texts('never', { BillingDocument: 10 }),
      returns: cancelResult,
      run: async (write, parameters) => {
        const number = String(parameters['BillingDocument']);
        const cancellation = await cancelBill(write, number, null);
        return {
          BillingDocument: number,
          CancellationBillingDocument: cancellation,
          SystemMessageType: 'S',
          SystemMessageIdentification: 'VF',
          SystemMessageNumber: '311',
          SystemMessageText: `Document ${cancellation} has been saved.`,
        };
      },
    },
  ],
};
