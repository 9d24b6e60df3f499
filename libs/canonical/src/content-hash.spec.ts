import { describe, expect, it } from 'vitest';
import { canonicalJson, contentHash } from './content-hash.ts';

describe('content hash', () => {
  it('does not depend on the order of properties', () => {
    expect(contentHash({ a: 1, b: { d: [1, 2], c: null } })).toBe(contentHash({ b: { c: null, d: [1, 2] }, a: 1 }));
  });

  it('depends on the order of items, on nesting and on every digit of a bigint', () => {
    expect(contentHash([1, 2])).not.toBe(contentHash([2, 1]));
    expect(contentHash({ a: { b: 1 } })).not.toBe(contentHash({ a: {}, b: 1 }));
    expect(contentHash({ n: 9_007_199_254_740_993n })).not.toBe(contentHash({ n: 9_007_199_254_740_992n }));
  });

  it('tells text from number and null from nothing', () => {
    expect(contentHash({ a: '1' })).not.toBe(contentHash({ a: 1 }));
    expect(contentHash({ a: null })).not.toBe(contentHash({}));
    expect(contentHash({ a: undefined })).toBe(contentHash({}));
  });

  it('writes bigint as digits, bytes as base64 and text with JSON escapes', () => {
    expect(canonicalJson({ z: 1n, b: Buffer.from([255]), t: 'é"\n' })).toBe(String.raw`{"b":"/w==","t":"é\"\n","z":1}`);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, new Date(0), new Map(), () => 1, undefined])(
    'refuses %s, which has no exact text',
    (value) => {
      expect(() => canonicalJson({ value: [value] })).toThrow(TypeError);
    },
  );
});
