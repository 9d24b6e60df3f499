import type { Row } from './odata.ts';
import { dateOf, instantOf } from './values.ts';

/** Fields of a snapshot item by SAP's name. */
export type Raw = Readonly<Record<string, string>>;

/** Every value of a row as text; a field without value is absent. Dates are YYYY-MM-DD, stamps ISO instants. */
export function rawFields(row: Row): Record<string, string> {
  const texts = Object.entries(row).map(([name, value]) => [name, asText(value)] as const);
  return Object.fromEntries(texts.filter((entry): entry is [string, string] => (entry[1] ?? '') !== ''));
}

function asText(value: unknown): string | null {
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return null;
  if (/^\/Date\(-?\d+\)\/$/.test(value)) return dateOf(value);
  return /^\/Date\(-?\d+[+-]\d{4}\)\/$/.test(value) ? instantOf(value) : value;
}

/** Rows below an expanded navigation. */
export function rowsBelow(row: Row, navigation: string): readonly Row[] {
  return (row[navigation] as { results?: readonly Row[] } | null | undefined)?.results ?? [];
}
