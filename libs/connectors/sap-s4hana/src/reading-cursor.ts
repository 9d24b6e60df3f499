import type { TimestampString } from '@tieout/canonical';

/** Where the reading of one source of changes stands. Instants are of SAP's clock. */
export interface SourceCursor {
  /** When the last complete reading began: everything that changed before has been read. */
  readonly since: TimestampString;
  /** An unfinished reading: from when it reads (null: everything), the key reached, and when it began. */
  readonly reading: {
    readonly from: TimestampString | null;
    readonly after: readonly string[];
    readonly began: TimestampString;
  } | null;
  /** The last reading that looked far back. */
  readonly sweptAt: TimestampString;
  /** The last reading of everything. */
  readonly completeAt: TimestampString;
}

export interface Depth {
  readonly overlapSeconds: number;
  /** Looked back once a minute: a change is stamped before it is committed. */
  readonly sweepSeconds: number;
  /** Everything is read again so often; null: never. */
  readonly completeHours: number | null;
}

const SWEEP_EVERY_MS = 60_000;

/** Where the next page begins: from when changes count, null for everything, and behind which key. */
export interface Window {
  readonly from: TimestampString | null;
  readonly after: readonly string[] | null;
}

/**
 * A reading goes through its window in the order of keys and not of stamps: `/Date(...)/` has milliseconds where SAP compares
 * ten-millionths of a second, and a record that changes meanwhile keeps its place.
 */
export function windowOf(cursor: SourceCursor | null, depth: Depth): Window {
  if (cursor === null) return { from: null, after: null };
  if (cursor.reading !== null) return cursor.reading;
  if (isCompleteDue(cursor, depth)) return { from: null, after: null };
  // A sweep goes back from the last sweep: what committed late in between is covered even when the stream stood still.
  return isSweepDue(cursor)
    ? { from: before(cursor.sweptAt, depth.sweepSeconds), after: null }
    : { from: before(cursor.since, depth.overlapSeconds), after: null };
}

const isSweepDue = ({ since, sweptAt }: SourceCursor): boolean =>
  Date.parse(since) - Date.parse(sweptAt) >= SWEEP_EVERY_MS;

const isCompleteDue = ({ since, completeAt }: SourceCursor, { completeHours }: Depth): boolean =>
  completeHours !== null && Date.parse(since) - Date.parse(completeAt) >= completeHours * 3_600_000;

const before = (instant: TimestampString, seconds: number): TimestampString =>
  new Date(Date.parse(instant) - seconds * 1000).toISOString();

/** The cursor once a page of `window` is stored. `clock` is SAP's when it answered the page; `next` the last key, null at the end. */
export function advanced(
  cursor: SourceCursor | null,
  window: Window,
  page: { readonly next: readonly string[] | null; readonly clock: TimestampString },
): SourceCursor {
  const began = cursor?.reading?.began ?? page.clock;
  const base = cursor ?? { since: began, sweptAt: began, completeAt: began };
  if (page.next !== null) return { ...base, reading: { from: window.from, after: page.next, began } };
  const swept = cursor === null || isSweepDue(cursor) || window.from === null;
  return {
    since: began,
    reading: null,
    sweptAt: swept ? began : base.sweptAt,
    completeAt: window.from === null ? began : base.completeAt,
  };
}

/** A source that begins now: what was there before is read otherwise. */
export const beginning = (clock: TimestampString): SourceCursor => ({
  ...{ since: clock, reading: null, sweptAt: clock, completeAt: clock },
});

/** A cursor that only moves the clock is not worth a transaction at every poll. */
export function isWorthStoring(stored: SourceCursor | null, next: SourceCursor): boolean {
  if (stored === null || stored.reading || next.reading) return true;
  return Date.parse(next.since) - Date.parse(stored.since) >= 5_000;
}
