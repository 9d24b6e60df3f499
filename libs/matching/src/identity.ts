import type { ItemField, Key } from './rule-set.ts';

/** Whom it is with or when it was tells items apart badly: only other keys say which items belong together. */
export function hasIdentity(keys: readonly Key[]): boolean {
  const weak: readonly ItemField[] = ['counterparty', 'legalEntity', 'date', 'currency'];
  return keys.some(({ left, right }) => !weak.includes(left) && !weak.includes(right));
}

/** Digits that make a reference one that nothing else has. */
const ENOUGH_DIGITS = 4;

/** INV-1001 is distinctive; RENT, JUNE, 2026-06 and 12.06.2026 are what many items may be called. */
export function isDistinctive(text: string): boolean {
  const runs = text.match(/[0-9]{3,}/g) ?? [];
  return runs.reduce((digits, run) => digits + (isCalendar(run) ? 0 : run.length), 0) >= ENOUGH_DIGITS;
}

/** A year, a year with a month, or with a month and a day. */
function isCalendar(run: string): boolean {
  return /^(?:19|20)[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])?)?$/.test(run);
}
