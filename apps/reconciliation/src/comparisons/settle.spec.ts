import type { Group, Item } from '@tieout/matching';
import { describe, expect, it } from 'vitest';
import { settled } from './settle.ts';

const item = (id: string, changedAt: string | null): Item => ({
  ...{ id, amount: '1', currency: 'EUR', date: null, reference: null, counterparty: null, text: null },
  ...{ legalEntity: null, reverses: null, changedAt, fields: {} },
});
const group = (outcome: Group['outcome']): Group => ({
  ...{
    outcome,
    rule: null,
    type: 'amount',
    left: ['l'],
    right: ['r'],
    difference: '0',
    currency: 'EUR',
    confidence: 0,
  },
  ...{ expectedClearing: null, evidence: {} },
});
const LIMIT = '2026-01-20T10:00:00.000Z';
const after = (
  left: string | null,
  right: string | null,
  outcome: Group['outcome'] = 'break',
  limit: string | null = LIMIT,
) =>
  settled(
    group(outcome),
    { left: new Map([['l', item('l', left)]]), right: new Map([['r', item('r', right)]]) },
    limit,
    '2026-01-20',
  ).outcome;

describe('a break of sides that were read at different moments', () => {
  it.each([
    ['2026-01-20T10:00:00.000Z', '2026-01-20T10:00:00.000Z', 'break'],
    ['2026-01-20T10:00:00.001Z', '2026-01-20T10:00:00.000Z', 'timing'],
    ['2026-01-20T10:00:00.000Z', '2026-01-20T10:00:00.001Z', 'timing'],
    [null, '2026-01-20T10:00:00.001Z', 'timing'],
    [null, null, 'break'],
  ])('whose items changed at %s and %s is a %s', (left, right, outcome) => {
    expect(after(left, right)).toBe(outcome);
  });

  it('waits only where they were, and never makes anything else of another outcome', () => {
    const late = '2026-01-20T11:00:00.000Z';
    expect(after(late, late, 'break', null)).toBe('break');
    expect(after(late, late, 'matched')).toBe('matched');
    expect(after(late, late, 'ambiguous')).toBe('ambiguous');
  });
});
