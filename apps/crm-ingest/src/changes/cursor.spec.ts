import type { EntityName } from '@tieout/connector-salesforce';
import { describe, expect, it } from 'vitest';
import { isListingFirst, NEW_CURSOR, nextSweep, withDue, withPage, type ChangeCursor } from './cursor.ts';

const ENTITIES: readonly EntityName[] = ['Account', 'Contract'];
const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 31, 10, minutes));
const iso = (minutes: number): string => at(minutes).toISOString();
const next = (cursor: ChangeCursor, minutes: number) =>
  nextSweep(cursor, ENTITIES, { now: at(minutes), intervalMs: 15 * 60_000, windowMs: 5 * 60_000 });
/** Everything listed, last at 10:00. */
const listed = ENTITIES.reduce<ChangeCursor>(
  (cursor, entity) =>
    withPage(
      cursor,
      { entity, reason: 'first', after: null },
      { last: { stamp: iso(-60), id: 'x' }, askedAt: at(0), complete: true },
    ),
  NEW_CURSOR,
);

describe('the first listings', () => {
  it('take every entity in order from the beginning, and events wait for them', () => {
    expect(next(NEW_CURSOR, 0)).toEqual({ entity: 'Account', reason: 'first', after: null });
    expect(isListingFirst(NEW_CURSOR, ENTITIES)).toBe(true);
    const accounts = withPage(
      NEW_CURSOR,
      { entity: 'Account', reason: 'first', after: null },
      { last: null, askedAt: at(0), complete: true },
    );
    expect(next(accounts, 0)).toMatchObject({ entity: 'Contract', reason: 'first' });
    expect(isListingFirst(accounts, ENTITIES)).toBe(true);
    expect(isListingFirst(listed, ENTITIES)).toBe(false);
    expect(next(listed, 1)).toBeNull();
  });

  it('go on page by page from where they stopped, and count from their beginning', () => {
    const position = { stamp: iso(-90), id: 'b' };
    const begun = withPage(
      NEW_CURSOR,
      { entity: 'Account', reason: 'first', after: null },
      { last: position, askedAt: at(0), complete: false },
    );
    expect(next(begun, 30)).toEqual({ entity: 'Account', reason: 'first', after: position });
    const done = withPage(begun, next(begun, 30)!, { last: null, askedAt: at(30), complete: true });
    expect(done.sweeps.Account).toMatchObject({ since: iso(0), reached: position, listing: null });
  });
});

describe('further listings', () => {
  it('begin an overlap before the last one when the interval has passed', () => {
    const busy = withPage(
      listed,
      { entity: 'Account', reason: 'interval', after: null },
      { last: { stamp: iso(9), id: 'y' }, askedAt: at(10), complete: true },
    );
    expect(next(busy, 24)).toMatchObject({ entity: 'Contract' });
    expect(next(busy, 25)).toMatchObject({ entity: 'Account', after: { stamp: iso(5), id: null } });
  });

  it('begin at the last record when nothing was changed since', () => {
    expect(next(listed, 15)).toEqual({
      entity: 'Account',
      reason: 'interval',
      after: { stamp: iso(-60), id: 'x' },
    });
  });

  it('are owed by events that do not name their records, from before the change', () => {
    const reached = { stamp: iso(40), id: 'z' };
    const late = withPage(
      listed,
      { entity: 'Contract', reason: 'interval', after: null },
      { last: reached, askedAt: at(41), complete: true },
    );
    const owed = withDue(late, ['Contract'], { reason: 'gap-overflow', from: iso(20) });
    const twice = withDue(owed, ['Contract'], { reason: 'wildcard', from: iso(30) });
    expect(next({ ...twice, sweeps: { ...twice.sweeps, Account: late.sweeps.Contract! } }, 42)).toEqual({
      entity: 'Contract',
      reason: 'wildcard',
      after: { stamp: iso(15), id: null },
    });
  });

  it('are owed again when that comes up while one goes on', () => {
    const begun = withPage(
      withDue(listed, ['Account'], { reason: 'wildcard', from: null }),
      { entity: 'Account', reason: 'wildcard', after: null },
      { last: { stamp: iso(1), id: 'a' }, askedAt: at(2), complete: false },
    );
    expect(begun.sweeps.Account?.due).toBeNull();
    const again = withDue(begun, ['Account'], { reason: 'gap-overflow', from: iso(2) });
    const done = withPage(again, next(again, 3)!, { last: null, askedAt: at(3), complete: true });
    expect(next(done, 3)).toMatchObject({ entity: 'Account', reason: 'gap-overflow' });
  });

  it('come before the events when events were lost', () => {
    const lost = { ...withDue(listed, ENTITIES, { reason: 'replay-lost', from: null }), replayId: null };
    expect(isListingFirst(lost, ENTITIES)).toBe(true);
    const both = withDue(lost, ['Account'], { reason: 'wildcard', from: iso(1) });
    expect(isListingFirst(both, ['Account'])).toBe(true);
    const begun = withPage(lost, next(lost, 1)!, { last: { stamp: iso(0), id: 'a' }, askedAt: at(1), complete: false });
    expect(isListingFirst(begun, ['Account'])).toBe(true);
    const done = withPage(begun, next(begun, 1)!, { last: null, askedAt: at(1), complete: true });
    expect(isListingFirst(done, ['Account'])).toBe(false);
    expect(isListingFirst({ ...lost, replayId: 'AAA=' }, ENTITIES)).toBe(false);
  });
});
