import { describe, expect, it } from 'vitest';
import { mapCostCenter, mapProfitCenter } from './center.map.ts';
import { byMonth, mapControlTotal } from './control-total.map.ts';
import { mapExchangeRate, mapHierarchyNode, mapPeriod, nodeIdOf, nodeVendorId } from './custom-views.map.ts';
import { origin } from './documents.fixture.ts';
import { idOf } from './identity.ts';
import { mapLegalEntity } from './legal-entity.map.ts';
import type { Row } from './odata.ts';

const day = (date: string): string => `/Date(${Date.parse(`${date}T00:00:00Z`)})/`;
const OPEN_END = '/Date(253402214400000)/';

describe('company codes', () => {
  it('are legal entities under the code that contracts name', () => {
    const row = { CompanyCode: '1010', CompanyCodeName: 'Tieout Germany', Country: 'DE', Currency: 'EUR' };
    expect(mapLegalEntity(row, new Map([['1010', 'DE-1']]), origin)).toMatchObject({
      value: { code: 'DE-1', name: 'Tieout Germany', currency: 'EUR', country: 'DE', lifecycle: 'ACTIVE' },
    });
    expect(mapLegalEntity(row, new Map(), origin)).toMatchObject({ value: { code: '1010' } });
    expect(mapLegalEntity({ ...row, Currency: 'XXQ' }, new Map(), origin)).toMatchObject({
      problem: { code: 'unknown-currency' },
    });
  });
});

function center(from: string | null, to: string, more: Row = {}): Row {
  return {
    ...{
      ControllingArea: 'A000',
      CostCenter: 'SALES',
      ValidityEndDate: to,
      CompanyCode: '1010',
      ProfitCenter: 'YB110',
    },
    ...{
      ValidityStartDate: from,
      CostCenterCurrency: 'EUR',
      CostCenterCategory: 'E',
      CostCenterStandardHierArea: 'H1',
    },
    ...{ CostCtrResponsiblePersonName: 'Kim', IsBlkdForPrimaryCostsPosting: '' },
    ...more,
  };
}

describe('cost and profit centres', () => {
  it('hold all their intervals, the last one says how they stand', () => {
    const rows = [
      center(day('2026-01-01'), OPEN_END, { IsBlkdForPrimaryCostsPosting: 'X', CostCenterStandardHierArea: 'H2' }),
      center(null, day('2025-12-31')),
    ];
    const names = new Map([['A000/SALES/9999-12-31', 'Sales new']]);
    expect(mapCostCenter({ rows, names }, origin)).toMatchObject({
      value: {
        ...{ code: 'SALES', name: 'Sales new', area: 'A000', lifecycle: 'INACTIVE' },
        validity: [
          {
            ...{
              validFrom: null,
              validTo: '2025-12-31',
              name: 'SALES',
              blocked: false,
              currency: 'EUR',
              category: 'E',
            },
            ...{ responsible: 'Kim', legalEntityIds: [idOf('CompanyCode', origin, '1010')] },
            profitCenterId: idOf('ProfitCenter', origin, 'A000/YB110'),
            hierarchyNodeId: idOf('CostCenterStandardHierArea', origin, 'A000/H1'),
          },
          { validFrom: '2026-01-01', validTo: null, name: 'Sales new', blocked: true },
        ],
      },
    });
    const profit = {
      ...{
        ControllingArea: 'A000',
        ProfitCenter: 'YB110',
        ValidityStartDate: day('1900-01-01'),
        ValidityEndDate: OPEN_END,
      },
      ...{ CompanyCode: '', Segment: '1000_A', ProfitCenterStandardHierarchy: '', ProfitCenterIsBlocked: '' },
    };
    expect(mapProfitCenter({ rows: [profit], names }, origin)).toMatchObject({
      value: {
        ...{ code: 'YB110', lifecycle: 'ACTIVE' },
        validity: [{ validFrom: null, validTo: null, segment: '1000_A', hierarchyNodeId: null, legalEntityIds: [] }],
      },
    });
  });

  it('are refused when intervals overlap', () => {
    const rows = [center(null, day('2026-01-31')), center(day('2026-01-01'), OPEN_END)];
    expect(mapCostCenter({ rows, names: new Map() }, origin)).toMatchObject({ problem: { code: 'invalid-value' } });
  });
});

describe('what companies publish by views of their own', () => {
  it('hierarchies: a node has the id that centres below it name', () => {
    const row = {
      HierarchyType: '0101',
      ControllingArea: 'A000',
      HierarchyNode: 'H1',
      HierarchyNodeText: 'Sales',
      ParentNode: 'TOP',
    };
    const parentId = idOf('CostCenterStandardHierArea', origin, 'A000/TOP');
    const hierarchyNodeId = idOf('CostCenterStandardHierArea', origin, 'A000/H1');
    expect(mapHierarchyNode(row, origin)).toMatchObject({
      value: { hierarchyNodeId, kind: 'COST_CENTER', name: 'Sales', parentId },
    });
    expect(nodeIdOf(nodeVendorId(row), origin)).toBe(hierarchyNodeId);
    expect(mapHierarchyNode({ ...row, HierarchyType: '106' }, origin)).toMatchObject({
      value: { kind: 'PROFIT_CENTER' },
    });
    expect(mapHierarchyNode({ ...row, HierarchyType: '999' }, origin)).toMatchObject({
      problem: { code: 'unknown-status' },
    });
  });

  const period = (type: string, open: boolean, more: Row = {}): Row => ({
    ...{ CompanyCode: '1010', FiscalYear: '2026', FiscalPeriod: '003', FinancialAccountType: type, PeriodIsOpen: open },
    ...{ PeriodStartDate: day('2026-03-01'), PeriodEndDate: day('2026-03-31'), ...more },
  });

  it('periods: one for all account types, and what each of them says', () => {
    expect(mapPeriod([period('+', true), period('D', false), period('S', true)], origin)).toMatchObject({
      value: {
        ...{ name: '003/2026', kind: 'BASE', period: '2026-03', number: 3, status: 'OPEN', startDate: '2026-03-01' },
        ledgers: [
          { ledger: 'GENERAL', status: 'OPEN' },
          { ledger: 'RECEIVABLE', status: 'CLOSED' },
        ],
      },
    });
    expect(mapPeriod([period('+', false), period('D', true)], origin)).toMatchObject({ value: { status: 'CLOSED' } });
    expect(mapPeriod([period('+', true, { FiscalPeriod: '013' })], origin)).toMatchObject({
      value: { kind: 'ADJUSTMENT', period: null, number: 13 },
    });
  });

  const rate = (stated: string): Row => ({
    ...{ ExchangeRateType: 'M', SourceCurrency: 'JPY', TargetCurrency: 'EUR', ValidityStartDate: day('2026-03-01') },
    ...{ ExchangeRate: stated, NumberOfSourceCurrencyUnits: 100, NumberOfTargetCurrencyUnits: 1 },
  });

  it('rates: one that is quoted indirectly with its currencies exchanged', () => {
    expect(mapExchangeRate(rate('0.61250'), origin)).toMatchObject({
      value: {
        rateType: 'M',
        fromCurrency: 'JPY',
        toCurrency: 'EUR',
        rate: '0.6125',
        fromUnits: 100,
        toUnits: 1,
        validFrom: '2026-03-01',
      },
    });
    expect(mapExchangeRate(rate('-163.26531'), origin)).toMatchObject({
      value: { fromCurrency: 'EUR', toCurrency: 'JPY', rate: '163.26531', fromUnits: 1, toUnits: 100 },
    });
    expect(mapExchangeRate(rate('0.00000'), origin)).toMatchObject({ problem: { code: 'invalid-value' } });
  });
});

describe('control totals', () => {
  it('are the sums of days by month, of payments turned', () => {
    const rows = ['2026-03-01', '2026-03-31', '2026-04-01'].map((date) => ({
      ...{
        CompanyCode: '1010',
        TransactionCurrency: 'EUR',
        PostingDate: day(date),
        AmountInTransactionCurrency: '-10.50',
      },
    }));
    const months = byMonth('payment', rows).map((group) => mapControlTotal({ ...group, count: 2 }, origin));
    expect(months).toMatchObject([
      { value: { period: '2026-03', cutOff: '2026-03-31', count: 2n, sums: [{ name: 'amount', amount: '21' }] } },
      { value: { period: '2026-04', sums: [{ name: 'amount', amount: '10.5' }] } },
    ]);
    const bad = { ...rows[0]!, TransactionCurrency: 'XXQ' };
    expect(mapControlTotal({ ...byMonth('invoice', [bad])[0]!, count: 1 }, origin)).toMatchObject({
      problem: { code: 'unknown-currency' },
    });
  });
});
