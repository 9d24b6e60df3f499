import { forecastSums, InvalidValueError, isCurrency, joinKey, parseDecimal, toUnits } from '@tieout/canonical';
import type { ForecastCell } from '@tieout/connector-anaplan';

/** A planned value that can become a record. */
export interface PlannedCell {
  readonly forecastId: string;
  readonly legalEntityId: string;
  readonly legalEntity: string;
  readonly lineItem: string;
  readonly period: string;
  readonly currency: string;
  readonly amount: string;
  /** Id of the cell in the planning system's own words. */
  readonly sourceId: string;
}

export const FINDING_KINDS = [
  'forecast-unknown-entity',
  'forecast-unknown-currency',
  'forecast-unreadable-amount',
  'forecast-ambiguous-cell',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** What keeps cells of a version from becoming records, for one item of the model. */
export interface Finding {
  readonly kind: FindingKind;
  /** The legal entity, currency or line item as the model names it. */
  readonly item: string;
  readonly cells: number;
  /** The first of these cells and what is wrong with it. */
  readonly example: string;
}

export interface Judgement {
  readonly cells: readonly PlannedCell[];
  readonly rejected: number;
  readonly findings: readonly Finding[];
}

interface Rejection {
  readonly kind: FindingKind;
  readonly item: string;
  readonly example: string;
}

/** Amounts are decimal(19,4) in the contract. */
const SCALE = 4;
const LIMIT = 10n ** 19n;

/** The id that the planning system's cell has in snapshots and sources. */
export const cellId = ({ versionId, legalEntity, lineItem, month, currency }: ForecastCell): string =>
  [versionId, legalEntity, lineItem, month, currency].join('/');

/**
 * Decides which cells of a version become records; every other one is rejected for one reason.
 * @param versionId canonical id of the version
 * @param entities ids of the legal entities by code
 */
export function judgeVersion(
  versionId: string,
  cells: readonly ForecastCell[],
  entities: ReadonlyMap<string, string>,
): Judgement {
  const judged = cells.map((cell) => judgeCell(versionId, cell, entities));
  const rejections = judged.filter((one) => 'kind' in one);
  const [unique, doubles] = splitDoubles(judged.filter((one) => 'forecastId' in one));
  const [taken, excessive] = splitExcessive(unique);
  const rejected = [...rejections, ...doubles, ...excessive];
  return { cells: taken, rejected: rejected.length, findings: byItem(rejected) };
}

function judgeCell(
  versionId: string,
  cell: ForecastCell,
  entities: ReadonlyMap<string, string>,
): PlannedCell | Rejection {
  const { legalEntity, lineItem, month: period, currency } = cell;
  const legalEntityId = entities.get(legalEntity);
  if (legalEntityId === undefined) return { kind: 'forecast-unknown-entity', item: legalEntity, example: cellId(cell) };
  if (!isCurrency(currency)) return { kind: 'forecast-unknown-currency', item: currency, example: cellId(cell) };
  const read = readAmount(cell.amount);
  if ('problem' in read)
    return { kind: 'forecast-unreadable-amount', item: lineItem, example: `${cellId(cell)}: ${read.problem}` };
  const forecastId = joinKey([versionId, legalEntity, lineItem, period, currency]);
  return { forecastId, legalEntityId, legalEntity, lineItem, period, currency, ...read, sourceId: cellId(cell) };
}

/** The amount in canonical text, or why no record can carry it. Nothing is rounded: the planner does that. */
export function readAmount(text: string): { readonly amount: string } | { readonly problem: string } {
  try {
    const amount = parseDecimal(text, SCALE);
    return fits(amount) ? { amount } : { problem: `${amount} has more than 15 digits before the point` };
  } catch (error) {
    if (error instanceof InvalidValueError) return { problem: error.message };
    throw error;
  }
}

function fits(amount: string): boolean {
  const units = toUnits(amount, SCALE);
  return units < LIMIT && units > -LIMIT;
}

/** Two items of the model may have one code between them: then nobody knows which of their cells counts. */
function splitDoubles(cells: readonly PlannedCell[]): readonly [PlannedCell[], Rejection[]] {
  const byId = Map.groupBy(cells, ({ forecastId }) => forecastId);
  const groups = [...byId.values()];
  const rejections = groups
    .filter((group) => group.length > 1)
    .flat()
    .map(({ legalEntity, sourceId }): Rejection => {
      return { kind: 'forecast-ambiguous-cell', item: legalEntity, example: sourceId };
    });
  return [groups.filter((group) => group.length === 1).flat(), rejections];
}

/** A sum that the version could not state would leave its cells without proof, so they are not taken either. */
function splitExcessive(cells: readonly PlannedCell[]): readonly [PlannedCell[], Rejection[]] {
  const excessive = new Set(
    forecastSums(cells).flatMap(({ lineItem, currency, amount }) => (fits(amount) ? [] : [sumKey(lineItem, currency)])),
  );
  const isExcessive = ({ lineItem, currency }: PlannedCell): boolean => excessive.has(sumKey(lineItem, currency));
  const rejections = cells.filter(isExcessive).map(({ lineItem, currency, sourceId }): Rejection => {
    const example = `${sourceId}: the sum of ${lineItem} in ${currency} has more than 15 digits before the point`;
    return { kind: 'forecast-unreadable-amount', item: lineItem, example };
  });
  return [cells.filter((cell) => !isExcessive(cell)), rejections];
}

const sumKey = (lineItem: string, currency: string): string => joinKey([lineItem, currency]);

function byItem(rejections: readonly Rejection[]): readonly Finding[] {
  const groups = Map.groupBy(rejections, ({ kind, item }) => joinKey([kind, item]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, cells: group.length }];
  });
}
