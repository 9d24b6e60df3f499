import {
  InvalidValueError,
  parseDecimal,
  type DateString,
  type DecimalString,
  type TimestampString,
} from '@tieout/canonical';
import { z } from 'zod';
import type { Row } from './odata.ts';

/** SAP's JSON values as our own, to build a row's schema of: `z.object({ SalesOrder: edm.text, TotalNetAmount: edm.decimal })`. */
export const edm = {
  /** '' stays ''. */
  text: z.string(),
  /** SAP has no NULL in most columns: '' is nothing, too. */
  textOrNull: z
    .string()
    .nullish()
    .transform((value) => (value ? value : null)),
  flag: z.boolean(),
  flagOrNull: z
    .boolean()
    .nullish()
    .transform((value) => value ?? null),
  /** Canonical text. */
  decimal: z.string().transform(orIssue(decimalOf)),
  decimalOrNull: z
    .string()
    .nullish()
    .transform(orIssue((value) => (value ? decimalOf(value) : null))),
  /** Edm.DateTime as a date; the open end of validity is 9999-12-31. */
  date: z.string().transform(orIssue(dateOf)),
  dateOrNull: z
    .string()
    .nullish()
    .transform(orIssue((value) => (value ? dateOf(value) : null))),
  /** Edm.DateTimeOffset. */
  instant: z.string().transform(orIssue(instantOf)),
  instantOrNull: z
    .string()
    .nullish()
    .transform(orIssue((value) => (value ? instantOf(value) : null))),
  /** Edm.Time as `HH:MM:SS`. */
  time: z.string().transform(orIssue(timeOf)),
  timeOrNull: z
    .string()
    .nullish()
    .transform(orIssue((value) => (value ? timeOf(value) : null))),
  /** An expanded to-many navigation; refused when it came unexpanded. */
  many: <R>(row: z.ZodType<R>): z.ZodType<R[], unknown> =>
    z.object({ results: z.array(row) }).transform(({ results }) => results),
} as const;

/** Our values as SAP's JSON takes them. Decimals go as their text. */
export const toWire = {
  date: (value: DateString): string => `/Date(${Date.parse(`${value}T00:00:00Z`)})/`,
  instant: (value: TimestampString): string => `/Date(${Date.parse(value)}+0000)/`,
  /** Of `HH:MM:SS`. */
  time: (value: string): string => {
    const [hours = '00', minutes = '00', seconds = '00'] = value.split(':');
    return `PT${hours}H${minutes}M${seconds}S`;
  },
} as const;

/** For If-Match; null where the type has none. */
export function etagOf(row: Row): string | null {
  const etag = (row['__metadata'] as { etag?: unknown } | undefined)?.etag;
  return typeof etag === 'string' ? etag : null;
}

/** @throws InvalidValueError `invalid-date` */
export function dateOf(wire: string): DateString {
  return new Date(millisecondsOf(wire)).toISOString().slice(0, 10);
}

/** @throws InvalidValueError `invalid-date` */
export function instantOf(wire: string): TimestampString {
  return new Date(millisecondsOf(wire)).toISOString();
}

/** @throws InvalidValueError `invalid-date` */
export function timeOf(wire: string): string {
  const match = /^PT(?:(\d{1,2})H)?(?:(\d{1,2})M)?(?:(\d{1,2})(?:\.\d+)?S)?$/.exec(wire);
  if (match === null) throw new InvalidValueError('invalid-date', `${JSON.stringify(wire)} is no Edm.Time`);
  return match
    .slice(1, 4)
    .map((part) => (part ?? '').padStart(2, '0'))
    .join(':');
}

/** @throws InvalidValueError `invalid-decimal` */
export function decimalOf(wire: string): DecimalString {
  return parseDecimal(wire.trim());
}

/** The number before the offset counts from 1970 in UTC already; the offset says where the clock stood. */
function millisecondsOf(wire: string): number {
  const match = /^\/Date\((-?\d{1,15})([+-]\d{4})?\)\/$/.exec(wire);
  if (match === null) throw new InvalidValueError('invalid-date', `${JSON.stringify(wire)} is no /Date(...)/`);
  return Number(match[1]);
}

function orIssue<I, O>(convert: (value: I) => O): (value: I, context: z.RefinementCtx) => O {
  return (value, context) => {
    try {
      return convert(value);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  };
}
