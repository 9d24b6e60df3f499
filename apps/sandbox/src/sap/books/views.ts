/** What the services publish where it is more than a table: a column per OData property, under its name. */
const partnerViews = `
create or replace view v_business_partner as select p.*, c."Customer", null::text as "Supplier",
  n.name as "BusinessPartnerFullName", n.name as "BusinessPartnerName",
  rpad(left(coalesce(p."LastChangedByUser", p."CreatedByUser"), 8), 8, '_')
    || to_char(coalesce(p."LastChangeDate" + p."LastChangeTime", p."CreationDate" + p."CreationTime"), 'YYYYMMDDHH24MISS')
    || lpad((p.changes % 10000)::text, 4, '0') as "ETag"
  from business_partner p left join customer c on c."Customer" = p."BusinessPartner"
  cross join lateral (select left(concat_ws(' ', p."OrganizationBPName1", nullif(p."OrganizationBPName2", '')), 81) as name) n;
create or replace view v_partner_address as select a.*, p."BusinessPartnerFullName" as "FullName",
  timestamptz '9999-12-31 23:59:59+00' as "ValidityEndDate"
  from partner_address a join v_business_partner p on p."BusinessPartner" = a."BusinessPartner";
create or replace view v_partner_role as select r.*, timestamptz '9999-12-31 23:59:59+00' as "ValidTo" from partner_role r;
create or replace view v_customer as select c.*, p."BusinessPartnerFullName" as "CustomerFullName", left(p."BusinessPartnerName", 80) as "CustomerName",
  (select t."BPTaxNumber" from partner_tax_number t where t."BusinessPartner" = c."Customer" and t."BPTaxType" like '__0'
    order by t."BPTaxType" limit 1) as "VATRegistration"
  from customer c join v_business_partner p on p."BusinessPartner" = c."Customer";
`;

/** Net and quantity of an order's item that stand on bills which count. */
const salesViews = `
create or replace view order_item_billed as
  select i."SalesOrder", i."SalesOrderItem", i."NetAmount", i."RequestedQuantity", i."SalesDocumentRjcnReason",
    b.bills, b.net as billed_net, b.quantity as billed_quantity, i."NetAmount" - b.net as net_left, i."RequestedQuantity" - b.quantity as quantity_left,
    i."TaxAmount" - b.tax as tax_left,
    case when b.bills = 0 then 'A' when i."NetAmount" - b.net = 0 then 'C' else 'B' end as billing_status
  from sales_order_item i cross join lateral (
    select count(*) as bills, coalesce(sum(l."NetAmount"), 0) as net, coalesce(sum(l."TaxAmount"), 0) as tax, coalesce(sum(l."BillingQuantity"), 0) as quantity
    from billing_item l join billing_document d on d."BillingDocument" = l."BillingDocument"
    where l."SalesDocument" = i."SalesOrder" and l."SalesDocumentItem" = i."SalesOrderItem"
      and d."SDDocumentCategory" = 'M' and not d."BillingDocumentIsCancelled") b;
create or replace view v_sales_order as select o.*, null::text as "ExternalDocumentID", null::text as "SalesDocApprovalStatus", s.*
  from sales_order o cross join lateral (
    select coalesce(sum(i."NetAmount") filter (where not rejected), 0.00) as "TotalNetAmount",
      case when bool_and(done) then 'C' when bool_or(bills > 0) then 'B' else 'A' end as "OverallSDProcessStatus",
      case when bool_and(billing_status = 'C') then 'C' when bool_or(bills > 0) then 'B' else 'A' end as "OverallOrdReltdBillgStatus",
      case when bool_and(rejected) then 'C' when bool_or(rejected) then 'B' else 'A' end as "OverallSDDocumentRejectionSts",
      '' as "OverallTotalDeliveryStatus"
    from order_item_billed i cross join lateral (select coalesce(i."SalesDocumentRjcnReason", '') <> '' as rejected) r
    cross join lateral (select r.rejected or i.billing_status = 'C' as done) d
    where i."SalesOrder" = o."SalesOrder") s;
create or replace view v_sales_order_item as select i.*, o."TransactionCurrency", b.billing_status as "OrderRelatedBillingStatus",
  case when coalesce(i."SalesDocumentRjcnReason", '') <> '' then 'C' else b.billing_status end as "SDProcessStatus"
  from sales_order_item i join sales_order o on o."SalesOrder" = i."SalesOrder"
  cross join lateral (select billing_status from order_item_billed b
    where b."SalesOrder" = i."SalesOrder" and b."SalesOrderItem" = i."SalesOrderItem") b;
create or replace view v_order_condition as select c.*, o."TransactionCurrency", '' as "ConditionInactiveReason",
  case c."ConditionType" when 'PPR0' then 'C' when 'DRV1' then 'B' else 'A' end as "ConditionCalculationType"
  from order_condition c join sales_order o on o."SalesOrder" = c."SalesOrder";
`;

const billingViews = `
create or replace view v_billing_document as select d.*, d."TotalNetAmount" + d."TaxAmount" as "TotalGrossAmount", d."SoldToParty" as "PayerParty",
  case d."SDDocumentCategory" when 'M' then 'L' when 'O' then 'P' else 'A' end as "BillingDocumentCategory", null::text as "PaymentMethod",
  d."DocumentReferenceID" as "PaymentReference", null::date as "FixedValueDate", p.country as "Country",
  (select "VATRegistration" from v_customer c where c."Customer" = d."SoldToParty") as "VATRegistration",
  'C' as "OverallSDProcessStatus", 'C' as "OverallBillingStatus", case when d."AccountingDocument" is null then 'A' else 'C' end as "AccountingPostingStatus",
  case when d."AccountingDocument" is null then 'A' else 'C' end as "AccountingTransferStatus",
  (select case when i."ClearingAccountingDocument" is not null then 'C'
      when exists (select from accounting_item r where r."InvoiceReference" = i."AccountingDocument" and r."InvoiceReferenceFiscalYear" = i."FiscalYear"
        and r."CompanyCode" = i."CompanyCode" and r."ClearingAccountingDocument" is null and r."FinancialAccountType" = 'D') then 'B' else 'A' end
    from accounting_item i where i."BillingDocument" = d."BillingDocument" and i."FinancialAccountType" = 'D' limit 1) as "InvoiceClearingStatus"
  from billing_document d left join lateral (select max(a."Country") as country from partner_address a where a."BusinessPartner" = d."SoldToParty") p on true;
create or replace view v_billing_item as select i.*, d."TransactionCurrency", i."NetAmount" + i."TaxAmount" as "GrossAmount", d."CreationDate", d."CreationTime",
  case when i."SalesDocument" is not null then 'C' end as "SalesSDDocumentCategory"
  from billing_item i join billing_document d on d."BillingDocument" = i."BillingDocument";
`;

const item = `i.*, d."AccountingDocumentType", d."PostingDate", d."DocumentDate", d."FiscalPeriod", d."TransactionCurrency",
  d."DocumentReferenceID", d."AccountingDocumentHeaderText", d."ReverseDocument", d."ReverseDocumentFiscalYear", d."ReversalReason",
  d."IsReversal", d."IsReversed", d."ReferenceDocumentType", d."OriginalReferenceDocument", d."ExchangeRate", d.created,
  c."Currency" as "CompanyCodeCurrency", c."ChartOfAccounts", c."ControllingArea", c."FiscalYearVariant",
  case when i."AmountInTransactionCurrency" < 0 or (i."AmountInTransactionCurrency" = 0 and i."AmountInCompanyCodeCurrency" < 0)
    then 'H' else 'S' end as "DebitCreditCode"`;

const ledgerViews = `
create or replace view v_accounting_item as select ${item}, i."GLAccount" as "OperationalGLAccount", '' as "AccountingDocumentCategory", case when d."AccountingDocumentType" = 'DZ' then 'T' end as "PaymentMethod",
  i."ClearingAccountingDocument" is not null as "IsCleared", i."DueCalculationBaseDate" + i."NetPaymentDays"::int as "NetDueDate",
  d.created::date as "AccountingDocumentCreationDate", d.created::time(0) as "CreationTime", nullif(i.changed, d.created)::date as "LastChangeDate",
  d."AccountingDocumentType" = 'DZ' as "IsUsedInPaymentTransaction"
  from accounting_item i join accounting_document d using ("CompanyCode", "FiscalYear", "AccountingDocument")
  join company_code c on c."CompanyCode" = i."CompanyCode";
create or replace view v_gl_line_item as select ${item}, i."CompanyCode" || i."FiscalYear" || i."AccountingDocument" || '000' || i."AccountingDocumentItem" || '0L' as "ID",
  '0L' as "SourceLedger", '0L' as "Ledger", '000' || i."AccountingDocumentItem" as "LedgerGLLineItem", d."OriginalReferenceDocument" as "ReferenceDocument",
  b."BillingDocumentType", d.created::date as "CreationDate", d.created as "CreationDateTime", i.changed as "LastChangeDateTime"
  from accounting_item i join accounting_document d using ("CompanyCode", "FiscalYear", "AccountingDocument")
  join company_code c on c."CompanyCode" = i."CompanyCode"
  left join billing_document b on b."BillingDocument" = d."OriginalReferenceDocument" and d."ReferenceDocumentType" = 'VBRK';
`;

const masterViews = `
create or replace view v_gl_account as select g.*, not g."IsBalanceSheetAccount" as "IsProfitLossAccount",
  case when not g."IsBalanceSheetAccount" then 'X' else '' end as "ProfitLossAccountType" from gl_account g;
create or replace view v_cost_center_text as select "ControllingArea", "CostCenter", "ValidityEndDate", "ValidityStartDate", "Language",
  left(name, 20) as "CostCenterName", left(name, 40) as "CostCenterDescription" from cost_center;
create or replace view v_profit_center_text as select "ControllingArea", "ProfitCenter", "ValidityEndDate", "ValidityStartDate", "Language",
  left(name, 20) as "ProfitCenterName", left(name, 40) as "ProfitCenterLongName" from profit_center;
create or replace view v_hierarchy_node as with recursive tree as (
    select n.*, 0 as level from hierarchy_node n where "ParentNode" is null
    union all select n.*, t.level + 1 from hierarchy_node n join tree t
      on t."HierarchyType" = n."HierarchyType" and t."ControllingArea" = n."ControllingArea" and t."HierarchyNode" = n."ParentNode")
  select "HierarchyType", "ControllingArea", "HierarchyNode", "HierarchyNodeText", "ParentNode", level as "HierarchyNodeLevel" from tree;
create or replace view v_posting_period as select c."CompanyCode", y.year::text as "FiscalYear", lpad(m.month::text, 3, '0') as "FiscalPeriod",
  t.type as "FinancialAccountType", c."FiscalYearVariant", make_date(y.year, m.month, 1) as "PeriodStartDate",
  (make_date(y.year, m.month, 1) + interval '1 month - 1 day')::date as "PeriodEndDate",
  not exists (select from closed_period x where x."CompanyCode" = c."CompanyCode" and x."FiscalYear" = y.year and x."FiscalPeriod" = m.month
    and x."FinancialAccountType" in ('+', t.type)) as "PeriodIsOpen"
  from company_code c cross join (select distinct year from (
      select generate_series((select extract(year from min("CreationDate"))::int from gl_account) - 1,
        (select extract(year from min("CreationDate"))::int from gl_account) + 1) as year
      union select "FiscalYear" from closed_period union select "FiscalYear"::int from accounting_document) x) y
  cross join generate_series(1, 12) as m(month) cross join unnest(array['+', 'A', 'D', 'K', 'M', 'S']) as t(type);
`;

/** Views go and come again: one whose columns changed cannot be replaced. */
export const views = `
do $$ declare name text; begin
  for name in select table_name from information_schema.views where table_schema = current_schema()
  loop execute format('drop view if exists %I cascade', name); end loop; end $$;
${partnerViews}${salesViews}${billingViews}${ledgerViews}${masterViews}`;
