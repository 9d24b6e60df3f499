import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Batch, type Consumer, type EachBatchPayload, type IHeaders, type KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import { consumeOnce, type Chunk, type ConsumeOptions } from './consume-once.ts';
import type { RawHeader, RawRecord } from './dead-letter.store.ts';
import { errorCode, errorKind, errorMessage, MisconfiguredError } from './errors.ts';
import { rawEventId } from './event-headers.ts';
import { acceptBatch, seekToPositions } from './consumer-position.ts';

export interface ConsumerLoopOptions extends ConsumeOptions {
  readonly logger: Logger;
  readonly onOutcomes: (topic: string, outcomes: readonly string[]) => void;
  readonly maxChunk?: number;
}

export type ConsumerState = 'starting' | 'running' | 'retrying' | 'stopped';

export interface ConsumerStatus {
  readonly topic: string;
  readonly group: string;
  readonly state: ConsumerState;
  readonly reason: string | null;
  /** Records behind the high watermark, by partition, as of the last batch. */
  readonly lag: Readonly<Record<number, number>>;
  /** `ce_time`-independent: broker timestamp of the newest record consumed, ms since the epoch. */
  readonly newestTimestamp: number | null;
}

export interface ConsumerLoop {
  status(): ConsumerStatus;
  stop(): Promise<void>;
}

const RETRY_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000];
const RECREATE_MS = 2_000;
/** This many dead letters by bugs within a minute mean that the handler is broken, not the data: stop instead of emptying a topic. */
const MAX_BUGS_PER_MINUTE = 20;

interface LoopState {
  state: ConsumerState;
  reason: string | null;
  newestTimestamp: number | null;
  readonly lag: Record<number, number>;
  /** Offset that kafkajs was last known to continue from; absent after a rebalance. */
  readonly cursor: Map<number, bigint>;
  readonly failures: Map<number, number>;
  readonly timers: Set<NodeJS.Timeout>;
  /** Aborted when a person has to act: nothing starts this consumer again. */
  readonly halt: AbortController;
  bugs: number[];
}

/** Consumes one topic until stopped. One consumer group per (service, topic), so that no topic can stall another. */
export function startConsumerLoop(options: ConsumerLoopOptions): ConsumerLoop {
  const stopping = new AbortController();
  const loop: LoopState = {
    state: 'starting',
    reason: null,
    newestTimestamp: null,
    lag: {},
    cursor: new Map(),
    failures: new Map(),
    timers: new Set(),
    halt: new AbortController(),
    bugs: [],
  };
  const finished = supervise(options, loop, stopping.signal);
  return {
    status: () => ({
      topic: options.spec.topic,
      group: options.group,
      state: loop.state,
      reason: loop.reason,
      lag: { ...loop.lag },
      newestTimestamp: loop.newestTimestamp,
    }),
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

/** kafkajs ends a consumer for good on a TypeError inside it; a new one takes its place, visibly. */
async function supervise(options: ConsumerLoopOptions, loop: LoopState, stop: AbortSignal): Promise<void> {
  const end = AbortSignal.any([stop, loop.halt.signal]);
  while (!end.aborted) {
    const consumer = createConsumer(options);
    const gone = new AbortController();
    try {
      const crashed = crash(consumer, loop);
      await start(options, loop, consumer, gone.signal);
      await Promise.race([crashed, aborted(end)]);
    } catch (error) {
      enter(loop, 'retrying', errorMessage(error));
      options.logger.warn({ err: error, topic: options.spec.topic }, 'consumer ended, starting a new one');
    } finally {
      gone.abort();
      for (const timer of loop.timers) clearTimeout(timer);
      loop.timers.clear();
      await consumer.disconnect().catch(() => undefined);
    }
    await delay(RECREATE_MS, undefined, { signal: end }).catch(() => undefined);
  }
  enter(loop, 'stopped', null);
}

/** `stopped` is final: what is still under way in other partitions must not make the consumer look alive, or be it. */
function enter(loop: LoopState, state: ConsumerState, reason: string | null): void {
  if (loop.state === 'stopped') return;
  loop.state = state;
  loop.reason = reason;
}

/** Nothing moves until a person has acted and the service starts again. */
function halt(loop: LoopState, reason: string): void {
  enter(loop, 'stopped', reason);
  loop.halt.abort();
}

function createConsumer({ kafka, group }: ConsumerLoopOptions): Consumer {
  return kafka.consumer({
    groupId: group,
    // How long the partitions of a killed process rest. Short is safe: a zombie is fenced by the position, not by the group.
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 2_000,
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 512 * 1024,
    allowAutoTopicCreation: false,
  });
}

function crash(consumer: Consumer, loop: LoopState): Promise<never> {
  const crashed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      enter(loop, 'retrying', payload.error.message);
      if (!payload.restart) reject(payload.error);
    });
  });
  crashed.catch(() => undefined); // it may come before anybody waits for it
  return crashed;
}

async function start(
  options: ConsumerLoopOptions,
  loop: LoopState,
  consumer: Consumer,
  gone: AbortSignal,
): Promise<void> {
  let rejoined = new AbortController();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    rejoined.abort();
    rejoined = new AbortController();
    loop.cursor.clear();
    loop.failures.clear();
    for (const partition of Object.keys(loop.lag)) delete loop.lag[Number(partition)];
    const partitions = payload.memberAssignment[options.kafkaTopic] ?? [];
    void goToPositions(options, loop, consumer, partitions, AbortSignal.any([gone, rejoined.signal]));
  });
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    // Batches of control or aborted records alone never reach eachBatch; without this a topic at rest would seem behind.
    const { batchSize, partition, highWatermark, lastOffset } = payload;
    if (batchSize === 0) loop.lag[partition] = Number(BigInt(highWatermark) - BigInt(lastOffset) - 1n);
  });
  await consumer.connect();
  await consumer.subscribe({ topic: options.kafkaTopic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 3,
    eachBatch: (payload) => onBatch(options, loop, consumer, payload),
  });
}

/** The consumer runs once it stands at its positions; a trimmed log stops it although no batch may ever come to show it. */
async function goToPositions(
  options: ConsumerLoopOptions,
  loop: LoopState,
  consumer: Consumer,
  partitions: readonly number[],
  outdated: AbortSignal,
): Promise<void> {
  for (let failures = 0; !outdated.aborted; failures++) {
    try {
      await seekToPositions({ ...options, consumer, cursor: loop.cursor }, partitions);
      return enter(loop, 'running', null);
    } catch (error) {
      if (outdated.aborted) return;
      options.logger.warn({ err: error, topic: options.kafkaTopic }, 'cannot go to the stored positions');
      if (errorKind(error) === 'misconfigured') return halt(loop, errorMessage(error));
      enter(loop, 'retrying', errorMessage(error));
      const waitMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)];
      await delay(waitMs, undefined, { signal: outdated }).catch(() => undefined);
    }
  }
}

/** Never throws for what a record or the database did: kafkajs would then end the consumer or retry the whole fetch. */
async function onBatch(
  options: ConsumerLoopOptions,
  loop: LoopState,
  consumer: Consumer,
  payload: EachBatchPayload,
): Promise<void> {
  if (loop.halt.signal.aborted) return;
  const { partition } = payload.batch;
  try {
    if (!(await acceptBatch({ ...options, consumer, cursor: loop.cursor }, payload.batch))) return;
    await consumeBatch(options, loop, payload);
    loop.failures.delete(partition);
    if (loop.failures.size === 0) enter(loop, 'running', null);
  } catch (error) {
    // A rebalance or a lost broker is kafkajs' own business: it rejoins or retries the fetch.
    if (error instanceof kafkajs.KafkaJSError) throw error;
    onFailure(options, loop, payload, error);
  }
}

function onFailure(options: ConsumerLoopOptions, loop: LoopState, payload: EachBatchPayload, error: unknown): void {
  const { topic, partition } = payload.batch;
  const where = { err: error, topic, partition, code: errorCode(error) };
  const reason = `${topic}/${partition}: ${errorMessage(error)}`;
  if (errorKind(error) === 'misconfigured') {
    options.logger.fatal(where, 'consumer stopped: a person has to act');
    return halt(loop, reason);
  }
  enter(loop, 'retrying', reason);
  const failures = loop.failures.get(partition) ?? 0;
  loop.failures.set(partition, failures + 1);
  const waitMs = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0;
  options.logger.warn({ ...where, failures, waitMs }, 'partition paused, will be retried in place');
  // Pausing instead of waiting here keeps heartbeats and the other partitions going.
  const resume = payload.pause();
  const timer = setTimeout(() => {
    loop.timers.delete(timer);
    resume();
  }, waitMs);
  loop.timers.add(timer);
}

async function consumeBatch(options: ConsumerLoopOptions, loop: LoopState, payload: EachBatchPayload): Promise<void> {
  const { batch } = payload;
  for (const chunk of chunksOf(batch, options.maxChunk ?? 500)) {
    if (!payload.isRunning() || payload.isStale()) return;
    const outcomes = await consumeOnce(
      { ...options, takeBug: () => takeBug(loop), onProgress: () => payload.heartbeat() },
      chunk,
    );
    const last = chunk.records.at(-1);
    if (last) payload.resolveOffset(last.offset.toString());
    loop.cursor.set(batch.partition, chunk.next);
    loop.lag[batch.partition] = Number(BigInt(batch.highWatermark) - chunk.next);
    loop.newestTimestamp = Math.max(loop.newestTimestamp ?? 0, last?.timestamp ?? 0);
    options.onOutcomes(options.spec.topic, outcomes);
    await payload.heartbeat();
  }
  const next = loop.cursor.get(batch.partition);
  if (next === undefined) return; // a rebalance came between: the partition may be somebody else's
  const partitions = [{ partition: batch.partition, offset: next.toString() }];
  await payload.commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions }] });
}

function takeBug(loop: LoopState): void {
  const now = Date.now();
  loop.bugs = [...loop.bugs.filter((at) => at > now - 60_000), now];
  if (loop.bugs.length <= MAX_BUGS_PER_MINUTE) return;
  const reason = `more than ${MAX_BUGS_PER_MINUTE} dead letters by bugs within a minute: the handler is broken`;
  throw new MisconfiguredError('too-many-bugs', reason);
}

function chunksOf(batch: Batch, size: number): Chunk[] {
  const records = batch.messages.map((message) => toRaw(batch, message));
  const chunks: Chunk[] = [];
  for (let from = 0; from < records.length; from += size) {
    const part = records.slice(from, from + size);
    const isLast = from + size >= records.length;
    const end = isLast ? BigInt(batch.lastOffset()) : (part.at(-1)?.offset ?? 0n);
    chunks.push({ partition: batch.partition, records: part, next: end + 1n });
  }
  return chunks;
}

function toRaw({ topic, partition }: Batch, message: KafkaMessage): RawRecord {
  const { key, value, timestamp } = message;
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: Number(timestamp),
    key,
    value,
    headers: toRawHeaders(message.headers),
    eventId: rawEventId(message.headers),
  };
}

function toRawHeaders(headers: IHeaders | undefined): RawHeader[] {
  return Object.entries(headers ?? {}).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => ({
      key,
      value: one === undefined ? null : Buffer.from(one),
    })),
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
