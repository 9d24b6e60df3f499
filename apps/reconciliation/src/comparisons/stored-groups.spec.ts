import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupPart, StoredGroup } from './stored-group.ts';
import { decodeGroups, encodeGroups } from './stored-groups.ts';

const part = (more: Partial<GroupPart> = {}): GroupPart => ({
  ...{ side: 1, outcome: 'matched', rule: 'exact', type: null, left: ['L-1'], right: ['R-1'], difference: '0' },
  ...{ currency: 'EUR', confidence: 1, expectedClearing: null, evidence: { keys: 'reference' } },
  ...more,
});
const group = (...parts: GroupPart[]): StoredGroup => ({ outcome: parts[0]?.outcome ?? 'break', parts });

describe('stored groups', () => {
  it('say once what many pairs have in common', () => {
    const pairs = Array.from({ length: 100 }, (_, n) => group(part({ left: [`L-${n}`], right: [`R-${n}`] })));
    const text = encodeGroups(pairs);
    expect(text.length).toBeLessThan(100 * 20 + 300);
    expect(decodeGroups(text)).toEqual(pairs);
    expect(decodeGroups(JSON.parse(text))).toEqual(pairs);
  });

  it('keep whole what is more than a pair', () => {
    const work = { check: 'payments' } as unknown as GroupPart['work'] & object;
    const groups = [
      group(part({ outcome: 'break', type: 'amount', difference: '0.01', work })),
      group(part({ left: ['a', 'b'] })),
      group(part({ outcome: 'timing', left: [], expectedClearing: '2026-02-01' })),
      { outcome: 'break' as const, parts: [part(), part({ side: 2, outcome: 'break' })] },
      group(part({ side: 2 })),
    ];
    expect(decodeGroups(encodeGroups(groups))).toEqual(groups);
  });

  it('come back as they were, in their order, whatever the ids and the evidence', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 6 });
    const any = fc
      .record({
        left: fc.array(text, { maxLength: 2 }),
        right: fc.array(text, { maxLength: 2 }),
        evidence: fc.dictionary(fc.constantFrom('a', 'b'), text),
        outcome: fc.constantFrom('matched' as const, 'explained' as const, 'suggested' as const),
      })
      .map((more) => group(part(more)));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (groups) => {
        expect(decodeGroups(encodeGroups(groups))).toEqual(groups);
        expect(encodeGroups(groups)).toBe(encodeGroups(structuredClone(groups)));
      }),
    );
  });
});
