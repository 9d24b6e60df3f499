/** Versions that wait for legal entities, by their id: since when, as ISO text. */
export type Held = Readonly<Record<string, string>>;

/**
 * Since when a version waits, or null when it need not. A version that names a legal entity which this service has not received
 * waits for a while: the entity's record may only be later, at a first start above all, and a version without the cells of half
 * the group would look usable. Entities about which a case is open are no news, so that no version waits for them again.
 * @param news whether the version names such an entity and no case says so
 */
export function heldSince(before: string | undefined, news: boolean, now: string, graceMs: number): string | null {
  if (!news) return null;
  const since = before ?? now;
  return Date.parse(now) - Date.parse(since) < graceMs ? since : null;
}

/** The same with one version's wait begun, kept or over. */
export function withHeld(held: Held, versionId: string, since: string | null): Held {
  const { [versionId]: _before, ...others } = held;
  return since === null ? others : { ...others, [versionId]: since };
}
