import {
  compare,
  isCurrency,
  isZero,
  negate,
  periodOf,
  type AccountingPeriod,
  type ExchangeRate,
  type HierarchyNode,
} from '@tieout/canonical';
import { fateOf, rateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { z } from 'zod';
import { idOf, sourceOf, type Origin } from './identity.ts';
import type { Row } from './odata.ts';
import { edm } from './values.ts';

/*
 * No API of SAP's has hierarchies, posting periods and exchange rates; companies publish them as custom CDS views. These are the
 * columns that the views must have.
 */

const number = z.union([z.number(), z.string().regex(/^\d+$/)]).transform(Number);

const nodeRow = z.object({
  HierarchyType: edm.text,
  ControllingArea: edm.text,
  HierarchyNode: edm.text,
  HierarchyNodeText: edm.textOrNull,
  ParentNode: edm.textOrNull,
});

/** Set class of SAP -> what the hierarchy orders. */
const HIERARCHIES = {
  '0101': { kind: 'COST_CENTER', entity: 'CostCenterStandardHierArea' },
  '0106': { kind: 'PROFIT_CENTER', entity: 'ProfitCenterStandardHierarchy' },
} as const;

export const NODE_SELECT = Object.keys(nodeRow.shape);

/** `type/area/code`; 101 and 0101 are the same type. */
export const nodeVendorId = (row: Row): string =>
  [String(row['HierarchyType']).padStart(4, '0'), row['ControllingArea'], row['HierarchyNode']].join('/');

export function nodeIdOf(vendorId: string, origin: Origin): string {
  const [type = '', area = '', code = ''] = vendorId.split('/');
  const { entity } = HIERARCHIES[type as keyof typeof HIERARCHIES] ?? HIERARCHIES['0101'];
  return idOf(entity, origin, `${area}/${code}`);
}

export function mapHierarchyNode(raw: Row, origin: Origin): Mapped<Omit<HierarchyNode, 'revision'>> {
  return fateOf(() => {
    const row = rowOf('hierarchy node', nodeRow, raw);
    const hierarchy = HIERARCHIES[row.HierarchyType.padStart(4, '0') as keyof typeof HIERARCHIES];
    if (hierarchy === undefined)
      refuse('unknown-status', 'HierarchyType', `${row.HierarchyType} is no hierarchy of cost or profit centers`);
    const idFor = (code: string): string => idOf(hierarchy.entity, origin, `${row.ControllingArea}/${code}`);
    return {
      hierarchyNodeId: idFor(row.HierarchyNode),
      lifecycle: 'ACTIVE',
      kind: hierarchy.kind,
      hierarchy: 'standard',
      area: row.ControllingArea,
      code: row.HierarchyNode,
      name: row.HierarchyNodeText ?? row.HierarchyNode,
      parentId: row.ParentNode === null ? null : idFor(row.ParentNode),
      memberId: null,
      instance: origin.instance,
      source: sourceOf(hierarchy.entity, origin, `${row.ControllingArea}/${row.HierarchyNode}`),
    };
  });
}

const periodRow = z.object({
  CompanyCode: edm.text,
  FiscalYear: edm.text,
  FiscalPeriod: edm.text,
  FinancialAccountType: edm.text,
  PeriodStartDate: edm.date,
  PeriodEndDate: edm.date,
  PeriodIsOpen: edm.flag,
});

export const PERIOD_SELECT = Object.keys(periodRow.shape);

const LEDGERS = { D: 'RECEIVABLE', K: 'PAYABLE', S: 'GENERAL', A: 'ASSET', M: 'MATERIAL' } as const;
/** Periods above are for the closing of the year: no document falls into them by its date. */
const BASE_PERIODS = 12;

export const periodVendorId = (row: Row): string =>
  [row['CompanyCode'], row['FiscalYear'], Number(row['FiscalPeriod'])].join('/');

/** A period of a company code: one row for each account type, `+` for all of them. */
export function mapPeriod(raws: readonly Row[], origin: Origin): Mapped<Omit<AccountingPeriod, 'revision'>> {
  return fateOf(() => {
    const rows = raws.map((raw) => rowOf('posting period', periodRow, raw));
    const first = rows[0]!;
    const [whole, count] = [
      rows.find(({ FinancialAccountType }) => FinancialAccountType === '+'),
      Number(first.FiscalPeriod),
    ];
    const vendorId = periodVendorId(first);
    return {
      accountingPeriodId: idOf('PostingPeriod', origin, vendorId),
      lifecycle: 'ACTIVE',
      name: `${first.FiscalPeriod}/${first.FiscalYear}`,
      kind: count > BASE_PERIODS ? 'ADJUSTMENT' : 'BASE',
      period: count > BASE_PERIODS ? null : periodOf(first.PeriodStartDate),
      fiscalYear: first.FiscalYear,
      number: count,
      ...{ startDate: first.PeriodStartDate, endDate: first.PeriodEndDate },
      legalEntityId: idOf('CompanyCode', origin, first.CompanyCode),
      parentId: null,
      // Without a row for all, what no account type says is closed.
      status: (whole ?? rows.find(({ PeriodIsOpen }) => PeriodIsOpen))?.PeriodIsOpen === true ? 'OPEN' : 'CLOSED',
      ledgers: ledgersOf(rows),
      instance: origin.instance,
      source: sourceOf('PostingPeriod', origin, vendorId),
    };
  });
}

function ledgersOf(rows: readonly z.output<typeof periodRow>[]): AccountingPeriod['ledgers'] {
  return rows
    .flatMap(({ FinancialAccountType, PeriodIsOpen }) => {
      const ledger = LEDGERS[FinancialAccountType as keyof typeof LEDGERS];
      const status: 'OPEN' | 'CLOSED' = PeriodIsOpen ? 'OPEN' : 'CLOSED';
      return ledger === undefined ? [] : [{ ledger, status }];
    })
    .sort((a, b) => (a.ledger < b.ledger ? -1 : 1));
}

const rateRow = z.object({
  ExchangeRateType: edm.text,
  SourceCurrency: edm.text,
  TargetCurrency: edm.text,
  ValidityStartDate: edm.date,
  ExchangeRate: z.string(),
  NumberOfSourceCurrencyUnits: number,
  NumberOfTargetCurrencyUnits: number,
});

export const RATE_SELECT = Object.keys(rateRow.shape);

/** `type/source/target/first day`, in the direction in which SAP has the rate. */
export function rateVendorId(row: Row): string {
  const day = edm.date.safeParse(row['ValidityStartDate']);
  const names = [row['ExchangeRateType'], row['SourceCurrency'], row['TargetCurrency']].map(String);
  return [...names, day.success ? day.data : String(row['ValidityStartDate'])].join('/');
}

/** A negative rate is one that SAP quotes the other way round: currencies and units are exchanged. */
export function mapExchangeRate(raw: Row, origin: Origin): Mapped<Omit<ExchangeRate, 'revision'>> {
  return fateOf(() => {
    const row = rowOf('exchange rate', rateRow, raw);
    const stated = rateOf('ExchangeRate', row.ExchangeRate) ?? '0';
    for (const currency of [row.SourceCurrency, row.TargetCurrency])
      if (!isCurrency(currency)) refuse('unknown-currency', 'currency', `${currency} is not an ISO 4217 currency`);
    if (isZero(stated)) refuse('invalid-value', 'ExchangeRate', 'a rate of nothing');
    const isIndirect = compare(stated, '0') < 0;
    const direct = {
      ...{ fromCurrency: row.SourceCurrency, toCurrency: row.TargetCurrency },
      ...{ fromUnits: row.NumberOfSourceCurrencyUnits, toUnits: row.NumberOfTargetCurrencyUnits },
    };
    const indirect = {
      ...{ fromCurrency: row.TargetCurrency, toCurrency: row.SourceCurrency },
      ...{ fromUnits: row.NumberOfTargetCurrencyUnits, toUnits: row.NumberOfSourceCurrencyUnits },
    };
    const vendorId = rateVendorId(raw);
    return {
      exchangeRateId: idOf('ExchangeRate', origin, vendorId),
      lifecycle: 'ACTIVE',
      rateType: row.ExchangeRateType,
      ...(isIndirect ? indirect : direct),
      validFrom: row.ValidityStartDate,
      rate: isIndirect ? negate(stated) : stated,
      instance: origin.instance,
      source: sourceOf('ExchangeRate', origin, vendorId),
    };
  });
}
