import type { EntityName, Position } from '@tieout/connector-salesforce';

/** Why the changed records of an entity are listed and read, beside the events. */
export type SweepReason = 'first' | 'interval' | 'gap-overflow' | 'wildcard' | 'replay-lost' | 'unreadable';

/** A listing that is owed. */
export interface Due {
  readonly reason: SweepReason;
  /** The changes that it has to find may be this old, by the org's clock; null: as old as the last listing. */
  readonly from: string | null;
}

/** Where the listings of one entity stand. Instants are ISO text by the org's clock. */
export interface Sweep {
  /** The beginning of the last complete listing: what was visible then has been read. Null before the first. */
  readonly since: string | null;
  /** The last record ever listed. */
  readonly reached: Position | null;
  readonly due: Due | null;
  /** A listing under way: the place to go on, its beginning, why. */
  readonly listing: { readonly after: Position | null; readonly began: string; readonly reason: SweepReason } | null;
}

/** Where the stream of one org stands. */
export interface ChangeCursor {
  /** Last event that was dealt with; null: the stream begins at the earliest that is kept. */
  readonly replayId: string | null;
  /** When that was stored, by our clock. The org forgets an id after 72 hours. */
  readonly replayAt: string | null;
  readonly sweeps: Readonly<Partial<Record<EntityName, Sweep>>>;
  /** Entities that we know nothing of -> when the first of their events came. */
  readonly unknown: Readonly<Record<string, string>>;
  /** Events by what became of them, since the stream was made: their sum is the number of events handed over. */
  readonly events: Readonly<Record<string, number>>;
}

export const NEW_CURSOR: ChangeCursor = { replayId: null, replayAt: null, sweeps: {}, unknown: {}, events: {} };
const NEVER: Sweep = { since: null, reached: null, due: null, listing: null };

/** One page of a listing that is to be read. */
export interface SweepPage {
  readonly entity: EntityName;
  readonly reason: SweepReason;
  readonly after: Position | null;
}

/** The next page to list: of a listing under way, owed, or due by time; in the order of the entities. */
export function nextSweep(
  cursor: ChangeCursor,
  entities: readonly EntityName[],
  options: { readonly now: Date; readonly intervalMs: number; readonly windowMs: number },
): SweepPage | null {
  for (const entity of entities) {
    const sweep = cursor.sweeps[entity] ?? NEVER;
    if (sweep.listing) return { entity, reason: sweep.listing.reason, after: sweep.listing.after };
    const reason = sweep.since === null ? 'first' : (sweep.due?.reason ?? null);
    const elapsed = sweep.since !== null && options.now.getTime() - Date.parse(sweep.since) >= options.intervalMs;
    if (reason !== null || elapsed)
      return { entity, reason: reason ?? 'interval', after: startOf(sweep, options.windowMs) };
  }
  return null;
}

/** Events wait while what they continue from is not there: before everything was listed once, and after lost events. */
export function isListingFirst(cursor: ChangeCursor, entities: readonly EntityName[]): boolean {
  if (cursor.replayId !== null) return false;
  return entities.some((entity) => {
    const { since, due, listing } = cursor.sweeps[entity] ?? NEVER;
    return since === null || due?.reason === 'replay-lost' || listing?.reason === 'replay-lost';
  });
}

/** A record can appear `windowMs` after its stamp, so a listing begins that long before what it has to find. */
function startOf({ since, reached, due }: Sweep, windowMs: number): Position | null {
  if (since === null || reached === null) return null;
  const from = due?.from != null && due.from < since ? due.from : since;
  const stamp = new Date(Date.parse(from) - windowMs).toISOString();
  return stamp < reached.stamp ? { stamp, id: null } : reached;
}

/** The cursor once a page is stored. `last` is null when the page was empty; `askedAt` is when it was asked for. */
export function withPage(
  cursor: ChangeCursor,
  { entity, reason, after }: SweepPage,
  page: { readonly last: Position | null; readonly askedAt: Date; readonly complete: boolean },
): ChangeCursor {
  const sweep = cursor.sweeps[entity] ?? NEVER;
  const began = sweep.listing?.began ?? page.askedAt.toISOString();
  const reached = later(sweep.reached, page.last);
  // What became due while a listing went on is owed another one.
  const due = sweep.listing === null ? null : sweep.due;
  const listing = page.complete ? null : { after: page.last ?? after, began, reason };
  const since = page.complete ? began : sweep.since;
  return { ...cursor, sweeps: { ...cursor.sweeps, [entity]: { since, reached, due, listing } } };
}

function later(a: Position | null, b: Position | null): Position | null {
  if (a === null || b === null) return a ?? b;
  const order = a.stamp === b.stamp ? (a.id ?? '') < (b.id ?? '') : a.stamp < b.stamp;
  return order ? b : a;
}

/** Owes listings; of two for one entity the one that looks further back. */
export function withDue(cursor: ChangeCursor, entities: readonly EntityName[], due: Due): ChangeCursor {
  const sweeps = entities.map((entity) => {
    const sweep = cursor.sweeps[entity] ?? NEVER;
    return [entity, { ...sweep, due: further(sweep.due, due) }] as const;
  });
  return { ...cursor, sweeps: { ...cursor.sweeps, ...Object.fromEntries(sweeps) } };
}

function further(known: Due | null, due: Due): Due {
  if (known === null) return due;
  const from = [known.from, due.from].filter((one) => one !== null).sort()[0] ?? null;
  // Lost events hold the stream back, so that reason stays.
  return { reason: known.reason === 'replay-lost' ? known.reason : due.reason, from };
}
