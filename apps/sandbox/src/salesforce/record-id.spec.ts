import { describe, expect, it } from 'vitest';
import { normaliseId, recordId, withChecksum } from './record-id.ts';

describe('a Salesforce id', () => {
  it('carries the published checksum of its capital letters', () => {
    // Known pairs from public documentation of the 15 to 18 character conversion.
    expect(withChecksum('001A0000006Vm9r')).toBe('001A0000006Vm9rIAC');
  });
  it('rises with its number in byte order', () => {
    const ids = [1n, 9n, 10n, 35n, 36n, 61n, 62n, 4000n].map((n) => recordId('001', n));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids.map((id) => id.length))).toEqual(new Set([18]));
  });
  it('is taken in both lengths and refused with a wrong checksum', () => {
    expect(normaliseId('001A0000006Vm9r')).toBe('001A0000006Vm9rIAC');
    expect(normaliseId('001A0000006Vm9rIAC')).toBe('001A0000006Vm9rIAC');
    expect(normaliseId('001A0000006Vm9rAAA')).toBeUndefined();
    expect(normaliseId("001' or 1=1")).toBeUndefined();
  });
});
