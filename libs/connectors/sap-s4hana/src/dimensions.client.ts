import type { DimensionReader, StateOf } from '@tieout/connector-erp';
import type { StateTopicName } from '@tieout/canonical';
import { mapCostCenter, mapProfitCenter, nameKey, type CenterRecord } from './center.map.ts';
import type { SapClient } from './client.ts';
import {
  mapExchangeRate,
  mapHierarchyNode,
  mapPeriod,
  NODE_SELECT,
  nodeIdOf,
  nodeVendorId,
  PERIOD_SELECT,
  periodVendorId,
  RATE_SELECT,
  rateVendorId,
} from './custom-views.map.ts';
import { idOf, type Origin } from './identity.ts';
import { mapLegalEntity } from './legal-entity.map.ts';
import type { CustomView, SapMappingConfig } from './mapping-config.ts';
import type { Row } from './odata.ts';
import { allRows } from './rows.client.ts';
import { COMPANY_CODE, COST_CENTER, PROFIT_CENTER } from './selects.ts';
import { SERVICES } from './services.ts';
import { eq } from './literals.ts';
import { edm } from './values.ts';

type Config = Pick<SapMappingConfig, 'salesAreas' | 'views' | 'textLanguage'>;

interface Parts {
  readonly client: SapClient;
  readonly origin: Origin;
  readonly config: Config;
}

/** What is read as a whole: SAP stamps none of it. */
export function dimensions(parts: Parts): DimensionReader<StateTopicName>[] {
  const { hierarchyNodes, postingPeriods, exchangeRates } = parts.config.views;
  return [
    companyCodes(parts),
    costCenters(parts),
    profitCenters(parts),
    ...(hierarchyNodes ? [nodes(parts, hierarchyNodes)] : []),
    ...(postingPeriods ? [periods(parts, postingPeriods)] : []),
    ...(exchangeRates ? [rates(parts, exchangeRates)] : []),
  ] as DimensionReader<StateTopicName>[];
}

/** @param objectType of the canonical model; the stream has its name */
function reader<T extends StateTopicName>(
  objectType: string,
  topic: T,
  rest: Pick<DimensionReader<T>, 'read' | 'keyOf'>,
): DimensionReader<T> {
  const asDeleted = (value: StateOf<T>): StateOf<T> => ({ ...value, lifecycle: 'DELETED' });
  return { stream: objectType, topic, objectType, ...rest, asDeleted };
}

function companyCodes({ client, origin, config }: Parts): DimensionReader<'finance.legal-entity.v1'> {
  const codes = new Map(Object.entries(config.salesAreas).map(([code, { companyCode }]) => [companyCode, code]));
  return reader('legal-entity', 'finance.legal-entity.v1', {
    async read(signal) {
      const query = { ...COMPANY_CODE, orderBy: ['CompanyCode'] };
      const rows = await allRows(client, [SERVICES.dimensions, 'A_CompanyCode'], query, { signal });
      return rows.map((row) => ({ vendorId: String(row['CompanyCode']), mapped: mapLegalEntity(row, codes, origin) }));
    },
    keyOf: (vendorId) => idOf('CompanyCode', origin, vendorId),
  });
}

/** A kind of centre, and where SAP keeps its texts. */
interface CenterKind {
  readonly set: string;
  readonly code: string;
  readonly select: readonly string[];
  readonly texts: { readonly service: string; readonly set: string; readonly name: string };
}

const COST: CenterKind = {
  ...{ set: 'A_CostCenter', code: 'CostCenter', select: COST_CENTER.select },
  texts: { service: 'API_COSTCENTER_SRV', set: 'A_CostCenterText', name: 'CostCenterName' },
};
const PROFIT: CenterKind = {
  ...{ set: 'A_ProfitCenter', code: 'ProfitCenter', select: PROFIT_CENTER.select },
  texts: { service: 'API_PROFITCENTER_SRV', set: 'A_ProfitCenterText', name: 'ProfitCenterName' },
};

function costCenters(parts: Parts): DimensionReader<'finance.cost-center.v1'> {
  return reader('cost-center', 'finance.cost-center.v1', {
    read: async (signal) =>
      (await centers(parts, COST, signal)).map(({ vendorId, record }) => ({
        vendorId,
        mapped: mapCostCenter(record, parts.origin),
      })),
    keyOf: (vendorId) => idOf('CostCenter', parts.origin, vendorId),
  });
}

function profitCenters(parts: Parts): DimensionReader<'finance.profit-center.v1'> {
  return reader('profit-center', 'finance.profit-center.v1', {
    read: async (signal) =>
      (await centers(parts, PROFIT, signal)).map(({ vendorId, record }) => ({
        vendorId,
        mapped: mapProfitCenter(record, parts.origin),
      })),
    keyOf: (vendorId) => idOf('ProfitCenter', parts.origin, vendorId),
  });
}

async function centers(
  { client, config }: Parts,
  { set, code, select, texts }: CenterKind,
  signal: AbortSignal,
): Promise<{ vendorId: string; record: CenterRecord }[]> {
  const orderBy = ['ControllingArea', code, 'ValidityEndDate'];
  const [rows, named] = await Promise.all([
    allRows(client, [SERVICES.dimensions, set], { select, orderBy }, { signal }),
    config.textLanguage === null ? [] : textRows(client, texts, [code, config.textLanguage], orderBy, signal),
  ]);
  const names = new Map(named);
  const byCenter = Map.groupBy(rows, (row) => `${String(row['ControllingArea'])}/${String(row[code])}`);
  return [...byCenter].map(([vendorId, of]) => ({ vendorId, record: { rows: of, names } }));
}

async function textRows(
  client: SapClient,
  { service, set, name }: CenterKind['texts'],
  [code, language]: readonly [string, string],
  orderBy: readonly string[],
  signal: AbortSignal,
): Promise<[string, string][]> {
  const select = ['ControllingArea', code, 'ValidityEndDate', name];
  const rows = await allRows(client, [service, set], { select, filter: eq('Language', language), orderBy }, { signal });
  return rows.flatMap((row): [string, string][] => {
    const end = edm.date.safeParse(row['ValidityEndDate']);
    const text = row[name];
    if (!end.success || typeof text !== 'string' || text === '') return [];
    const key = nameKey(
      { ControllingArea: String(row['ControllingArea']), ValidityEndDate: end.data },
      String(row[code]),
    );
    return [[key, text]];
  });
}

function nodes({ client, origin }: Parts, view: CustomView): DimensionReader<'finance.hierarchy-node.v1'> {
  return reader('hierarchy-node', 'finance.hierarchy-node.v1', {
    async read(signal) {
      const rows = await viewRows(
        client,
        view,
        NODE_SELECT,
        ['HierarchyType', 'ControllingArea', 'HierarchyNode'],
        signal,
      );
      return rows.map((row) => ({ vendorId: nodeVendorId(row), mapped: mapHierarchyNode(row, origin) }));
    },
    keyOf: (vendorId) => nodeIdOf(vendorId, origin),
  });
}

function periods({ client, origin }: Parts, view: CustomView): DimensionReader<'finance.accounting-period.v1'> {
  return reader('accounting-period', 'finance.accounting-period.v1', {
    async read(signal) {
      const keys = ['CompanyCode', 'FiscalYear', 'FiscalPeriod', 'FinancialAccountType'];
      const rows = await viewRows(client, view, PERIOD_SELECT, keys, signal);
      return [...Map.groupBy(rows, periodVendorId)].map(([vendorId, of]) => ({
        vendorId,
        mapped: mapPeriod(of, origin),
      }));
    },
    keyOf: (vendorId) => idOf('PostingPeriod', origin, vendorId),
  });
}

function rates({ client, origin }: Parts, view: CustomView): DimensionReader<'finance.exchange-rate.v1'> {
  return reader('exchange-rate', 'finance.exchange-rate.v1', {
    async read(signal) {
      const keys = ['ExchangeRateType', 'SourceCurrency', 'TargetCurrency', 'ValidityStartDate'];
      const rows = await viewRows(client, view, RATE_SELECT, keys, signal);
      return rows.map((row) => ({ vendorId: rateVendorId(row), mapped: mapExchangeRate(row, origin) }));
    },
    keyOf: (vendorId) => idOf('ExchangeRate', origin, vendorId),
  });
}

function viewRows(
  client: SapClient,
  { service, set }: CustomView,
  select: readonly string[],
  orderBy: readonly string[],
  signal: AbortSignal,
): Promise<Row[]> {
  return allRows(client, [service, set], { select, orderBy }, { signal });
}
