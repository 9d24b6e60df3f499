import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { appendAudits } from './audit.store.ts';
import type { ConsumeCall, PartitionTask } from './consume-once.ts';
import type { Failure } from './dead-letter.ts';
import { decodeRecord } from './decode-chunk.ts';
import { errorKind, errorMessage } from './errors.ts';
import { guardedTransaction, HungError } from './guarded-transaction.ts';
import { applySet, endActs, type AppliedSet, type ReadItem } from './redrive-apply.ts';
import { dueItems, duePartitions, lockRedrive, noteError, partitionName, type PartitionName } from './redrive.store.ts';
import { inTransaction } from './transaction.ts';

export interface RedriveTaskOptions {
  readonly logger: Logger;
  /** Called after the commit, with `redriven`, `superseded`, `discarded` or `failed` per letter. */
  readonly onResults?: (topic: string, results: readonly string[]) => void;
  /** For tests that kill the process at a given point. */
  readonly failPoint?: (name: 'before-commit' | 'after-commit') => void;
}

/** Most letters in one transaction. */
const MAX_SET = 100;
/** A bug is tried this often on the culprit alone before its letter is open again. */
const BUG_ATTEMPTS = 3;
/** Live records of the partition wait for no longer than this, and one set. */
const TURN_MS = 250;
/** What is due is looked up for all partitions of the process at once, this often. */
const LOOK_MS = 500;

/**
 * Applies what people decided about dead letters, in the process that owns their partition: redrives and discards, in the order of
 * the topic within a key, each once. Give it to every consumer loop of a service. It never throws because of a letter, a handler
 * or the database: what is transient is tried again at the next turn, what is misconfigured stops the request and not the consumer.
 */
export function redriveTask(options: RedriveTaskOptions): PartitionTask {
  const due = lookUp(options.logger);
  return async (call, partition) => {
    const where = { group: call.group, topic: call.kafkaTopic, partition };
    if (!(await due(call.dataSource)).has(partitionName(where))) return;
    for (const end = performance.now() + TURN_MS; performance.now() < end;) {
      const { progress, results } = await applyNext(options, call, where);
      if (results.length > 0) options.onResults?.(call.spec.topic, results);
      if (!progress) return;
      options.failPoint?.('after-commit');
      call.onProgress();
    }
  };
}

/** One query for all partitions; what it finds is used until the next one. */
function lookUp(logger: Logger): (dataSource: DataSource) => Promise<ReadonlySet<string>> {
  let found: Promise<ReadonlySet<string>> = Promise.resolve(new Set<string>());
  let askedAt = -Infinity;
  return (dataSource) => {
    if (performance.now() - askedAt < LOOK_MS) return found;
    askedAt = performance.now();
    found = duePartitions(dataSource.manager).catch((error: unknown) => {
      logger.debug({ err: error }, 'cannot look for marked dead letters');
      return new Set<string>();
    });
    return found;
  };
}

/** One set in one transaction. A set that fails is halved until its first letter is alone or passes. */
async function applyNext(options: RedriveTaskOptions, call: ConsumeCall, where: PartitionName): Promise<AppliedSet> {
  let items: readonly ReadItem[] = [];
  try {
    items = await readNext(call, where);
    return items.length === 0 ? NOTHING : await applyHalving(options, call, where, items);
  } catch (error) {
    const redriveId = items[0]?.redriveId;
    options.logger.warn({ err: error, ...where, redriveId }, 'marked dead letters cannot be applied now');
    if (redriveId !== undefined) await giveUp(call, redriveId, error).catch(() => undefined);
    return NOTHING;
  }
}

const NOTHING: AppliedSet = { progress: false, results: [] };

async function readNext(call: ConsumeCall, where: PartitionName): Promise<ReadItem[]> {
  const due = await dueItems(call.dataSource.manager, where, MAX_SET);
  return Promise.all(
    due.map(async (item) => ({
      ...item,
      decoded: item.action === 'discard' ? null : await decodeRecord(call, item.record),
    })),
  );
}

/** A try at some letters; a handler that hung gets half of the time, down to an eighth of it: live records of the partition wait. */
interface Try {
  readonly items: readonly ReadItem[];
  readonly tries: number;
  readonly limitMs: number;
}

async function applyHalving(
  options: RedriveTaskOptions,
  call: ConsumeCall,
  where: PartitionName,
  items: readonly ReadItem[],
): Promise<AppliedSet> {
  for (let now: Try = { items, tries: 1, limitMs: call.hungAfterMs }; ;) {
    try {
      return await commit(options, call, where, now);
    } catch (error) {
      const next = afterError(error, now, call.hungAfterMs);
      if (next === null) return commit(options, call, where, now, { error, tries: now.tries });
      call.onProgress();
      now = next;
    }
  }
}

function commit(
  { failPoint }: RedriveTaskOptions,
  call: ConsumeCall,
  where: PartitionName,
  { items, limitMs }: Try,
  failure?: Failure,
): Promise<AppliedSet> {
  return guardedTransaction(call.dataSource, limitMs, async (tx, guard) => {
    const applied = await applySet({ call, tx, guard }, where, items, failure);
    if (applied.progress) failPoint?.('before-commit');
    return applied;
  });
}

/** Null when the only letter left is the culprit. @throws what is not about a letter */
function afterError(error: unknown, { items, tries, limitMs }: Try, fullMs: number): Try | null {
  const kind = errorKind(error);
  if (kind === 'transient' || kind === 'misconfigured') throw error;
  const hung = error instanceof HungError;
  const less = hung ? Math.max(limitMs / 2, fullMs / 8) : limitMs;
  if (items.length > 1) return { items: items.slice(0, Math.ceil(items.length / 2)), tries: 1, limitMs: less };
  return kind === 'bug' && !hung && tries < BUG_ATTEMPTS ? { items, tries: tries + 1, limitMs } : null;
}

/** Transient: shown with the request, tried again. Misconfigured: a person has to act, so the request stops; the consumer goes on. */
async function giveUp(call: ConsumeCall, redriveId: string, error: unknown): Promise<void> {
  if (errorKind(error) !== 'misconfigured') return noteError(call.dataSource.manager, redriveId, errorMessage(error));
  await inTransaction(call.dataSource, async (tx) => {
    const redrive = await lockRedrive(tx, redriveId);
    if (redrive) await appendAudits(tx, call.outbox, await endActs(tx, redrive, 'stopped', errorMessage(error)));
  });
}
