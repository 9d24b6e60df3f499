import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeMark, encodeMark } from './relay-mark.ts';

describe('a relay mark', () => {
  it('gives back the event ids it was made of', () => {
    const ids = Array.from({ length: 500 }, () => randomUUID() as string);
    expect(decodeMark(encodeMark(ids))).toEqual(ids);
    expect(encodeMark(ids)).toHaveLength(500 * 16);
  });

  it('is refused when bytes are missing', () => {
    expect(() => decodeMark(encodeMark([randomUUID()]).subarray(1))).toThrow('15 bytes');
  });
});
