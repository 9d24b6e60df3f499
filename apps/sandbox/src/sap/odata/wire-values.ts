import { parseDecimal } from '@tieout/canonical';
import { durationTime, guid, isoDateTime } from './literals.ts';
import type { Property } from './model.ts';

/** How a row's value comes from PostgreSQL: text as printed there, booleans as such. */
export type Raw = string | boolean | null;

/** A value as the vendor writes it in JSON. Amounts stay text. */
export function toWire({ type }: Property, raw: Raw): string | number | boolean | null {
  if (raw === null) return type === 'Edm.String' ? '' : null;
  if (typeof raw === 'boolean') return raw;
  switch (type) {
    case 'Edm.DateTime':
      return `/Date(${Date.parse(raw.includes('T') ? `${raw}Z` : raw)})/`;
    case 'Edm.DateTimeOffset':
      return `/Date(${Date.parse(raw)}+0000)/`;
    case 'Edm.Time':
      return `PT${raw.replace(':', 'H').replace(':', 'M')}S`;
    case 'Edm.Int32':
      return Number(raw);
    default:
      return raw;
  }
}

/** JSON text with the vendor's escaped slashes around dates. */
export function wireJson(value: unknown): string {
  return JSON.stringify(value).replace(/"\/Date\((-?\d+(?:[+-]\d{4})?)\)\/"/g, '"\\/Date($1)\\/"');
}

/** The ETag of a value that PostgreSQL printed: weak, colons escaped, instants with seven digits. */
export function etagOf({ type }: Property, raw: Raw): string {
  const text = String(raw ?? '');
  const literal = {
    'Edm.DateTimeOffset': `datetimeoffset'${text.replace('Z', '0Z')}'`,
    'Edm.DateTime': `datetime'${text}'`,
  }[type as string];
  return `W/"${(literal ?? `'${text}'`).replaceAll(':', '%3A')}"`;
}

/** True when the header's text names the ETag; clients send it escaped or not. */
export function sameEtag(given: string, etag: string): boolean {
  const plain = (text: string): string => text.trim().replaceAll(/%3A/gi, ':');
  return given.trim() === '*' || given.split(',').some((each) => plain(each) === plain(etag));
}

/**
 * A value of a request body as handlers take it (see `Values`); undefined when the property cannot take it. A number where text is due
 * is no value: amounts are text on this wire.
 */
export function fromWire(property: Property, value: unknown): string | boolean | number | null | undefined {
  if (value === null) return null;
  switch (property.type) {
    case 'Edm.Boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'Edm.Int32':
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31 ? (value as number) : undefined;
    default:
      return typeof value === 'string' ? fromText(property, value) : undefined;
  }
}

function fromText(property: Property, text: string): string | undefined {
  switch (property.type) {
    case 'Edm.Decimal':
      return decimalText(property, text);
    case 'Edm.DateTime':
      return dateText(text);
    case 'Edm.DateTimeOffset':
      return instantText(text);
    case 'Edm.Time':
      return durationTime(text) ?? undefined;
    case 'Edm.Guid':
      return guid.test(text) ? text.toLowerCase() : undefined;
    default:
      return isTooLong(property, text) || text.includes('\0') ? undefined : text;
  }
}

/** Length counts characters as people do, not UTF-16 units. */
function isTooLong({ maxLength }: Property, text: string): boolean {
  return maxLength !== undefined && text.length > maxLength && [...text].length > maxLength;
}

function decimalText({ precision, scale = 0 }: Property, text: string): string | undefined {
  if (!/^-?\d{1,40}(\.\d{1,40})?$/.test(text)) return undefined;
  const value = parseDecimal(text);
  const [whole, fraction = ''] = value.replace('-', '').split('.') as [string, string?];
  const wholeDigits = whole === '0' ? 0 : whole.length;
  return fraction.length > scale || (precision !== undefined && wholeDigits > precision - scale) ? undefined : value;
}

const ticks = /^\/Date\((-?\d{1,15})([+-]\d{4})?\)\/$/;

/** `/Date(ms)/`, which the vendor's own client writes with an offset, or ISO without zone; the time of the day does not count. */
function dateText(text: string): string | undefined {
  const match = ticks.exec(text);
  if (match) return isoOf(match[1]!)?.slice(0, 10);
  return isoDateTime(text)?.slice(0, 10);
}

/** `/Date(ms+0000)/` or ISO with `Z`; the minutes after the sign say where it was written, not when. */
function instantText(text: string): string | undefined {
  const match = ticks.exec(text);
  if (match) return isoOf(match[1]!);
  const local = text.endsWith('Z') ? isoDateTime(text.slice(0, -1)) : null;
  return local === null ? undefined : new Date(`${local}Z`).toISOString();
}

function isoOf(milliseconds: string): string | undefined {
  const moment = new Date(Number(milliseconds));
  const iso = Number.isNaN(moment.getTime()) ? '' : moment.toISOString();
  return /^\d{4}-/.test(iso) && iso >= '0001' ? iso : undefined;
}
