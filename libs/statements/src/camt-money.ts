import { isCurrency, isDate, negate, parseDecimal, type DecimalString } from '@tieout/canonical';
import { shown } from './problem.ts';
import { at, textAt, type XmlNode } from './xml.ts';

export interface SignedAmount {
  readonly amount: DecimalString;
  readonly currency: string;
}

/**
 * An amount of ISO 20022 with the sign of its credit-debit indicator: credits are positive. A reversal indicator changes
 * nothing about that: the indicator of a reversal says which way the money goes now.
 * @returns text: why it is none
 */
export function signedAmount(amount: XmlNode, indicator: string | null): SignedAmount | string {
  const text = typeof amount === 'string' ? amount.trim() : textAt(amount);
  if (text === null) return 'the amount is missing';
  if (!/^\d{1,18}(\.\d{1,18})?$/.test(text)) return `the amount ${shown(text)} is not a number as ISO 20022 writes it`;
  const currency = textAt(amount, '@Ccy') ?? '';
  if (!isCurrency(currency)) return `the currency ${shown(currency)} is not an ISO 4217 currency code`;
  if (indicator !== 'CRDT' && indicator !== 'DBIT')
    return `the credit-debit indicator is ${shown(indicator ?? '')}, not CRDT or DBIT: its sign is unknown`;
  const exact = parseDecimal(text);
  return { amount: indicator === 'CRDT' ? exact : negate(exact), currency };
}

/** Day of a Dt or DtTm choice, as the bank writes it; null when there is none that exists. */
export function dayAt(node: XmlNode, ...path: readonly string[]): string | null {
  const choice = at(node, ...path);
  const text = typeof choice === 'string' ? choice : (textAt(choice, 'Dt') ?? textAt(choice, 'DtTm'));
  const day = text?.trim().slice(0, 10) ?? '';
  return isDate(day) ? day : null;
}
