import type { Pool } from 'pg';
import { ledgerFunctions, ledgerTables, ledgerViews } from './ledger-schema.store.ts';
import { orders, views } from './schema-views.store.ts';

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
create table if not exists asyncjob (
  id bigint generated always as identity primary key, idempotencykey text unique, createddate timestamptz not null, result jsonb);
create index if not exists deletedrecord_date on deletedrecord (deleteddate);
`;

/** SuiteQL's TO_DATE: format models agree, but a time zone may not creep in on the way. */
const functions = `
create or replace function ns_to_date(value text, format text) returns timestamp language sql stable set timezone to 'UTC'
  as $$ select to_timestamp(value, format)::timestamp $$;
create or replace function ns_to_number(value anyelement) returns numeric language sql immutable as $$ select value::text::numeric $$;
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
    await client.query(tables + ledgerTables + functions + ledgerFunctions + orders + views + ledgerViews);
    for (const statement of [seed, seedSubsidiary, seedItem]) await client.query(statement, [now]);
    await client.query(seedTerms);
    const year = now.getUTCFullYear();
    for (const near of [year - 1, year, year + 1]) await client.query('select ns_open_year($1, $2)', [near, now]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
