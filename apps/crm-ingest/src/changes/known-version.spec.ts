import { describe, expect, it } from 'vitest';
import { isInReading, isUnread } from './known-version.ts';

const ID = '0015g0000000001AAA';

describe('a record that was read', () => {
  const stamp = '2026-01-31T10:00:00.000Z';
  const after = (seconds: number): Date => new Date(Date.parse(stamp) + seconds * 1_000);
  const unread = (readAfter: number, listedAfter: number): boolean => {
    const known = { stamp, readAt: after(readAfter).toISOString() };
    return isUnread({ id: ID, stamp, own: true }, known, after(listedAfter), 300_000);
  };

  it('is read again until its stamp is so old that every transaction of that second has committed', () => {
    const readings = [0.2];
    for (let second = 0; second <= 3_600; second += 5) if (unread(readings.at(-1)!, second)) readings.push(second);
    expect(readings.at(-1)).toBe(300);
    expect(readings.length).toBeLessThan(12);
    expect(unread(299.9, 300)).toBe(true);
    expect(unread(300, 3_600)).toBe(false);
  });

  it('is read at once when it has another stamp or was never read', () => {
    const listed = { id: ID, stamp, own: true };
    expect(isUnread(listed, undefined, after(0), 1)).toBe(true);
    expect(isUnread(listed, { stamp: after(1).toISOString(), readAt: after(1).toISOString() }, after(2), 1)).toBe(true);
  });

  it('is met again by a line of another stamp only when that is younger than the reading', () => {
    const line = { id: ID, stamp, own: false };
    const known = (seconds: number) => ({ stamp: after(-900).toISOString(), readAt: after(seconds).toISOString() });
    expect(isUnread(line, known(-1), after(1), 300_000)).toBe(true);
    expect(isUnread(line, known(400), after(900), 300_000)).toBe(false);
  });
});

describe('a change', () => {
  const committed = new Date('2026-01-31T10:00:00.400Z');
  const readAfter = (ms: number) => ({ stamp: '', readAt: new Date(committed.getTime() + ms).toISOString() });

  it('is in a reading that was asked for more than a second after its commit, and in no other', () => {
    expect(isInReading(committed, readAfter(1_001))).toBe(true);
    expect(isInReading(committed, readAfter(1_000))).toBe(false);
    expect(isInReading(committed, readAfter(-60_000))).toBe(false);
    expect(isInReading(committed, undefined)).toBe(false);
  });
});
