import { MINOR_UNITS } from './currencies.generated.ts';
import type { DecimalString } from './generated/types.generated.ts';
import { InvalidValueError } from './invalid-value-error.ts';

/*
 * Amounts are decimal text and are computed on BigInt: no binary floating point touches them.
 * The canonical text has no exponent, no plus sign, no superfluous zero and no negative zero, so equal numbers are equal
 * strings; everything here returns it, and the codec decodes to it. `formatAmount` is for people and reports.
 */

interface Scaled {
  readonly units: bigint;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
/** Longer than any amount a system holds; bounds the work that a hostile text can cause. */
const MAX_DIGITS = 60;

/**
 * The canonical text of a decimal number as JSON or CSV writes it (exponents included, as some systems send 1.0E7).
 * @param maxScale most digits after the point; superfluous zeros do not count.
 * @throws InvalidValueError `invalid-decimal`, `too-many-decimals`
 */
export function parseDecimal(text: string, maxScale: number = MAX_DIGITS): DecimalString {
  const scaled = normalized(scan(text));
  if (scaled.scale > maxScale)
    throw new InvalidValueError(
      'too-many-decimals',
      `${excerpt(text)} has ${scaled.scale} decimals, at most ${maxScale} are allowed`,
    );
  return render(scaled);
}

/** True when the text is a decimal number that `parseDecimal` takes. */
export function isDecimal(text: string): boolean {
  try {
    scan(text);
    return true;
  } catch {
    return false;
  }
}

export function add(a: DecimalString, b: DecimalString): DecimalString {
  return combine(a, b, (x, y) => x + y);
}

/** a - b */
export function subtract(a: DecimalString, b: DecimalString): DecimalString {
  return combine(a, b, (x, y) => x - y);
}

export function negate(a: DecimalString): DecimalString {
  return subtract('0', a);
}

/** Sum of any number of amounts; `0` of none. The caller sees to it that they are in one currency. */
export function sum(amounts: Iterable<DecimalString>): DecimalString {
  let total: Scaled = { units: 0n, scale: 0 };
  for (const amount of amounts) {
    const next = scan(amount);
    const scale = Math.max(total.scale, next.scale);
    total = { units: at(total, scale) + at(next, scale), scale };
  }
  return render(normalized(total));
}

/** Negative when a < b, 0 when they are equal numbers, positive when a > b. */
export function compare(a: DecimalString, b: DecimalString): -1 | 0 | 1 {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function isZero(a: DecimalString): boolean {
  return scan(a).units === 0n;
}

/** The number at exactly `scale` digits as an integer: `toUnits('12.3', 4)` is 123000n. @throws InvalidValueError `too-many-decimals` */
export function toUnits(amount: DecimalString, scale: number): bigint {
  const scaled = normalized(scan(amount));
  if (scaled.scale > scale)
    throw new InvalidValueError(
      'too-many-decimals',
      `${excerpt(amount)} has ${scaled.scale} decimals, at most ${scale} are allowed`,
    );
  return at(scaled, scale);
}

/** The inverse of `toUnits`, in canonical text. */
export function fromUnits(units: bigint, scale: number): DecimalString {
  return render(normalized({ units, scale }));
}

/**
 * Amount with at least the currency's minor units: `12.3` USD is `12.30`, JPY `12`. Nothing is rounded away: further digits stay.
 * @throws InvalidValueError `unknown-currency`
 */
export function formatAmount(amount: DecimalString, currency: string): string {
  const scaled = normalized(scan(amount));
  const scale = Math.max(scaled.scale, minorUnits(currency));
  return render({ units: at(scaled, scale), scale });
}

/** Digits after the point of an ISO 4217 currency. @throws InvalidValueError `unknown-currency` */
export function minorUnits(currency: string): number {
  const digits = MINOR_UNITS.get(currency);
  if (digits === undefined)
    throw new InvalidValueError('unknown-currency', `${excerpt(currency)} is not an ISO 4217 currency code`);
  return digits;
}

export function isCurrency(code: string): boolean {
  return MINOR_UNITS.has(code);
}

function scan(text: string): Scaled {
  const match = text.length <= MAX_DIGITS * 2 ? DECIMAL.exec(text) : null;
  if (match === null) throw new InvalidValueError('invalid-decimal', `${excerpt(text)} is not a decimal number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const magnitude = BigInt(whole + fraction);
  return shifted(sign === '-' ? -magnitude : magnitude, fraction.length - Number(exponent), text);
}

function shifted(units: bigint, scale: number, text: string): Scaled {
  if (Math.abs(scale) > MAX_DIGITS)
    throw new InvalidValueError('invalid-decimal', `${excerpt(text)} has an exponent out of range`);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

function normalized({ units, scale }: Scaled): Scaled {
  let [digits, places] = [units, scale];
  while (places > 0 && digits % 10n === 0n) {
    digits /= 10n;
    places -= 1;
  }
  return { units: digits, scale: places };
}

function render({ units, scale }: Scaled): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : `.${digits.slice(-scale)}`;
  return `${units < 0n ? '-' : ''}${whole}${fraction}`;
}

function at({ units, scale }: Scaled, target: number): bigint {
  return target === scale ? units : units * 10n ** BigInt(target - scale);
}

function aligned(a: DecimalString, b: DecimalString): readonly [bigint, bigint, number] {
  const [x, y] = [scan(a), scan(b)];
  const scale = Math.max(x.scale, y.scale);
  return [at(x, scale), at(y, scale), scale];
}

function combine(a: DecimalString, b: DecimalString, operation: (x: bigint, y: bigint) => bigint): DecimalString {
  const [x, y, scale] = aligned(a, b);
  return fromUnits(operation(x, y), scale);
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
