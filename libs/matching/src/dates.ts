const DAY_MS = 86_400_000;
const DAYS = new Map<string, number>();

/** Days since 1970-01-01 of a date YYYY-MM-DD. */
export function dayOf(date: string): number {
  let day = DAYS.get(date);
  if (day === undefined) {
    day = Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
    if (DAYS.size < 100_000) DAYS.set(date, day);
  }
  return day;
}

export function addDays(date: string, days: number): string {
  return new Date((dayOf(date) + days) * DAY_MS).toISOString().slice(0, 10);
}
