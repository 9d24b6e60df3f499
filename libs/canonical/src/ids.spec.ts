import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalId, crossReferenceId, derivedId, joinKey, uuidV5 } from './ids.ts';

describe('ids', () => {
  it('are the UUIDv5 of RFC 9562', () => {
    expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it('never change: every record ever published is keyed by them', () => {
    expect(canonicalId('netsuite', 'main', 'invoice', '4711')).toBe('e9f108c1-8aab-5cbb-93a7-6af64508da8f');
    expect(canonicalId('salesforce', 'main', 'Account', '001xx000003DGb2AAG')).toBe(
      '76aa9e42-d78e-56d1-90fb-b0f0eb60c75c',
    );
    expect(derivedId('foreign-edit', 'c67bcf83-4dd6-5cf0-983b-78dbee2a151e', 7)).toBe(
      '80153a6f-4783-578e-87d1-8d6c117b00af',
    );
  });

  it('differ when the parts are split differently', () => {
    expect(canonicalId('a', 'b', 'c', 'd|e')).not.toBe(canonicalId('a', 'b', 'c|d', 'e'));
    expect(derivedId('a', 'b', 11)).not.toBe(derivedId('a', 'b1', 1));
  });

  it('are refused for a vendor id that is missing', () => {
    expect(() => canonicalId('netsuite', 'main', 'invoice', '')).toThrow(
      'needs system, instance, entity and vendor id',
    );
  });

  it('join parts to keys that never collide', () => {
    const part = fc.string({ unit: fc.constantFrom('|', '\\', 'a') });
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
        expect(joinKey(a) === joinKey(b)).toBe(a.every((each, n) => each === b[n]));
      }),
    );
    expect(crossReferenceId('customer', 'netsuite', 'main', '1207')).toBe('customer|netsuite|main|1207');
    expect(joinKey(['cell', null, 'x'])).toBe('cell||x');
  });
});
