import { Pool, types, type PoolClient } from 'pg';
import type { Catalog } from './catalog.ts';
import type { Field, FieldKind, SObject } from './objects/field.ts';

export const SANDBOX_SCHEMA = 'sandbox_salesforce';

export const SQL_TYPES: Readonly<Record<FieldKind, string>> = {
  id: 'text',
  reference: 'text',
  string: 'text',
  picklist: 'text',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamptz(0)',
  currency: 'numeric',
  number: 'numeric',
  percent: 'numeric',
  int: 'integer',
};

const DATE_OID = 1082;

export function openPool(databaseUrl: string): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 10,
    // A sandbox may lose its last second in a crash, so it does not wait for the disk.
    options: `-c search_path=${SANDBOX_SCHEMA} -c synchronous_commit=off`,
    // A date is its text: as a Date it would move with the time zone of this process.
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === DATE_OID ? (text: string) => text : (types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  });
  pool.on('error', () => undefined); // A connection lost while idle is replaced by the next query.
  return pool;
}

const EVENT_TABLES = `
create table if not exists event_schema (id text primary key, json text not null);
create table if not exists change_event (
  seq bigint primary key, entity text, schema_id text, event_id uuid, payload bytea, at timestamptz not null
);
create index if not exists change_event_entity on change_event (entity, seq);
create table if not exists event_clock (seq bigint not null, commit_number bigint not null);
insert into event_clock select 0, 11700000000000 where not exists (select 1 from event_clock);
create table if not exists custom_field (object text, name text, definition jsonb not null, n serial, primary key (object, name));
`;

/** Creates what is missing and leaves what is there: an org survives a restart of its sandbox. */
export async function createOrg(pool: Pool, catalog: Catalog): Promise<void> {
  await transaction(pool, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('${SANDBOX_SCHEMA}'))`);
    await tx.query(`create schema if not exists ${SANDBOX_SCHEMA}`);
    await tx.query(EVENT_TABLES);
    const { rows } = await tx.query<{ object: string; name: string; definition: Field }>(
      'select object, name, definition from custom_field order by n',
    );
    for (const { object, name, definition } of rows) catalog.addField(object, name, definition);
    for (const object of catalog.all()) await tx.query(objectDdl(object));
  });
}

function objectDdl(object: SObject): string {
  const { table } = object;
  const columns = Object.values(object.fields).filter(({ kind }) => kind !== 'id');
  const stored = columns.filter(({ computed }) => computed === undefined);
  return [
    `create sequence if not exists ${table}_number_seq`,
    // Which record's deletion took this one along; an undeletion brings both back.
    `create table if not exists ${table} (id text primary key)`,
    `alter table ${table} add column if not exists deleted_with text`,
    ...[...stored, ...columns.filter(({ computed }) => computed !== undefined)].map((field) => columnDdl(table, field)),
    `create index if not exists ${table}_modstamp on ${table} (system_modstamp, id collate "C")`,
    ...columns
      .filter(({ externalId, cascade }) => externalId === true || cascade !== undefined)
      .map(({ column, externalId }) =>
        externalId === true
          ? `create index if not exists ${table}_lower_${column} on ${table} (lower(${column}))`
          : `create index if not exists ${table}_${column} on ${table} (${column})`,
      ),
  ].join(';\n');
}

export function columnDdl(table: string, { column, kind, computed }: Field): string {
  const generated = computed === undefined ? '' : ` generated always as (${computed}) stored`;
  const initial = kind === 'boolean' && computed === undefined ? ' default false' : '';
  return `alter table ${table} add column if not exists ${column} ${SQL_TYPES[kind]}${initial}${generated}`;
}

/** Runs `work` in a transaction of its own. */
export async function transaction<T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  try {
    await tx.query('begin');
    const result = await work(tx);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback');
    throw error;
  } finally {
    tx.release();
  }
}
