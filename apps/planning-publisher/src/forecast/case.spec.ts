import { describe, expect, it } from 'vitest';
import { exceptionOf, FORECAST_KINDS } from './case.ts';
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

describe('the case of a finding', () => {
  it('says how many cells are concerned and what would put it right', () => {
    const raised = exceptionOf(planning, version, finding());
    expect(raised).toMatchObject({
      kind: 'forecast-unknown-entity',
      objectType: 'forecast-version',
      objectId: 'v',
      details: { instance: 'main', model: 'M', version: 'Budget', item: 'XX', cells: '2' },
    });
    expect(raised.message).toBe(
      '2 cells of version Budget are planned for "XX", which is the code of no legal entity: correct the item in the planning model, or create the legal entity in the ERP.',
    );
  });

  it.each(FINDING_KINDS)('is one per item, for %s too', (kind) => {
    const one = exceptionOf(planning, version, finding({ kind, cells: 1 }));
    expect(one.subject).not.toBe(exceptionOf(planning, version, finding({ kind, item: 'YY' })).subject);
    expect(one.message).toMatch(/^1 cell of version Budget .*planning model/);
    expect(FORECAST_KINDS.map((declared) => declared.kind)).toContain(kind);
  });
});
