import { z } from 'zod';
import { edm } from './values.ts';

/*
 * Rows as the wire gives them. Money stays text until it is read in its currency. Columns that a release may not have are
 * `...OrNull`: what is left out of the select is absent.
 */

const money = z.string();
const moneyOrNull = z.string().nullish();

export const orderItemRow = z.object({
  SalesOrderItem: edm.text,
  SalesOrderItemText: edm.textOrNull,
  Material: edm.textOrNull,
  MaterialByCustomer: edm.textOrNull,
  RequestedQuantity: money,
  NetAmount: money,
  TaxAmount: moneyOrNull,
  BillingDocumentDate: edm.dateOrNull,
  SalesDocumentRjcnReason: edm.textOrNull,
  to_PricingElement: edm
    .many(
      z.object({
        PricingProcedureStep: edm.text,
        PricingProcedureCounter: edm.text,
        ConditionType: edm.textOrNull,
        ConditionRateValue: moneyOrNull,
        ConditionQuantity: moneyOrNull,
        ConditionInactiveReason: edm.textOrNull,
      }),
    )
    .optional(),
});

export const orderRow = z.object({
  SalesOrder: edm.text,
  SalesOrganization: edm.text,
  SoldToParty: edm.textOrNull,
  PurchaseOrderByCustomer: edm.textOrNull,
  PurchaseOrderByShipToParty: edm.textOrNull,
  SalesOrderDate: edm.dateOrNull,
  TotalNetAmount: money,
  TransactionCurrency: edm.text,
  OverallSDProcessStatus: edm.textOrNull,
  OverallSDDocumentRejectionSts: edm.textOrNull,
  SalesDocApprovalStatus: edm.textOrNull,
  LastChangeDateTime: edm.instantOrNull,
  to_Item: edm.many(orderItemRow),
});

/** What a billing document took of an order's item. */
export const billedRow = z.object({
  BillingDocument: edm.text,
  SalesDocument: edm.text,
  SalesDocumentItem: edm.text,
  NetAmount: money,
});

export const billingItemRow = z.object({
  BillingDocumentItem: edm.text,
  BillingDocumentItemText: edm.textOrNull,
  Material: edm.textOrNull,
  BillingQuantity: moneyOrNull,
  NetAmount: money,
  TaxAmount: moneyOrNull,
  SalesDocument: edm.textOrNull,
  SalesDocumentItem: edm.textOrNull,
  ReferenceSDDocument: edm.textOrNull,
  ReferenceSDDocumentCategory: edm.textOrNull,
});

export const billingRow = z.object({
  BillingDocument: edm.text,
  SDDocumentCategory: edm.text,
  BillingDocumentDate: edm.date,
  BillingDocumentIsCancelled: edm.flagOrNull,
  CancelledBillingDocument: edm.textOrNull,
  CompanyCode: edm.text,
  AccountingDocument: edm.textOrNull,
  FiscalYear: edm.textOrNull,
  TotalNetAmount: money,
  TaxAmount: money,
  TotalGrossAmount: moneyOrNull,
  TransactionCurrency: edm.text,
  SoldToParty: edm.textOrNull,
  PayerParty: edm.textOrNull,
  DunningBlockingReason: edm.textOrNull,
  LastChangeDateTime: edm.instantOrNull,
  to_Item: edm.many(billingItemRow),
});

/** An item of an accounting document on a customer's account. */
export const accountingItemRow = z.object({
  CompanyCode: edm.text,
  FiscalYear: edm.text,
  AccountingDocument: edm.text,
  AccountingDocumentItem: edm.text,
  AccountingDocumentType: edm.textOrNull,
  FinancialAccountType: edm.textOrNull,
  DebitCreditCode: z.enum(['S', 'H']),
  Customer: edm.textOrNull,
  BillingDocument: edm.textOrNull,
  InvoiceReference: edm.textOrNull,
  InvoiceReferenceFiscalYear: edm.textOrNull,
  InvoiceItemReference: edm.textOrNull,
  ClearingAccountingDocument: edm.textOrNull,
  ClearingDocFiscalYear: edm.textOrNull,
  PostingDate: edm.date,
  NetDueDate: edm.dateOrNull,
  TransactionCurrency: edm.text,
  AmountInTransactionCurrency: money,
  PaymentMethod: edm.textOrNull,
  DunningBlockingReason: edm.textOrNull,
  IsReversal: edm.flagOrNull,
  IsReversed: edm.flagOrNull,
  ReverseDocument: edm.textOrNull,
  ReverseDocumentFiscalYear: edm.textOrNull,
});

export const partnerRow = z.object({
  BusinessPartner: edm.text,
  Customer: edm.text,
  BusinessPartnerIDByExtSystem: edm.textOrNull,
  BusinessPartnerName: edm.textOrNull,
  OrganizationBPName1: edm.textOrNull,
  OrganizationBPName2: edm.textOrNull,
  OrganizationBPName3: edm.textOrNull,
  OrganizationBPName4: edm.textOrNull,
  SearchTerm1: edm.textOrNull,
  BusinessPartnerIsBlocked: edm.flagOrNull,
  IsMarkedForArchiving: edm.flagOrNull,
  CreationDate: edm.dateOrNull,
  CreationTime: edm.timeOrNull,
  LastChangeDate: edm.dateOrNull,
  LastChangeTime: edm.timeOrNull,
  to_BusinessPartnerAddress: edm.many(z.object({ Country: edm.textOrNull })).optional(),
  to_BusinessPartnerTax: edm
    .many(z.object({ BPTaxType: edm.text, BPTaxNumber: edm.textOrNull, BPTaxLongNumber: edm.textOrNull }))
    .optional(),
  to_Customer: z.object({
    OrderIsBlockedForCustomer: edm.textOrNull,
    PostingIsBlocked: edm.flagOrNull,
    DeletionIndicator: edm.flagOrNull,
    VATRegistration: edm.textOrNull,
    to_CustomerCompany: edm.many(
      z.object({ CompanyCode: edm.text, PaymentTerms: edm.textOrNull, DeletionIndicator: edm.flagOrNull }),
    ),
    to_CustomerSalesArea: edm.many(
      z.object({
        SalesOrganization: edm.text,
        DistributionChannel: edm.text,
        Division: edm.text,
        Currency: edm.textOrNull,
        CustomerPaymentTerms: edm.textOrNull,
        OrderIsBlockedForCustomer: edm.textOrNull,
      }),
    ),
  }),
});

export const companyCodeRow = z.object({
  CompanyCode: edm.text,
  CompanyCodeName: edm.textOrNull,
  Country: edm.textOrNull,
  Currency: edm.text,
});

export const costCenterRow = z.object({
  ControllingArea: edm.text,
  CostCenter: edm.text,
  ValidityStartDate: edm.dateOrNull,
  ValidityEndDate: edm.date,
  CompanyCode: edm.textOrNull,
  ProfitCenter: edm.textOrNull,
  CostCenterCurrency: edm.textOrNull,
  CostCenterCategory: edm.textOrNull,
  CostCenterStandardHierArea: edm.textOrNull,
  CostCtrResponsiblePersonName: edm.textOrNull,
  IsBlkdForPrimaryCostsPosting: edm.textOrNull,
});

export const profitCenterRow = z.object({
  ControllingArea: edm.text,
  ProfitCenter: edm.text,
  ValidityStartDate: edm.dateOrNull,
  ValidityEndDate: edm.date,
  CompanyCode: edm.textOrNull,
  Segment: edm.textOrNull,
  ProfitCenterStandardHierarchy: edm.textOrNull,
  ProfitCtrResponsiblePersonName: edm.textOrNull,
  ProfitCenterIsBlocked: edm.textOrNull,
});

/** A document of the ledger with a line on a customer's account. */
export const touchedRow = z.object({
  CompanyCode: edm.text,
  FiscalYear: edm.text,
  AccountingDocument: edm.text,
});

/** Sum of the ledger's lines of a day. */
export const dayTotalRow = z.object({
  CompanyCode: edm.text,
  TransactionCurrency: edm.text,
  PostingDate: edm.date,
  AmountInTransactionCurrency: money,
});

export type OrderRow = z.output<typeof orderRow>;
export type OrderItemRow = z.output<typeof orderItemRow>;
export type BilledRow = z.output<typeof billedRow>;
export type BillingRow = z.output<typeof billingRow>;
export type BillingItemRow = z.output<typeof billingItemRow>;
export type AccountingItemRow = z.output<typeof accountingItemRow>;
export type PartnerRow = z.output<typeof partnerRow>;
export type CompanyCodeRow = z.output<typeof companyCodeRow>;
export type CostCenterRow = z.output<typeof costCenterRow>;
export type ProfitCenterRow = z.output<typeof profitCenterRow>;
