import type { DateString, TimestampString } from '@tieout/canonical';

/** A value as `$filter` and keys write it, escaped. */
export interface Literal {
  readonly odata: string;
}

/** Edm.String. */
export function text(value: string): Literal {
  return { odata: `'${value.replaceAll("'", "''")}'` };
}

/** Edm.DateTime of a date. */
export function date(value: DateString): Literal {
  return { odata: `datetime'${value}T00:00:00'` };
}

/** Edm.DateTimeOffset. */
export function instant(value: TimestampString): Literal {
  return { odata: `datetimeoffset'${value}'` };
}

/** Edm.Time, of `HH:MM:SS`. */
export function time(value: string): Literal {
  const [hours = '00', minutes = '00', seconds = '00'] = value.split(':');
  return { odata: `time'PT${hours}H${minutes}M${seconds}S'` };
}

/** Edm.Decimal. */
export function decimal(value: string): Literal {
  return { odata: `${value}M` };
}

export function guid(value: string): Literal {
  return { odata: `guid'${value}'` };
}

export function flag(value: boolean): Literal {
  return { odata: String(value) };
}

type Comparable = string | Literal;

/** Plain text is an Edm.String. */
export function literalOf(value: Comparable): string {
  return typeof value === 'string' ? text(value).odata : value.odata;
}

export const eq = comparison('eq');
export const ne = comparison('ne');
export const gt = comparison('gt');
export const ge = comparison('ge');
export const lt = comparison('lt');
export const le = comparison('le');

function comparison(operator: string): (property: string, value: Comparable) => string {
  return (property, value) => `${property} ${operator} ${literalOf(value)}`;
}

export function startsWith(property: string, value: string): string {
  return `startswith(${property},${text(value).odata}) eq true`;
}

export function isNull(property: string): string {
  return `${property} eq null`;
}

export function and(...filters: readonly string[]): string {
  return joined(' and ', filters);
}

export function or(...filters: readonly string[]): string {
  return joined(' or ', filters);
}

/** OData V2 has no `in`. Addresses are bounded: give it some dozens of values at a time. */
export function anyOf(property: string, values: readonly Comparable[]): string {
  return or(...values.map((value) => eq(property, value)));
}

function joined(operator: string, filters: readonly string[]): string {
  const [first = '', ...others] = filters;
  return others.length === 0 ? first : filters.map((filter) => `(${filter})`).join(operator);
}
