import type { DateString } from './generated/types.generated.ts';
import { InvalidValueError } from './invalid-value-error.ts';

/** Accounting month `YYYY-MM`; sorts as text. */
export type Period = string;

/** Month of a business date. @throws InvalidValueError `invalid-date` */
export function periodOf(date: DateString): Period {
  return assertDate(date).slice(0, 7);
}

/** @example addMonths('2026-11', 3) is '2027-02' */
export function addMonths(period: Period, months: number): Period {
  return fromIndex(toIndex(period) + months);
}

/** Months from one period to another: `monthsBetween('2026-11', '2027-02')` is 3. */
export function monthsBetween(from: Period, to: Period): number {
  return toIndex(to) - toIndex(from);
}

/** Every period from the first to the last, both included; empty when they are the wrong way round. */
export function periodRange(first: Period, last: Period): readonly Period[] {
  return Array.from({ length: Math.max(0, monthsBetween(first, last) + 1) }, (_, months) => addMonths(first, months));
}

export function firstDayOf(period: Period): DateString {
  toIndex(period);
  return `${period}-01`;
}

export function lastDayOf(period: Period): DateString {
  const next = Date.parse(`${addMonths(period, 1)}-01T00:00:00Z`);
  return new Date(next - 86_400_000).toISOString().slice(0, 10);
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** True for a day that exists, written `YYYY-MM-DD`. Not by Date: it takes 30 February as 2 March. */
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return day >= 1 && day <= (DAYS_IN_MONTH[month - 1] ?? 0) + leapDay;
}

export function assertDate(text: string): DateString {
  if (!isDate(text))
    throw new InvalidValueError('invalid-date', `${JSON.stringify(text.slice(0, 40))} is not a date YYYY-MM-DD`);
  return text;
}

function toIndex(period: Period): number {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(period);
  if (match === null)
    throw new InvalidValueError('invalid-period', `${JSON.stringify(period.slice(0, 40))} is not a month YYYY-MM`);
  return Number(match[1]) * 12 + Number(match[2]) - 1;
}

function fromIndex(index: number): Period {
  const [year, month] = [Math.floor(index / 12), index % 12];
  if (year < 0 || year > 9999)
    throw new InvalidValueError('invalid-period', `There is no month ${index} months after year 0`);
  return `${String(year).padStart(4, '0')}-${String(month + 1).padStart(2, '0')}`;
}
