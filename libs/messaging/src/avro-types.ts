import { isDate } from '@tieout/canonical';
import avro from 'avsc';
import type { ForSchemaOptions, Schema, Type } from 'avsc';
import { BoundedArrayType, BoundedMapType } from './avro-types-bounded.ts';
import { DecimalType, describe, isAbsent } from './avro-types-decimal.ts';
import { DataError } from './errors.ts';

/*
 * How Avro types look in TypeScript: decimal -> exact text, long -> bigint, timestamp-millis -> ISO text, date -> YYYY-MM-DD.
 * avsc has none of these: its decimal is unknown and its long throws beyond 2^53, which one Java producer turns into a poison pill.
 */

/** Compiles a schema with our types. Unions are never wrapped: contracts only have `["null", T]`. */
export function compileSchema(schema: Schema): Type {
  return avro.Type.forSchema(schema, compileOptions());
}

/** Options for a compiler that is not ours (the registry client); a fresh object each time, because avsc writes names into `registry`. */
export function compileOptions(): Partial<ForSchemaOptions> {
  return {
    registry: { long: bigintLong },
    logicalTypes: { decimal: DecimalType, date: DateType, 'timestamp-millis': TimestampType },
    // Without this a broken logical type would fall back to raw bytes in silence.
    assertLogicalTypes: true,
    wrapUnions: 'never',
    typeHook: ownTypes,
  };
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const isInt64 = (value: unknown): value is bigint =>
  typeof value === 'bigint' && value >= INT64_MIN && value <= INT64_MAX;

const bigintLong = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.allocUnsafe(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: (value: number | string) => BigInt(value),
  toJSON: (value: bigint) => Number(value),
  isValid: isInt64,
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

const MILLISECONDS_PER_DAY = 86_400_000;
const FIRST_DAY = Date.parse('0000-01-01T00:00:00Z') / MILLISECONDS_PER_DAY;
const LAST_DAY = Date.parse('9999-12-31T00:00:00Z') / MILLISECONDS_PER_DAY;

class DateType extends avro.types.LogicalType {
  protected override _fromValue(days: number): string {
    // Beyond these years dates are written with a sign.
    if (!(days >= FIRST_DAY && days <= LAST_DAY))
      throw new DataError('invalid-date', `${days} days since 1970 is not a date of the years 0 to 9999`);
    return new Date(days * MILLISECONDS_PER_DAY).toISOString().slice(0, 10);
  }

  protected override _toValue(text: unknown): number | undefined {
    if (isAbsent(text)) return undefined;
    if (typeof text !== 'string' || !isDate(text))
      throw new DataError('invalid-date', `${describe(text)} is not a date YYYY-MM-DD`);
    return Date.parse(`${text}T00:00:00Z`) / MILLISECONDS_PER_DAY;
  }

  protected override _resolve(writer: Type): ((value: number) => string) | undefined {
    return writer instanceof DateType ? (value) => value as unknown as string : undefined;
  }
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})$/;

class TimestampType extends avro.types.LogicalType {
  // avsc builds the underlying long itself, a number: instants beyond 2^53 ms do not exist, it throws for them.
  protected override _fromValue(milliseconds: number): string {
    const instant = new Date(milliseconds);
    if (Number.isNaN(instant.getTime()))
      throw new DataError('invalid-timestamp', `${milliseconds} ms since 1970 is out of range`);
    return instant.toISOString();
  }

  protected override _toValue(text: unknown): number | undefined {
    if (isAbsent(text)) return undefined;
    const time = typeof text === 'string' && INSTANT.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time))
      throw new DataError(
        'invalid-timestamp',
        `${describe(text)} is not an instant with zone and at most milliseconds`,
      );
    return time;
  }

  protected override _resolve(writer: Type): ((value: number) => string) | undefined {
    return writer instanceof TimestampType ? (value) => value as unknown as string : undefined;
  }
}

function ownTypes(schema: Schema, options: Partial<ForSchemaOptions>): Type | undefined {
  if (typeof schema !== 'object' || schema === null || !('type' in schema) || 'logicalType' in schema) return undefined;
  if (schema.type === 'long') return bigintLong; // avsc looks only the short form up in `registry`.
  if (schema.type === 'array') return new BoundedArrayType(schema, options);
  if (schema.type === 'map') return new BoundedMapType(schema, options);
  return undefined;
}
