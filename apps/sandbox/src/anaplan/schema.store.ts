import { Pool } from 'pg';
import { LINE_ITEMS } from './model.ts';

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
create table if not exists cell (
  legal_entity text not null references list_item on delete cascade,
  currency text not null references list_item on delete cascade,
  period text not null references time_item,
  line_item text not null references line_item,
  value numeric not null,
  primary key (legal_entity, currency, period, line_item));
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
      `insert into line_item (id, name, position) select * from unnest($1::text[], $2::text[], $3::int[]) on conflict do nothing`,
      [LINE_ITEMS.map((item) => item.id), LINE_ITEMS.map((item) => item.name), LINE_ITEMS.map((_, index) => index)],
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
