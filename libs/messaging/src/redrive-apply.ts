import { TOPICS, type Act } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import { appendAudits } from './audit.store.ts';
import { conflict, handle, inboxVerdicts, supersede, type Applying, type ConsumeOptions } from './consume-once.ts';
import { publishDead } from './dead-letter-event.ts';
import { described, heldOutcome, type Failure } from './dead-letter.ts';
import type { DeadLetterRow } from './dead-letter.store.ts';
import type { Decoded } from './decode-chunk.ts';
import { moveOutcomes, type OutcomeMove } from './position.ts';
import { letterAct, requestAct, unmarkedActs } from './redrive-audit.ts';
import { permits } from './redrive.ts';
import {
  countWaiting,
  endItems,
  endRedrive,
  itemsBehind,
  lockCounts,
  lockItems,
  lockRedrive,
  overtaking,
  reopenLetter,
  saveCounts,
  settleLetters,
  takeFollowers,
  takePermits,
  type ActiveRedrive,
  type DueItem,
  type PartitionName,
  type SettledItem,
} from './redrive.store.ts';

/** A marked letter with its record read anew; `decoded` is null for one that is to be discarded. */
export interface ReadItem extends DueItem {
  readonly decoded: Decoded | null;
}

export interface AppliedSet {
  /** False when there was nothing to do: not running, no permit, or another partition is at it. */
  readonly progress: boolean;
  /** `redriven`, `superseded`, `discarded` or `failed`, once per letter. */
  readonly results: readonly string[];
}

const NOTHING: AppliedSet = { progress: false, results: [] };

/**
 * Applies marked letters of one partition in the caller's transaction: under the lock of the position, then of the request, then
 * of the letters. Order of the topic within a key; one outcome per letter, moved in the counts of the position.
 * @param failure set when the only item has already proved to be the culprit
 * @throws what the handler throws; nothing has happened then
 */
export async function applySet(
  applying: Applying,
  where: PartitionName,
  items: readonly ReadItem[],
  failure?: Failure,
): Promise<AppliedSet> {
  const { call, tx } = applying;
  const counts = await lockCounts(tx, where);
  const redrive = counts && items[0] ? await lockRedrive(tx, items[0].redriveId) : null;
  if (counts === null || redrive === null) return NOTHING;
  const batch = items.slice(0, permits(redrive.elapsed, redrive.rate));
  if (batch.length === 0) return NOTHING;
  const ready = await readyItems(call, tx, where, redrive, batch);
  const processed = await processItems(applying, ready, failure);
  await settleLetters(tx, redrive.id, processed.settled);
  const superseded = await supersede(call, tx, processed.applied);
  await keepFailed(call, tx, redrive, processed.failed);
  const moves = [...movesOf(processed), ...superseded];
  if (moves.length > 0) await saveCounts(tx, where, moveOutcomes(counts, moves));
  await takePermits(tx, redrive, processed.settled.length + processed.failed.length);
  const acts = [...actsOf(redrive, processed), ...(await goOn(call, tx, where, redrive, processed))];
  await appendAudits(tx, call.outbox, acts);
  const results = [...processed.settled.map(({ status }) => status), ...processed.failed.map(() => 'failed')];
  return { progress: true, results };
}

/** What still waits and overtakes nothing; the rest of the batch is ended. */
async function readyItems(
  { spec }: ConsumeOptions,
  tx: EntityManager,
  where: PartitionName,
  redrive: ActiveRedrive,
  batch: readonly ReadItem[],
): Promise<ReadItem[]> {
  const ids = batch.map(({ id }) => id);
  const here = await lockItems(tx, redrive.id, ids);
  const gone = ids.filter((id) => !here.has(id));
  await endItems(tx, redrive.id, gone, 'skipped', 'settled meanwhile');
  const isFact = TOPICS[spec.topic].kind === 'fact';
  const late = isFact ? await overtaking(tx, where, [...here]) : new Set<string>();
  await endItems(tx, redrive.id, [...late], 'skipped', 'waits behind an earlier record of its key');
  return batch.filter(({ id }) => here.has(id) && !late.has(id));
}

interface Processed {
  readonly settled: readonly (SettledItem & { readonly item: ReadItem })[];
  readonly failed: readonly { readonly item: ReadItem; readonly failure: Failure }[];
  /** Records that changed the store: on a state topic they supersede what is older. */
  readonly applied: readonly Decoded[];
}

/** The way of a first delivery: read, seen before or not, handler. A record that fails holds back those behind it in its line. */
async function processItems(applying: Applying, ready: readonly ReadItem[], failure?: Failure): Promise<Processed> {
  const { call, tx } = applying;
  const isFact = TOPICS[call.spec.topic].kind === 'fact';
  const failed = new Map<ReadItem, Failure>();
  const heldLines = new Set<string>();
  const turn = ready.filter((item) => {
    const line = item.record.key?.toString('hex') ?? item.id;
    if (isFact && heldLines.has(line)) return false;
    const wrong = failure ?? unreadable(item);
    if (wrong === null || item.action === 'discard') return true;
    failed.set(item, wrong);
    heldLines.add(line);
    return false;
  });
  const readable = turn.flatMap((item) => (item.decoded ? [{ item, decoded: item.decoded }] : []));
  const verdicts = isFact
    ? await inboxVerdicts(
        call,
        tx,
        readable.map(({ decoded }) => decoded),
      )
    : new Map<Decoded, string>();
  for (const { item, decoded } of readable) {
    if (verdicts.get(decoded) !== 'conflict') continue;
    if (ready.length > 1) throw conflict(decoded); // alone it is clear what waits behind it
    failed.set(item, { error: conflict(decoded), tries: 1 });
  }
  const good = readable.filter(({ item, decoded }) => !failed.has(item) && verdicts.get(decoded) !== 'duplicate');
  const handled = await handle(
    applying,
    good.map(({ decoded }) => decoded),
  );
  const settled = turn
    .filter((item) => !failed.has(item))
    .map((item) => settledItem(item, item.decoded ? (handled.get(item.decoded) ?? 'duplicate') : 'discarded'));
  return {
    settled,
    failed: [...failed].map(([item, why]) => ({ item, failure: why })),
    applied: isFact ? [] : good.flatMap(({ decoded }) => (handled.get(decoded) === 'applied' ? [decoded] : [])),
  };
}

function unreadable({ decoded }: ReadItem): Failure | null {
  return decoded && 'error' in decoded ? { error: decoded.error, tries: 1, unreadable: true } : null;
}

function settledItem(item: ReadItem, outcome: string): SettledItem & { readonly item: ReadItem } {
  const status = outcome === 'discarded' || outcome === 'superseded' ? outcome : 'redriven';
  return { id: item.id, status, outcome, item };
}

const movesOf = ({ settled, failed }: Processed): OutcomeMove[] => [
  ...settled.map(({ item, outcome }) => ({ from: heldOutcome(item.reason), to: outcome })),
  ...failed.map(({ item, failure }) => ({
    from: heldOutcome(item.reason),
    to: heldOutcome(described(failure).reason),
  })),
];

/** A letter that fails again is open, with what went wrong now; it is published again, and what waits behind it is left alone. */
async function keepFailed(
  call: ConsumeOptions,
  tx: EntityManager,
  { id: redriveId }: ActiveRedrive,
  failed: Processed['failed'],
): Promise<void> {
  for (const { item, failure } of failed) {
    const attempts = item.attempts + failure.tries;
    const { id, record } = item;
    const row: DeadLetterRow = { id, group: call.group, record, status: 'open', ...described(failure), attempts };
    await reopenLetter(tx, redriveId, row);
    await publishDead(call, tx, [{ ...row, again: attempts }]);
    if (TOPICS[call.spec.topic].kind !== 'fact') continue;
    const behind = await itemsBehind(tx, redriveId, id);
    await endItems(tx, redriveId, behind, 'skipped', `waits behind ${id}, which failed again`);
  }
}

function actsOf(redrive: ActiveRedrive, { settled, failed }: Processed): Act[] {
  const where = ({ record: { topic, partition, offset } }: ReadItem): Record<string, string> => ({
    redriveId: redrive.id,
    ...{ topic, partition: String(partition), offset: String(offset) },
  });
  const before = ({ status, attempts }: ReadItem): object => ({ status, attempts });
  return [
    ...settled.map(({ id, status, outcome, item }) =>
      letterAct(
        id,
        status,
        redrive,
        { before: before(item), after: { status, attempts: item.attempts + (status === 'discarded' ? 0 : 1) } },
        { ...where(item), outcome },
      ),
    ),
    ...failed.map(({ item, failure }) => {
      const { errorCode: code, errorMessage: message } = described(failure);
      const after = { status: 'open', attempts: item.attempts + failure.tries };
      return letterAct(
        item.id,
        'failed-again',
        redrive,
        { before: before(item), after },
        { ...where(item), code, message },
      );
    }),
  ];
}

/** Takes in what came to wait meanwhile, or ends the request: done, or stopped by too many failures. */
async function goOn(
  call: ConsumeOptions,
  tx: EntityManager,
  where: PartitionName,
  redrive: ActiveRedrive,
  { settled, failed }: Processed,
): Promise<Act[]> {
  const failures = redrive.failures + failed.length;
  if (failed.length > 0 && failures >= redrive.maxFailures)
    return endActs(tx, redrive, 'stopped', `${failures} records failed again: the cause is not repaired`);
  const acts: Act[] = [];
  if (TOPICS[call.spec.topic].kind === 'fact' && redrive.followers === 'redrive') {
    const dead = new Set(failed.map(({ item }) => item.record.key?.toString('hex')));
    const keys = settled.flatMap(({ item: { record } }) => (record.key ? [record.key] : []));
    const free = keys.filter((key) => !dead.has(key.toString('hex')));
    const taken = free.length === 0 ? [] : await takeFollowers(tx, redrive, where, free);
    const states = { before: { marked: false }, after: { marked: true } };
    acts.push(...taken.map((id) => letterAct(id, 'marked', redrive, states, { redriveId: redrive.id })));
  }
  if ((await countWaiting(tx, redrive.id)) > 0) return acts;
  return [...acts, ...(await endActs(tx, redrive, 'finished', 'nothing is left to do'))];
}

/** Ends a request that is locked. @returns what to write into the chains */
export async function endActs(
  tx: EntityManager,
  redrive: Pick<ActiveRedrive, 'id' | 'actor' | 'role' | 'reason'>,
  state: 'stopped' | 'finished',
  why: string,
): Promise<Act[]> {
  const left = await endRedrive(tx, redrive.id, state, why);
  const details = { why, notReached: String(left.length) };
  return [requestAct(redrive.id, state, redrive, details), ...unmarkedActs(left, redrive.id, redrive, why)];
}
