import { describe, expect, it } from 'vitest';
import { changedCases } from './case.ts';
import { FINDING_KINDS, type Finding } from './judge.ts';

const planning = { instance: 'main', model: 'M' };
const version = { versionId: 'v', name: 'Budget' };
const finding = (over: Partial<Finding> = {}): Finding => ({
  kind: 'forecast-unknown-entity',
  item: 'XX',
  cells: 2,
  example: '107/XX/Billings/2026-01/USD',
  ...over,
});
const [T0, T1] = ['2026-01-31T10:00:00.000Z', '2026-01-31T11:00:00.000Z'];
const change = (open: Parameters<typeof changedCases>[0], findings: Finding[], now = T0) =>
  changedCases(open, planning, version, findings, 'fixed', now);

describe('the cases of a version', () => {
  it('say how many cells are concerned and what would put it right', () => {
    const [raised] = change([], [finding()]);
    expect(raised).toMatchObject({
      kind: 'forecast-unknown-entity',
      status: 'OPEN',
      objectType: 'forecast-version',
      objectId: 'v',
      details: { instance: 'main', model: 'M', version: 'Budget', item: 'XX', cells: '2' },
    });
    expect(raised?.message).toBe(
      '2 cells of version Budget are planned for "XX", which is the code of no legal entity: correct the item in the planning model, or create the legal entity in the ERP.',
    );
  });

  it.each(FINDING_KINDS)('are one per item, for %s too', (kind) => {
    const raised = change([], [finding({ kind, cells: 1 }), finding({ kind, item: 'YY' })]);
    expect(new Set(raised.map(({ exceptionId }) => exceptionId)).size).toBe(2);
    expect(raised[0]?.message).toMatch(/^1 cell of version Budget .*planning model/);
  });

  it('stay as they are while nothing is new, and keep when they were raised when the number changes', () => {
    const open = change([], [finding()]);
    expect(change(open, [finding()], T1)).toEqual([]);
    expect(change(open, [finding({ cells: 3 })], T1)).toMatchObject([{ raisedAt: T0, updatedAt: T1, status: 'OPEN' }]);
  });

  it('are resolved when they are not found again, each by itself', () => {
    const open = change([], [finding(), finding({ item: 'YY' })]);
    expect(change(open, [finding()], T1)).toMatchObject([
      { status: 'RESOLVED', resolution: 'fixed', updatedAt: T1, details: { item: 'YY' } },
    ]);
  });
});
