import { parseDecimal } from '@tieout/canonical';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountText, amountWith, isExact, type AmountText, type DecimalMark } from './decimal-text.ts';

const readWith = (cell: string, mark: DecimalMark, currency = 'EUR'): string => {
  const amount = amountText(cell, currency);
  return typeof amount === 'string' ? `refused: ${amount}` : amountWith(amount, mark);
};

describe('an amount is read exactly', () => {
  it.each<[string, string, DecimalMark, string]>([
    ['plain', '1234.5', 'point', '1234.5'],
    ['superfluous zeros', '007.500', 'point', '7.5'],
    ['thousands by comma', '1,234,567.89', 'point', '1234567.89'],
    ['thousands as in India', '12,34,567.50', 'point', '1234567.5'],
    ['thousands by point', '1.234.567,89', 'comma', '1234567.89'],
    ['thousands by space', '1 234 567,89', 'comma', '1234567.89'],
    ['thousands by no-break space', '1\u00a0234,5', 'comma', '1234.5'],
    ['thousands by narrow no-break space', '1\u202f234,5', 'comma', '1234.5'],
    ['thousands by apostrophe', "1'234.50", 'point', '1234.5'],
    ['could be either, comma', '1.234', 'comma', '1234'],
    ['could be either, point', '1.234', 'point', '1.234'],
    ['leading minus', '-12.50', 'point', '-12.5'],
    ['leading plus', '+12.50', 'point', '12.5'],
    ['minus with a space', '- 12.50', 'point', '-12.5'],
    ['the minus of typography', '\u221212.50', 'point', '-12.5'],
    ['trailing minus', '12.50-', 'point', '-12.5'],
    ['parentheses', '(1,234.50)', 'point', '-1234.5'],
    ['negative zero', '-0.00', 'point', '0'],
    ['currency of the row behind', '12.50 EUR', 'point', '12.5'],
    ['currency of the row before', 'EUR -12.50', 'point', '-12.5'],
    ['more digits than a double has', '12345678901234567890.12', 'point', '12345678901234567890.12'],
  ])('%s: %s', (_, cell, mark, exact) => {
    expect(readWith(cell, mark)).toBe(exact);
  });
});

describe('what is no amount is refused with the reason', () => {
  it.each([
    ['nothing', '', /missing/],
    ['NaN', 'NaN', /no amount is assumed/],
    ['infinity', '-Infinity', /no amount is assumed/],
    ['null', 'NULL', /no amount is assumed/],
    ['not available', 'n/a', /no amount is assumed/],
    ['an error of a spreadsheet', '#REF!', /no amount is assumed/],
    ['exponent', '1.23E+05', /exponent/],
    ['exponent of an integer', '1e3', /exponent/],
    ['currency sign', '$12.50', /currency sign/],
    ['another currency', '12.50 USD', /not a number in EUR/],
    ['two signs', '-12.50-', /more than one sign/],
    ['sign in parentheses', '(-12.50)', /more than one sign/],
    ['open parenthesis', '(12.50', /not a number/],
    ['two points, no thousands', '1.23.4', /no order/],
    ['comma behind point behind comma', '1,234.56,7', /no order/],
    ['nothing behind the point', '12.', /no order/],
    ['nothing before the point', '.50', /no order/],
    ['groups of two', '12.34.56', /no order/],
    ['only a minus', '-', /not a number/],
    ['words', 'twelve', /not a number/],
    ['digits of another script', '١٢٣', /not a number/],
    ['full-width digits', '１２', /not a number/],
    ['hexadecimal', '0x10', /not a number/],
    ['debit mark', '12.50 DR', /not a number/],
    ['a formula', '=1+1', /not a number/],
    ['space in the middle', '12 50', /not a number/],
  ])('%s: %s', (_, cell, reason) => {
    expect(readWith(cell, 'point')).toMatch(/^refused/);
    expect(readWith(cell, 'point')).toMatch(reason);
  });

  it.each<[string, DecimalMark]>([
    ['12,50', 'point'],
    ['12.50', 'comma'],
    ['1.234.567', 'point'],
    ['1,234,567', 'comma'],
  ])('%s does not fit a decimal %s', (cell, mark) => {
    expect(readWith(cell, mark)).toMatch(`does not fit the decimal ${mark}`);
  });

  it('more digits than any amount has', () => {
    expect(readWith('9'.repeat(61), 'point')).toMatch(/60 digits/);
  });
});

describe('what a cell says about the decimal mark', () => {
  it.each([
    ['12', 'none'],
    ['1.234', 'either'],
    ['12,345', 'either'],
    ['0.123', 'point'],
    ['1234.567', 'point'],
    ['12.5', 'point'],
    ['12,50', 'comma'],
    ['1,234,567', 'point'],
    ['1.234.567', 'comma'],
    ['1 234.567', 'point'],
    ['1 234', 'none'],
  ])('%s: %s', (cell, evidence) => {
    expect((amountText(cell, 'EUR') as AmountText).evidence).toBe(evidence);
  });
});

it('whatever a cell holds, it is exact or refused, never NaN and never an exception', () => {
  const cell = fc.oneof(fc.string(), fc.stringMatching(/^[-+(]?[\d.,' ]{0,12}[-)]?(e\d)?$/));
  fc.assert(
    fc.property(cell, fc.constantFrom<DecimalMark>('comma', 'point'), (text, mark) => {
      const found = readWith(text, mark);
      expect(isExact(found) || /^refused|does not fit|60 digits/.test(found)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('an amount written with any mark and grouping is read as the same number', () => {
  const separators = fc.constantFrom(['.', ','], ['.', ''], [',', '.'], [',', ''], [',', ' '], ['.', "'"]);
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.nat(99), separators, (whole, cents, [mark, group]) => {
      const grouped = whole.toString().replace(/\B(?=(\d{3})+$)/g, group);
      const decimals = cents.toString().padStart(2, '0');
      const exact = readWith(`${grouped}${mark}${decimals}`, mark === '.' ? 'point' : 'comma');
      expect(exact).toBe(`${whole}${cents === 0 ? '' : `.${decimals.replace(/0$/, '')}`}`);
    }),
    { numRuns: 300 },
  );
});

it('the text of a plain number is the canonical one', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?\d{1,12}(\.\d{1,8})?$/), (text) => {
      expect(readWith(text, 'point')).toBe(parseDecimal(text));
    }),
    { numRuns: 300 },
  );
});
