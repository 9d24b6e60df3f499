import { fromUnits, InvalidValueError, toUnits } from '@tieout/canonical';
import avro from 'avsc';
import type { ForSchemaOptions, Schema, Type } from 'avsc';
import { DataError } from './errors.ts';

/**
 * avsc asks a logical type also about the null of an optional field, before it takes the other branch. `undefined` says no;
 * an error would say no too, at the price of its stack, for every null of every record.
 */
export const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

interface DecimalSchema {
  readonly precision: number;
  readonly scale?: number;
}

/** Big-endian two's complement of the number at the schema's scale; more decimals or digits than the schema has are refused, never rounded. */
export class DecimalType extends avro.types.LogicalType {
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

/** A value as error messages quote it. */
export function describe(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `${text.slice(0, 60)} (${value === null ? 'null' : typeof value})`;
}
