import { describe, expect, it } from 'vitest';
import { heldSince, withHeld } from './hold.ts';

const T0 = '2026-01-31T10:00:00.000Z';
const T59 = '2026-01-31T10:00:59.999Z';
const T60 = '2026-01-31T10:01:00.000Z';

describe('a version with a legal entity that nobody has heard of', () => {
  it('waits from the first reading on, until the grace is over', () => {
    expect(heldSince(undefined, true, T0, 60_000)).toBe(T0);
    expect(heldSince(T0, true, T59, 60_000)).toBe(T0);
    expect(heldSince(T0, true, T60, 60_000)).toBeNull();
  });
  it('does not wait without a grace, or when there is none that is news', () => {
    expect(heldSince(undefined, true, T0, 0)).toBeNull();
    expect(heldSince(T0, false, T0, 60_000)).toBeNull();
  });
});

it('the waits of the other versions stay as they are', () => {
  expect(withHeld({ a: T0 }, 'b', T59)).toEqual({ a: T0, b: T59 });
  expect(withHeld({ a: T0, b: T59 }, 'a', null)).toEqual({ b: T59 });
  expect(withHeld({}, 'a', null)).toEqual({});
});
