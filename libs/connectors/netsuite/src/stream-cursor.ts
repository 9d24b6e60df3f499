import { rewind, toAccountTime } from './account-time.ts';
import type { Position } from './vendor-types.ts';

/** Where a stream stands. Instants are UTC, a position is in the account's time. */
export interface StreamCursor {
  /** The account's clock when the last complete reading began: everything changed before has been read. */
  readonly since: string;
  /** An unfinished reading: the place reached, and the account's clock at its beginning. */
  readonly reading: { readonly after: Position; readonly began: string } | null;
  /** The account's clock at the last reading that looked far back. */
  readonly sweptAt: string;
}

export interface Depth {
  readonly timeZone: string;
  /** Looked back by every reading: changes within a second of the last one share its stamp. */
  readonly overlapSeconds: number;
  /** Looked back once a minute: a save stamps its record before it commits. */
  readonly sweepSeconds: number;
}

const SWEEP_EVERY_MS = 60_000;
const BEGINNING = '1970-01-02T00:00:00.000Z';

/** Before everything: the first reading takes the whole account. */
const origin: Position = { at: '1970-01-02 00:00:00', id: '0' };

/** Where the next reading begins. */
export function startOf(cursor: StreamCursor | null, depth: Depth): Position {
  if (cursor === null) return origin;
  if (cursor.reading) return cursor.reading.after;
  // A sweep goes back from the last sweep and not from the last reading: what committed late in between is covered even
  // when the stream stood still for longer than the sweep is deep.
  const [base, seconds] = isSweep(cursor) ? [cursor.sweptAt, depth.sweepSeconds] : [cursor.since, depth.overlapSeconds];
  // Id 0 is before every record of that second.
  return { at: toAccountTime(rewind(base, seconds, depth.timeZone), depth.timeZone), id: '0' };
}

/** From when deletions are asked for at the end of a reading: always as far back as a sweep. */
export function deletionsFrom(cursor: StreamCursor | null, depth: Depth): Date {
  if (cursor === null) return new Date(BEGINNING);
  const from = Date.parse(rewind(cursor.since, depth.sweepSeconds, depth.timeZone));
  return new Date(Math.max(from, Date.parse(BEGINNING)));
}

function isSweep({ since, sweptAt }: StreamCursor): boolean {
  return Date.parse(since) - Date.parse(sweptAt) >= SWEEP_EVERY_MS;
}

/** The cursor once a page is stored. `began` is the account's clock at the first page of this reading. */
export function advanced(
  cursor: StreamCursor | null,
  page: { readonly next: Position | null; readonly began: string },
): StreamCursor {
  const { next, began } = page;
  const before = cursor ?? { since: BEGINNING, reading: null, sweptAt: began };
  if (next) return { ...before, reading: { after: next, began } };
  return { since: began, reading: null, sweptAt: isSweep(before) ? began : before.sweptAt };
}

/** A cursor that only moves the clock is not worth a transaction at every poll. */
export function isWorthStoring(stored: StreamCursor | null, next: StreamCursor): boolean {
  if (stored === null || stored.reading || next.reading) return true;
  return Date.parse(next.since) - Date.parse(stored.since) >= 5_000;
}
