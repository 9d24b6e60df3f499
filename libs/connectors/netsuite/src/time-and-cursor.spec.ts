import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromAccountTime, rewind, toAccountTime } from './account-time.ts';
import { advanced, deletionsFrom, isWorthStoring, startOf, type Depth, type StreamCursor } from './stream-cursor.ts';

const zone = 'America/Los_Angeles';

describe('account time', () => {
  it('is the wall clock of the account, also over its changes', () => {
    expect(toAccountTime('2026-07-15T03:30:05.000Z', zone)).toBe('2026-07-14 20:30:05');
    expect(fromAccountTime('2026-07-14 20:30:05', zone)).toBe('2026-07-15T03:30:05.000Z');
    expect(fromAccountTime('2025-11-02 01:30:00', zone)).toBe('2025-11-02T08:30:00.000Z');
    expect(toAccountTime('2025-11-02T09:30:00.000Z', zone)).toBe('2025-11-02 01:30:00');
  });

  it('comes back as the same wall clock from every instant', () => {
    const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2050-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom(zone, 'UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe'),
        (at, tz) => {
          const local = toAccountTime(at.toISOString(), tz);
          expect(toAccountTime(fromAccountTime(local, tz), tz)).toBe(local);
        },
      ),
    );
  });

  it('rewinds an hour more in the night on which the clock is put back, so that no stamp hides before the cursor', () => {
    expect(rewind('2026-07-15T03:30:05.000Z', 2, zone)).toBe('2026-07-15T03:30:03.000Z');
    // A change at 01:00:05 of the second pass has a smaller stamp than the cursor's 01:59 of the first.
    const from = toAccountTime(rewind('2025-11-02T08:59:00.000Z', 2, zone), zone);
    expect(from <= toAccountTime('2025-11-02T09:00:05.000Z', zone)).toBe(true);
  });
});

describe('a stream cursor', () => {
  const depth: Depth = { timeZone: 'UTC', overlapSeconds: 3, sweepSeconds: 600 };
  const at = (minute: string): string => `2026-01-01T10:${minute}:00.000Z`;

  it('starts before everything, goes on inside an unfinished reading, and looks back after a finished one', () => {
    expect(startOf(null, depth)).toEqual({ at: '1970-01-02 00:00:00', id: '0' });
    const inside = advanced(null, { next: { at: '2026-01-01 09:00:00', id: '7' }, began: at('00') });
    expect(startOf(inside, depth)).toEqual({ at: '2026-01-01 09:00:00', id: '7' });
    const done = advanced(inside, { next: null, began: at('00') });
    expect(done).toEqual({ since: at('00'), reading: null, sweptAt: at('00') });
    expect(startOf(done, depth)).toEqual({ at: '2026-01-01 09:59:57', id: '0' });
  });

  it('looks far back once a minute', () => {
    const cursor: StreamCursor = { since: at('01'), reading: null, sweptAt: at('00') };
    expect(startOf(cursor, depth).at).toBe('2026-01-01 09:50:00');
    const swept = advanced(cursor, { next: null, began: at('02') });
    expect(swept.sweptAt).toBe(at('02'));
  });

  it('finds after an outage what committed late before it', () => {
    // Stamped 10:00, committed 20 seconds after the last reading began; then nothing ran for half an hour.
    const stopped: StreamCursor = {
      since: '2026-01-01T10:00:10.000Z',
      reading: null,
      sweptAt: '2026-01-01T09:59:30.000Z',
    };
    const restarted = advanced(stopped, { next: null, began: at('30') });
    expect(startOf(restarted, depth).at < '2026-01-01 10:00:00').toBe(true);
  });

  it('asks for deletions an hour further back in the night on which the clock is put back', () => {
    const berlin: Depth = { ...depth, timeZone: 'Europe/Berlin' };
    const inFirstPass: StreamCursor = { since: '2026-10-25T00:59:00.000Z', reading: null, sweptAt: at('00') };
    expect(deletionsFrom(inFirstPass, berlin).toISOString()).toBe('2026-10-24T23:49:00.000Z');
    expect(deletionsFrom({ ...inFirstPass, since: at('30') }, berlin).toISOString()).toBe(at('20'));
    expect(deletionsFrom(null, berlin).toISOString()).toBe('1970-01-02T00:00:00.000Z');
  });

  it('is stored when a reading is open or seconds have passed', () => {
    const cursor: StreamCursor = { since: at('01'), reading: null, sweptAt: at('01') };
    expect(isWorthStoring(cursor, { ...cursor, since: '2026-01-01T10:01:04.000Z' })).toBe(false);
    expect(isWorthStoring(cursor, { ...cursor, since: '2026-01-01T10:01:05.000Z' })).toBe(true);
    expect(isWorthStoring(null, cursor)).toBe(true);
  });
});
