import { describe, expect, it } from 'vitest';
import { mapAccountingPeriod } from './accounting-period.map.ts';
import { mapCostCenter, mapHierarchyNode, mapProfitCenter } from './cost-center.map.ts';
import type { PeriodRow, TreeRow } from './dimension-rows.ts';
import { mapExchangeRate } from './exchange-rate.map.ts';
import { idOf, type Origin } from './identity.ts';

const origin: Origin = { instance: 'main', timeZone: 'America/Los_Angeles' };

describe('departments and classes', () => {
  const row: TreeRow = {
    ...{ id: '5', name: 'EMEA', fullname: 'Sales : EMEA', parent: '2', subsidiary: '1, 3', isinactive: 'F' },
    modified: '2026-03-01 10:00:00',
  };
  const above = idOf('hierarchyNode', origin, 'department/2');

  it('become cost centres under their full name, in the legal entities that may use them, below their parent', () => {
    expect(mapCostCenter(row, origin)).toMatchObject({
      value: {
        ...{ costCenterId: idOf('department', origin, '5'), code: 'Sales : EMEA', name: 'EMEA', lifecycle: 'ACTIVE' },
        validity: [
          {
            ...{ validFrom: null, validTo: null, name: 'EMEA', hierarchyNodeId: above, blocked: false },
            legalEntityIds: [idOf('subsidiary', origin, '1'), idOf('subsidiary', origin, '3')],
          },
        ],
        source: { changedAt: '2026-03-01T18:00:00.000Z' },
      },
    });
  });

  it('become profit centres that all may use, and that take nothing when they are inactive', () => {
    const inactive = { ...row, parent: undefined, subsidiary: undefined, isinactive: 'T' as const };
    expect(mapProfitCenter(inactive, origin)).toMatchObject({
      value: { lifecycle: 'INACTIVE', validity: [{ legalEntityIds: [], hierarchyNodeId: null, blocked: true }] },
    });
  });

  it('are nodes of two trees, whose ids do not meet', () => {
    const [department, group] = (['department', 'classification'] as const).map((tree) =>
      mapHierarchyNode(tree, row, origin),
    );
    expect(department).toMatchObject({
      value: { kind: 'COST_CENTER', parentId: above, memberId: idOf('department', origin, '5') },
    });
    expect(group).toMatchObject({
      value: { kind: 'PROFIT_CENTER', memberId: idOf('classification', origin, '5') },
    });
    expect(group).not.toMatchObject({ value: { parentId: above } });
  });
});

describe('accounting periods', () => {
  const period = (id: string, more: Partial<PeriodRow>): PeriodRow => ({
    ...{
      id,
      periodname: id,
      startdate: '2026-01-01',
      enddate: '2026-12-31',
      isyear: 'F',
      isquarter: 'F',
      isadjust: 'F',
    },
    ...{ closed: 'F', alllocked: 'F', arlocked: 'F', aplocked: 'F' },
    ...more,
  });
  const all = [
    period('FY 2026', { isyear: 'T' }),
    period('Q1', { isquarter: 'T', parent: 'FY 2026', enddate: '2026-03-31' }),
    period('Jan', { parent: 'Q1', enddate: '2026-01-31' }),
    period('Feb', { parent: 'Q1', startdate: '2026-02-01', enddate: '2026-02-28', arlocked: 'T' }),
    period('Adj', { parent: 'Q1', startdate: '2026-02-28', enddate: '2026-02-28', isadjust: 'T' }),
  ];
  const mapped = (id: string, more: Partial<PeriodRow> = {}): unknown =>
    mapAccountingPeriod({ ...all.find((row) => row.id === id)!, ...more }, all, origin);

  it('say their month, their place in the fiscal year and what their ledgers take', () => {
    expect(mapped('Feb')).toMatchObject({
      value: {
        ...{ kind: 'BASE', period: '2026-02', fiscalYear: 'FY 2026', number: 2, status: 'OPEN', legalEntityId: null },
        ledgers: [
          { ledger: 'RECEIVABLE', status: 'LOCKED' },
          { ledger: 'PAYABLE', status: 'OPEN' },
        ],
      },
    });
  });

  it.each([
    ['FY 2026', { kind: 'YEAR', period: null, fiscalYear: 'FY 2026', number: null, parentId: null }],
    ['Q1', { kind: 'QUARTER', period: null, fiscalYear: 'FY 2026', number: null }],
    ['Adj', { kind: 'ADJUSTMENT', period: null, number: null }],
  ])('%s only sums up or is named: no month', (id, value) => expect(mapped(id)).toMatchObject({ value }));

  it('are closed for everybody, or locked', () => {
    expect(mapped('Jan', { closed: 'T', alllocked: 'T' })).toMatchObject({ value: { status: 'CLOSED' } });
    expect(mapped('Jan', { alllocked: 'T' })).toMatchObject({ value: { status: 'LOCKED' } });
  });

  it('are refused with a date that is none', () => {
    expect(mapped('Jan', { enddate: '31.01.2026' })).toMatchObject({ problem: { code: 'invalid-value' } });
  });
});

describe('an exchange rate', () => {
  const row = { id: '7', base: 'USD', currency: 'EUR', effectivedate: '2026-03-01', exchangerate: '1.08251234' };
  it('is what a unit of the currency is worth in the base currency, exactly', () => {
    expect(mapExchangeRate(row, origin)).toMatchObject({
      value: {
        fromCurrency: 'EUR',
        toCurrency: 'USD',
        rate: '1.08251234',
        validFrom: '2026-03-01',
        rateType: 'default',
      },
    });
  });

  it.each([
    ['a currency that we do not know', { currency: 'XQX' }, 'unknown-currency'],
    ['no rate', { exchangerate: '0' }, 'invalid-value'],
    ['more decimals than an event holds', { exchangerate: '1.12345678901' }, 'too-many-decimals'],
    ['a day that does not exist', { effectivedate: '2026-02-30' }, 'invalid-value'],
  ])('is refused for %s', (_what, more, code) => {
    expect(mapExchangeRate({ ...row, ...more }, origin)).toMatchObject({ kind: 'refused', problem: { code } });
  });
});
