import { canonicalId, forecastContentHash, forecastSums, type Forecast, type ForecastVersion } from '@tieout/canonical';
import type { Planning } from './case.ts';
import type { Judgement, PlannedCell } from './judge.ts';

/** A version to publish: what it is called, and under which id the planning system has it. */
export interface Version {
  readonly versionId: string;
  readonly vendorId: string;
  readonly name: string;
}

export function versionOf(
  { instance }: Planning,
  { id, name }: { readonly id: string; readonly name: string },
): Version {
  return { versionId: canonicalId('anaplan', instance, 'version', id), vendorId: id, name };
}

/** Cells of a version that is gone. */
export const NOTHING: Judgement = { cells: [], rejected: 0, findings: [] };

export function versionRecord(
  { instance, model }: Planning,
  { versionId, vendorId, name }: Version,
  { cells, rejected }: Judgement,
  lifecycle: 'ACTIVE' | 'DELETED',
): Omit<ForecastVersion, 'revision'> {
  return {
    versionId,
    lifecycle,
    name,
    model,
    cellCount: BigInt(cells.length),
    rejectedCount: BigInt(rejected),
    sums: forecastSums(cells),
    contentHash: forecastContentHash(cells),
    source: sourceOf(instance, 'version', vendorId),
  };
}

/** @param versionRevision the version's revision that the cell belongs to, or in which it is gone */
export function cellRecord(
  { instance }: Planning,
  { versionId }: Version,
  { sourceId, ...cell }: PlannedCell,
  versionRevision: bigint,
  lifecycle: 'ACTIVE' | 'DELETED',
): Omit<Forecast, 'revision'> {
  return { ...cell, lifecycle, versionId, versionRevision, source: sourceOf(instance, 'cell', sourceId) };
}

/** The planning system says neither a version nor a time of change. */
const sourceOf = (instance: string, entity: string, id: string): Forecast['source'] => ({
  ...{ system: 'anaplan', instance, entity, id },
  version: null,
  changedAt: null,
});
