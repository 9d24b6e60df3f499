import type { Pool, PoolClient } from 'pg';
import { ACCOUNT_FIELDS, type AccountValues } from './account-fields.ts';
import { SalesforceFault } from './errors.ts';
import { accountId, withChecksum } from './record-id.ts';
import type { CompiledQuery } from './soql-sql.ts';

export const SANDBOX_SCHEMA = 'sandbox_salesforce';
export type Row = Readonly<Record<string, unknown>>;
type Queryable = Pool | PoolClient;

/** The running user, which owns every record created through the API. */
export const USER_ID = withChecksum('0055g0000000001');

/** Stamps have one-second resolution, as Salesforce's: two changes within a second cannot be told apart by them. */
const DDL = `
create schema if not exists ${SANDBOX_SCHEMA};
create sequence if not exists ${SANDBOX_SCHEMA}.account_number_seq;
create table if not exists ${SANDBOX_SCHEMA}.account (
  id text primary key,
  name text not null, account_number text, type text,
  billing_street text, billing_city text, billing_state text, billing_postalcode text, billing_country text,
  shipping_street text, shipping_city text, shipping_state text, shipping_postalcode text, shipping_country text,
  currency_iso_code text not null, tax_id text, payment_terms text, external_id text,
  parent_id text references ${SANDBOX_SCHEMA}.account, owner_id text not null,
  is_deleted boolean not null default false,
  created_date timestamptz(0) not null, last_modified_date timestamptz(0) not null, system_modstamp timestamptz(0) not null
);
create index if not exists account_modstamp on ${SANDBOX_SCHEMA}.account (system_modstamp, id collate "C");
create index if not exists account_external_id on ${SANDBOX_SCHEMA}.account (external_id);
`;

/** Creates the sandbox's schema; idempotent, so a sandbox keeps its records over a restart. */
export async function createTables(pool: Pool): Promise<void> {
  await pool.query(DDL);
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

/** Whole second that contains `now`, as stamps are stored. */
const second = (now: Date): Date => new Date(Math.floor(now.getTime() / 1000) * 1000);

function translate(error: unknown): never {
  if ((error as { code?: string }).code === '23503')
    throw new SalesforceFault(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', ['ParentId']);
  throw error;
}

export async function insertAccount(tx: Queryable, values: AccountValues, now: Date): Promise<string> {
  const { rows } = await tx.query<{ n: string }>(`select nextval('account_number_seq') as n`);
  const id = accountId(BigInt(rows[0]!.n));
  const defaults = { CurrencyIsoCode: 'USD', OwnerId: USER_ID };
  const given = Object.entries({ ...defaults, ...values }).map(
    ([name, value]) => [ACCOUNT_FIELDS[name]!.column, value] as const,
  );
  const stamps = ['created_date', 'last_modified_date', 'system_modstamp'].map(
    (column) => [column, second(now)] as const,
  );
  const cells: (readonly [string, unknown])[] = [['id', id], ...given, ...stamps];
  const columns = cells.map(([column]) => column).join(', ');
  const placeholders = cells.map((_, i) => `$${i + 1}`).join(', ');
  await tx
    .query(
      `insert into account (${columns}) values (${placeholders})`,
      cells.map(([, value]) => value),
    )
    .catch(translate);
  return id;
}

/** Every write moves the stamps, also one that changes no value: that is what Salesforce does. */
export async function updateAccount(tx: Queryable, id: string, values: AccountValues, now: Date): Promise<void> {
  const names = Object.keys(values);
  const assignments = names.map((name, i) => `${ACCOUNT_FIELDS[name]!.column} = $${i + 3}`);
  const set = [...assignments, 'last_modified_date = $2', 'system_modstamp = $2'].join(', ');
  const parameters = [id, second(now), ...names.map((name) => values[name])];
  const result = await tx
    .query(`update account set ${set} where id = $1 and not is_deleted`, parameters)
    .catch(translate);
  if (result.rowCount === 0) await refuseMissing(tx, id);
}

export async function deleteAccount(tx: Queryable, id: string, now: Date): Promise<void> {
  const result = await tx.query(
    'update account set is_deleted = true, last_modified_date = $2, system_modstamp = $2 where id = $1 and not is_deleted',
    [id, second(now)],
  );
  if (result.rowCount === 0) await refuseMissing(tx, id);
}

async function refuseMissing(tx: Queryable, id: string): Promise<never> {
  const { rowCount } = await tx.query('select 1 from account where id = $1', [id]);
  if (rowCount) throw new SalesforceFault(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  throw new SalesforceFault(404, 'NOT_FOUND', 'The requested resource does not exist');
}

export async function readAccount(tx: Queryable, id: string): Promise<Row> {
  const { rows } = await tx.query<Row>('select * from account where id = $1', [id]);
  if (rows[0] === undefined || rows[0]['is_deleted']) return refuseMissing(tx, id);
  return rows[0];
}

/** Ids of the live records with this external id. With `lock`, no other upsert of the same value can slip in between. */
export async function findByExternalId(tx: Queryable, field: string, value: string, lock: boolean): Promise<string[]> {
  if (lock)
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${field}=${value.toLowerCase()}`]);
  const { rows } = await tx.query<{ id: string }>(
    `select id from account where lower(${ACCOUNT_FIELDS[field]!.column}) = lower($1) and not is_deleted order by id`,
    [value],
  );
  return rows.map(({ id }) => id);
}

export async function runQuery(pool: Pool, query: CompiledQuery): Promise<Row[]> {
  return (await pool.query<Row>(query.text, [...query.parameters])).rows;
}
