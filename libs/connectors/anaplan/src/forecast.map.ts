import { isDecimal, isZero, parseDecimal } from '@tieout/canonical';
import { monthOf, timeItemOf } from './cells.map.ts';
import type { VendorVersion } from './vendor-types.ts';

/** A version of the model. Its name is what views call it, and people change it; the id stays. */
export interface PlanningVersion {
  readonly id: string;
  readonly name: string;
  /** Holds what happened and not what is planned. */
  readonly isActual: boolean;
  readonly isCurrent: boolean;
}

/** One planned value. */
export interface ForecastCell {
  /** The vendor's id of the version. */
  readonly versionId: string;
  readonly version: string;
  /** Code of the list item; the name that the view shows when the list has no such item. */
  readonly legalEntity: string;
  readonly lineItem: string;
  /** YYYY-MM. */
  readonly month: string;
  /** Code of the list item, or the view's name as for the legal entity. */
  readonly currency: string;
  /** As the vendor sends it; not necessarily a number that a contract can carry. */
  readonly amount: string;
}

/** Dimensions of the forecast's view, by the names of its columns. */
export const FORECAST_COLUMNS = ['Versions', 'Legal Entities', 'Currencies', 'Time'] as const;

export const toVersion = ({ id, name, isActual, isCurrent }: VendorVersion): PlanningVersion => ({
  id,
  name,
  isActual: isActual === true,
  isCurrent: isCurrent === true,
});

/** What the names in a view stand for. */
export interface ForecastNames {
  readonly versions: ReadonlyMap<string, PlanningVersion>;
  readonly legalEntities: ReadonlyMap<string, string>;
  readonly currencies: ReadonlyMap<string, string>;
}

export type ForecastRow =
  /** The cells of a row with a value; none of one that is a summary or of a version of actuals. */
  { readonly cells: readonly ForecastCell[] } | { readonly unknownVersion: string };

/**
 * A line of the view. A number that nobody set is 0 in the model, so a 0 is no value. A version that the list of versions does
 * not have says that the two were not read at the same time.
 */
export function fromForecastRow(
  row: Readonly<Record<string, string>>,
  names: ForecastNames,
  lineItems: readonly string[],
): ForecastRow {
  const [version, legalEntity, currency, time] = FORECAST_COLUMNS.map((name) => row[name] ?? '') as [
    string,
    string,
    string,
    string,
  ];
  const known = names.versions.get(version);
  if (known === undefined) return { unknownVersion: version };
  const month = monthOf(time);
  if (month === null || known.isActual) return { cells: [] };
  const place = {
    versionId: known.id,
    version,
    legalEntity: names.legalEntities.get(legalEntity) ?? legalEntity,
    currency: names.currencies.get(currency) ?? currency,
    month,
  };
  const values = lineItems.map((lineItem) => ({ lineItem, amount: row[lineItem] ?? '' }));
  return { cells: values.flatMap((value) => (isNothing(value.amount) ? [] : [{ ...place, ...value }])) };
}

const isNothing = (amount: string): boolean => amount === '' || (isDecimal(amount) && isZero(parseDecimal(amount)));

/**
 * The entry of a cell in a write, as JSON whose number has the digits of the amount; null when the model's calendar has no name
 * for its month or the amount is no number.
 */
export function toCellEntry(cell: Omit<ForecastCell, 'version'>): string | null {
  const month = timeItemOf(cell.month);
  if (month === null || !isDecimal(cell.amount)) return null;
  const dimensions = [
    { dimensionName: 'Versions', itemId: cell.versionId },
    { dimensionName: 'Legal Entities', itemCode: cell.legalEntity },
    { dimensionName: 'Currencies', itemCode: cell.currency },
    { dimensionName: 'Time', itemName: month },
  ];
  const place = JSON.stringify({ lineItemName: cell.lineItem, dimensions });
  return `${place.slice(0, -1)},"value":${parseDecimal(cell.amount)}}`;
}
