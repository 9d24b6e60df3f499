import { canonicalId, minorUnits, parseDecimal, periodRange } from '@tieout/canonical';
import type { Cell } from '../checks/cells.ts';
import type { PlannedCostCenter } from '../checks/cost-centers.ts';
import type { PlannedCell } from '../checks/forecast.ts';
import { field, need } from './raw.ts';
import type { RawItem } from './raw.ts';

/** A planning cell; an empty line item counts as zero, a cell without any figure is none. */
export function anaplanCell(item: RawItem): Cell | null {
  const place = placeOf(item);
  const figure = (name: string): string => parseDecimal(field(item, name) ?? '0');
  const figures = {
    invoices: figure('invoices'),
    invoiced: figure('invoiced'),
    paid: figure('paid'),
    open: figure('open'),
  };
  if (Object.values(figures).every((value) => value === '0')) return null;
  return { ...place, ...figures, changedAt: null };
}

/** A forecast cell with an amount. */
export function anaplanForecastCell(item: RawItem, instance: string): PlannedCell | null {
  const amount = field(item, 'amount');
  if (amount === null) return null;
  return {
    versionId: canonicalId('anaplan', instance, 'version', need(item, 'versionId')),
    version: need(item, 'version'),
    ...{ vendorId: item.itemId, lineItem: need(item, 'lineItem') },
    ...placeOf(item),
    ...{ amount: parseDecimal(amount), changedAt: null },
  };
}

/** A member of the list of cost centres; one without a code goes by its name. */
export function anaplanCostCenter(item: RawItem): PlannedCostCenter {
  const name = field(item, 'name');
  return { code: field(item, 'code') ?? need(item, 'name'), name };
}

function placeOf(item: RawItem): Pick<Cell, 'legalEntity' | 'month' | 'currency'> {
  const month = need(item, 'month');
  periodRange(month, month);
  const currency = need(item, 'currency');
  minorUnits(currency);
  return { legalEntity: need(item, 'legalEntity'), month, currency };
}
