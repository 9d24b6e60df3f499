import type { Pool, PoolClient } from 'pg';
import { invalidContent, NetSuiteProblem, userError } from './problem.ts';
import type { Reference } from './record-body.ts';
import { displayColumn, type TableName } from './record-types.ts';

/** One SQL transaction per record write; constraint violations come back as NetSuite's business errors. */
export async function inTransaction<T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  try {
    await tx.query('begin');
    const result = await work(tx);
    await tx.query('commit');
    return result;
  } catch (error) {
    await tx.query('rollback');
    throw translate(error);
  } finally {
    tx.release();
  }
}

/** Two writers of one external id: the second finds the first one's row when it tries again. */
export class ExternalIdTaken extends Error {}

function translate(error: unknown): unknown {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code === '23505' && constraint?.includes('externalid')) return new ExternalIdTaken();
  if (code === '23505') return userError('A record with this name already exists. Enter a unique name.');
  if (code === '23503') return userError('This record cannot be deleted because it has dependent records.');
  if (code === '22003' || code === '22P02' || code === '22021')
    return invalidContent('Invalid content in the request body.');
  return error;
}

/** Resolves references to internal ids in one round trip; an unknown one names its field. */
export async function resolveReferences(
  tx: PoolClient,
  references: ReadonlyMap<string, Reference>,
): Promise<Map<string, string>> {
  const entries = [...references];
  const resolved = new Map<string, string>();
  if (entries.length === 0) return resolved;
  const columns = entries.map(([, { to, by }], n) => `(select id from ${to} where ${condition(by, n + 1)}) as c${n}`);
  const values = entries.map(([, reference]) => reference.value);
  const { rows } = await tx.query<Record<string, string | null>>(`select ${columns.join(', ')}`, values);
  entries.forEach(([column, reference], n) => {
    const id = rows[0]?.[`c${n}`];
    if (id === null || id === undefined) throw missing(reference);
    resolved.set(column, id);
  });
  return resolved;
}

function condition(by: Reference['by'], parameter: number): string {
  // An id that is not a number is simply no row, as in NetSuite, and the index stays usable.
  return by === 'id'
    ? `id = case when $${parameter}::text ~ '^[0-9]{1,18}$' then $${parameter}::text::bigint end`
    : `externalid = $${parameter}::text`;
}

function missing({ path, value }: Reference): NetSuiteProblem {
  const detail = `Error while accessing a resource. Invalid reference value '${value}' for the field '${path}'.`;
  return new NetSuiteProblem(400, 'USER_ERROR', detail, path);
}

/** The text under which a record of `table` is shown when another refers to it. */
export function displayOf(table: TableName, idSql: string): string {
  return `(select ${displayColumn[table]} from ${table} where id = ${idSql})`;
}
