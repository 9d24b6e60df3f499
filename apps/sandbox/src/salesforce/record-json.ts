import { jsonNumber } from '../netsuite/exact-json.ts';
import type { FieldKind, SObject } from './objects/field.ts';

/** A row as the database gives it: numeric and date as text, stamps as Date. */
export type Row = Readonly<Record<string, unknown>>;

/** A stored row as the REST API shows it: `attributes` first, then the fields asked for, nulls included. */
export function recordJson(object: SObject, row: Row, names: readonly string[], base: string): object {
  const values = names.map((name) => {
    const { column, kind } = object.fields[name]!;
    return [name, wireValue(kind, row[column])] as const;
  });
  const attributes =
    row['id'] === undefined
      ? { type: object.name }
      : { type: object.name, url: `${base}/sobjects/${object.name}/${String(row['id'])}` };
  return { attributes, ...Object.fromEntries(values) };
}

/** Instants are written as 2026-01-31T10:00:00.000+0000, without the colon of ISO 8601's profiles; numbers with the digits stored. */
export function wireValue(kind: FieldKind, value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('Z', '+0000');
  const decimal = kind === 'currency' || kind === 'number' || kind === 'percent';
  return decimal && typeof value === 'string' ? jsonNumber(value) : (value ?? null);
}
