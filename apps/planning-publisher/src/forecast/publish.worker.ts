import type { Exceptions, Outbox } from '@tieout/messaging';
import type { EntityManager } from 'typeorm';
import { exceptionOf, type Planning, versionObject } from './case.ts';
import { dropVersion, saveCells, saveVersion, takeVanished } from './forecast.store.ts';
import { FINDING_KINDS, type Judgement, type PlannedCell } from './judge.ts';
import { cellRecord, NOTHING, type Version, versionRecord } from './record.ts';

/** Outbox rows are inserted in portions; all of them are one transaction. */
const PORTION = 500;
const RESOLUTIONS = {
  ACTIVE: 'A later reading of the planning model took the cells.',
  DELETED: 'The planning model no longer has the version.',
} as const;

export interface Publication {
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly planning: Planning;
}

/** A version as it is to stand in the topics. */
export interface Standing extends Version {
  readonly judgement: Judgement;
  /** False when the topic's cells may be of another revision than their version: they are looked at even if it did not change. */
  readonly complete: boolean;
}

/**
 * Brings a version to what was read, in the caller's transaction: the cases about its cells, its cells with the revision that it
 * gets, the cells that it no longer has, then the version itself, which proves them. Nothing but cases when nothing of it changed.
 */
export async function publishVersion(
  tx: EntityManager,
  publication: Publication,
  version: Standing,
): Promise<'published' | 'unchanged'> {
  const { cells, rejected } = version.judgement;
  await publishCases(tx, publication, version, version.judgement, 'ACTIVE');
  const changed = await publishRecords(tx, publication, version, version.judgement, 'ACTIVE', !version.complete);
  await saveVersion(tx, version, { cells: cells.length, rejected }, true);
  return changed ? 'published' : 'unchanged';
}

/** The planning system no longer has the version: its record and those of its cells say so. */
export async function deleteVersion(tx: EntityManager, publication: Publication, version: Version): Promise<void> {
  await publishCases(tx, publication, version, NOTHING, 'DELETED');
  await publishRecords(tx, publication, version, NOTHING, 'DELETED', true);
  await dropVersion(tx, version.versionId);
}

async function publishRecords(
  tx: EntityManager,
  { outbox, planning }: Publication,
  version: Version,
  judgement: Judgement,
  lifecycle: 'ACTIVE' | 'DELETED',
  always: boolean,
): Promise<boolean> {
  const { versionId: key } = version;
  const value = versionRecord(planning, version, judgement, lifecycle);
  const { revision, event } = await outbox.reviseState(tx, 'finance.forecast-version.v1', { key, value });
  if (event === null && !always) return false;
  const publishCells = async (cells: readonly PlannedCell[], fate: 'ACTIVE' | 'DELETED'): Promise<void> => {
    for (let start = 0; start < cells.length; start += PORTION) {
      const portion = cells.slice(start, start + PORTION);
      const states = portion.map((cell) => {
        return { key: cell.forecastId, value: cellRecord(planning, version, cell, revision, fate) };
      });
      await outbox.publishState(tx, 'finance.forecast.v1', states);
      if (fate === 'ACTIVE') await saveCells(tx, key, revision, portion);
    }
  };
  await publishCells(judgement.cells, 'ACTIVE');
  await publishCells(await takeVanished(tx, key, revision), 'DELETED');
  if (event !== null) await outbox.publish(tx, [event]);
  return true;
}

async function publishCases(
  tx: EntityManager,
  { exceptions, planning }: Publication,
  version: Version,
  { findings }: Judgement,
  lifecycle: 'ACTIVE' | 'DELETED',
): Promise<void> {
  await exceptions.examined(tx, {
    objects: [versionObject(version)],
    kinds: FINDING_KINDS,
    found: findings.map((finding) => exceptionOf(planning, version, finding)),
    resolution: RESOLUTIONS[lifecycle],
  });
}
