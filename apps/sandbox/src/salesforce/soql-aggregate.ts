import { SalesforceFault } from './errors.ts';
import type { Field, FieldKind, SObject } from './objects/field.ts';
import type { SelectItem } from './soql.ts';

/** The org's default currency and what one unit of it is in the others. */
export const CONVERSION_RATES: Readonly<Record<string, string>> = {
  USD: '1',
  EUR: '0.92',
  GBP: '0.79',
  CAD: '1.36',
  CHF: '0.88',
  JPY: '155',
};

const NUMERIC: readonly FieldKind[] = ['currency', 'number', 'percent', 'int'];

/**
 * SQL of an aggregate. Of a currency field it is in the org's default currency, also when the query groups by CurrencyIsoCode:
 * the vendor's rule, so a sum of amounts is no control total in an org with several currencies.
 * @throws SalesforceFault MALFORMED_QUERY for a field that cannot be summed
 */
export function aggregateColumn(
  object: SObject,
  aggregate: NonNullable<SelectItem['aggregate']>,
  field: Field,
): { readonly sql: string; readonly kind: FieldKind } {
  if (aggregate === 'COUNT') return { sql: `count(${field.column})::int`, kind: 'int' };
  if (aggregate === 'COUNT_DISTINCT') return { sql: `count(distinct ${field.column})::int`, kind: 'int' };
  const summing = aggregate === 'SUM' || aggregate === 'AVG';
  if (summing && !NUMERIC.includes(field.kind))
    throw new SalesforceFault(
      400,
      'MALFORMED_QUERY',
      `field ${field.column} does not support aggregate operator ${aggregate}`,
    );
  const converts = field.kind === 'currency' && 'CurrencyIsoCode' in object.fields;
  const value = converts ? `(${field.column} / ${rateSql()})` : field.column;
  const sql = `${aggregate.toLowerCase()}(${value})`;
  if (!converts && !summing) return { sql, kind: field.kind };
  return { sql: `trim_scale(round(${sql}::numeric, 10))`, kind: field.kind === 'int' ? 'number' : field.kind };
}

function rateSql(): string {
  const cases = Object.entries(CONVERSION_RATES).map(([code, rate]) => `when '${code}' then ${rate}`);
  return `case currency_iso_code ${cases.join(' ')} else 1 end`;
}
