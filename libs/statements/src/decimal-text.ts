import type { DecimalString } from '@tieout/canonical';
import { shown } from './problem.ts';

/** Which sign stands before the decimals: `comma` is 1.234,50, `point` is 1,234.50. */
export type DecimalMark = 'comma' | 'point';

/** What a cell says about the file's decimal mark: it proves one, it could be read both ways, or it has none. */
export type MarkEvidence = DecimalMark | 'either' | 'none';

/** An amount without its sign: digits and marks, groups of thousands by spaces or apostrophes already closed up. */
export interface AmountText {
  readonly negative: boolean;
  readonly body: string;
  readonly evidence: MarkEvidence;
}

const SPACES_OR_APOSTROPHES = /^\d{1,3}(?:[ '\u2019\u00a0\u2009\u202f]\d{3})+(?=[.,]\d+$|$)/;
/** Whole thousands, or as in India the last three digits and pairs before them. */
const GROUPED = { ',': /^(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})$/, '.': /^\d{1,3}(?:\.\d{3})+$/ } as const;

/**
 * First half of reading an amount: what can be said without knowing the file's decimal mark. Accepted are a leading or
 * trailing sign, parentheses for negative, the row's own currency code before or behind, and thousands in groups.
 * @returns text: why it is no amount
 */
export function amountText(cell: string, currency: string): AmountText | string {
  if (/^-?\d+$/.test(cell)) return bare(cell, 'none');
  if (/^-?\d+\.\d{1,2}$/.test(cell)) return bare(cell, 'point');
  const unit = withoutUnit(cell, currency);
  const signed = withoutSign(unit);
  if (signed === undefined) return `${shown(cell)} has more than one sign`;
  const grouped = SPACES_OR_APOSTROPHES.exec(signed.body)?.[0];
  const body = grouped === undefined ? signed.body : grouped.replace(/\D/g, '') + signed.body.slice(grouped.length);
  if (!/^[\d.,]*\d[\d.,]*$/.test(body)) return whyNot(cell, currency);
  const evidence = evidenceOf(body, grouped !== undefined);
  return evidence === undefined
    ? `${shown(cell)} is no number: its marks are in no order that a number has`
    : { negative: signed.negative, body, evidence };
}

/** Second half. @returns canonical decimal text (`isExact` tells), or why the amount does not fit the file's decimal mark */
export function amountWith({ negative, body }: AmountText, mark: DecimalMark): string {
  const point = mark === 'point' ? '.' : ',';
  const group = mark === 'point' ? ',' : '.';
  const at = body.indexOf(point);
  const whole = at === -1 ? body : body.slice(0, at);
  const decimals = at === -1 ? '' : body.slice(at + 1);
  const isPlain = /^\d+$/.test(whole);
  if (!(isPlain || GROUPED[group].test(whole)) || !/^\d*$/.test(decimals))
    return `${shown(body)} does not fit the decimal ${mark} of this file`;
  const digits = isPlain ? whole : whole.replaceAll(group, '');
  return digits.length + decimals.length > 60
    ? `${shown(body)} has more than 60 digits`
    : canonical(negative, digits, decimals);
}

/** What `parseDecimal` gives for it; as text, because a million rows are worth it. */
function canonical(negative: boolean, digits: string, decimals: string): DecimalString {
  const whole = digits.startsWith('0') ? digits.replace(/^0+(?=\d)/, '') : digits;
  const rest = decimals.endsWith('0') ? decimals.replace(/0+$/, '') : decimals;
  const sign = negative && (whole !== '0' || rest !== '') ? '-' : '';
  return rest === '' ? sign + whole : `${sign}${whole}.${rest}`;
}

/** True for what `amountWith` returns when it fits. */
export const isExact = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);

const bare = (cell: string, evidence: MarkEvidence): AmountText => {
  const negative = cell.startsWith('-');
  return { negative, body: negative ? cell.slice(1) : cell, evidence };
};

function withoutUnit(cell: string, currency: string): string {
  if (currency === '') return cell;
  if (cell.startsWith(currency)) return cell.slice(currency.length).trim();
  return cell.endsWith(currency) ? cell.slice(0, -currency.length).trim() : cell;
}

/** undefined when there is more than one sign. */
function withoutSign(text: string): { negative: boolean; body: string } | undefined {
  const match = /^(\()?([+\-\u2212]?) ?([^()+\-\u2212]*?) ?([+\-\u2212]?)(\))?$/u.exec(text);
  if (match === null) return { negative: false, body: text };
  const [, open, before = '', body = '', after = '', close] = match;
  if ((open === undefined) !== (close === undefined)) return { negative: false, body: text };
  const signs = (open === undefined ? '' : '(') + before + after;
  return signs.length > 1 ? undefined : { negative: signs !== '' && signs !== '+', body };
}

/** undefined when marks and digits are in no order that a number has. */
function evidenceOf(body: string, closedUp: boolean): MarkEvidence | undefined {
  const [points, commas] = [body.split('.').length - 1, body.split(',').length - 1];
  if (points + commas === 0) return 'none';
  if (points > 0 && commas > 0) {
    const mark = body.lastIndexOf('.') > body.lastIndexOf(',') ? 'point' : 'comma';
    return isExact(amountWith({ negative: false, body, evidence: mark }, mark)) ? mark : undefined;
  }
  if (points + commas > 1) return closedUp ? undefined : repeated(body, points > 0 ? '.' : ',');
  const [whole = '', decimals = ''] = body.split(/[.,]/);
  if (whole === '' || decimals === '') return undefined;
  const couldBeThousands = !closedUp && decimals.length === 3 && /^[1-9]\d{0,2}$/.test(whole);
  return couldBeThousands ? 'either' : points > 0 ? 'point' : 'comma';
}

/** A mark that comes twice separates thousands, so the other one stands before decimals. */
function repeated(body: string, mark: '.' | ','): MarkEvidence | undefined {
  if (!GROUPED[mark].test(body)) return undefined;
  return mark === '.' ? 'comma' : 'point';
}

function whyNot(cell: string, currency: string): string {
  if (cell === '') return 'the amount is missing';
  if (/^[-+(]?[\d.,]+e[-+]?\d+\)?$/i.test(cell))
    return `${shown(cell)} has an exponent: spreadsheets write so what they have rounded; export the column as a plain number`;
  if (/^[-+]?(nan|inf(inity)?|null|none|n\/?a|undefined|true|false)$/i.test(cell) || cell.startsWith('#'))
    return `${shown(cell)} stands where a number is missing in the source; no amount is assumed for it`;
  if (/\p{Sc}/u.test(cell))
    return `${shown(cell)} has a currency sign, which names no currency for sure; the currency has its own column`;
  if (/[A-Z]{3}/i.test(cell) && /\d/.test(cell) && currency !== '')
    return `${shown(cell)} is not a number in ${currency}, the currency of its row`;
  return `${shown(cell)} is not a number`;
}
