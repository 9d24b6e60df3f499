import { addMonths, lastDayOf, periodOf } from '@tieout/canonical';

const DAY_MS = 86_400_000;
const toDay = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

/** @example addDays('2026-02-27', 2) is '2026-03-01' */
export const addDays = (date: string, days: number): string =>
  new Date((toDay(date) + days) * DAY_MS).toISOString().slice(0, 10);

/** Days from one date to another, negative when the other is earlier. */
export const daysBetween = (from: string, to: string): number => toDay(to) - toDay(from);

/** Last day of a term of whole months: a year from 2026-04-01 ends on 2027-03-31. A day that a month lacks is its last one. */
export function lastDayOfTerm(start: string, months: number): string {
  const month = addMonths(periodOf(start), months);
  const day = `${month}-${start.slice(8)}`;
  const last = lastDayOf(month);
  return addDays(day < last ? day : last, -1);
}
