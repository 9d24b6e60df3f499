import { parseDecimal } from '@tieout/canonical';
import type { EdmType } from './model.ts';

/** A literal of an address: `'it''s'`, `10.5M`, `datetime'2024-01-31T00:00:00'`, `true`, `null`. */
export interface Literal {
  readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'datetime' | 'datetimeoffset' | 'time' | 'guid';
  /** Text that PostgreSQL takes for the type: the string itself, canonical digits, ISO dates and times. */
  readonly text: string;
}

const quoted = /^(datetimeoffset|datetime|time|guid)?'((?:[^']|'')*)'$/i;
const digits = /^-?\d{1,60}(\.\d{1,40})?[mMdDfFlL]?$/;

/** Null when the text is no literal. */
export function parseLiteral(text: string): Literal | null {
  const match = quoted.exec(text);
  if (match) return quotedLiteral((match[1] ?? '').toLowerCase(), match[2]!.replaceAll("''", "'"));
  if (text === 'null') return { kind: 'null', text: '' };
  if (text === 'true' || text === 'false') return { kind: 'boolean', text };
  return digits.test(text) ? { kind: 'number', text: parseDecimal(text.replace(/[a-zA-Z]$/, '')) } : null;
}

function quotedLiteral(prefix: string, text: string): Literal | null {
  if (text.includes('\0')) return null;
  if (prefix === '') return { kind: 'string', text };
  const kind = prefix as 'datetime' | 'datetimeoffset' | 'time' | 'guid';
  const value = readers[kind](text);
  return value === null ? null : { kind, text: value };
}

const readers = {
  datetime: isoDateTime,
  datetimeoffset: (text: string) => (/(Z|[+-]\d\d:\d\d)$/i.test(text) ? instant(text) : null),
  time: durationTime,
  guid: (text: string) => (guid.test(text) ? text.toLowerCase() : null),
};

export const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const dateTime = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(\.\d{1,7})?$/;

/** `2024-01-31T10:11[:12[.1234567]]` with seconds; null when it is no such moment. */
export function isoDateTime(text: string): string | null {
  const match = dateTime.exec(text);
  if (!match) return null;
  const [, date, minutes, seconds = ':00', fraction = ''] = match as unknown as [
    string,
    string,
    string,
    string?,
    string?,
  ];
  const whole = `${date}T${minutes}${seconds}`;
  // A rolled-over day such as 30 February is another text when it comes back.
  const moment = new Date(`${whole}Z`);
  const exists = !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(whole) && date >= '0001';
  return exists ? whole + fraction : null;
}

/** The text when it is a moment with its offset. */
function instant(text: string): string | null {
  const [, local, offset] = /^(.*?)(Z|[+-]\d\d:\d\d)$/i.exec(text)!;
  const value = isoDateTime(local!);
  const inRange = /^z$/i.test(offset!) || (offset!.slice(1, 3) <= '14' && offset!.slice(4) < '60');
  return value === null || !inRange ? null : value + offset!.toUpperCase();
}

const duration = /^PT(?:(\d{1,2})H)?(?:(\d{1,2})M)?(?:(\d{1,2})(?:\.\d{1,7})?S)?$/;

/** `PT13H20M05S` as `13:20:05`; null when it is no time of a day. */
export function durationTime(text: string): string | null {
  const match = duration.exec(text);
  if (!match || text === 'PT') return null;
  const [hours, minutes, seconds] = [1, 2, 3].map((n) => Number(match[n] ?? 0)) as [number, number, number];
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  return [hours, minutes, seconds].map((part) => String(part).padStart(2, '0')).join(':');
}

const kinds: Readonly<Record<EdmType, Literal['kind']>> = {
  'Edm.String': 'string',
  'Edm.Boolean': 'boolean',
  'Edm.DateTime': 'datetime',
  'Edm.DateTimeOffset': 'datetimeoffset',
  'Edm.Time': 'time',
  'Edm.Decimal': 'number',
  'Edm.Guid': 'guid',
  'Edm.Int32': 'number',
};

/** True when a property of the type can be compared with the literal; with null it always can. */
export function fits(type: EdmType, { kind, text }: Literal): boolean {
  return kind === 'null' || (kind === kinds[type] && (type !== 'Edm.Int32' || /^-?\d{1,10}$/.test(text)));
}

/** The key literal of a value as PostgreSQL printed it. */
export function keyLiteral(type: EdmType, text: string): string {
  switch (type) {
    case 'Edm.String':
      return `'${encodeURIComponent(text.replaceAll("'", "''"))}'`;
    case 'Edm.DateTime':
      return `datetime'${encodeURIComponent(text)}'`;
    case 'Edm.DateTimeOffset':
      return `datetimeoffset'${encodeURIComponent(text)}'`;
    case 'Edm.Time':
      return `time'PT${text.replace(':', 'H').replace(':', 'M')}S'`;
    case 'Edm.Guid':
      return `guid'${text}'`;
    case 'Edm.Decimal':
      return `${text}M`;
    case 'Edm.Boolean':
    case 'Edm.Int32':
      return text;
  }
}
