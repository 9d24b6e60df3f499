import { Pool } from 'pg';
import { MODULE, MODULES, SEEDED_VERSIONS } from './model.ts';

const SCHEMA = `
create schema if not exists sandbox_anaplan;
create table if not exists token (value text primary key, refresh_id text not null, expires_at timestamptz not null);
create sequence if not exists item_number start 286000000001;
create table if not exists list_item (
  id text primary key default nextval('item_number')::text,
  list_id text not null, code text not null, name text not null,
  position bigint generated always as identity,
  unique (list_id, code), unique (list_id, name));
create table if not exists time_item (
  id text primary key, name text not null unique, kind text not null, starts_on date not null);
create table if not exists line_item (id text primary key, name text not null unique, position integer not null);
alter table line_item add column if not exists module_id text not null default '${MODULE.id}';
create sequence if not exists version_number start 107000000004;
create table if not exists version_item (
  id text primary key default nextval('version_number')::text,
  name text not null unique, is_actual boolean not null default false, is_current boolean not null default false,
  position bigint generated always as identity);
create table if not exists cell (
  legal_entity text not null references list_item on delete cascade,
  currency text not null references list_item on delete cascade,
  period text not null references time_item,
  line_item text not null references line_item,
  value numeric not null);
-- Cells of a module without versions have none. A state of before there were versions is taken over.
alter table cell add column if not exists version text references version_item on delete cascade;
alter table cell drop constraint if exists cell_pkey;
create unique index if not exists cell_place on cell (version, legal_entity, currency, period, line_item) nulls not distinct;
create table if not exists file (id text primary key, chunk_count integer not null default 0);
create table if not exists chunk (file_id text not null, number integer not null, content bytea not null, primary key (file_id, number));
create table if not exists task (
  id text primary key, action_id text not null, state text not null, progress numeric not null default 0,
  current_step text not null default '', created_at timestamptz not null, result jsonb,
  position bigint generated always as identity);
create table if not exists dump (
  task_id text not null, object_id text not null, content text not null, created_at timestamptz not null,
  primary key (task_id, object_id));
create table if not exists read_request (id text primary key, view_id text not null, pages text[] not null);`;

/** The vendor's time scale: calendar months and fiscal years that begin in January. */
const TIMESCALE = `
insert into time_item (id, name, kind, starts_on)
select (201000000000 + extract(year from day)::int * 12 + extract(month from day)::int)::text, to_char(day, 'Mon YY'), 'MONTH', day::date
from generate_series(make_date($1, 1, 1), make_date($2, 12, 1), interval '1 month') day
union all
select (202000000000 + year)::text, 'FY' || lpad((year % 100)::text, 2, '0'), 'YEAR', make_date(year, 1, 1)
from generate_series($1::int, $2::int) year
on conflict do nothing`;

const seededLineItems = ({ id: moduleId, lineItems }: (typeof MODULES)[number]): unknown[] =>
  lineItems.map(({ id, name }, position) => ({ id, name, position, moduleId }));

/** First and last year of the calendar. */
export interface Years {
  readonly first: number;
  readonly last: number;
}

/** Opens the sandbox's own schema, creating and seeding what is missing; an existing state is kept. */
export async function openSchema(databaseUrl: string, years: Years): Promise<Pool> {
  const pool = new Pool({ connectionString: databaseUrl, max: 8, options: '-c search_path=sandbox_anaplan' });
  // Without a listener an idle connection that the server closes would end the process; the next query opens another.
  pool.on('error', () => undefined);
  // Two sandboxes may start on one database at once: DDL and seed behind one lock.
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select pg_advisory_xact_lock(hashtext('sandbox_anaplan'))`);
    await client.query(SCHEMA);
    await client.query(TIMESCALE, [years.first, years.last]);
    await client.query(
      `insert into line_item (id, name, position, module_id)
       select id, name, position, "moduleId" from jsonb_to_recordset($1::jsonb)
         as t (id text, name text, position int, "moduleId" text)
       on conflict do nothing`,
      [JSON.stringify(MODULES.flatMap(seededLineItems))],
    );
    // Only a model without versions is new: one that somebody deleted does not come back.
    await client.query(
      `insert into version_item (id, name, is_actual, is_current)
       select id, name, "isActual", "isCurrent" from jsonb_to_recordset($1::jsonb)
         as t (id text, name text, "isActual" boolean, "isCurrent" boolean)
       where not exists (select 1 from version_item)`,
      [JSON.stringify(SEEDED_VERSIONS)],
    );
    await client.query(`update task set state = 'CANCELLED' where state not in ('COMPLETE', 'CANCELLED')`);
    await client.query('commit');
  } catch (error) {
    client.release(true);
    await pool.end();
    throw error;
  }
  client.release();
  return pool;
}
