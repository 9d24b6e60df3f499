import { contentHash, TOPICS } from '@tieout/canonical';
import type { Kafka } from 'kafkajs';
import type { DataSource, EntityManager } from 'typeorm';
import { appendAudits } from './audit.store.ts';
import type { Codec } from './codec.ts';
import type { ConsumerSpec, Outcome } from './consumer-spec.ts';
import { publishDead } from './dead-letter-event.ts';
import { deadRow, heldOutcome, parkedRow, type Failure } from './dead-letter.ts';
import { heldKeys, holdsAny, insertDeadLetters, supersedeDeadLetters, validTime } from './dead-letter.store.ts';
import type { Chunk, Decoded, DecodedChunk, Readable } from './decode-chunk.ts';
import { DataError, errorKind, MisconfiguredError, TransientError } from './errors.ts';
import { guardedTransaction, HungError, type Guard } from './guarded-transaction.ts';
import { forgetInbox, recordInbox, type InboxEntry } from './inbox.store.ts';
import type { Outbox } from './outbox.ts';
import {
  addCounts,
  countOutcomes,
  judgeRun,
  moveOutcomes,
  type OutcomeCounts,
  type OutcomeMove,
  type Position,
} from './position.ts';
import { lockPosition, savePosition, type PositionKey } from './position.store.ts';
import { letterAct } from './redrive-audit.ts';

export interface ConsumeOptions {
  readonly spec: ConsumerSpec;
  /** The topic on the broker; differs from the contract's name only where a copy of the topic is read. */
  readonly kafkaTopic: string;
  readonly group: string;
  readonly service: string;
  readonly clusterId: string;
  readonly kafka: Kafka;
  readonly dataSource: DataSource;
  readonly codec: Codec;
  readonly outbox: Outbox;
}

/** One call: where the consumer is, and how it hears of what happens inside a chunk. */
export interface ConsumeCall extends ConsumeOptions {
  /** Called before a bug becomes a dead letter. @throws MisconfiguredError when there are too many: the handler is broken, not the data */
  readonly takeBug: () => void;
  /** Called whenever a part of the work is done: proof of life. */
  readonly onProgress: () => void;
  /** What became of the records of one committed transaction. */
  readonly onOutcomes: (topic: string, counts: OutcomeCounts) => void;
  /** Called when the handler has begun: the moment to do something else while the database works. */
  readonly onHandling?: () => void;
  /** A handler that takes longer is hung: its transaction is given up, and whatever it was given is treated as a bug. */
  readonly hungAfterMs: number;
}

/**
 * Work that only the owner of a partition may do, e.g. applying what a person decided about a held record. The loop calls it
 * between chunks and at least every second while idle, for partitions assigned to this member only, and never at the same
 * time as a chunk of that partition, which waits meanwhile. A TransientError (also the database's) is tried again in place, a
 * MisconfiguredError stops the consumer, anything else is logged and the task has its next turn later. The assignment alone
 * fences nobody: lock the position row in the transaction that has the effect.
 */
export type PartitionTask = (call: ConsumeCall, partition: number) => Promise<void>;

/** A bug is tried this often on the culprit alone before it becomes a dead letter. */
const BUG_ATTEMPTS = 3;
/** The parts of a chunk whose handler hung get half of the time each, but not less than this part of the limit. */
const LEAST_TIME = 1 / 8;
/** More parked records of one key than this stop the consumer instead of filling the table. */
const MAX_HELD_PER_KEY = 10_000;

/**
 * Applies a chunk once: compare-and-set of the position, the effect, the counts and the outbox rows are one transaction.
 *
 * Ordering: the handler sees the records in offset order; what it left undone by an error comes again before anything later.
 * Delivery: a record may come any number of times and from any number of processes, its effect is committed once: records
 * below the stored position are dropped, and the position row's lock makes a second owner wait.
 * Blocking: until the transaction has committed; a handler longer than `hungAfterMs` is given up.
 * Failure: a chunk that fails by its data, a bug or a hang is split until the culprit is alone, and the culprit's dead letter
 * moves the position in a transaction of its own.
 * @throws TransientError: wait and call again, what is committed is not repeated; `position-moved` among them: what lies
 * before this chunk was not applied, go to the stored position
 * @throws MisconfiguredError: stop, a person has to act
 */
export async function consumeOnce(call: ConsumeCall, { chunk, decoded }: DecodedChunk): Promise<void> {
  await attempt({ call, chunk, decoded, tries: 1, limitMs: call.hungAfterMs, leastMs: call.hungAfterMs * LEAST_TIME });
}

/** One try at a part of a chunk. */
interface Attempt {
  readonly call: ConsumeCall;
  readonly chunk: Omit<Chunk, 'records'>;
  readonly decoded: readonly Decoded[];
  readonly tries: number;
  readonly limitMs: number;
  readonly leastMs: number;
}

async function attempt(part: Attempt): Promise<void> {
  try {
    await commit(part);
  } catch (error) {
    const kind = errorKind(error);
    if (kind === 'transient' || kind === 'misconfigured') throw error;
    const less = error instanceof HungError ? Math.max(part.limitMs / 2, part.leastMs) : part.limitMs;
    if (part.decoded.length > 1) return bisect({ ...part, limitMs: less });
    if (kind === 'bug' && part.tries < BUG_ATTEMPTS) return attempt({ ...part, tries: part.tries + 1, limitMs: less });
    if (kind === 'bug') part.call.takeBug();
    await commit(part, { error, tries: part.tries });
  }
}

async function bisect(part: Attempt): Promise<void> {
  const middle = Math.floor(part.decoded.length / 2);
  const [left, right] = [part.decoded.slice(0, middle), part.decoded.slice(middle)];
  const boundary = right[0]?.raw.offset ?? part.chunk.next;
  await attempt({ ...part, chunk: { ...part.chunk, next: boundary }, decoded: left, tries: 1 });
  await attempt({ ...part, chunk: { ...part.chunk, from: boundary }, decoded: right, tries: 1 });
}

/** `failure` is set when the only record of the part has already proved to be the culprit. */
async function commit({ call, chunk, decoded, limitMs }: Attempt, failure?: Failure): Promise<void> {
  const counts = await guardedTransaction(call.dataSource, limitMs, (tx, guard) =>
    apply({ call, tx, guard }, chunk, decoded, failure),
  );
  call.onProgress();
  call.onOutcomes(call.spec.topic, counts);
}

/** The transaction that records are applied in. */
export interface Applying {
  readonly call: ConsumeOptions & Pick<ConsumeCall, 'onHandling'>;
  readonly tx: EntityManager;
  readonly guard: Guard;
}

async function apply(
  applying: Applying,
  chunk: Omit<Chunk, 'records'>,
  decoded: readonly Decoded[],
  failure?: Failure,
): Promise<OutcomeCounts> {
  const { call, tx } = applying;
  const key: PositionKey = { group: call.group, topic: call.kafkaTopic, partition: chunk.partition };
  const position = await lockPosition(tx, key, call.clusterId, chunk.from);
  assertFollows(position, call, chunk, decoded);
  if (chunk.next <= position.nextOffset) return {};
  const fresh = decoded.filter(({ raw }) => raw.offset >= position.nextOffset);
  const settled = await settle(applying, fresh, position.mayHold || chunk.afterJoin, failure);
  const counts = countOutcomes(settled.outcomes);
  const last = fresh.at(-1)?.raw;
  await savePosition(tx, key, {
    ...position,
    nextOffset: chunk.next,
    ...(last && {
      lastOffset: last.offset,
      lastEventId: last.eventId,
      lastTimestamp: validTime(last.timestamp),
    }),
    accepted: position.accepted + BigInt(fresh.length),
    outcomes: moveOutcomes(addCounts(position.outcomes, counts), settled.superseded),
    mayHold: settled.mayHold,
  });
  return counts;
}

function assertFollows(
  position: Position,
  { clusterId }: ConsumeOptions,
  { from }: Pick<Chunk, 'from'>,
  decoded: readonly Decoded[],
): void {
  const verdict = judgeRun(position, { clusterId, from, records: decoded.map(({ raw }) => raw) });
  if (verdict.kind === 'stop') throw new MisconfiguredError(verdict.code, verdict.reason);
  if (verdict.kind === 'seek')
    throw new TransientError('position-moved', `The position is ${verdict.to}, the records begin after ${from}`);
}

/** Sorts the records into dead, held, seen and good ones; only the good ones reach the handler. One outcome per record. */
async function settle(
  applying: Applying,
  fresh: readonly Decoded[],
  mayHold: boolean,
  failure?: Failure,
): Promise<{ outcomes: readonly string[]; superseded: readonly OutcomeMove[]; mayHold: boolean }> {
  const { call, tx } = applying;
  const isFact = TOPICS[call.spec.topic].kind === 'fact';
  const failed = new Map<Decoded, Failure>();
  for (const item of fresh) {
    if (failure) failed.set(item, failure);
    else if ('error' in item) failed.set(item, { error: item.error, tries: 1, unreadable: true });
  }
  const verdicts = isFact ? await inboxVerdicts(call, tx, without(fresh, failed)) : new Map<Decoded, string>();
  for (const [item, verdict] of verdicts)
    if (verdict === 'conflict') failed.set(item, { error: conflict(item), tries: 1 });
  const unseen = fresh.filter((item) => verdicts.get(item) !== 'duplicate');
  const parked = isFact ? await parkedItems(call, tx, unseen, failed, mayHold) : new Set<Decoded>();
  const good = without(unseen, failed).filter((item) => !parked.has(item));
  if (failed.size > 0 || parked.size > 0) await keepDead(call, tx, failed, parked);
  const handled = await handle(applying, good);
  const applied = (): readonly Decoded[] => good.filter((item) => handled.get(item) === 'applied');
  return {
    superseded: !isFact && mayHold ? await supersede(call, tx, applied()) : [],
    outcomes: fresh.map((item) => outcomeOf(item, failed, parked, handled)),
    mayHold: failed.size > 0 || parked.size > 0 || (mayHold && (await holdsAny(tx, call.group, call.kafkaTopic))),
  };
}

function without(items: readonly Decoded[], failed: ReadonlyMap<Decoded, Failure>): readonly Decoded[] {
  return failed.size === 0 ? items : items.filter((item) => !failed.has(item));
}

function outcomeOf(
  item: Decoded,
  failed: ReadonlyMap<Decoded, Failure>,
  parked: ReadonlySet<Decoded>,
  handled: ReadonlyMap<Decoded, string>,
): string {
  const failure = failed.get(item);
  if (failure) return heldOutcome(errorKind(failure.error) === 'bug' ? 'bug' : 'data');
  if (parked.has(item)) return 'parked';
  return handled.get(item) ?? 'duplicate';
}

/** The effect of records that may have it. @returns the outcome of each */
export async function handle({ call, tx, guard }: Applying, good: readonly Decoded[]): Promise<Map<Decoded, string>> {
  if (good.length === 0) return new Map();
  const deliveries = good.flatMap((item) => ('delivery' in item ? [item.delivery] : []));
  const outcomes = await guard.handler(() => {
    const answer = call.spec.handle(deliveries, tx);
    call.onHandling?.();
    return answer;
  });
  if (outcomes.length !== good.length) {
    throw new Error(`The handler of ${call.spec.topic} answered ${outcomes.length} outcomes for ${good.length} events`);
  }
  return new Map(good.map((item, i) => [item, outcomeName(outcomes[i])]));
}

export function outcomeName(outcome: Outcome | undefined): string {
  return outcome?.kind === 'ignored' ? `ignored:${outcome.reason}` : (outcome?.kind ?? 'applied');
}

/** Claims the events of a fact topic for this consumer and says of each whether it came before. */
export async function inboxVerdicts(
  options: ConsumeOptions,
  tx: EntityManager,
  items: readonly Decoded[],
): Promise<Map<Decoded, string>> {
  const readable = items.filter((item) => 'delivery' in item);
  if (readable.length === 0) return new Map();
  const verdicts = await recordInbox(tx, options.group, readable.map(inboxEntry));
  return new Map(readable.map((item, i) => [item, verdicts[i] ?? 'new']));
}

const inboxEntry = ({ delivery: { meta, value } }: Readable): InboxEntry => ({
  source: meta.source,
  id: meta.id,
  hash: contentHash(value),
});

export function conflict(item: Decoded): DataError {
  const id = 'delivery' in item ? item.delivery.meta.id : '';
  return new DataError('event-id-conflict', `Event ${id} came before with other content`);
}

/** On a fact topic everything behind a dead letter of its key waits, also inside one chunk; other keys flow. */
async function parkedItems(
  options: ConsumeOptions,
  tx: EntityManager,
  fresh: readonly Decoded[],
  failed: ReadonlyMap<Decoded, unknown>,
  mayHold: boolean,
): Promise<Set<Decoded>> {
  if (!mayHold && failed.size === 0) return new Set();
  const keys = fresh.flatMap(({ raw }) => (raw.key ? [raw.key] : []));
  const held = await heldKeys(tx, options.group, options.kafkaTopic, keys);
  const parked = new Set<Decoded>();
  for (const item of fresh) {
    const key = item.raw.key?.toString('hex');
    if (key === undefined) continue;
    const waiting = held.get(key);
    if (waiting === undefined && !failed.has(item)) continue;
    held.set(key, (waiting ?? 0) + 1);
    if (!failed.has(item)) parked.add(item);
    if ((waiting ?? 0) >= MAX_HELD_PER_KEY) throw tooManyHeld(options, key);
  }
  return parked;
}

function tooManyHeld({ spec, group }: ConsumeOptions, keyHex: string): MisconfiguredError {
  const key = Buffer.from(keyHex, 'hex').toString();
  return new MisconfiguredError(
    'key-held-too-long',
    `${group} holds ${MAX_HELD_PER_KEY} records of ${spec.topic} key ${key}`,
  );
}

async function keepDead(
  options: ConsumeOptions,
  tx: EntityManager,
  failed: ReadonlyMap<Decoded, Failure>,
  parked: ReadonlySet<Decoded>,
): Promise<void> {
  const dead = [...failed].map(([{ raw }, failure]) => deadRow(options, raw, failure));
  const waiting = [...parked].map(({ raw }) => parkedRow(options, raw));
  const inOrder = [...dead, ...waiting].toSorted((a, b) => (a.record.offset < b.record.offset ? -1 : 1));
  await insertDeadLetters(tx, inOrder);
  await publishDead(options, tx, dead);
  // What waits has not been seen: its claim would make a duplicate of it when its turn comes.
  const unclaimed = [...parked].filter((item) => 'delivery' in item);
  await forgetInbox(tx, options.group, unclaimed.map(inboxEntry));
}

/** A later good revision settles the dead letters before it. @returns where their counts go */
export async function supersede(
  options: ConsumeOptions,
  tx: EntityManager,
  applied: readonly Decoded[],
): Promise<OutcomeMove[]> {
  const records = applied.flatMap(({ raw: { key, offset } }) => (key ? [{ key, offset }] : []));
  const partition = applied[0]?.raw.partition;
  if (partition === undefined) return [];
  const letters = await supersedeDeadLetters(tx, options.group, options.kafkaTopic, partition, records);
  const by = { actor: options.service, role: null, reason: null };
  const states = { before: { status: 'open' }, after: { status: 'superseded' } };
  const acts = letters.map(({ id }) => letterAct(id, 'superseded', by, states, { group: options.group }));
  await appendAudits(tx, options.outbox, acts);
  return letters.map(({ reason }) => ({ from: heldOutcome(reason), to: 'superseded' }));
}
