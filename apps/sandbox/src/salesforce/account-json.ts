import { ACCOUNT_FIELDS } from './account-fields.ts';

/** A stored row as the REST API shows it: `attributes` first, then the fields asked for, nulls included. */
export function accountJson(row: Readonly<Record<string, unknown>>, fields: readonly string[], base: string): object {
  const values = fields.map((name) => [name, wireValue(row[ACCOUNT_FIELDS[name]!.column])] as const);
  const attributes =
    row['id'] === undefined
      ? { type: 'Account' }
      : { type: 'Account', url: `${base}/sobjects/Account/${String(row['id'])}` };
  return { attributes, ...Object.fromEntries(values) };
}

/** Instants are written as 2026-01-31T10:00:00.000+0000, without the colon that ISO 8601 profiles want. */
function wireValue(value: unknown): unknown {
  return value instanceof Date ? value.toISOString().replace('Z', '+0000') : (value ?? null);
}
