import { contentHash, derivedId, TOPICS, type TopicName, type ValueOf } from '@tieout/canonical';
import type { Kafka } from 'kafkajs';
import type { DataSource, EntityManager } from 'typeorm';
import type { Codec } from './codec.ts';
import type { ConsumerSpec, Delivery, Outcome } from './consumer-spec.ts';
import {
  heldKeys,
  insertDeadLetters,
  storable,
  supersedeDeadLetters,
  validTime,
  type DeadLetterRow,
  type RawRecord,
} from './dead-letter.store.ts';
import { DataError, errorCode, errorKind, errorMessage, MisconfiguredError } from './errors.ts';
import { fromHeaders } from './event-headers.ts';
import { recordInbox } from './inbox.store.ts';
import type { NewEvent, Outbox } from './outbox.ts';
import { addOutcomes } from './position.ts';
import { lockPosition, savePosition, type PositionKey } from './position.store.ts';
import { inTransaction } from './transaction.ts';

/** A record that could be read, or the reason why not. */
type Decoded =
  | { readonly raw: RawRecord; readonly delivery: Delivery<ValueOf<TopicName>> }
  | { readonly raw: RawRecord; readonly error: DataError };

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
  /** Called between the parts of a chunk that is being split: proof of life, so that the group does not give the partition away. */
  readonly onProgress: () => Promise<void>;
}

/** A run of records of one partition; `next` is the offset after it, past trailing control records. */
export interface Chunk {
  readonly partition: number;
  readonly records: readonly RawRecord[];
  readonly next: bigint;
}

/** Outcomes of the records that this call accepted; records below the position were accepted before and are not counted again. */
export type ConsumedChunk = readonly string[];

/** A bug is tried this often on the culprit alone before it becomes a dead letter. */
const BUG_ATTEMPTS = 3;
/** More parked records of one key than this stop the consumer instead of filling the table. */
const MAX_HELD_PER_KEY = 10_000;
const MAX_STACK = 2_048;

/**
 * One chunk, once: compare-and-set of the position, the effect, the counts and the outbox rows are one transaction. A
 * failing chunk is split until the culprit is alone; the culprit's dead letter moves the position in a transaction of its own.
 * @throws TransientError (wait, nothing moved) and MisconfiguredError (stop, nothing moved).
 */
export async function consumeOnce(options: ConsumeCall, chunk: Chunk): Promise<ConsumedChunk> {
  const decoded = await Promise.all(chunk.records.map((raw) => decode(options, raw)));
  return attempt(options, chunk, decoded, 1);
}

async function attempt(
  options: ConsumeCall,
  chunk: Chunk,
  decoded: readonly Decoded[],
  tries: number,
): Promise<ConsumedChunk> {
  try {
    return await inTransaction(options.dataSource, (tx) => apply(options, tx, chunk, decoded));
  } catch (error) {
    const kind = errorKind(error);
    if (kind === 'transient' || kind === 'misconfigured') throw error;
    if (decoded.length > 1) return bisect(options, chunk, decoded);
    if (kind === 'bug' && tries < BUG_ATTEMPTS) return attempt(options, chunk, decoded, tries + 1);
    if (kind === 'bug') options.takeBug();
    return inTransaction(options.dataSource, (tx) => apply(options, tx, chunk, decoded, { error, tries }));
  }
}

async function bisect(options: ConsumeCall, chunk: Chunk, decoded: readonly Decoded[]): Promise<ConsumedChunk> {
  const middle = Math.floor(decoded.length / 2);
  const [left, right] = [decoded.slice(0, middle), decoded.slice(middle)];
  const boundary = right[0]?.raw.offset ?? chunk.next;
  await options.onProgress();
  const first = await attempt(options, { ...chunk, next: boundary }, left, 1);
  return [...first, ...(await attempt(options, chunk, right, 1))];
}

/** The transaction itself. `failure` is set when the only record of the chunk has already proved to be the culprit. */
async function apply(
  options: ConsumeOptions,
  tx: EntityManager,
  chunk: Chunk,
  decoded: readonly Decoded[],
  failure?: { readonly error: unknown; readonly tries: number },
): Promise<ConsumedChunk> {
  const key: PositionKey = { group: options.group, topic: options.kafkaTopic, partition: chunk.partition };
  const position = await lockPosition(tx, key, options.clusterId, decoded[0]?.raw.offset ?? chunk.next);
  if (chunk.next <= position.nextOffset) return [];
  const fresh = decoded.filter(({ raw }) => raw.offset >= position.nextOffset);
  const outcomes = await settle(options, tx, fresh, failure);
  const last = fresh.at(-1);
  await savePosition(tx, key, {
    ...position,
    nextOffset: chunk.next,
    ...(last && {
      lastOffset: last.raw.offset,
      lastEventId: last.raw.eventId,
      lastTimestamp: validTime(last.raw.timestamp),
    }),
    outcomes: addOutcomes(position.outcomes, outcomes),
  });
  return outcomes;
}

/** Sorts the records into dead, held, seen and good ones; only the good ones reach the handler. One outcome per record. */
async function settle(
  options: ConsumeOptions,
  tx: EntityManager,
  fresh: readonly Decoded[],
  failure?: { readonly error: unknown; readonly tries: number },
): Promise<string[]> {
  const isFact = TOPICS[options.spec.topic].kind === 'fact';
  const failed = new Map<Decoded, { error: unknown; tries: number }>();
  for (const item of fresh) {
    if (failure) failed.set(item, failure);
    else if ('error' in item) failed.set(item, { error: item.error, tries: 1 });
  }
  const verdicts = isFact
    ? await inboxVerdicts(
        options,
        tx,
        fresh.filter((item) => !failed.has(item)),
      )
    : new Map<Decoded, string>();
  for (const [item, verdict] of verdicts)
    if (verdict === 'conflict') failed.set(item, { error: conflict(item), tries: 1 });
  const unseen = fresh.filter((item) => verdicts.get(item) !== 'duplicate');
  const parked = isFact ? await parkedItems(options, tx, unseen, failed) : new Set<Decoded>();
  const good = fresh.filter((item) => !failed.has(item) && !parked.has(item) && verdicts.get(item) !== 'duplicate');
  await keepDead(options, tx, failed, parked);
  const handled = await handle(options, tx, good);
  if (!isFact)
    await supersede(
      options,
      tx,
      good.filter((item) => handled.get(item) === 'applied'),
    );
  return fresh.map((item) => {
    const failure = failed.get(item);
    if (failure) return errorKind(failure.error) === 'bug' ? 'dead-lettered:bug' : 'dead-lettered';
    if (parked.has(item)) return 'parked';
    return handled.get(item) ?? 'duplicate';
  });
}

async function handle(
  options: ConsumeOptions,
  tx: EntityManager,
  good: readonly Decoded[],
): Promise<Map<Decoded, string>> {
  if (good.length === 0) return new Map();
  const deliveries = good.flatMap((item) => ('delivery' in item ? [item.delivery] : []));
  const outcomes = await options.spec.handle(deliveries, tx);
  if (outcomes.length !== good.length) {
    throw new Error(
      `The handler of ${options.spec.topic} answered ${outcomes.length} outcomes for ${good.length} events`,
    );
  }
  return new Map(good.map((item, i) => [item, outcomeName(outcomes[i])]));
}

function outcomeName(outcome: Outcome | undefined): string {
  return outcome?.kind === 'ignored' ? `ignored:${outcome.reason}` : (outcome?.kind ?? 'applied');
}

async function inboxVerdicts(
  options: ConsumeOptions,
  tx: EntityManager,
  items: readonly Decoded[],
): Promise<Map<Decoded, string>> {
  const readable = items.filter((item) => 'delivery' in item);
  if (readable.length === 0) return new Map();
  const entries = readable.map(({ delivery: { meta, value } }) => ({
    source: meta.source,
    id: meta.id,
    hash: contentHash(value),
  }));
  const verdicts = await recordInbox(tx, options.group, entries);
  return new Map(readable.map((item, i) => [item, verdicts[i] ?? 'new']));
}

function conflict(item: Decoded): DataError {
  const id = 'delivery' in item ? item.delivery.meta.id : '';
  return new DataError('event-id-conflict', `Event ${id} came before with other content`);
}

/** On a fact topic everything behind a dead letter of its key waits, also inside one chunk; other keys flow. */
async function parkedItems(
  options: ConsumeOptions,
  tx: EntityManager,
  fresh: readonly Decoded[],
  failed: ReadonlyMap<Decoded, unknown>,
): Promise<Set<Decoded>> {
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
  failed: ReadonlyMap<Decoded, { error: unknown; tries: number }>,
  parked: ReadonlySet<Decoded>,
): Promise<void> {
  const dead = [...failed].map(([{ raw }, { error, tries }]) => deadRow(options, raw, error, tries));
  const waiting = [...parked].map(({ raw }) => parkedRow(options, raw));
  const inOrder = [...dead, ...waiting].toSorted((a, b) => (a.record.offset < b.record.offset ? -1 : 1));
  await insertDeadLetters(tx, inOrder);
  await publishDead(options, tx, dead);
}

function deadRow(
  { group, clusterId }: ConsumeOptions,
  record: RawRecord,
  error: unknown,
  attempts: number,
): DeadLetterRow {
  return {
    id: deadLetterId(group, clusterId, record),
    group,
    record,
    status: 'open',
    reason: errorKind(error) === 'data' ? 'data' : 'bug',
    errorCode: errorCode(error),
    errorMessage: errorMessage(error),
    stack: error instanceof Error ? (error.stack?.slice(0, MAX_STACK) ?? null) : null,
    attempts,
  };
}

function parkedRow({ group, clusterId }: ConsumeOptions, record: RawRecord): DeadLetterRow {
  const errorMessage = 'Waits behind a dead letter of the same key';
  return {
    id: deadLetterId(group, clusterId, record),
    group,
    record,
    status: 'parked',
    reason: 'parked',
    errorCode: 'key-held',
    errorMessage,
    stack: null,
    attempts: 0,
  };
}

function deadLetterId(group: string, clusterId: string, { topic, partition, offset }: RawRecord): string {
  return derivedId('dead-letter', `${group} ${clusterId} ${topic}/${partition}/${offset}`, 0);
}

async function publishDead(options: ConsumeOptions, tx: EntityManager, rows: readonly DeadLetterRow[]): Promise<void> {
  for (const row of rows) {
    const event = deadLetterEvent(options.service, row);
    try {
      await options.outbox.publish(tx, [event]);
    } catch (error) {
      // With its envelope a record of nearly the largest size is too large; the row keeps the bytes.
      if (errorCode(error) !== 'record-too-large') throw error;
      const errorMessage = `${event.value.errorMessage} (value and headers too large to be repeated here)`;
      await options.outbox.publish(tx, [
        { ...event, value: { ...event.value, value: null, headers: [], errorMessage } },
      ]);
    }
  }
}

function deadLetterEvent(
  service: string,
  { id, group, record, ...row }: DeadLetterRow,
): NewEvent<'finance.dead-letter.v1'> {
  const { topic, partition, offset, key, value, headers } = record;
  return {
    topic: 'finance.dead-letter.v1',
    key: readableKey(key) ?? id,
    id,
    value: {
      ...{ deadLetterId: id, service, consumerGroup: group, topic, partition, offset, key, value },
      timestamp: new Date(validTime(record.timestamp)).toISOString(),
      headers: headers.map((header) => ({ key: header.key, value: header.value })),
      ...{ reason: row.reason, errorCode: row.errorCode, attempts: row.attempts },
      errorMessage: storable(row.errorMessage),
      stack: row.stack,
      failedAt: new Date().toISOString(),
    },
  };
}

/** Keys of foreign producers may be any bytes. */
function readableKey(key: Buffer | null): string | null {
  const text = key?.toString() ?? '';
  return text === '' || text.includes('\0') || text.includes('\uFFFD') ? null : text;
}

async function supersede(options: ConsumeOptions, tx: EntityManager, applied: readonly Decoded[]): Promise<void> {
  const records = applied.flatMap(({ raw: { key, offset } }) => (key ? [{ key, offset }] : []));
  const partition = applied[0]?.raw.partition;
  if (partition === undefined) return;
  await supersedeDeadLetters(tx, options.group, options.kafkaTopic, partition, records);
}

async function decode({ codec, spec }: ConsumeOptions, raw: RawRecord): Promise<Decoded> {
  try {
    if (!raw.key) throw new DataError('key-missing', 'The record has no key');
    const headers = Object.fromEntries(raw.headers.map(({ key, value }) => [key, value ?? undefined]));
    const meta = fromHeaders(headers);
    const value = raw.value === null ? null : await codec.decode(spec.topic, raw.value);
    const { partition, offset } = raw;
    const delivery = {
      topic: spec.topic,
      partition,
      offset,
      key: raw.key.toString(),
      value,
      meta,
      timestamp: new Date(raw.timestamp),
    };
    return { raw, delivery };
  } catch (error) {
    if (error instanceof DataError) return { raw, error };
    throw error;
  }
}
