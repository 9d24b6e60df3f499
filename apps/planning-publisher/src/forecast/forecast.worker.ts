import type { AnaplanClient, ForecastCell } from '@tieout/connector-anaplan';
import {
  type Exceptions,
  inTransaction,
  openCasesAbout,
  type Outbox,
  type Poll,
  type StreamSpec,
} from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { type Planning, subjectOf, versionObject } from './case.ts';
import { type PublishedVersion, readEntityIds, readVersions } from './forecast.store.ts';
import { type Held, heldSince, withHeld } from './hold.ts';
import { type Judgement, judgeVersion } from './judge.ts';
import { deleteVersion, publishVersion } from './publish.worker.ts';
import type { Reading } from './reading.ts';
import { readPlan } from './reading.worker.ts';
import { type Version, versionOf } from './record.ts';
import { type Recovery, recoverForecast } from './recover.worker.ts';

const UNKNOWN_ENTITY = 'forecast-unknown-entity';

export type VersionOutcome = 'published' | 'unchanged' | 'waiting' | 'deleted';

export interface ForecastOptions {
  readonly planning: Planning;
  readonly client: AnaplanClient;
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly exceptions: Exceptions;
  readonly recovery: Pick<Recovery, 'kafka' | 'codec'>;
  readonly intervalMs: number;
  /** How long a version waits for legal entities that this service has not received. */
  readonly graceMs: number;
  readonly onVersion: (outcome: VersionOutcome) => void;
}

/** Null before what the topics hold was read back. */
export interface ForecastCursor {
  readonly held: Held;
}

/**
 * Publishes the forecast of a model. Each interval the whole plan is read at one time and every version is brought to it in a
 * transaction of its own, with the stream's lease and cursor checked in it: a publisher that lost the stream changes nothing, and
 * one that was killed leaves each version as it was or as it is.
 */
export function forecastStream(options: ForecastOptions): StreamSpec<ForecastCursor> {
  const { planning, client, dataSource } = options;
  return {
    instance: planning.instance,
    stream: `forecast:${planning.model}`,
    intervalMs: options.intervalMs,
    async poll(poll) {
      const cursor = poll.cursor ?? (await recover(options, poll));
      const reading = await readPlan(client, poll.signal);
      const entities = await readEntityIds(dataSource.manager);
      const known = new Map((await readVersions(dataSource.manager)).map((version) => [version.versionId, version]));
      const now = new Date().toISOString();
      await publishReading({ ...options, poll, entities, known, now }, cursor.held, reading);
    },
  };
}

async function recover(
  { recovery, planning, dataSource }: ForecastOptions,
  poll: Poll<ForecastCursor>,
): Promise<ForecastCursor> {
  const write = await recoverForecast({ ...recovery, planning });
  const cursor = { held: {} };
  await inTransaction(dataSource, async (tx) => {
    await poll.advance(tx, cursor);
    await write(tx);
  });
  return cursor;
}

/** What one reading is held against. */
interface Pass extends ForecastOptions {
  readonly poll: Poll<ForecastCursor>;
  readonly entities: ReadonlyMap<string, string>;
  /** Versions that the topic has, by id. */
  readonly known: ReadonlyMap<string, PublishedVersion>;
  readonly now: string;
}

async function publishReading(pass: Pass, before: Held, { versions, cells }: Reading): Promise<void> {
  const byVersion = Map.groupBy(cells, ({ versionId }) => versionId);
  const planned = versions.filter(({ isActual }) => !isActual).map((version) => versionOf(pass.planning, version));
  let held = before;
  for (const version of planned)
    held = await publishPlanned(pass, held, version, byVersion.get(version.vendorId) ?? []);
  const present = new Set(planned.map(({ versionId }) => versionId));
  for (const version of pass.known.values())
    if (!present.has(version.versionId)) held = await publishGone(pass, held, version);
}

async function publishPlanned(
  pass: Pass,
  before: Held,
  version: Version,
  cells: readonly ForecastCell[],
): Promise<Held> {
  const { versionId } = version;
  const judgement = judgeVersion(versionId, cells, pass.entities);
  const since = heldSince(before[versionId], await hasNews(pass, version, judgement), pass.now, pass.graceMs);
  const held = withHeld(before, versionId, since);
  const complete = pass.known.get(versionId)?.complete ?? false;
  const outcome = await inTransaction(pass.dataSource, async (tx) => {
    await pass.poll.advance(tx, { held });
    return since === null ? publishVersion(tx, pass, { ...version, judgement, complete }) : 'waiting';
  });
  pass.onVersion(outcome);
  return held;
}

/** Whether it names a legal entity that nobody has and of which no case tells yet. */
async function hasNews({ dataSource, exceptions }: Pass, version: Version, { findings }: Judgement): Promise<boolean> {
  const unknown = findings.filter(({ kind }) => kind === UNKNOWN_ENTITY);
  if (unknown.length === 0) return false;
  const told = new Set(await openCasesAbout(dataSource.manager, [versionObject(version)], [UNKNOWN_ENTITY]));
  return unknown.some(({ kind, item }) => !told.has(exceptions.idOf({ kind, subject: subjectOf(version, { item }) })));
}

async function publishGone(pass: Pass, before: Held, version: Version): Promise<Held> {
  const held = withHeld(before, version.versionId, null);
  await inTransaction(pass.dataSource, async (tx) => {
    await pass.poll.advance(tx, { held });
    await deleteVersion(tx, pass, version);
  });
  pass.onVersion('deleted');
  return held;
}
