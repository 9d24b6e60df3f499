import { compare, fromUnits, isZero, minorUnits, negate, toUnits, type DecimalString } from '@tieout/canonical';

/** Decimals of a quantity in SAP. */
export const QUANTITY_SCALE = 3;
const PRICE_SCALE = 10;
/** `ConditionQuantity` has five digits. */
const MOST_UNITS = 99_999n;

/** A price as a condition states it: `rate` for `per` units. */
export interface ConditionPrice {
  readonly rate: DecimalString;
  readonly per: DecimalString;
}

/** Amount of one unit, null when it cannot be written with ten decimals or there is no quantity. */
export function priceOf(net: DecimalString, quantity: DecimalString | null): DecimalString | null {
  if (quantity === null || isZero(quantity)) return null;
  const [amount, count] = [toUnits(net, PRICE_SCALE), toUnits(quantity, PRICE_SCALE)];
  const scaled = amount * 10n ** BigInt(PRICE_SCALE);
  return scaled % count === 0n ? fromUnits(scaled / count, PRICE_SCALE) : null;
}

/**
 * The price that makes SAP compute exactly `net` of `quantity`: the unit price where that has no more digits than the currency,
 * else the amount for as many units as there are (100.00 for 3). Null when the quantity is too long for either.
 */
export function conditionPrice(net: DecimalString, quantity: DecimalString, currency: string): ConditionPrice | null {
  const digits = minorUnits(currency);
  const unit = priceOf(net, quantity);
  if (unit !== null && hasDigits(unit, digits)) return { rate: unit, per: '1' };
  const thousandths = toUnits(quantity, QUANTITY_SCALE);
  if (thousandths === 0n) return isZero(net) ? { rate: '0', per: '1' } : null;
  const amount = toUnits(net, digits) * 10n ** BigInt(QUANTITY_SCALE);
  const shared = greatestDivisor(abs(amount), abs(thousandths));
  const [rate, per] = [amount / shared, thousandths / shared];
  if (abs(per) > MOST_UNITS) return null;
  const sign = per < 0n ? -1n : 1n;
  return { rate: fromUnits(rate * sign, digits), per: fromUnits(per * sign, 0) };
}

function hasDigits(amount: DecimalString, digits: number): boolean {
  return (amount.split('.')[1] ?? '').length <= digits;
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value);

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}

/** Half away from zero. */
export function rounded(amount: DecimalString, scale: number): DecimalString {
  const digits = (amount.split('.')[1] ?? '').length;
  if (digits <= scale) return amount;
  const factor = 10n ** BigInt(digits - scale);
  const units = toUnits(compare(amount, '0') < 0 ? negate(amount) : amount, digits);
  const half = fromUnits((units + factor / 2n) / factor, scale);
  return compare(amount, '0') < 0 ? negate(half) : half;
}
