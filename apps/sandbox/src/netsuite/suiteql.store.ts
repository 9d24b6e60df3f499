import type { CustomTypesConfig, Pool } from 'pg';
import { showDate, type DateFormat } from './date-format.ts';
import { trimZeros } from './record-read.store.ts';
import { translateSuiteQl, type Catalog, type TranslatedQuery } from './suiteql-sql.ts';
import { SuiteQlError } from './suiteql-tokens.ts';

/** Beyond this many rows a query needs SuiteAnalytics Connect. */
const ceiling = 100_000;

export interface SuiteQlPage {
  readonly items: readonly Record<string, string>[];
  readonly total: number;
}

/** The tables and columns of SuiteQL are the views named `q_...`. */
export async function readCatalog(pool: Pool): Promise<Catalog> {
  const { rows } = await pool.query<{ table_name: string; column_name: string }>(
    `select table_name, column_name from information_schema.columns
     where table_schema = current_schema() and table_name like 'q\\_%' order by ordinal_position`,
  );
  const catalog = new Map<string, Set<string>>();
  for (const { table_name, column_name } of rows) {
    const table = table_name.slice(2);
    catalog.set(table, (catalog.get(table) ?? new Set()).add(column_name));
  }
  return catalog;
}

const asText: CustomTypesConfig = { getTypeParser: () => (value: string | Buffer) => String(value) };

/** Runs a query on a read-only connection; PostgreSQL's complaints about it come back as SuiteQlError. */
export async function runSuiteQl(
  pool: Pool,
  catalog: Catalog,
  query: {
    readonly q: string;
    readonly params: readonly string[];
    readonly limit: number;
    readonly offset: number;
    readonly dateFormat: DateFormat;
  },
): Promise<SuiteQlPage> {
  const translated = translateSuiteQl(query.q, catalog);
  if (translated.parameters !== query.params.length) {
    throw new SuiteQlError(`The query has ${translated.parameters} parameters, ${query.params.length} were given.`);
  }
  try {
    return await page(pool, translated, query);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    // Class 22 and 42: bad data and bad syntax; 57014: statement timeout. The rest is ours.
    if (code && (/^(22|42)/.test(code) || code === '57014')) throw new SuiteQlError(message);
    throw error;
  }
}

async function page(
  pool: Pool,
  translated: TranslatedQuery,
  query: {
    readonly params: readonly string[];
    readonly limit: number;
    readonly offset: number;
    readonly dateFormat: DateFormat;
  },
): Promise<SuiteQlPage> {
  const capped = `select * from (${translated.sql} limit ${ceiling}) ns_rows`;
  // No ORDER BY, no order: shown at once here, where the real account shows it on a bad day.
  const order = translated.ordered ? '' : ' order by random()';
  const values = [...query.params];
  const result = await pool.query<Record<string, string | null>>({
    text: `${capped}${order} limit ${query.limit} offset ${query.offset}`,
    values,
    types: asText,
  });
  const types = new Map(result.fields.map((field) => [field.name, field.dataTypeID]));
  const items = result.rows.map((row) => showRow(row, types, query.dateFormat));
  const complete = items.length < query.limit && (items.length > 0 || query.offset === 0);
  if (complete) return { items, total: query.offset + items.length };
  const count = await pool.query<{ n: string }>(`select count(*) as n from (${capped}) ns_count`, values);
  return { items, total: Number(count.rows[0]!.n) };
}

/** NULL columns are left out; every value is text; dates in the account's format, a time of day is not shown. */
function showRow(
  row: Record<string, string | null>,
  types: ReadonlyMap<string, number>,
  format: DateFormat,
): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(row)) {
    if (value !== null) shown[name] = showValue(value, types.get(name) ?? 0, format);
  }
  return shown;
}

function showValue(value: string, type: number, format: DateFormat): string {
  const isDate = type === 1082 || type === 1114;
  if (isDate) return showDate(format, value);
  return type === 1700 ? trimZeros(value) : value;
}
