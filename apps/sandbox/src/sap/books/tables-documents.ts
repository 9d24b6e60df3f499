/** Orders, bills and the ledger. What is derived (totals, statuses, due dates) is in the views. */
export const salesTables = `
create table if not exists sales_order (
  "SalesOrder" text primary key, "SalesOrderType" text not null, "SalesOrganization" text not null, "DistributionChannel" text not null,
  "OrganizationDivision" text not null, company_code text not null references company_code, "SoldToParty" text not null references customer,
  "PurchaseOrderByCustomer" text, "PurchaseOrderByShipToParty" text, "CustomerPurchaseOrderDate" date, "SalesOrderDate" date not null,
  "TransactionCurrency" text not null references currency, "PricingDate" date, "RequestedDeliveryDate" date, "HeaderBillingBlockReason" text,
  "CustomerPaymentTerms" text not null references payment_terms, "AssignmentReference" text, "AccountingDocExternalReference" text,
  "BillingDocumentDate" date, "TotalCreditCheckStatus" text not null default 'A', "CreatedByUser" text not null, "CreationDate" date not null,
  "LastChangeDate" date, "LastChangeDateTime" timestamptz(6) not null);
create index if not exists sales_order_changed on sales_order ("LastChangeDateTime");
create index if not exists sales_order_reference on sales_order ("PurchaseOrderByShipToParty");
create table if not exists sales_order_item (
  "SalesOrder" text references sales_order, "SalesOrderItem" text, "SalesOrderItemCategory" text not null default 'TAD', "SalesOrderItemText" text,
  "PurchaseOrderByCustomer" text, "Material" text not null references material, "MaterialByCustomer" text, "PricingDate" date,
  "RequestedQuantity" numeric(15,3) not null, "RequestedQuantityUnit" text not null, "MaterialGroup" text, "CustomerPaymentTerms" text,
  "SalesDocumentRjcnReason" text, "ItemBillingBlockReason" text, "ProfitCenter" text, "BillingDocumentDate" date, "ServicesRenderedDate" date,
  "NetAmount" numeric not null default 0, "TaxAmount" numeric not null default 0, "TaxCode" text,
  primary key ("SalesOrder", "SalesOrderItem"));
create table if not exists order_condition (
  "SalesOrder" text, "SalesOrderItem" text, "PricingProcedureStep" text, "PricingProcedureCounter" text not null default '001',
  "ConditionType" text not null, "ConditionRateValue" numeric not null, "ConditionCurrency" text, "ConditionQuantity" numeric,
  "ConditionQuantityUnit" text, "ConditionBaseValue" numeric, "ConditionAmount" numeric not null default 0,
  "ConditionIsManuallyChanged" boolean not null default true,
  primary key ("SalesOrder", "SalesOrderItem", "PricingProcedureStep", "PricingProcedureCounter"),
  foreign key ("SalesOrder", "SalesOrderItem") references sales_order_item on delete cascade);
create table if not exists billing_document (
  "BillingDocument" text primary key, "SDDocumentCategory" text not null, "BillingDocumentType" text not null, "BillingDocumentDate" date not null,
  "SalesOrganization" text not null, "DistributionChannel" text not null, "Division" text not null, "SoldToParty" text not null references customer,
  "TransactionCurrency" text not null references currency, "CustomerPaymentTerms" text not null references payment_terms,
  "CompanyCode" text not null references company_code, "FiscalYear" text, "AccountingDocument" text, "DocumentReferenceID" text,
  "AssignmentReference" text, "PurchaseOrderByCustomer" text, "BillingDocumentIsCancelled" boolean not null default false,
  "CancelledBillingDocument" text references billing_document, "DunningBlockingReason" text, "AbsltAccountingExchangeRate" numeric,
  "TotalNetAmount" numeric not null default 0, "TaxAmount" numeric not null default 0, "CreatedByUser" text not null,
  "CreationDate" date not null, "CreationTime" time(0) not null, "LastChangeDate" date, "LastChangeDateTime" timestamptz(6) not null);
create index if not exists billing_document_changed on billing_document ("LastChangeDateTime");
create table if not exists billing_item (
  "BillingDocument" text references billing_document, "BillingDocumentItem" text, "SalesDocumentItemCategory" text, "Material" text,
  "BillingDocumentItemText" text, "BillingQuantity" numeric, "BillingQuantityUnit" text, "NetAmount" numeric not null,
  "TaxAmount" numeric not null, "TaxCode" text, "ServicesRenderedDate" date, "PricingDate" date, "ProfitCenter" text, "CostCenter" text,
  "SalesDocument" text, "SalesDocumentItem" text, "ReferenceSDDocument" text, "ReferenceSDDocumentItem" text, "ReferenceSDDocumentCategory" text,
  primary key ("BillingDocument", "BillingDocumentItem"));
create index if not exists billing_item_source on billing_item ("SalesDocument", "SalesDocumentItem");
create index if not exists billing_item_reference on billing_item ("ReferenceSDDocument");
`;

const documentKey = '"CompanyCode", "FiscalYear", "AccountingDocument"';

export const ledgerTables = `
create table if not exists accounting_document (
  "CompanyCode" text references company_code, "FiscalYear" text, "AccountingDocument" text, "AccountingDocumentType" text not null,
  "PostingDate" date not null, "DocumentDate" date not null, "FiscalPeriod" text not null, "TransactionCurrency" text not null references currency,
  "ExchangeRate" numeric not null, "DocumentReferenceID" text, "AccountingDocumentHeaderText" text, "ReverseDocument" text,
  "ReverseDocumentFiscalYear" text, "ReversalReason" text, "IsReversal" boolean not null default false, "IsReversed" boolean not null default false,
  "ReferenceDocumentType" text not null, "OriginalReferenceDocument" text not null, "AccountingDocCreatedByUser" text not null,
  created timestamptz(6) not null, primary key (${documentKey}));
create table if not exists accounting_item (
  "CompanyCode" text, "FiscalYear" text, "AccountingDocument" text, "AccountingDocumentItem" text, "FinancialAccountType" text not null,
  "PostingKey" text not null, "Customer" text, "GLAccount" text not null, "AmountInTransactionCurrency" numeric not null,
  "AmountInCompanyCodeCurrency" numeric not null, "BillingDocument" text, "SalesDocument" text, "InvoiceReference" text,
  "InvoiceReferenceFiscalYear" text, "InvoiceItemReference" text, "FollowOnDocumentType" text, "ClearingDate" date,
  "ClearingCreationDate" date, "ClearingAccountingDocument" text, "ClearingDocFiscalYear" text, "ClearingIsReversed" boolean not null default false,
  "DueCalculationBaseDate" date, "PaymentTerms" text, "NetPaymentDays" numeric, "DunningBlockingReason" text, "TaxCode" text, "CostCenter" text,
  "ProfitCenter" text, "AssignmentReference" text, "DocumentItemText" text, "PaymentReference" text, changed timestamptz(6) not null,
  primary key (${documentKey}, "AccountingDocumentItem"), foreign key (${documentKey}) references accounting_document);
create index if not exists accounting_item_changed on accounting_item (changed);
create index if not exists accounting_item_customer on accounting_item ("Customer", "CompanyCode") where "Customer" is not null;
create index if not exists accounting_item_clearing on accounting_item ("ClearingAccountingDocument") where "ClearingAccountingDocument" is not null;
create index if not exists accounting_item_invoice on accounting_item ("InvoiceReference") where "InvoiceReference" is not null;
create index if not exists accounting_item_bill on accounting_item ("BillingDocument") where "BillingDocument" is not null;
`;
