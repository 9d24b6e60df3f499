import { add, fromUnits, periodOf, subtract, sum, toUnits, type Period } from '@tieout/canonical';
import type { CreditMemo, Invoice, Payment } from './scenario.ts';

/** Both currencies of the month-end have cents. */
const CENTS = 2;
const DAY_MS = 86_400_000;

export const fromCents = (cents: number | bigint): string => fromUnits(BigInt(cents), CENTS);

/** So many percent of an amount, rounded half up to cents. @param percent a whole number, not negative */
export function percentOf(amount: string, percent: number): string {
  return fromUnits((toUnits(amount, CENTS) * BigInt(percent) + 50n) / 100n, CENTS);
}

export const times = (quantity: number, cents: number): string => fromCents(BigInt(quantity) * BigInt(cents));

/** @example addDays('2026-09-28', 5) is '2026-10-03' */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export const dayOf = (month: Period, day: number): string => `${month}-${String(day).padStart(2, '0')}`;

export const grossOf = (invoice: Invoice): string => sum(invoice.lines.flatMap(({ net, tax }) => [net, tax]));
export const creditOf = ({ net, tax }: CreditMemo): string => add(net, tax);
export const unappliedOf = ({ amount, applied, voided }: Payment): string =>
  voided ? '0' : subtract(amount, sum(applied.map((one) => one.amount)));
export const monthOf = ({ issueDate }: Invoice): Period => periodOf(issueDate);
