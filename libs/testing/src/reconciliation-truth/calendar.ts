const DAY = 86_400_000;

/** The day `days` after this one, before it when negative. YYYY-MM-DD in and out. */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
}
