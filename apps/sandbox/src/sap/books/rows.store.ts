import type { Pool, PoolClient } from 'pg';
import type { Announcement, Key, Values, Write } from '../odata/model.ts';

type Scalar = string | boolean | number | null;
export type Columns = Readonly<Record<string, Scalar>>;

/** Rows of our own tables; names are the program's, never a caller's. */
export async function insertRow(tx: PoolClient, table: string, columns: Columns): Promise<void> {
  const names = Object.keys(columns);
  const marks = names.map((_name, n) => `$${n + 1}`);
  const sql = `insert into ${table} (${names.map(quoted).join(', ')}) values (${marks.join(', ')})`;
  await tx.query(sql, Object.values(columns));
}

export async function updateRow(tx: PoolClient, table: string, key: Columns, changes: Columns): Promise<void> {
  const names = Object.keys(changes);
  if (names.length === 0) return;
  const sets = names.map((name, n) => `${quoted(name)} = $${n + 1}`);
  const where = Object.keys(key).map((name, n) => `${quoted(name)} = $${names.length + n + 1}`);
  const sql = `update ${table} set ${sets.join(', ')} where ${where.join(' and ')}`;
  await tx.query(sql, [...Object.values(changes), ...Object.values(key)]);
}

/** The row under a key, locked until the transaction ends. */
export async function lockRow<R extends object>(tx: PoolClient, table: string, key: Columns): Promise<R | null> {
  const where = Object.keys(key).map((name, n) => `${quoted(name)} = $${n + 1}`);
  const { rows } = await tx.query<R>(
    `select * from ${table} where ${where.join(' and ')} for update`,
    Object.values(key),
  );
  return rows[0] ?? null;
}

export async function exists(tx: PoolClient, table: string, key: Columns): Promise<boolean> {
  const where = Object.keys(key).map((name, n) => `${quoted(name)} = $${n + 1}`);
  const { rowCount } = await tx.query(`select from ${table} where ${where.join(' and ')}`, Object.values(key));
  return rowCount !== 0;
}

/** The properties of a body that are columns of its own row. */
export function scalars(values: Values): Columns {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !Array.isArray(value))) as Columns;
}

/** Rows of a deep insert below a navigation. */
export function below(values: Values, navigation: string): readonly Values[] {
  const rows = values[navigation];
  return Array.isArray(rows) ? (rows as readonly Values[]) : [];
}

export function textOf(values: Values | Key, name: string): string | null {
  const value = values[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Fields that SAP keeps in capitals. */
export function inCapitals(columns: Columns, ...names: readonly string[]): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [
      name,
      names.includes(name) && typeof value === 'string' ? value.toUpperCase() : value,
    ]),
  );
}

/** Numbers are padded with zeros inside SAP and shown without: whoever sends them padded means the same. */
export function unpadded(number: string): string {
  return /^\d+$/.test(number) ? number.replace(/^0+(?=\d)/, '') : number;
}

/** The next number of a range; whoever takes one waits for the one before to be committed or given back. */
export async function nextNumber(tx: PoolClient, object: string, sub: string, first: bigint): Promise<string> {
  const sql = `insert into number_range values ($1, $2, $3) on conflict (object, sub) do update set last = number_range.last + 1 returning last::text`;
  const { rows } = await tx.query<{ last: string }>(sql, [object, sub, first.toString()]);
  return rows[0]!.last;
}

/** What people do in the system's own screens, in one transaction; `announced` is told after its commit. */
export async function inPersonsTransaction<T>(
  pool: Pool,
  now: Date,
  announced: (events: readonly Announcement[]) => void,
  work: (write: Write) => Promise<T>,
): Promise<T> {
  const tx = await pool.connect();
  const events: Announcement[] = [];
  let result: T;
  try {
    await tx.query('begin');
    const announce = (event: Announcement): void => void events.push(event);
    result = await work({ tx, now, user: 'CLERK', announce, warn: () => undefined });
    await tx.query('commit');
  } catch (error) {
    await tx.query('rollback');
    throw error;
  } finally {
    tx.release();
  }
  announced(events);
  return result;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function dateOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}

export function timeOf(now: Date): string {
  return now.toISOString().slice(11, 19);
}
