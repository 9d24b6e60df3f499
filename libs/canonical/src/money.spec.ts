import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINOR_UNITS } from './currencies.generated.ts';
import { InvalidValueError } from './invalid-value-error.ts';
import {
  add,
  compare,
  formatAmount,
  fromUnits,
  isCurrency,
  isDecimal,
  isZero,
  minorUnits,
  negate,
  parseDecimal,
  subtract,
  sum,
  toUnits,
} from './money.ts';

/** Text of units at a scale, written by another way than the code under test. */
const amount = fc
  .tuple(fc.bigInt(-(10n ** 25n), 10n ** 25n), fc.nat(10))
  .map(([units, scale]) => `${units < 0n ? '-' : ''}${insertPoint((units < 0n ? -units : units).toString(), scale)}`);

describe('money', () => {
  it('adds as integers do at a common scale', () => {
    fc.assert(
      fc.property(amount, amount, (a, b) => void expect(toUnits(add(a, b), 10)).toBe(toUnits(a, 10) + toUnits(b, 10))),
    );
  });

  it('subtracts what was added', () => {
    fc.assert(fc.property(amount, amount, (a, b) => void expect(subtract(add(a, b), b)).toBe(parseDecimal(a))));
  });

  it('sums in any order to the same', () => {
    fc.assert(
      fc.property(
        fc.array(amount),
        (amounts) => void expect(sum(amounts)).toBe([...amounts].reverse().reduce(add, '0')),
      ),
    );
  });

  it('compares like the difference', () => {
    fc.assert(fc.property(amount, amount, (a, b) => void expect(compare(a, b)).toBe(compare(subtract(a, b), '0'))));
  });

  it('is zero when an amount meets its negation, and never writes a negative zero', () => {
    fc.assert(
      fc.property(amount, (a) => {
        expect(add(a, negate(a))).toBe('0');
        expect(isZero(subtract(a, a))).toBe(true);
      }),
    );
  });

  it('writes equal numbers as equal strings', () => {
    fc.assert(
      fc.property(
        amount,
        fc.nat(5),
        (a, zeros) =>
          void expect(parseDecimal(`${a.includes('.') ? a : `${a}.`}0${'0'.repeat(zeros)}`)).toBe(parseDecimal(a)),
      ),
    );
  });

  it('goes through units and back', () => {
    fc.assert(fc.property(amount, (a) => void expect(fromUnits(toUnits(a, 12), 12)).toBe(parseDecimal(a))));
  });

  it.each([
    ['0.1 + 0.2', add('0.1', '0.2'), '0.3'],
    ['a sum of nothing', sum([]), '0'],
    ['a carry over the point', add('0.9999', '0.0001'), '1'],
    ['a leading zero and a plus', parseDecimal('+007.500'), '7.5'],
    ['an exponent', parseDecimal('1.0E7'), '10000000'],
    ['a negative exponent', parseDecimal('125e-3'), '0.125'],
    ['a negative zero', parseDecimal('-0.00'), '0'],
    ['more digits than a double has', parseDecimal('12345678901234567890.1234'), '12345678901234567890.1234'],
  ])('knows %s', (_, actual, expected) => {
    expect(actual).toBe(expected);
  });

  it.each(['', ' 1', '1 ', '1,5', '.5', '5.', '1e', '--1', '0x10', 'NaN', 'Infinity', '1e999', '1'.repeat(200), '١'])(
    'refuses %j',
    (text) => {
      expect(() => parseDecimal(text)).toThrow(InvalidValueError);
      expect(isDecimal(text)).toBe(false);
    },
  );

  it('refuses more decimals than are allowed, and lets superfluous zeros pass', () => {
    expect(parseDecimal('1.2500', 2)).toBe('1.25');
    expect(() => parseDecimal('1.255', 2)).toThrow('3 decimals');
    expect(() => toUnits('1.00001', 4)).toThrow('5 decimals');
  });
});

describe('currencies', () => {
  it.each([
    ['USD', '12.3', '12.30'],
    ['JPY', '12', '12'],
    ['KWD', '-1.5', '-1.500'],
    ['CLF', '0', '0.0000'],
    ['USD', '12.345', '12.345'],
    ['USD', '-0.05', '-0.05'],
  ])('writes %s %s as %s', (currency, text, expected) => {
    expect(formatAmount(text, currency)).toBe(expected);
  });

  it('has the fund codes and the odd ones of ISO 4217', () => {
    const digits = ['CHE', 'CHW', 'MXV', 'USN', 'UYI', 'UYW', 'CLF', 'MGA', 'MRU', 'BHD', 'ISK'].map(minorUnits);
    expect(digits).toEqual([2, 2, 2, 2, 0, 4, 4, 2, 2, 3, 0]);
    expect(MINOR_UNITS.size).toBeGreaterThan(150);
  });

  it('refuses a code that is not a currency', () => {
    expect(isCurrency('XYZ')).toBe(false);
    expect(isCurrency('usd')).toBe(false);
    expect(() => formatAmount('1', 'XYZ')).toThrow('"XYZ" is not an ISO 4217 currency code');
  });
});

function insertPoint(digits: string, scale: number): string {
  const padded = digits.padStart(scale + 1, '0');
  return scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
