import type { Pool } from 'pg';

/** Everything the account holds. Amounts are numeric; sums are computed here and never in the program. */
const tables = `
create table if not exists currency (
  id bigint generated always as identity primary key, externalid text unique, name text not null, symbol text not null unique,
  currencyprecision int not null default 2, exchangerate numeric not null default 1, isinactive boolean not null default false,
  createddate timestamptz not null, lastmodifieddate timestamptz not null);
create table if not exists subsidiary (
  id bigint generated always as identity primary key, externalid text unique, name text not null unique, legalname text,
  parent bigint references subsidiary, currency bigint not null references currency, country text,
  isinactive boolean not null default false, createddate timestamptz not null, lastmodifieddate timestamptz not null);
create table if not exists term (
  id bigint generated always as identity primary key, externalid text unique, name text not null unique, daysuntilnetdue int);
create table if not exists item (
  id bigint generated always as identity primary key, externalid text unique, itemid text not null unique, displayname text,
  isinactive boolean not null default false, createddate timestamptz not null, lastmodifieddate timestamptz not null);
create table if not exists customer (
  id bigint generated always as identity primary key, externalid text unique, entityid text not null unique,
  companyname text not null, legalname text, subsidiary bigint not null references subsidiary,
  currency bigint not null references currency, email text, phone text, vatregnumber text, comments text,
  creditlimit numeric, creditholdoverride text not null default 'AUTO', terms bigint references term,
  isinactive boolean not null default false, createddate timestamptz not null, lastmodifieddate timestamptz not null);
create table if not exists customeraddress (
  nkey bigint generated always as identity primary key, customer bigint not null references customer on delete cascade,
  label text, defaultbilling boolean not null default false, defaultshipping boolean not null default false,
  addr1 text, addr2 text, city text, state text, zip text, country text);
create index if not exists customeraddress_customer on customeraddress (customer);
create sequence if not exists document_number;
create table if not exists transaction (
  id bigint generated always as identity primary key, type text not null, externalid text, tranid text not null,
  trandate date not null, duedate date, entity bigint not null references customer, subsidiary bigint not null references subsidiary,
  currency bigint not null references currency, exchangerate numeric not null default 1, memo text, terms bigint references term,
  paymentmethod text, payment numeric, custbody_disputed boolean not null default false, voided boolean not null default false,
  taxtotal numeric not null default 0, foreigntotal numeric not null default 0, applied numeric not null default 0,
  remaining numeric generated always as (foreigntotal - applied) stored,
  createddate timestamptz not null, lastmodifieddate timestamptz not null, unique (type, externalid));
create index if not exists transaction_changed on transaction (type, lastmodifieddate, id);
create index if not exists transaction_entity on transaction (entity);
create table if not exists transactionline (
  transaction bigint not null references transaction on delete cascade, line int not null, item bigint references item,
  quantity numeric, rate numeric, amount numeric not null, tax numeric not null default 0, memo text,
  primary key (transaction, line));
create table if not exists transactionlink (
  previousdoc bigint not null references transaction, nextdoc bigint not null references transaction on delete cascade,
  foreignamount numeric not null, primary key (nextdoc, previousdoc));
create index if not exists transactionlink_previous on transactionlink (previousdoc);
alter table transaction add column if not exists custbody_contract text, add column if not exists otherrefnum text,
  add column if not exists createdfrom bigint references transaction, add column if not exists orderstatus text,
  add column if not exists lastline int not null default 0;
create index if not exists transaction_createdfrom on transaction (createdfrom) where createdfrom is not null;
alter table transactionline add column if not exists seq int not null default 0, add column if not exists isclosed boolean not null default false,
  add column if not exists custcol_billing_id text, add column if not exists custcol_bill_on date;
create table if not exists orderlink (
  previousdoc bigint not null, previousline int not null, nextdoc bigint not null, nextline int not null,
  quantity numeric not null, foreignamount numeric not null, primary key (nextdoc, nextline),
  foreign key (previousdoc, previousline) references transactionline,
  foreign key (nextdoc, nextline) references transactionline on delete cascade);
create index if not exists orderlink_previous on orderlink (previousdoc, previousline);
update transactionline set seq = line where seq = 0;
update transaction t set lastline = l.line from (select transaction, max(line) as line from transactionline group by transaction) l
  where l.transaction = t.id and t.lastline < l.line;
create table if not exists deletedrecord (
  recordid bigint not null, recordtypeid text not null, type text not null, name text, deleteddate timestamptz not null);
create index if not exists deletedrecord_date on deletedrecord (deleteddate);
`;

/** SuiteQL's TO_DATE: format models agree, but a time zone may not creep in on the way. */
const functions = `
create or replace function ns_to_date(value text, format text) returns timestamp language sql stable set timezone to 'UTC'
  as $$ select to_timestamp(value, format)::timestamp $$;
create or replace function ns_to_number(value anyelement) returns numeric language sql immutable as $$ select value::text::numeric $$;
`;

/** What is left to bill of order lines. A line counts as billed by quantity: one that was billed at another price is billed. */
const orders = `
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
const views = `
do $$ declare name text; begin
  for name in select table_name from information_schema.views where table_schema = current_schema() and table_name like 'q\\_%'
  loop execute format('drop view if exists %I cascade', name); end loop; end $$;
create or replace view q_currency as select id, externalid, name, symbol, currencyprecision, exchangerate,
  case when isinactive then 'T' else 'F' end as isinactive, lastmodifieddate::timestamp as lastmodifieddate from currency;
create or replace view q_subsidiary as select s.id, s.externalid, s.name, s.name as fullname, s.legalname, s.parent,
  p.name as parent__df, s.currency, c.name as currency__df, s.country, case when s.isinactive then 'T' else 'F' end as isinactive,
  s.lastmodifieddate::timestamp as lastmodifieddate
  from subsidiary s join currency c on c.id = s.currency left join subsidiary p on p.id = s.parent;
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
    when t.voided then 'Voided' when t.type = 'CustPymt' then 'Deposited' when t.remaining > 0 then 'Open'
    when t.type = 'CustInvc' then 'Paid In Full' else 'Fully Applied' end as status__df,
  case when t.custbody_disputed then 'T' else 'F' end as custbody_disputed, t.custbody_contract,
  t.createddate::timestamp as createddate, t.lastmodifieddate::timestamp as lastmodifieddate
  from transaction t join customer e on e.id = t.entity join currency c on c.id = t.currency
  join (values ('CustInvc', 'Invoice', 'invoice'), ('CustPymt', 'Payment', 'customerPayment'), ('CustCred', 'Credit Memo', 'creditMemo'),
    ('SalesOrd', 'Sales Order', 'salesOrder')) n (code, type, record) on n.code = t.type
  cross join lateral (select case when t.type = 'SalesOrd' then ${orderStatus} when t.voided then 'V'
    when t.type = 'CustPymt' then 'C' when t.remaining = 0 then 'B' else 'A' end as letter) s;
create or replace view q_transactionline as
  select t.id as transaction, x.id, x.seq as linesequencenumber, x.mainline, x.taxline, t.subsidiary, s.name as subsidiary__df, x.item, x.item__df,
    x.quantity * f.sign as quantity, case when t.type = 'SalesOrd' then x.quantitybilled end as quantitybilled, x.rate,
    x.amount * f.sign as foreignamount, round(x.amount * f.sign * t.exchangerate, 2) as netamount, x.memo, t.createdfrom,
    o.tranid as createdfrom__df, x.isclosed, x.custcol_billing_id, x.custcol_bill_on
  from transaction t join subsidiary s on s.id = t.subsidiary left join transaction o on o.id = t.createdfrom
  cross join lateral (select case when t.type = 'CustCred' then 1 else -1 end as sign) f
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

const seed = `
insert into currency (name, symbol, createddate, lastmodifieddate)
  select v.name, v.symbol, $1::timestamptz, $1::timestamptz
  from (values (1, 'USD', 'USD'), (2, 'British Pound', 'GBP'), (3, 'Canadian Dollar', 'CAD'), (4, 'Euro', 'EUR')) as v(n, name, symbol)
  where not exists (select 1 from currency) order by n`;
const seedSubsidiary = `
insert into subsidiary (name, currency, country, createddate, lastmodifieddate)
  select 'Parent Company', (select id from currency where symbol = 'USD'), 'US', $1::timestamptz, $1::timestamptz
  where not exists (select 1 from subsidiary)`;
const seedTerms = `
insert into term (name, daysuntilnetdue) select 'Net ' || d, d from unnest(array[15, 30, 60]) d where not exists (select 1 from term)`;
const seedItem = `
insert into item (itemid, displayname, createddate, lastmodifieddate)
  select 'Services', 'Services', $1::timestamptz, $1::timestamptz where not exists (select 1 from item)`;

export const schemaName = 'sandbox_netsuite';

/** Creates what is missing and leaves what is there: an account survives a restart of its sandbox. */
export async function createAccount(pool: Pool, now: Date): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtext('${schemaName}'))`);
    await client.query(`create schema if not exists ${schemaName}`);
    await client.query(tables + functions + orders + views);
    for (const statement of [seed, seedSubsidiary, seedItem]) await client.query(statement, [now]);
    await client.query(seedTerms);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
