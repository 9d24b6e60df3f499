import { fullName } from './ledger-schema.store.ts';

/** What is left to bill of order lines. A line counts as billed by quantity: one that was billed at another price is billed. */
export const orders = `
create or replace view openline as select l.transaction, l.line, l.seq, l.item, l.rate, l.memo, l.isclosed, l.custcol_billing_id, l.custcol_bill_on,
  l.quantity, l.amount, l.tax, b.quantity as billed, l.quantity - b.quantity as quantityleft, l.amount - b.amount as amountleft, l.tax - b.tax as taxleft
  from transactionline l cross join lateral (
    select coalesce(sum(k.quantity), 0) as quantity, coalesce(sum(k.foreignamount), 0) as amount, coalesce(sum(n.tax), 0) as tax
    from orderlink k join transactionline n on n.transaction = k.nextdoc and n.line = k.nextline
    where k.previousdoc = l.transaction and k.previousline = l.line) b;
`;

const unbilled = (more: string): string =>
  `exists (select 1 from openline b where b.transaction = t.id and b.quantityleft <> 0${more})`;
/** The letter of an order. Services wait for nothing but their bill, so B, D and E do not occur. */
const orderStatus = `case when t.orderstatus in ('A', 'C') then t.orderstatus when ${unbilled(' and not b.isclosed')} then 'F'
  when ${unbilled('')} then 'H' else 'G' end`;

/**
 * What SuiteQL sees, under NetSuite's column names. A column ending in \`__df\` is the display text for BUILTIN.DF.
 * Booleans are 'T'/'F', timestamps are in the account's time zone (the session's), sales lines carry a negative sign.
 */
export const views = `
do $$ declare name text; begin
  for name in select table_name from information_schema.views where table_schema = current_schema() and table_name like 'q\\_%'
  loop execute format('drop view if exists %I cascade', name); end loop; end $$;
create or replace view q_currency as select id, externalid, name, symbol, currencyprecision, exchangerate,
  case when isinactive then 'T' else 'F' end as isinactive, lastmodifieddate::timestamp as lastmodifieddate from currency;
create or replace view q_subsidiary as select x.id, x.externalid, x.name, ${fullName('subsidiary')} as fullname, x.legalname, x.parent,
  p.name as parent__df, x.currency, c.name as currency__df, x.country, case when x.isinactive then 'T' else 'F' end as isinactive,
  x.lastmodifieddate::timestamp as lastmodifieddate
  from subsidiary x join currency c on c.id = x.currency left join subsidiary p on p.id = x.parent;
create or replace view q_term as select id, name, daysuntilnetdue from term;
create or replace view q_item as select id, externalid, itemid, displayname,
  case when isinactive then 'T' else 'F' end as isinactive, lastmodifieddate::timestamp as lastmodifieddate from item;
create or replace view q_customer as select c.id, c.externalid, c.entityid, c.companyname, c.companyname as altname,
  c.legalname, c.subsidiary, s.name as subsidiary__df, c.currency, y.name as currency__df, c.email, c.phone, c.vatregnumber,
  c.comments, c.creditlimit, c.creditholdoverride, c.terms, t.name as terms__df,
  case when c.isinactive then 'T' else 'F' end as isinactive,
  (select coalesce(sum(case x.type when 'CustInvc' then x.remaining when 'SalesOrd' then 0 else -x.remaining end), 0) from transaction x where x.entity = c.id)
    as balancesearch,
  c.createddate::timestamp as datecreated, c.lastmodifieddate::timestamp as lastmodifieddate
  from customer c join subsidiary s on s.id = c.subsidiary join currency y on y.id = c.currency left join term t on t.id = c.terms;
create or replace view q_customeraddressbook as select nkey as internalid, nkey as addressbookaddress, customer as entity, label,
  case when defaultbilling then 'T' else 'F' end as defaultbilling, case when defaultshipping then 'T' else 'F' end as defaultshipping
  from customeraddress;
create or replace view q_customeraddressbookentityaddress as
  select nkey, addr1, addr2, city, state, zip, country from customeraddress;
create or replace view q_transaction as select t.id, t.type, n.type as type__df, lower(n.record) as recordtype,
  t.externalid, t.tranid, t.trandate, t.duedate, t.entity, e.entityid as entity__df, t.currency, c.name as currency__df, t.exchangerate,
  t.memo, t.otherrefnum, t.terms, t.paymentmethod, t.foreigntotal, t.taxtotal as foreigntaxtotal,
  case when t.type = 'CustInvc' then t.applied end as foreignamountpaid,
  case when t.type = 'CustInvc' then t.remaining end as foreignamountunpaid,
  case when t.type in ('CustPymt', 'CustCred') then t.applied end as foreignpaymentamountused,
  case when t.type in ('CustPymt', 'CustCred') then t.remaining end as foreignpaymentamountunused,
  case when t.voided then 'T' else 'F' end as voided, case when t.type = 'SalesOrd' then 'F' else 'T' end as posting,
  s.letter as status, n.type || ' : ' || case when t.type = 'SalesOrd' then case s.letter when 'A' then 'Pending Approval' when 'C' then 'Cancelled'
      when 'F' then 'Pending Billing' when 'G' then 'Billed' else 'Closed' end
    when t.voided then 'Voided' when t.type in ('CustPymt', 'CustRfnd') then 'Deposited' when t.remaining > 0 then 'Open'
    when t.type = 'CustInvc' then 'Paid In Full' else 'Fully Applied' end as status__df,
  t.postingperiod, pp.periodname as postingperiod__df,
  case when t.custbody_disputed then 'T' else 'F' end as custbody_disputed, t.custbody_contract,
  t.createddate::timestamp as createddate, t.lastmodifieddate::timestamp as lastmodifieddate
  from transaction t join customer e on e.id = t.entity join currency c on c.id = t.currency
  left join accountingperiod pp on pp.id = t.postingperiod
  join (values ('CustInvc', 'Invoice', 'invoice'), ('CustPymt', 'Payment', 'customerPayment'), ('CustCred', 'Credit Memo', 'creditMemo'),
    ('CustRfnd', 'Customer Refund', 'customerRefund'),
    ('SalesOrd', 'Sales Order', 'salesOrder')) n (code, type, record) on n.code = t.type
  cross join lateral (select case when t.type = 'SalesOrd' then ${orderStatus} when t.voided then 'V'
    when t.type in ('CustPymt', 'CustRfnd') then 'C' when t.remaining = 0 then 'B' else 'A' end as letter) s;
create or replace view q_transactionline as
  select t.id as transaction, x.id, x.seq as linesequencenumber, x.mainline, x.taxline, t.subsidiary, s.name as subsidiary__df, x.item, x.item__df,
    x.quantity * f.sign as quantity, case when t.type = 'SalesOrd' then x.quantitybilled end as quantitybilled, x.rate,
    x.amount * f.sign as foreignamount, round(x.amount * f.sign * t.exchangerate, 2) as netamount, x.memo, t.createdfrom,
    o.tranid as createdfrom__df, t.department, d.name as department__df,
    t.class, g.name as class__df, x.isclosed, x.custcol_billing_id, x.custcol_bill_on
  from transaction t join subsidiary s on s.id = t.subsidiary left join transaction o on o.id = t.createdfrom
  left join department d on d.id = t.department left join classification g on g.id = t.class
  cross join lateral (select case when t.type in ('CustCred', 'CustRfnd') then 1 else -1 end as sign) f
  cross join lateral (
    select 0 as id, 0 as seq, 'T'::text as mainline, 'F'::text as taxline, null::bigint as item, null::text as item__df, null::numeric as quantity,
      null::numeric as quantitybilled, null::numeric as rate, -t.foreigntotal as amount, t.memo, 'F'::text as isclosed,
      null::text as custcol_billing_id, null::date as custcol_bill_on
    union all
    select l.line, l.seq, 'F', 'F', l.item, i.itemid, l.quantity,
      (select coalesce(sum(k.quantity), 0) from orderlink k where k.previousdoc = l.transaction and k.previousline = l.line),
      l.rate, l.amount, l.memo, case when l.isclosed then 'T' else 'F' end, l.custcol_billing_id, l.custcol_bill_on
    from transactionline l left join item i on i.id = l.item where l.transaction = t.id
    union all
    select 1000000 + l.line, 1000000 + l.seq, 'F', 'T', null, null, null, null, null, l.tax, 'line ' || l.seq, 'F', null, null
    from transactionline l where l.transaction = t.id and l.tax <> 0) x;
create or replace view q_nexttransactionlinelink as
  select l.previousdoc, 0 as previousline, p.type as previoustype, l.nextdoc, 0 as nextline, n.type as nexttype,
    'Payment'::text as linktype, l.foreignamount, n.lastmodifieddate::timestamp as lastmodifieddate
    from transactionlink l join transaction p on p.id = l.previousdoc join transaction n on n.id = l.nextdoc
  union all
  select k.previousdoc, k.previousline, p.type, k.nextdoc, k.nextline, n.type, 'OrdBill', k.foreignamount, n.lastmodifieddate::timestamp
    from orderlink k join transaction p on p.id = k.previousdoc join transaction n on n.id = k.nextdoc;
create or replace view q_previoustransactionlinelink as select * from q_nexttransactionlinelink;
create or replace view q_deletedrecord as select recordid, recordtypeid, type, name, deleteddate::timestamp as deleteddate from deletedrecord;
create or replace view q_dual as select 'X'::text as dummy;
`;
