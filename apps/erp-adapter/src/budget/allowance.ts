/** How many calls at a time the vendor stands at the moment, which may be fewer than were agreed. */
export interface Allowance {
  readonly places: number;
  /** Milliseconds since it was changed. */
  readonly ageMs: number;
}

/** A vendor that says "too many" is believed once; the calls that were under way tell no news. */
const settleMs = 2_000;
const growMs = 5_000;

/** Half after an overload, and back one by one while nothing is said; null when it stays. */
export function nextAllowance({ places, ageMs }: Allowance, limit: number, overloaded: boolean): number | null {
  if (places > limit) return limit;
  if (overloaded) return ageMs < settleMs || places === 1 ? null : Math.max(1, Math.floor(places / 2));
  return places < limit && ageMs >= growMs ? places + 1 : null;
}
