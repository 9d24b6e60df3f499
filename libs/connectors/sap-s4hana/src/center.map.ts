import type { CostCenter, DateString, ProfitCenter } from '@tieout/canonical';
import { fateOf, refuse, rowOf, type Mapped } from '@tieout/connector-erp';
import { idOf, sourceOf, type Entity, type Origin } from './identity.ts';
import type { Row } from './odata.ts';
import { costCenterRow, profitCenterRow, type CostCenterRow, type ProfitCenterRow } from './vendor-types.ts';

/** Rows of one cost or profit centre: each holds for some time. */
export interface CenterRecord {
  readonly rows: readonly Row[];
  /** Name by `area/code/last day`; SAP keeps texts apart from the centre, with a validity of their own. */
  readonly names: ReadonlyMap<string, string>;
}

const FIRST_DAY = '1900-01-01';
const OPEN_END = '9999-12-31';

export function mapCostCenter({ rows, names }: CenterRecord, origin: Origin): Mapped<Omit<CostCenter, 'revision'>> {
  return fateOf(() => {
    const intervals = inOrder(rows.map((row) => rowOf('cost center', costCenterRow, row)));
    const last = intervals.at(-1)!;
    const name = (row: CostCenterRow): string => names.get(nameKey(row, row.CostCenter)) ?? row.CostCenter;
    const vendorId = `${last.ControllingArea}/${last.CostCenter}`;
    return {
      costCenterId: idOf('CostCenter', origin, vendorId),
      lifecycle: isBlocked(last.IsBlkdForPrimaryCostsPosting) ? 'INACTIVE' : 'ACTIVE',
      ...{ code: last.CostCenter, name: name(last), area: last.ControllingArea },
      validity: intervals.map((row) => ({
        ...datesOf(row),
        name: name(row),
        legalEntityIds: row.CompanyCode === null ? [] : [idOf('CompanyCode', origin, row.CompanyCode)],
        profitCenterId: below('ProfitCenter', row, row.ProfitCenter, origin),
        currency: row.CostCenterCurrency,
        category: row.CostCenterCategory,
        hierarchyNodeId: below('CostCenterStandardHierArea', row, row.CostCenterStandardHierArea, origin),
        responsible: row.CostCtrResponsiblePersonName,
        blocked: isBlocked(row.IsBlkdForPrimaryCostsPosting),
      })),
      instance: origin.instance,
      source: sourceOf('CostCenter', origin, vendorId),
    };
  });
}

export function mapProfitCenter({ rows, names }: CenterRecord, origin: Origin): Mapped<Omit<ProfitCenter, 'revision'>> {
  return fateOf(() => {
    const intervals = inOrder(rows.map((row) => rowOf('profit center', profitCenterRow, row)));
    const last = intervals.at(-1)!;
    const name = (row: ProfitCenterRow): string => names.get(nameKey(row, row.ProfitCenter)) ?? row.ProfitCenter;
    const vendorId = `${last.ControllingArea}/${last.ProfitCenter}`;
    return {
      profitCenterId: idOf('ProfitCenter', origin, vendorId),
      lifecycle: isBlocked(last.ProfitCenterIsBlocked) ? 'INACTIVE' : 'ACTIVE',
      ...{ code: last.ProfitCenter, name: name(last), area: last.ControllingArea },
      validity: intervals.map((row) => ({
        ...datesOf(row),
        name: name(row),
        legalEntityIds: row.CompanyCode === null ? [] : [idOf('CompanyCode', origin, row.CompanyCode)],
        segment: row.Segment,
        hierarchyNodeId: below('ProfitCenterStandardHierarchy', row, row.ProfitCenterStandardHierarchy, origin),
        responsible: row.ProfitCtrResponsiblePersonName,
        blocked: isBlocked(row.ProfitCenterIsBlocked),
      })),
      instance: origin.instance,
      source: sourceOf('ProfitCenter', origin, vendorId),
    };
  });
}

export const nameKey = (
  row: { readonly ControllingArea: string; readonly ValidityEndDate: DateString },
  code: string,
): string => `${row.ControllingArea}/${code}/${row.ValidityEndDate}`;

const isBlocked = (flag: string | null): boolean => flag === 'X';

const below = (
  entity: Entity,
  { ControllingArea }: { readonly ControllingArea: string },
  code: string | null,
  origin: Origin,
): string | null => (code === null ? null : idOf(entity, origin, `${ControllingArea}/${code}`));

interface Interval {
  readonly ValidityStartDate: DateString | null;
  readonly ValidityEndDate: DateString;
}

function inOrder<R extends Interval>(rows: readonly R[]): R[] {
  const sorted = [...rows].sort((a, b) => (a.ValidityEndDate < b.ValidityEndDate ? -1 : 1));
  for (const [n, row] of sorted.entries()) {
    const before = sorted[n - 1];
    if (before !== undefined && (row.ValidityStartDate ?? FIRST_DAY) <= before.ValidityEndDate)
      refuse('invalid-value', 'ValidityStartDate', `intervals overlap at ${row.ValidityStartDate ?? FIRST_DAY}`);
  }
  return sorted;
}

const datesOf = ({
  ValidityStartDate,
  ValidityEndDate,
}: Interval): { validFrom: string | null; validTo: string | null } => ({
  validFrom: ValidityStartDate === null || ValidityStartDate <= FIRST_DAY ? null : ValidityStartDate,
  validTo: ValidityEndDate === OPEN_END ? null : ValidityEndDate,
});
