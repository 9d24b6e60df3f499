import type { EntitySet, ODataService, Property } from '../odata/model.ts';
import { dates, decimals, flags, instants, plain, texts } from './properties.ts';

function readOnly(name: string, view: string, keys: readonly string[], properties: readonly Property[]): EntitySet {
  return { name, view, keys, etag: null, pageSize: null, properties, navigations: [] };
}

const companyCode = readOnly(
  'A_CompanyCode',
  'company_code',
  ['CompanyCode'],
  [
    ...texts('never', {
      CompanyCode: 4,
      CompanyCodeName: 25,
      CityName: 25,
      Country: 3,
      Currency: 5,
      Language: 2,
      ChartOfAccounts: 4,
    }),
    ...texts('never', { FiscalYearVariant: 2, ControllingArea: 4, VATRegistration: 20 }),
  ],
);

const glAccount = readOnly(
  'A_GLAccountInChartOfAccounts',
  'v_gl_account',
  ['ChartOfAccounts', 'GLAccount'],
  [
    ...texts('never', {
      ChartOfAccounts: 4,
      GLAccount: 10,
      GLAccountType: 1,
      GLAccountGroup: 4,
      ProfitLossAccountType: 2,
    }),
    ...flags('never', 'IsBalanceSheetAccount', 'IsProfitLossAccount', 'AccountIsBlockedForPosting'),
    ...dates('never', 'CreationDate'),
    ...instants('LastChangeDateTime'),
  ],
);

const costCenterKeys = ['ControllingArea', 'CostCenter', 'ValidityEndDate'];
const costCenter = readOnly('A_CostCenter', 'cost_center', costCenterKeys, [
  ...texts('never', {
    ControllingArea: 4,
    CostCenter: 10,
    CompanyCode: 4,
    CostCtrResponsiblePersonName: 20,
    CostCenterCurrency: 5,
  }),
  ...texts('never', {
    ProfitCenter: 10,
    Department: 12,
    CostCenterStandardHierArea: 12,
    CostCenterCategory: 1,
    Language: 2,
  }),
  ...texts('never', { IsBlkdForPrimaryCostsPosting: 1, CostCenterCreatedByUser: 12 }),
  ...dates('never', 'ValidityEndDate', 'ValidityStartDate', 'CostCenterCreationDate'),
]);
const costCenterText = readOnly(
  'A_CostCenterText',
  'v_cost_center_text',
  ['CostCenter', 'ControllingArea', 'Language', 'ValidityEndDate'],
  [
    ...texts('never', {
      CostCenter: 10,
      ControllingArea: 4,
      Language: 2,
      CostCenterName: 20,
      CostCenterDescription: 40,
    }),
    ...dates('never', 'ValidityEndDate', 'ValidityStartDate'),
  ],
);

const profitCenterKeys = ['ControllingArea', 'ProfitCenter', 'ValidityEndDate'];
const profitCenter = readOnly('A_ProfitCenter', 'profit_center', profitCenterKeys, [
  ...texts('never', {
    ControllingArea: 4,
    ProfitCenter: 10,
    ProfitCtrResponsiblePersonName: 20,
    CompanyCode: 4,
    Department: 12,
  }),
  ...texts('never', {
    ProfitCenterStandardHierarchy: 12,
    Segment: 10,
    ProfitCenterIsBlocked: 1,
    Language: 2,
    ProfitCenterCreatedByUser: 12,
  }),
  ...dates('never', 'ValidityEndDate', 'ValidityStartDate', 'ProfitCenterCreationDate'),
]);
const profitCenterText = readOnly(
  'A_ProfitCenterText',
  'v_profit_center_text',
  ['ControllingArea', 'ProfitCenter', 'Language', 'ValidityEndDate'],
  [
    ...texts('never', {
      ControllingArea: 4,
      ProfitCenter: 10,
      Language: 2,
      ProfitCenterName: 20,
      ProfitCenterLongName: 40,
    }),
    ...dates('never', 'ValidityEndDate', 'ValidityStartDate'),
  ],
);

const hierarchyNode = readOnly(
  'YY1_HierarchyNode',
  'v_hierarchy_node',
  ['HierarchyType', 'ControllingArea', 'HierarchyNode'],
  [
    ...texts('never', {
      HierarchyType: 3,
      ControllingArea: 4,
      HierarchyNode: 12,
      HierarchyNodeText: 40,
      ParentNode: 12,
    }),
    ...plain('never', 'Edm.Int32', 'HierarchyNodeLevel'),
  ],
);

const rateKeys = ['ExchangeRateType', 'SourceCurrency', 'TargetCurrency', 'ValidityStartDate'];
const exchangeRate = readOnly('YY1_ExchangeRate', 'exchange_rate', rateKeys, [
  ...texts('never', { ExchangeRateType: 4, SourceCurrency: 5, TargetCurrency: 5 }),
  ...dates('never', 'ValidityStartDate'),
  ...decimals('never', 9, 5, 'ExchangeRate'),
  ...plain('never', 'Edm.Int32', 'NumberOfSourceCurrencyUnits', 'NumberOfTargetCurrencyUnits'),
]);

const periodKeys = ['CompanyCode', 'FiscalYear', 'FiscalPeriod', 'FinancialAccountType'];
const postingPeriod = readOnly('YY1_PostingPeriod', 'v_posting_period', periodKeys, [
  ...texts('never', { CompanyCode: 4, FiscalYear: 4, FiscalPeriod: 3, FinancialAccountType: 1, FiscalYearVariant: 2 }),
  ...dates('never', 'PeriodStartDate', 'PeriodEndDate'),
  ...flags('never', 'PeriodIsOpen'),
]);

function service(name: string, ...entitySets: readonly EntitySet[]): ODataService {
  return { name, entitySets, functions: [] };
}

/** The `YY1_` services are views that a customer of SAP publishes itself where the vendor has no interface. */
export const masterDataServices: readonly ODataService[] = [
  service('API_JOURNALENTRYITEMBASIC_SRV', companyCode, glAccount, costCenter, profitCenter),
  service('API_COSTCENTER_SRV', costCenter, costCenterText),
  service('API_PROFITCENTER_SRV', profitCenter, profitCenterText),
  service('YY1_HIERARCHYNODE_CDS', hierarchyNode),
  service('YY1_EXCHANGERATE_CDS', exchangeRate),
  service('YY1_POSTINGPERIOD_CDS', postingPeriod),
];
