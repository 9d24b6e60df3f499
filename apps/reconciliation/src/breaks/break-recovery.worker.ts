import { contentHash, type Audit, type Break } from '@tieout/canonical';
import { inTransaction, readLatestStates, readTopic, restoreEntries, wholeTopic, type Codec } from '@tieout/messaging';
import type { DataSource, EntityManager } from 'typeorm';
import type { BreakDesk } from './break-desk.worker.ts';
import { UNDECIDED, type BreakState, type Transition } from './break-state.ts';
import { BREAK_TOPIC, lockBreaks, putBreaks } from './break.store.ts';
import { isNeverMaterial } from './triage.ts';
import { valueOf } from './valuation.ts';

const AUDIT = 'finance.audit.v1';

export interface BreakRecovery {
  readonly kafka: Parameters<typeof readTopic>[0];
  readonly codec: Codec;
  readonly dataSource: DataSource;
  readonly desk: BreakDesk;
}

/**
 * Brings breaks and their audit chains back from the topics, of which the database has another state than was published: it was lost,
 * restored, or written by the first release. What people decided must not be forgotten, and a chain that began anew would contradict
 * the one that everybody else has. Reads nothing when nothing is behind; call it once the revisions are recovered. @returns how many
 */
export async function recoverBreaks({ kafka, codec, dataSource, desk }: BreakRecovery): Promise<number> {
  const behind = await breaksBehind(dataSource.manager);
  if (behind.size === 0) return 0;
  const latest = await readLatestStates(kafka, codec, BREAK_TOPIC);
  const published = [...behind].flatMap(([id, revision]) => {
    const state = latest.get(id);
    return state?.revision === revision ? [state] : [];
  });
  const entries = await entriesOf(kafka, codec, new Set(behind.keys()));
  await inTransaction(dataSource, async (tx) => {
    await putBreaks(tx, published.map(adopted));
    await restoreEntries(tx, entries);
    await desk.store(tx, await upgrades(tx, [...behind.keys()], latest));
  });
  return behind.size;
}

/** Ids with their published revision. */
async function breaksBehind(manager: EntityManager): Promise<Map<string, bigint>> {
  const behind = new Map<string, bigint>();
  for (let after = ''; ;) {
    const rows = await manager.query<{ key: string; revision: string; hash: string; state: BreakState | null }[]>(
      `SELECT s.key, s.revision, s.content_hash AS hash, b.state FROM state_revision s
       LEFT JOIN break b ON b.break_id::text = s.key
       WHERE s.topic = $1 AND s.key > $2 AND s.revision > 0 ORDER BY s.key LIMIT 1000`,
      [BREAK_TOPIC, after],
    );
    for (const { key, revision, hash, state } of rows)
      if (state === null || contentHash(state) !== hash) behind.set(key, BigInt(revision));
    const last = rows.at(-1);
    if (last === undefined) return behind;
    after = last.key;
  }
}

async function entriesOf(kafka: BreakRecovery['kafka'], codec: Codec, ids: ReadonlySet<string>): Promise<Audit[]> {
  const raw: Buffer[] = [];
  await readTopic(kafka, AUDIT, await wholeTopic(kafka, AUDIT), ({ key, value }) => {
    if (value && key && ids.has(key.toString())) raw.push(value);
  });
  const entries: Audit[] = [];
  for (const bytes of raw) entries.push(await codec.decode(AUDIT, bytes));
  return entries;
}

/** A state of the first release says nothing of the work on it: nobody has done any. */
function adopted({ revision: _revision, ...state }: Break): BreakState {
  if (state.workflow !== null) return { ...state };
  return {
    ...{ ...state, ...UNDECIDED, workflow: state.status === 'CLOSED' ? 'CLOSED' : 'OPEN' },
    severity: isNeverMaterial(state) ? 'WARNING' : 'CRITICAL',
    value: valueOf(state),
  };
}

/** States of this release that nobody has published yet go out, with an entry that says so. */
async function upgrades(
  tx: EntityManager,
  ids: readonly string[],
  latest: ReadonlyMap<string, Break>,
): Promise<Transition[]> {
  const at = new Date().toISOString();
  const act = { action: 'adopted', actor: 'reconciliation', role: null, reason: null, details: {}, at };
  return [...(await lockBreaks(tx, ids)).values()].flatMap((after) => {
    const before = latest.get(after.breakId);
    return before?.workflow === null ? [{ before: after, after, act }] : [];
  });
}
