/**
 * Master data. Columns bear the names of the OData properties, so that a service can publish a table as it is. Amounts are
 * numeric and are never computed in the program.
 */
export const masterTables = `
create table if not exists currency ("Currency" text primary key, decimals int not null);
create table if not exists company_code (
  "CompanyCode" text primary key, "CompanyCodeName" text not null, "CityName" text, "Country" text not null,
  "Currency" text not null references currency, "Language" text not null default 'EN', "ChartOfAccounts" text not null default 'YCOA',
  "FiscalYearVariant" text not null default 'K4', "ControllingArea" text not null default 'A000', "VATRegistration" text);
create table if not exists sales_area (
  "SalesOrganization" text, "DistributionChannel" text, "Division" text, "CompanyCode" text not null references company_code,
  primary key ("SalesOrganization", "DistributionChannel", "Division"));
create table if not exists tax_rate ("Country" text primary key, "TaxCode" text not null, percent numeric not null);
create table if not exists payment_terms ("PaymentTerms" text primary key, days int not null);
create table if not exists gl_account (
  "ChartOfAccounts" text not null default 'YCOA', "GLAccount" text, name text not null, "GLAccountType" text not null,
  "GLAccountGroup" text not null, "IsBalanceSheetAccount" boolean not null, "AccountIsBlockedForPosting" boolean not null default false,
  "CreationDate" date not null, "LastChangeDateTime" timestamptz, primary key ("ChartOfAccounts", "GLAccount"));
create table if not exists material (
  "Material" text primary key, name text not null, "BaseUnit" text not null default 'EA', "MaterialGroup" text not null default 'P001',
  "ProfitCenter" text, blocked boolean not null default false);
create table if not exists number_range (object text, sub text, last bigint not null, primary key (object, sub));
create table if not exists exchange_rate (
  "ExchangeRateType" text not null default 'M', "SourceCurrency" text references currency, "TargetCurrency" text references currency,
  "ValidityStartDate" date, "ExchangeRate" numeric(9,5) not null check ("ExchangeRate" <> 0),
  "NumberOfSourceCurrencyUnits" int not null default 1, "NumberOfTargetCurrencyUnits" int not null default 1,
  primary key ("ExchangeRateType", "SourceCurrency", "TargetCurrency", "ValidityStartDate"));
create table if not exists closed_period (
  "CompanyCode" text references company_code, "FiscalYear" int, "FiscalPeriod" int, "FinancialAccountType" text,
  primary key ("CompanyCode", "FiscalYear", "FiscalPeriod", "FinancialAccountType"));
create table if not exists profit_center (
  "ControllingArea" text not null default 'A000', "ProfitCenter" text, "ValidityEndDate" date, "ValidityStartDate" date not null,
  "CompanyCode" text, name text not null, "ProfitCtrResponsiblePersonName" text, "Department" text,
  "ProfitCenterStandardHierarchy" text, "Segment" text, "ProfitCenterIsBlocked" text not null default '',
  "Language" text not null default 'EN', "ProfitCenterCreatedByUser" text not null, "ProfitCenterCreationDate" date not null,
  primary key ("ControllingArea", "ProfitCenter", "ValidityEndDate"));
create table if not exists cost_center (
  "ControllingArea" text not null default 'A000', "CostCenter" text, "ValidityEndDate" date, "ValidityStartDate" date not null,
  "CompanyCode" text not null references company_code, name text not null, "CostCtrResponsiblePersonName" text, "Department" text,
  "CostCenterCurrency" text not null, "ProfitCenter" text, "CostCenterStandardHierArea" text, "CostCenterCategory" text not null default '1',
  "IsBlkdForPrimaryCostsPosting" text not null default '', "Language" text not null default 'EN',
  "CostCenterCreatedByUser" text not null, "CostCenterCreationDate" date not null,
  primary key ("ControllingArea", "CostCenter", "ValidityEndDate"));
create table if not exists hierarchy_node (
  "HierarchyType" text, "ControllingArea" text not null default 'A000', "HierarchyNode" text, "HierarchyNodeText" text not null,
  "ParentNode" text, primary key ("HierarchyType", "ControllingArea", "HierarchyNode"));
`;

export const partnerTables = `
create table if not exists business_partner (
  "BusinessPartner" text primary key, "BusinessPartnerCategory" text not null, "BusinessPartnerGrouping" text not null,
  "BusinessPartnerUUID" uuid not null default gen_random_uuid(), "CorrespondenceLanguage" text,
  "OrganizationBPName1" text not null, "OrganizationBPName2" text, "OrganizationBPName3" text, "OrganizationBPName4" text,
  "SearchTerm1" text, "SearchTerm2" text, "BusinessPartnerIsBlocked" boolean not null default false,
  "BusinessPartnerIDByExtSystem" text, "IsMarkedForArchiving" boolean not null default false,
  "CreatedByUser" text not null, "CreationDate" date not null, "CreationTime" time(0) not null,
  "LastChangedByUser" text, "LastChangeDate" date, "LastChangeTime" time(0), changes int not null default 0);
create index if not exists business_partner_external on business_partner ("BusinessPartnerIDByExtSystem");
create index if not exists business_partner_changed on business_partner ("LastChangeDate");
create table if not exists partner_address (
  "BusinessPartner" text references business_partner, "AddressID" text, "AddressUUID" uuid not null default gen_random_uuid(),
  "CityName" text, "Country" text not null, "District" text, "HouseNumber" text, "Language" text, "POBox" text, "PostalCode" text,
  "Region" text, "StreetName" text, "StreetPrefixName" text, "StreetSuffixName" text,
  "ValidityStartDate" timestamptz not null, primary key ("BusinessPartner", "AddressID"));
create table if not exists partner_role (
  "BusinessPartner" text references business_partner, "BusinessPartnerRole" text, "ValidFrom" timestamptz not null,
  primary key ("BusinessPartner", "BusinessPartnerRole"));
create table if not exists partner_tax_number (
  "BusinessPartner" text references business_partner, "BPTaxType" text, "BPTaxNumber" text, "BPTaxLongNumber" text,
  primary key ("BusinessPartner", "BPTaxType"));
create table if not exists customer (
  "Customer" text primary key references business_partner, "BillingIsBlockedForCustomer" text, "CustomerAccountGroup" text not null default 'CUST',
  "CustomerClassification" text, "DeliveryIsBlocked" text, "OrderIsBlockedForCustomer" text, "PostingIsBlocked" boolean not null default false,
  "DeletionIndicator" boolean not null default false, "CreatedByUser" text not null, "CreationDate" date not null,
  credit_blocked boolean not null default false);
create table if not exists customer_company (
  "Customer" text references customer, "CompanyCode" text references company_code, "ReconciliationAccount" text not null,
  "PaymentTerms" text, "PaymentMethodsList" text, "PaymentBlockingReason" text, "AccountByCustomer" text, "AlternativePayerAccount" text,
  "CustomerAccountNote" text, "DeletionIndicator" boolean not null default false, primary key ("Customer", "CompanyCode"));
create table if not exists customer_sales_area (
  "Customer" text references customer, "SalesOrganization" text, "DistributionChannel" text, "Division" text,
  "Currency" text not null references currency, "CustomerPaymentTerms" text not null references payment_terms, "CustomerPricingProcedure" text,
  "CustomerGroup" text, "CustomerAccountAssignmentGroup" text, "PriceListType" text, "IncotermsClassification" text, "ShippingCondition" text,
  "DeliveryPriority" text, "SupplyingPlant" text, "OrderIsBlockedForCustomer" text, "BillingIsBlockedForCustomer" text,
  "DeletionIndicator" boolean not null default false,
  primary key ("Customer", "SalesOrganization", "DistributionChannel", "Division"),
  foreign key ("SalesOrganization", "DistributionChannel", "Division") references sales_area);
`;
