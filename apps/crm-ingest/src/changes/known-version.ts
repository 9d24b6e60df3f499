/** The version that was read last, and when; an instant not after that, by the org's clock. */
export interface KnownVersion {
  readonly stamp: string;
  readonly readAt: string;
}

/** As the stores select it. */
export interface KnownRow {
  readonly id: string;
  readonly stamp: Date;
  readonly readAt: Date;
}

export function toKnown({ id, stamp, readAt }: KnownRow): [string, KnownVersion] {
  return [id, { stamp: stamp.toISOString(), readAt: readAt.toISOString() }];
}

/** What a listing says about a record. */
export interface Listed {
  /** The record to be read. */
  readonly id: string;
  readonly stamp: string;
  /** Whether the stamp is the record's own: a contract is also met by its lines, which have stamps of theirs. */
  readonly own: boolean;
}

/**
 * Whether a listed version has to be read by id. Two changes within one second carry the same stamp, and the later one can
 * appear as late as its transaction commits: a version is read again each time its age has doubled, and once more when it
 * is older than `windowMs`. Instants are those when listings were asked for.
 */
export function isUnread(listed: Listed, known: KnownVersion | undefined, askedAt: Date, windowMs: number): boolean {
  if (known === undefined || (listed.own && known.stamp !== listed.stamp)) return true;
  const stamp = Date.parse(listed.stamp);
  const ageWhenRead = Date.parse(known.readAt) - stamp;
  return ageWhenRead < windowMs && askedAt.getTime() - stamp >= Math.min(2 * ageWhenRead, windowMs);
}

/** Stamps and the clock of answers tell seconds; a commit may be visible a little after the time that it is given. */
const MARGIN_MS = 1_000;

/** Whether a change is in what was read already: the reading was asked for well after its commit. */
export function isInReading(committedAt: Date, known: KnownVersion | undefined): boolean {
  return known !== undefined && Date.parse(known.readAt) - committedAt.getTime() > MARGIN_MS;
}
