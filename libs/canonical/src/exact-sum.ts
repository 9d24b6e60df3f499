import type { DecimalString } from './generated/types.generated.ts';
import { add, fromUnits, sum } from './money.ts';

/*
 * Sums of very many amounts. Short ones are added up as whole numbers of their own scale, which are exact as long as they stay
 * below 2^53; everything else goes the way of money.ts. The result is the same to the last digit.
 */

/** Digits that leave room for a thousand such amounts below 2^53. */
const MOST_CHARACTERS = 12;
const MOST_DECIMALS = 4;
const FULL = 2 ** 52;
const [ZERO, NINE, MINUS, POINT] = [48, 57, 45, 46];

export class ExactSum {
  /** By scale, in units of the last digit. */
  readonly #units: number[] = new Array<number>(MOST_DECIMALS + 1).fill(0);
  #rest: DecimalString = '0';

  /** @throws InvalidValueError `invalid-decimal` */
  add(amount: DecimalString): void {
    const point = amount.indexOf('.');
    const scale = point < 0 ? 0 : amount.length - point - 1;
    const units = amount.length > MOST_CHARACTERS || scale > MOST_DECIMALS ? null : unitsOf(amount);
    if (units === null) {
      this.#rest = add(this.#rest, amount);
      return;
    }
    const before = this.#units[scale] as number;
    if (Math.abs(before) > FULL) {
      this.#rest = add(this.#rest, fromUnits(BigInt(before), scale));
      this.#units[scale] = units;
    } else this.#units[scale] = before + units;
  }

  /** The sum so far, `0` of none. */
  get value(): DecimalString {
    const parts = this.#rest === '0' ? [] : [this.#rest];
    for (let scale = 0; scale <= MOST_DECIMALS; scale += 1) {
      const units = this.#units[scale] as number;
      if (units !== 0) parts.push(fromUnits(BigInt(units), scale));
    }
    return parts.length === 1 ? (parts[0] as DecimalString) : sum(parts);
  }
}

/** All digits as one whole number, null for what is no plain decimal text. */
function unitsOf(amount: string): number | null {
  const isNegative = amount.charCodeAt(0) === MINUS;
  let [units, digits, points] = [0, 0, 0];
  for (let at = isNegative ? 1 : 0; at < amount.length; at += 1) {
    const code = amount.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      units = units * 10 + code - ZERO;
      digits += 1;
    } else if (code === POINT && digits > 0) points += 1;
    else return null;
  }
  if (digits === 0 || points > 1 || amount.endsWith('.')) return null;
  return isNegative ? -units : units;
}
