import { compare, joinKey, usableVersion } from '@tieout/canonical';
import type { ForecastHeader } from '@tieout/canonical';
import { difference, latestOf, listed } from './difference.ts';
import type { Difference } from './difference.ts';

/** A planned amount, in the planning system or on the topic. */
export interface ForecastCell {
  /** Canonical id. */
  readonly versionId: string;
  /** Code, or what stands there instead. */
  readonly legalEntity: string;
  readonly lineItem: string;
  /** YYYY-MM */
  readonly month: string;
  readonly currency: string;
  readonly amount: string;
  readonly changedAt: string | null;
}

/** A cell as the planning system holds it. */
export interface PlannedCell extends ForecastCell {
  /** Name of the version. */
  readonly version: string;
  readonly vendorId: string;
}

/** A cell as the topic holds it. */
export interface PublishedCell extends ForecastCell {
  readonly forecastId: string;
  readonly legalEntityId: string;
  /** Revision of the version that the cell was read with. */
  readonly versionRevision: bigint;
}

/** A version's header on the topic. */
export interface ForecastVersion extends ForecastHeader {
  readonly versionId: string;
  readonly name: string;
  readonly changedAt: string | null;
}

export interface PublishedForecast {
  readonly versions: readonly ForecastVersion[];
  readonly cells: readonly PublishedCell[];
}

/** Version by version the topic's header agrees with its cells, and cell by cell the topic says what the planning system holds. */
export function compareForecast(
  planned: readonly PlannedCell[],
  { versions, cells }: PublishedForecast,
  legalEntityIdOf: (code: string) => string | null,
): readonly Difference[] {
  const headers = new Map(versions.map((version) => [version.versionId, version]));
  const names = new Map(versions.map(({ versionId, name }) => [versionId, name]));
  for (const { versionId, version } of planned) names.set(versionId, version);
  const nameOf = (versionId: string): string => names.get(versionId) ?? versionId;
  const byVersion = Map.groupBy(cells, ({ versionId }) => versionId);
  const readings = [...new Set([...headers.keys(), ...byVersion.keys()])].map((versionId) =>
    readVersion(nameOf(versionId), versionId, headers.get(versionId), byVersion.get(versionId) ?? []),
  );
  const published = readings.flatMap((reading) => reading.cells);
  return [
    ...readings.flatMap(({ unusable }) => unusable),
    ...compareCells(planned, published, (cell) => ({
      name: nameOf(cell.versionId),
      legalEntityId: legalEntityIdOf(cell.legalEntity),
    })),
  ];
}

interface Reading {
  readonly unusable: readonly Difference[];
  readonly cells: readonly PublishedCell[];
}

/**
 * The cells that a subscriber would take: those of the header's revision. Where they do not add up to the header nobody may take any;
 * then all are compared, so that the cells with other content show and not all of the version.
 */
function readVersion(
  name: string,
  versionId: string,
  header: ForecastVersion | undefined,
  cells: readonly PublishedCell[],
): Reading {
  const own = cells.filter(({ versionRevision }) => versionRevision === header?.revision);
  const gaps =
    header === undefined ? [{ expected: 'no header', actual: `count=${cells.length}` }] : gapsOf(header, own);
  if (gaps.length === 0) return { unusable: [], cells: own };
  const unusable = difference({
    ...{ check: 'forecast-planning-topic', kind: 'unusable', objectType: 'forecast-version', object: name },
    expected: listed(gaps.map(({ expected }) => expected)),
    actual: listed(gaps.map(({ actual }) => actual)),
    changedAt: [header?.changedAt ?? null, latestOf(cells.map(({ changedAt }) => changedAt))],
    evidence: {
      ...{ versionId, revision: String(header?.revision ?? ''), cells: String(cells.length) },
      cellsOfTheRevision: String(own.length),
    },
  });
  return { unusable: [unusable], cells };
}

/** Where a version's header and its cells differ: in their number, in a sum, or in content alone. None: the version is usable. */
function gapsOf(
  header: ForecastVersion,
  cells: readonly PublishedCell[],
): readonly { readonly expected: string; readonly actual: string }[] {
  const { reasons } = usableVersion(
    header,
    cells.map((cell) => ({ ...cell, lifecycle: 'ACTIVE' })),
  );
  return reasons.map(({ reason, of, expected, actual }) => {
    const what = reason === 'sum' ? of : reason;
    return { expected: `${what}=${expected}`, actual: `${what}=${actual}` };
  });
}

type Place = (cell: ForecastCell) => { readonly name: string; readonly legalEntityId: string | null };

/** A cell of zero says no more than none: planning systems show the two alike. */
function compareCells(
  planned: readonly PlannedCell[],
  published: readonly PublishedCell[],
  placeOf: Place,
): readonly Difference[] {
  const theirs = new Map(planned.map((cell) => [keyOf(cell), cell]));
  const ours = new Map(published.map((cell) => [keyOf(cell), cell]));
  return [...new Set([...theirs.keys(), ...ours.keys()])].flatMap((key) => {
    const [plan, topic] = [theirs.get(key), ours.get(key)];
    const [expected, actual] = [plan?.amount ?? '0', topic?.amount ?? '0'];
    if (compare(expected, actual) === 0) return [];
    const kind = plan === undefined ? 'extra' : topic === undefined ? 'missing' : 'amount';
    return [cellDifference(kind, plan, topic, placeOf)];
  });
}

const keyOf = ({ versionId, legalEntity, lineItem, month, currency }: ForecastCell): string =>
  joinKey([versionId, legalEntity, lineItem, month, currency]);

function cellDifference(
  kind: string,
  plan: PlannedCell | undefined,
  topic: PublishedCell | undefined,
  placeOf: Place,
): Difference {
  const cell = (plan ?? topic) as ForecastCell;
  const { name, legalEntityId } = placeOf(cell);
  return difference({
    ...{ check: 'forecast-planning-topic', kind, objectType: 'forecast' },
    object: joinKey([name, cell.legalEntity, cell.lineItem, cell.month, cell.currency]),
    ...{ legalEntityId: topic?.legalEntityId ?? legalEntityId, currency: cell.currency },
    ...{ expected: plan?.amount ?? null, actual: topic?.amount ?? null },
    // Planning does not say when a cell changed, nor when one was emptied.
    changedAt: [plan?.changedAt ?? null, ...(topic === undefined ? [] : [topic.changedAt])],
    evidence: {
      ...{ versionId: cell.versionId, planning: plan?.vendorId ?? '' },
      versionRevision: String(topic?.versionRevision ?? ''),
    },
  });
}
