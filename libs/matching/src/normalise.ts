import { withoutLegalForm } from './legal-forms.ts';

/*
 * Texts of different systems in one shape, so that equal things become equal strings. A rule names the steps it wants and they
 * are taken in that order; each is idempotent.
 */

const STEPS = {
  /** No white space around it, one blank for each inside. */
  collapse: (text) => text.trim().replace(/\s+/gu, ' '),
  /** Upper case; full-width and other compatibility forms as the plain ones (NFKC), which upper case can make anew. */
  upper: (text) => text.normalize('NFKC').toUpperCase().normalize('NFKC'),
  /** The German way to write them without: ä as AE or ae, ß as ss. Before `fold`, which takes ä for a. */
  umlauts: (text) =>
    text
      .normalize('NFC')
      .replace(/[äöüÄÖÜßẞ]/gu, (letter) => UMLAUTS[letter] ?? letter)
      .normalize('NFC'),
  /** Letters without their accents: é as e, ø as o, ł as l, æ as ae, ß as ss. */
  fold: (text) =>
    text
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replace(/[øØłŁđĐæÆœŒßẞ]/gu, (letter) => LETTERS[letter] ?? letter)
      .normalize('NFC'),
  /** Only letters and digits of whatever script. */
  alnum: (text) => text.normalize('NFC').replace(/[^\p{L}\p{M}\p{Nd}]/gu, ''),
  /** Anything else than letters and digits becomes one space. */
  words: (text) =>
    text
      .normalize('NFC')
      .replace(/[^\p{L}\p{M}\p{Nd}]+/gu, ' ')
      .trim(),
  /** Only the digits 0 to 9. */
  digits: (text) => text.replace(/[^0-9]/g, ''),
  /** Of each run of digits that begins the text or follows something else: INV-00012 as INV-12. A zero alone stays. */
  'strip-zeros': (text) => text.replace(/(?<![0-9])0+(?=[0-9])/g, ''),
  /** Without GmbH, Ltd., S.p.A. and the like at the end (or Japanese ones at the beginning): see legal-forms.ts. */
  'legal-forms': withoutLegalForm,
} satisfies Record<string, (text: string) => string>;

export type NormaliseStep = keyof typeof STEPS;
export const NORMALISE_STEPS = Object.keys(STEPS) as readonly NormaliseStep[];

/** The text after the steps, taken in the given order. */
export function normalise(text: string, steps: readonly NormaliseStep[]): string {
  return steps.reduce((result, step) => STEPS[step](result), text);
}

/** A reference as systems disagree on it: inv-00012, INV 12 and Inv/0012 are INV12. */
export const REFERENCE_STEPS: readonly NormaliseStep[] = ['upper', 'strip-zeros', 'alnum'];

/** The name of a company as people shorten it: Müller & Söhne GmbH and MUELLER SOEHNE are MUELLER SOEHNE. */
export const COMPANY_STEPS: readonly NormaliseStep[] = ['umlauts', 'fold', 'upper', 'legal-forms', 'words'];

/** The runs of letters and digits, without accents and in upper case. */
export function words(text: string): string[] {
  const plain = normalise(text, ['fold', 'upper', 'words']);
  return plain === '' ? [] : plain.split(' ');
}

const UMLAUTS: Readonly<Record<string, string>> = {
  ...{ ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'AE', Ö: 'OE', Ü: 'UE', ß: 'ss', ẞ: 'SS' },
};
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ø: 'o', Ø: 'O', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ß: 'ss', ẞ: 'SS' },
};
