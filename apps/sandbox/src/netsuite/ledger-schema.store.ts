/** Periods, departments, classes and exchange rates of the account, and what SuiteQL sees of them. */
const tree = (table: string): string => `
create table if not exists ${table} (
  id bigint generated always as identity primary key, externalid text unique, name text not null, parent bigint references ${table},
  isinactive boolean not null default false, createddate timestamptz not null, lastmodifieddate timestamptz not null);
create unique index if not exists ${table}_name on ${table} (coalesce(parent, 0), name);
create table if not exists ${table}subsidiary (
  ${table} bigint not null references ${table} on delete cascade, subsidiary bigint not null references subsidiary,
  primary key (${table}, subsidiary));
`;

export const ledgerTables = `
create table if not exists accountingperiod (
  id bigint generated always as identity primary key, externalid text unique, periodname text not null, startdate date not null,
  enddate date not null, parent bigint references accountingperiod, isyear boolean not null default false,
  isquarter boolean not null default false, isadjust boolean not null default false, closed boolean not null default false,
  alllocked boolean not null default false, arlocked boolean not null default false, aplocked boolean not null default false,
  closedondate timestamptz, lastmodifieddate timestamptz not null, unique (startdate, enddate, isadjust));
${tree('department')}${tree('classification')}
create table if not exists currencyrate (
  id bigint generated always as identity primary key, basecurrency bigint not null references currency,
  transactioncurrency bigint not null references currency, effectivedate date not null, exchangerate numeric not null check (exchangerate > 0),
  lastmodifieddate timestamptz not null, unique (basecurrency, transactioncurrency, effectivedate));
alter table transaction add column if not exists postingperiod bigint references accountingperiod,
  add column if not exists department bigint references department, add column if not exists class bigint references classification;
`;

export const ledgerFunctions = `
create or replace function ns_open_year(y int, at timestamptz) returns void language sql as $$
  insert into accountingperiod (periodname, startdate, enddate, isyear, lastmodifieddate)
    values ('FY ' || y, make_date(y, 1, 1), make_date(y, 12, 31), true, at) on conflict do nothing;
  insert into accountingperiod (periodname, startdate, enddate, isquarter, parent, lastmodifieddate)
    select 'Q' || q || ' ' || y, d, (d + interval '3 months - 1 day')::date, true, p.id, at
    from generate_series(1, 4) q cross join lateral (select make_date(y, 3 * q - 2, 1) as d) s join accountingperiod p on p.isyear and p.startdate = make_date(y, 1, 1)
    on conflict do nothing;
  insert into accountingperiod (periodname, startdate, enddate, parent, lastmodifieddate)
    select to_char(d, 'Mon YYYY'), d, (d + interval '1 month - 1 day')::date, p.id, at
    from generate_series(1, 12) m cross join lateral (select make_date(y, m, 1) as d) s
    join accountingperiod p on p.isquarter and d between p.startdate and p.enddate on conflict do nothing;
$$;
create or replace function ns_period_of(day date, at timestamptz) returns bigint language plpgsql as $$
declare answer bigint; begin
  for attempt in 1..2 loop
    select id into answer from accountingperiod where startdate = date_trunc('month', day)::date and not (isyear or isquarter or isadjust);
    exit when answer is not null;
    perform ns_open_year(extract(year from day)::int, at);
  end loop;
  return answer; end $$;
update transaction set postingperiod = ns_period_of(trandate, createddate) where postingperiod is null and type <> 'SalesOrd';
`;

const flag = (column: string): string => `case when ${column} then 'T' else 'F' end`;

/** Names from the root down, as the vendor writes them. */
export const fullName = (table: string): string => `(with recursive up(id, parent, text) as (
    select u.id, u.parent, u.name from ${table} u where u.id = x.id union all
    select p.id, p.parent, p.name || ' : ' || up.text from up join ${table} p on p.id = up.parent)
  select text from up where parent is null)`;

const treeView = (table: string): string => `
create or replace view q_${table} as select x.id, x.externalid, x.name, ${fullName(table)} as fullname, x.parent, p.name as parent__df,
  (select string_agg(s.subsidiary::text, ', ' order by s.subsidiary) from ${table}subsidiary s where s.${table} = x.id) as subsidiary,
  ${flag('x.isinactive')} as isinactive, x.lastmodifieddate::timestamp as lastmodifieddate
  from ${table} x left join ${table} p on p.id = x.parent;
`;

export const ledgerViews = `
create or replace view q_accountingperiod as select x.id, x.periodname, x.startdate, x.enddate, x.parent, p.periodname as parent__df,
  ${flag('x.isyear')} as isyear, ${flag('x.isquarter')} as isquarter, ${flag('x.isadjust')} as isadjust,
  ${flag('not (x.isyear or x.isquarter)')} as isposting, ${flag('x.closed')} as closed, ${flag('x.alllocked')} as alllocked,
  ${flag('x.arlocked')} as arlocked, ${flag('x.aplocked')} as aplocked, 'F'::text as isinactive, x.closedondate::timestamp as closedondate,
  x.lastmodifieddate::timestamp as lastmodifieddate
  from accountingperiod x left join accountingperiod p on p.id = x.parent;
${treeView('department')}${treeView('classification')}
create or replace view q_currencyrate as select r.id, r.basecurrency, b.name as basecurrency__df, r.transactioncurrency,
  t.name as transactioncurrency__df, r.effectivedate, r.exchangerate, r.lastmodifieddate::timestamp as lastmodifieddate
  from currencyrate r join currency b on b.id = r.basecurrency join currency t on t.id = r.transactioncurrency;
`;
