import type { EntitySet, ODataService, Property } from '../odata/model.ts';
import { dates, decimals, flags, instants, plain, texts } from './properties.ts';

/** What both services say of an item. */
const shared: readonly Property[] = [
  ...texts('never', {
    CompanyCode: 4,
    FiscalYear: 4,
    AccountingDocument: 10,
    AccountingDocumentItem: 3,
    AccountingDocumentType: 2,
  }),
  ...texts('never', {
    FinancialAccountType: 1,
    DebitCreditCode: 1,
    PostingKey: 2,
    Customer: 10,
    GLAccount: 10,
    ChartOfAccounts: 4,
  }),
  ...texts('never', { ControllingArea: 4, SalesDocument: 10, InvoiceReference: 10, InvoiceReferenceFiscalYear: 4 }),
  ...texts('never', {
    InvoiceItemReference: 3,
    FollowOnDocumentType: 1,
    ClearingAccountingDocument: 10,
    ClearingDocFiscalYear: 4,
  }),
  ...texts('never', {
    FiscalPeriod: 3,
    TransactionCurrency: 5,
    CompanyCodeCurrency: 5,
    TaxCode: 2,
    CostCenter: 10,
    ProfitCenter: 10,
  }),
  ...texts('never', { AssignmentReference: 18, DocumentItemText: 50, ReferenceDocumentType: 5 }),
  ...dates('never', 'ClearingDate', 'PostingDate', 'DocumentDate'),
  ...flags('never', 'IsReversal', 'IsReversed'),
];

const operational: EntitySet = {
  name: 'A_OperationalAcctgDocItemCube',
  view: 'v_accounting_item',
  keys: ['CompanyCode', 'FiscalYear', 'AccountingDocument', 'AccountingDocumentItem'],
  etag: null,
  pageSize: null,
  properties: [
    ...shared,
    ...texts('never', {
      OperationalGLAccount: 10,
      AccountingDocumentCategory: 1,
      BillingDocument: 10,
      PaymentTerms: 4,
    }),
    ...texts('never', {
      AccountingDocumentHeaderText: 25,
      DocumentReferenceID: 16,
      PaymentReference: 30,
      ReverseDocument: 10,
    }),
    ...texts('never', {
      ReverseDocumentFiscalYear: 4,
      ReversalReason: 2,
      OriginalReferenceDocument: 20,
      DunningBlockingReason: 1,
      PaymentMethod: 1,
    }),
    ...dates(
      'never',
      'ClearingCreationDate',
      'NetDueDate',
      'DueCalculationBaseDate',
      'AccountingDocumentCreationDate',
      'LastChangeDate',
    ),
    ...plain('never', 'Edm.Time', 'CreationTime'),
    ...flags('never', 'IsCleared', 'ClearingIsReversed', 'IsUsedInPaymentTransaction'),
    ...decimals('never', 3, 0, 'NetPaymentDays'),
    ...decimals('never', 9, 5, 'ExchangeRate'),
    ...decimals('never', 24, 3, 'AmountInTransactionCurrency', 'AmountInCompanyCodeCurrency'),
  ],
  navigations: [],
};

const lineItem: EntitySet = {
  name: 'GLAccountLineItem',
  view: 'v_gl_line_item',
  keys: ['ID'],
  measures: ['AmountInTransactionCurrency', 'AmountInCompanyCodeCurrency'],
  etag: null,
  pageSize: 1000,
  properties: [
    ...texts('never', {
      ID: 100,
      SourceLedger: 2,
      Ledger: 2,
      LedgerGLLineItem: 6,
      FiscalYearVariant: 2,
      ReferenceDocument: 10,
    }),
    ...shared,
    ...texts('never', { BillingDocumentType: 4 }),
    ...dates('never', 'CreationDate'),
    ...instants('CreationDateTime', 'LastChangeDateTime'),
    ...decimals('never', 23, 3, 'AmountInTransactionCurrency', 'AmountInCompanyCodeCurrency'),
  ],
  navigations: [],
};

export const operationalItemService: ODataService = {
  name: 'API_OPLACCTGDOCITEMCUBE_SRV',
  entitySets: [operational],
  functions: [],
};

export const lineItemService: ODataService = { name: 'API_GLACCOUNTLINEITEM', entitySets: [lineItem], functions: [] };
