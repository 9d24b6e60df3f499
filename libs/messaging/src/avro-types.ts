import { isDate, toUnits, fromUnits, InvalidValueError } from '@tieout/canonical';
import avro from 'avsc';
import type { ForSchemaOptions, Schema, Type } from 'avsc';
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

/**
 * avsc asks a logical type also about the null of an optional field, before it takes the other branch. `undefined` says no;
 * an error would say no too, at the price of its stack, for every null of every record.
 */
const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

interface DecimalSchema {
  readonly precision: number;
  readonly scale?: number;
}

/** Big-endian two's complement of the number at the schema's scale; more decimals or digits than the schema has are refused, never rounded. */
class DecimalType extends avro.types.LogicalType {
  readonly precision: number;
  readonly scale: number;
  readonly #limit: bigint;

  constructor(schema: Schema, options?: Partial<ForSchemaOptions>) {
    super(schema, options);
    const { precision, scale = 0 } = schema as unknown as DecimalSchema;
    if (!(
      Number.isInteger(precision) &&
      precision > 0 &&
      precision <= 38 &&
      Number.isInteger(scale) &&
      scale >= 0 &&
      scale <= precision
    ))
      throw new Error(`decimal(${precision},${scale}) is not a decimal type`);
    this.precision = precision;
    this.scale = scale;
    this.#limit = 10n ** BigInt(precision);
  }

  protected override _fromValue(bytes: Buffer | undefined): string {
    if (bytes !== undefined && bytes.length > 0 && bytes.length <= SMALL_BYTES && this.precision >= SMALL_DIGITS)
      return smallDecimal(bytes.readIntBE(0, bytes.length), this.scale);
    return fromUnits(this.#within(readTwosComplement(bytes)), this.scale);
  }

  protected override _toValue(text: unknown): Buffer | undefined {
    if (isAbsent(text)) return undefined;
    const small = this.precision >= SMALL_DIGITS ? smallUnits(text, this.scale) : null;
    if (small !== null) return writeSmall(small);
    return writeTwosComplement(this.#within(this.#units(text)));
  }

  protected override _resolve(writer: Type): ((value: Buffer) => string) | undefined {
    const same = writer instanceof DecimalType && writer.precision === this.precision && writer.scale === this.scale;
    // A reader with another scale would read every amount 10^n times too big or small; Avro itself does not object.
    return same ? (value) => value as unknown as string : undefined;
  }

  #units(text: unknown): bigint {
    if (typeof text !== 'string') throw new DataError('invalid-decimal', `${describe(text)} is not a decimal text`);
    try {
      return toUnits(text, this.scale);
    } catch (error) {
      if (error instanceof InvalidValueError) throw new DataError(error.code, error.message);
      throw error;
    }
  }

  #within(units: bigint): bigint {
    if (units < this.#limit && -units < this.#limit) return units;
    throw new DataError(
      'decimal-overflow',
      `${fromUnits(units, this.scale)} does not fit decimal(${this.precision},${this.scale})`,
    );
  }
}

/*
 * Nearly every amount fits 48 bits, where integers of a JavaScript number are exact; BigInt costs five times as much, and a
 * record has many amounts. What does not fit goes the general way.
 */
const SMALL_BYTES = 6;
/** Digits of 2^47: whatever fits has no more than these. */
const SMALL_DIGITS = 15;
const SMALL_LIMIT = 2 ** 47;
const SMALL_TEXT = /^(-?)(\d{1,13})(?:\.(\d{1,10}))?$/;

/** Canonical text of units at a scale. */
function smallDecimal(units: number, scale: number): string {
  let [digits, places] = [Math.abs(units), scale];
  while (places > 0 && digits % 10 === 0) {
    digits /= 10;
    places -= 1;
  }
  const sign = units < 0 ? '-' : '';
  if (places === 0) return `${sign}${digits}`;
  const text = String(digits).padStart(places + 1, '0');
  return `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
}

/** Units of a plain decimal text, null when it is not plain or too large: the general way decides then, and words the error. */
function smallUnits(text: unknown, scale: number): number | null {
  const match = typeof text === 'string' ? SMALL_TEXT.exec(text) : null;
  if (match === null) return null;
  const [, sign, whole = '', fraction = ''] = match;
  if (fraction.length > scale || whole.length + scale > SMALL_DIGITS) return null;
  const units = Number(whole + fraction.padEnd(scale, '0'));
  return units < SMALL_LIMIT ? (sign === '-' ? -units : units) : null;
}

function writeSmall(units: number): Buffer {
  let length = 1;
  for (let limit = 128; length < SMALL_BYTES && (units >= limit || units < -limit); limit *= 256) length += 1;
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeIntBE(units, 0, length);
  return bytes;
}

/** Longest two's complement of 38 digits, with room for sign bytes that other writers pad. */
const MAX_DECIMAL_BYTES = 20;

function readTwosComplement(bytes: Buffer | undefined): bigint {
  // avsc looks for the end of the buffer only when the record is read; until then what lies beyond is undefined.
  if (bytes === undefined) throw new DataError('avro-truncated', 'The record ends within a decimal');
  if (bytes.length === 0 || bytes.length > MAX_DECIMAL_BYTES)
    throw new DataError('invalid-decimal', `A decimal of ${bytes.length} bytes`);
  if (bytes.length <= 6) return BigInt(bytes.readIntBE(0, bytes.length));
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

function writeTwosComplement(units: bigint): Buffer {
  let length = 1;
  while (BigInt.asIntN(length * 8, units) !== units) length += 1;
  return Buffer.from(
    BigInt.asUintN(length * 8, units)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  );
}

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

interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  readString(): string;
}
interface Readable {
  _read(tap: Tap): unknown;
}

/*
 * avsc loops as often as the block count in the record says, also past the end of the buffer: four bytes can occupy a
 * process for minutes. An item takes at least one byte, so more items than bytes left is a broken record.
 */
class BoundedArrayType extends avro.types.ArrayType {
  protected _read(tap: Tap): unknown[] {
    const { itemsType } = this as unknown as { itemsType: Readable };
    const items: unknown[] = [];
    for (let count = blockCount(tap); count > 0; count = blockCount(tap))
      for (let n = 0; n < count; n++) items.push(itemsType._read(tap));
    return items;
  }
}

class BoundedMapType extends avro.types.MapType {
  protected _read(tap: Tap): Record<string, unknown> {
    const { valuesType } = this as unknown as { valuesType: Readable };
    const entries: [string, unknown][] = [];
    for (let count = blockCount(tap); count > 0; count = blockCount(tap))
      for (let n = 0; n < count; n++) entries.push([tap.readString(), valuesType._read(tap)]);
    // Not assignment: a key named __proto__ would vanish.
    return Object.fromEntries(entries);
  }
}

function blockCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.readLong(); // Byte size of the block, for readers that skip it.
  }
  if (count > tap.buf.length - tap.pos)
    throw new DataError('avro-truncated', `A block of ${count} items in ${tap.buf.length - tap.pos} bytes`);
  return count;
}

function ownTypes(schema: Schema, options: Partial<ForSchemaOptions>): Type | undefined {
  if (typeof schema !== 'object' || schema === null || !('type' in schema) || 'logicalType' in schema) return undefined;
  if (schema.type === 'long') return bigintLong; // avsc looks only the short form up in `registry`.
  if (schema.type === 'array') return new BoundedArrayType(schema, options);
  if (schema.type === 'map') return new BoundedMapType(schema, options);
  return undefined;
}

function describe(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `${text.slice(0, 60)} (${value === null ? 'null' : typeof value})`;
}
