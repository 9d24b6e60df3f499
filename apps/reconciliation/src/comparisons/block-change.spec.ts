import { describe, expect, it } from 'vitest';
import { breakIdOf, difference } from '../checks/difference.ts';
import type { Difference } from '../checks/difference.ts';
import { blockChange } from './block-change.ts';
import type { StoredGroup } from './stored-group.ts';

const work = (object: string, over: Partial<Difference> = {}): Difference => ({
  ...difference({ check: 'c', kind: 'missing-right', objectType: 'payment', object, expected: '1', actual: null }),
  ...over,
});
const group = (one?: Difference): StoredGroup => ({
  outcome: one ? 'break' : 'matched',
  parts: [
    {
      ...{
        side: 1,
        outcome: one ? 'break' : 'matched',
        left: ['l'],
        right: [],
        rule: null,
        type: null,
        difference: null,
      },
      ...{ currency: null, confidence: 1, expectedClearing: null, evidence: {}, ...(one ? { work: one } : {}) },
    },
  ],
});

describe('what a new decision about a block changes', () => {
  it('is nothing for a break that says the same', () => {
    const change = blockChange([{ before: [group(work('a'))], after: [group(work('a'))] }]);
    expect([change.findings, change.gone.size]).toEqual([[], 0]);
  });

  it('is a finding for a break that is new or says something else, and tells what is gone', () => {
    const before = [group(work('a')), group(work('b'))];
    const after = [group(work('a', { expected: '2' })), group(work('c')), group()];
    const change = blockChange([{ before, after }]);
    expect(change.findings.map(({ difference: { object, expected }, verdict }) => [object, expected, verdict])).toEqual(
      [
        ['a', '2', 'break'],
        ['c', '1', 'break'],
      ],
    );
    expect([...change.gone.keys()]).toEqual([breakIdOf(work('b'))]);
  });

  it('does not lose a break that moves from one block to another', () => {
    const change = blockChange([
      { before: [group(work('a'))], after: [] },
      { before: [], after: [group(work('a'))] },
    ]);
    expect([change.findings, change.gone.size]).toEqual([[], 0]);
  });
});
