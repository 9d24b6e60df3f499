import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPANY_STEPS, NORMALISE_STEPS, normalise, REFERENCE_STEPS, words, type NormaliseStep } from './normalise.ts';

describe('a step of normalisation', () => {
  it.each([
    ['collapse', ' a \t b\n', 'a b'],
    ['upper', 'straße ＩＮＶ１', 'STRASSE INV1'],
    ['umlauts', 'Müller Öl Fuß', 'Mueller OEl Fuss'],
    ['fold', 'Crédit Łódź Ærø', 'Credit Lodz AEro'],
    ['alnum', 'INV-12/3 é日', 'INV123é日'],
    ['words', ' INV-12 / 3.', 'INV 12 3'],
    ['digits', 'RE 10-023b', '10023'],
    ['strip-zeros', 'INV-00012/007 0 100', 'INV-12/7 0 100'],
    ['strip-zeros', '000', '0'],
  ] as [NormaliseStep, string, string][])('%s makes of %j %j', (step, text, expected) => {
    expect(normalise(text, [step])).toBe(expected);
  });

  it.each([
    ['Müller GmbH', 'Müller'],
    ['MÜLLER G.m.b.H. & Co. KG', 'MÜLLER'],
    ['Acme, Inc.', 'Acme'],
    ['Acme Co., Ltd.', 'Acme'],
    ['Ferrari S.p.A.', 'Ferrari'],
    ['Tre sp. z o.o.', 'Tre'],
    ['Novo A/S', 'Novo'],
    ['トヨタ株式会社', 'トヨタ'],
    ['株式会社トヨタ', 'トヨタ'],
    ['Incorporated Lawyers', 'Incorporated Lawyers'],
    ['SAGA', 'SAGA'], // ends in the letters of a form, but is one word
    ['AG', 'AG'],
  ])('legal-forms makes of %j %j', (name, expected) => {
    expect(normalise(name, ['legal-forms'])).toBe(expected);
  });

  it('changes nothing the second time where upper case or an umlaut leaves an accent alone', () => {
    for (const step of NORMALISE_STEPS)
      for (const text of ['ῒ', 'a\u0344'])
        expect(normalise(normalise(text, [step]), [step])).toBe(normalise(text, [step]));
  });

  it.each(NORMALISE_STEPS)('%s changes nothing the second time', (step) => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[a0. ]{0,9}(GmbH|Ltd\.|, Inc)?$/));
    fc.assert(
      fc.property(text, (any) => {
        const once = normalise(any, [step]);
        expect(normalise(once, [step])).toBe(once);
      }),
    );
  });
});

it.each([
  ['inv-00012', 'INV12'],
  ['INV 12', 'INV12'],
  ['Inv/0012', 'INV12'],
])('the reference %s is %s', (text, expected) => expect(normalise(text, REFERENCE_STEPS)).toBe(expected));

it.each([
  ['Müller & Söhne GmbH', 'MUELLER SOEHNE'],
  ['Mueller Soehne', 'MUELLER SOEHNE'],
  ['Société Générale S.A.', 'SOCIETE GENERALE'],
])('the company %s is %s', (text, expected) => expect(normalise(text, COMPANY_STEPS)).toBe(expected));

it('has words without accents, case and what separates them', () => {
  expect(words(' Crédit-Lyonnais, (Paris) 2 ')).toEqual(['CREDIT', 'LYONNAIS', 'PARIS', '2']);
  expect(words(' - ')).toEqual([]);
});
