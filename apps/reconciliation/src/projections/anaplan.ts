import { minorUnits, parseDecimal, periodRange } from '@tieout/canonical';
import type { Cell } from '../checks/cells.ts';
import { field, need } from './raw.ts';
import type { RawItem } from './raw.ts';

/** A planning cell; an empty line item counts as zero, a cell without any figure is none. */
export function anaplanCell(item: RawItem): Cell | null {
  const month = need(item, 'month');
  periodRange(month, month);
  const currency = need(item, 'currency');
  minorUnits(currency);
  const figure = (name: string): string => parseDecimal(field(item, name) ?? '0');
  const figures = {
    invoices: figure('invoices'),
    invoiced: figure('invoiced'),
    paid: figure('paid'),
    open: figure('open'),
  };
  if (Object.values(figures).every((value) => value === '0')) return null;
  return { legalEntity: need(item, 'legalEntity'), month, currency, ...figures, changedAt: null };
}
