import type { Snapshot } from '@tieout/canonical';
import { describe, expect, it } from 'vitest';
import { incompleteReason } from './completeness.ts';

const header: Snapshot = {
  ...{ snapshotId: 's', runId: 'r', object: 'invoice', system: 'netsuite', instance: 'main', cutOff: null },
  ...{ complete: true, takenAt: '2026-01-01T00:00:00.000Z', count: 2n, error: null },
  sums: [
    { name: 'gross', currency: 'EUR', amount: '2.5' },
    { name: 'gross', currency: 'USD', amount: '0.3' },
    { name: 'open', currency: 'USD', amount: '0' },
  ],
};
const items = [
  { index: 0n, itemId: 'a', fields: { currency: 'USD', foreigntotal: '0.30' } },
  { index: 1n, itemId: 'b', fields: { currency: 'EUR', foreigntotal: '2.5', foreignamountunpaid: '2.5' } },
];

describe('a snapshot', () => {
  it.each<[string, Parameters<typeof incompleteReason>, string | null]>([
    ['is complete', [header, items], null],
    ['is complete whatever the order', [header, items.toReversed()], null],
    ['without a header is not', [null, items], 'no answer'],
    [
      'that says so is not',
      [{ ...header, complete: false, error: 'timeout' }, items],
      'the adapter could not complete it: timeout',
    ],
    ['short of an item is not', [header, items.slice(1)], '1 of 2 items'],
    [
      'numbered beyond the count is not',
      [{ ...header, count: 1n }, items.slice(1)],
      'an item is numbered beyond the count',
    ],
    [
      'whose sum differs by a cent is not',
      [{ ...header, sums: [{ name: 'gross', currency: 'USD', amount: '0.31' }] }, items],
      'gross in USD sums up to 0.3, the header says 0.31',
    ],
    [
      'with a sum that nobody can compute is not',
      [{ ...header, sums: [{ name: 'weight', currency: 'USD', amount: '1' }] }, items],
      'weight in USD sums up to 0, the header says 1',
    ],
    ['of nothing is complete', [{ ...header, count: 0n, sums: [] }, []], null],
  ])('%s', (_name, given, expected) => {
    expect(incompleteReason(...given)).toBe(expected);
  });
});
