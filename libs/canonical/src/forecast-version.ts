import { createHash } from 'node:crypto';
import type { Forecast, ForecastSum, ForecastVersion } from './generated/types.generated.ts';
import { add, compare } from './money.ts';

/** What a version says about its cells. */
export type ForecastHeader = Pick<ForecastVersion, 'revision' | 'cellCount' | 'sums' | 'contentHash'>;
/** What is needed of a cell, current state, to hold it against its version. */
export type ForecastCell = Pick<
  Forecast,
  'forecastId' | 'lifecycle' | 'versionRevision' | 'legalEntityId' | 'lineItem' | 'currency' | 'amount'
>;

/** One point in which the cells are not what their version says. */
export interface ForecastDisagreement {
  readonly reason: 'count' | 'sum' | 'content';
  /** Line item and currency of a sum, as in `Billings USD`; empty otherwise. */
  readonly of: string;
  /** What the version says; `0` of a sum that it does not have. */
  readonly expected: string;
  /** What the cells of its revision are. */
  readonly actual: string;
}

export interface VersionVerdict {
  readonly usable: boolean;
  readonly reasons: readonly ForecastDisagreement[];
}

/**
 * Whether a subscriber may use a version: the cells of its revision are as many as it says, add up to its sums and have its
 * content. Cells and version are records of different topics, so for a moment one may be ahead of the other.
 * @param cells the current state of all cells of the version; those of another revision and deleted ones do not count
 */
export function usableVersion(header: ForecastHeader, cells: readonly ForecastCell[]): VersionVerdict {
  const own = cells.filter(
    ({ lifecycle, versionRevision }) => lifecycle !== 'DELETED' && versionRevision === header.revision,
  );
  const reasons = [...countReasons(header, own), ...sumReasons(header, own)];
  if (reasons.length === 0) reasons.push(...contentReasons(header, own));
  return { usable: reasons.length === 0, reasons };
}

/** Sums of cells by line item and currency, ordered by them; amounts in canonical text. */
export function forecastSums(
  cells: readonly Pick<Forecast, 'lineItem' | 'currency' | 'amount'>[],
): readonly ForecastSum[] {
  const totals = new Map<string, ForecastSum>();
  for (const { lineItem, currency, amount } of cells) {
    const key = JSON.stringify([lineItem, currency]);
    totals.set(key, { lineItem, currency, amount: add(totals.get(key)?.amount ?? '0', amount) });
  }
  return [...totals.values()].toSorted((a, b) => order(a.lineItem, b.lineItem) || order(a.currency, b.currency));
}

/** `contentHash` of a version with these cells, in any order; amounts in canonical text. */
export function forecastContentHash(
  cells: readonly Pick<Forecast, 'forecastId' | 'legalEntityId' | 'amount'>[],
): string {
  const hash = createHash('sha256');
  for (const { forecastId, legalEntityId, amount } of cells.toSorted((a, b) => order(a.forecastId, b.forecastId)))
    hash.update(`${forecastId} ${legalEntityId} ${amount}\n`);
  return hash.digest('hex');
}

function countReasons({ cellCount }: ForecastHeader, own: readonly ForecastCell[]): ForecastDisagreement[] {
  if (BigInt(own.length) === cellCount) return [];
  return [{ reason: 'count', of: '', expected: String(cellCount), actual: String(own.length) }];
}

function sumReasons({ sums }: ForecastHeader, own: readonly ForecastCell[]): ForecastDisagreement[] {
  const nameOf = ({ lineItem, currency }: ForecastSum): string => `${lineItem} ${currency}`;
  const stated = new Map(sums.map((sum) => [nameOf(sum), sum.amount]));
  const added = new Map(forecastSums(own).map((sum) => [nameOf(sum), sum.amount]));
  return [...new Set([...stated.keys(), ...added.keys()])].sort().flatMap((of) => {
    const [expected, actual] = [stated.get(of) ?? '0', added.get(of) ?? '0'];
    return compare(expected, actual) === 0 ? [] : [{ reason: 'sum', of, expected, actual } as const];
  });
}

function contentReasons({ contentHash }: ForecastHeader, own: readonly ForecastCell[]): ForecastDisagreement[] {
  const actual = forecastContentHash(own);
  return actual === contentHash ? [] : [{ reason: 'content', of: '', expected: contentHash, actual }];
}

/** By code unit, as every language can do it; not by locale. */
const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
