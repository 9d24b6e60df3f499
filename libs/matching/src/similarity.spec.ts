import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editSimilarity, isMentioned, jaroWinkler, SIMILARITIES, similarity, wordSimilarity } from './similarity.ts';

describe('similarity', () => {
  it.each([
    ['INV-10023', 'INV-10023', 1],
    ['INV-10023', 'INV-10032', 0.8889], // neighbours swapped: one edit of nine
    ['INV-10023', 'INV-1023', 0.8889],
    ['ca', 'abc', 0], // the restricted distance is 3
    ['', 'abc', 0],
  ])('by edits of %j and %j is %d', (a, b, score) => expect(editSimilarity(a, b)).toBe(score));

  // The values of the 1990 paper, to four digits.
  it.each([
    ['MARTHA', 'MARHTA', 0.9611],
    ['DWAYNE', 'DUANE', 0.84],
    ['DIXON', 'DICKSONX', 0.8133],
    ['ABC', 'XYZ', 0],
  ])('by Jaro and Winkler of %s and %s is %d', (a, b, score) => expect(jaroWinkler(a, b)).toBe(score));

  it('of company names does not mind the order of words or one letter', () => {
    expect(wordSimilarity('ACME TRADING', 'TRADING ACME')).toBe(1);
    expect(wordSimilarity('NORTHWIND TRADERS', 'NORTHWND TRADERS')).toBeGreaterThan(0.95);
  });

  it('of company names falls with what only one of them says', () => {
    expect(wordSimilarity('ACME', 'ACME HOLDING')).toBeLessThan(0.8);
    expect(wordSimilarity('NORTH SHIPPING', 'SOUTH SHIPPING')).toBeLessThan(0.7);
    expect(wordSimilarity('ACME', '')).toBe(0);
  });

  it('is 1 only of equal texts', () => {
    expect(similarity('ACME TRADING', 'TRADING ACME')).toBe(0.99);
    expect(similarity('INV-10023', 'INV-10032')).toBe(0.8889);
  });

  it.each(Object.entries(SIMILARITIES))(
    '%s is symmetric, between 0 and 1, and 1 for equal texts',
    (_name, similarity) => {
      const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.stringMatching(/^[AB C]{0,8}$/));
      fc.assert(
        fc.property(text, text, (a, b) => {
          const score = similarity(a, b);
          expect(score).toBe(similarity(b, a));
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          expect(similarity(a, a)).toBe(1);
        }),
      );
    },
  );
});

describe('a reference in a text', () => {
  it.each([
    ['INV-12', 'Payment inv 0012, thanks', true],
    ['INV-12', 'PAYMENT INV-12/13', true],
    ['INV-12', 'INV-123', false],
    ['INV-12', 'XINV-12', false],
    ['10023', 'RE 10023 vom 1.3.', true],
    ['10023', 'RE 110023', false],
    ['(.*)', 'anything', false],
  ])('%s in %j: %s', (reference, text, expected) => expect(isMentioned(reference, text)).toBe(expected));
});
