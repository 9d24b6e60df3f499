import type { CustomerAccount } from '@tieout/canonical';
import { COLUMN_NAMES, COLUMNS } from './record.ts';

/** The effect as a service writes it: one statement for many records, and only what is newer. */
export const UPSERT = `INSERT INTO account (${COLUMN_NAMES.map((name) => name.toLowerCase()).join(', ')})
  SELECT * FROM unnest(${COLUMN_NAMES.map((name, n) => `$${n + 1}::${COLUMNS[name].replace(/\(.*/, '')}[]`).join(', ')})
  ON CONFLICT (customeraccountid) DO UPDATE SET
  ${COLUMN_NAMES.slice(1)
    .map((name) => `${name.toLowerCase()} = excluded.${name.toLowerCase()}`)
    .join(', ')}
  WHERE excluded.revision > account.revision`;

/** Parameters of UPSERT: an array per column. A key twice in one statement is refused by PostgreSQL, so the newest stays. */
export function columnsOf(values: readonly CustomerAccount[]): unknown[][] {
  const newest = new Map<string, CustomerAccount>();
  for (const value of values) {
    const other = newest.get(value.customerAccountId);
    if (other === undefined || other.revision < value.revision) newest.set(value.customerAccountId, value);
  }
  const rows = [...newest.values()];
  return COLUMN_NAMES.map((name) => rows.map((row) => row[name]));
}
