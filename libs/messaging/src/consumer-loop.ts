import { setTimeout as delay } from 'node:timers/promises';
import type { Batch, Consumer, EachBatchPayload } from 'kafkajs';
import type { Logger } from 'pino';
import type { ConsumeCall, ConsumeOptions, PartitionTask } from './consume-once.ts';
import { startFinder } from './consumer-position.ts';
import { consumerStatus, type ConsumerState, type ConsumerStatus } from './consumer-status.ts';
import { errorMessage, MisconfiguredError } from './errors.ts';
import { KafkaRecord } from './kafka-record.ts';
import type { Fetched } from './partition-queue.ts';
import { PartitionWorker, type PartitionLog } from './partition-worker.ts';

export interface ConsumerLoopOptions extends ConsumeOptions {
  readonly logger: Logger;
  /** What became of the records of one committed transaction. */
  readonly onOutcomes: ConsumeCall['onOutcomes'];
  /** Most records that the handler gets at once. */
  readonly maxChunk?: number;
  /** The group on the broker; default: `group`. */
  readonly kafkaGroup?: string;
  /** The offset of a partition that is not to be passed yet, asked before every chunk; what lies beyond waits. */
  readonly bound?: (partition: number) => Promise<bigint>;
  /** Called between chunks and at least every second while idle. */
  readonly partitionTasks?: readonly PartitionTask[];
  readonly timing?: Partial<ConsumerTiming>;
}

export interface ConsumerTiming {
  /** How long the partitions of a killed process rest. Short is safe: a zombie is fenced by the position, not by the group. */
  readonly sessionMs: number;
  /** A handler that takes longer is hung: what it was given is treated as a bug. */
  readonly hungAfterMs: number;
  /** Work without progress, or a consumer without a fetch, shows in the status after this. */
  readonly stuckAfterMs: number;
  /** A consumer that has not fetched for so long is replaced. */
  readonly silentAfterMs: number;
}

const TIMING: ConsumerTiming = {
  sessionMs: 10_000,
  hungAfterMs: 60_000,
  stuckAfterMs: 10_000,
  silentAfterMs: 60_000,
};
const MAX_CHUNK = 2_000;
/** Of one partition; what was fetched last comes on top. */
const QUEUE_BYTES = 4 * 1024 * 1024;
/**
 * A full queue holds the fetching of the other partitions up no longer than this. When all are paused kafkajs sleeps for its
 * whole wait time, so a partition that is quick should not be: it has room again before.
 */
const ROOM_WAIT_MS = 200;
const COMMIT_MS = 1_000;
const RECREATE_MS = 2_000;
/** Work that does not end is left behind by a stop; its transaction is given up by the database or by its own limit. */
const STOP_MS = 15_000;
const LEAVE_MS = 5_000;
/** This many dead letters by bugs within a minute mean that the handler is broken, not the data: stop instead of emptying a topic. */
const MAX_BUGS_PER_MINUTE = 20;

export interface ConsumerLoop {
  status(): ConsumerStatus;
  /** Resolves when what was being applied is committed and the group was left. */
  stop(): Promise<void>;
}

interface Loop {
  readonly options: ConsumerLoopOptions;
  readonly timing: ConsumerTiming;
  state: ConsumerState;
  reason: string | null;
  readonly workers: Map<number, PartitionWorker>;
  /** When kafkajs last did anything. */
  aliveAt: number;
  /** Aborted when a person has to act: nothing starts this consumer again. */
  readonly halt: AbortController;
  bugs: number[];
}

/**
 * Consumes one topic until stopped. One consumer group per (service, topic), so that no topic can stall another.
 *
 * Ordering: records of a partition are applied in offset order; partitions are independent of each other.
 * Delivery: every record has its effect once (see consumeOnce). Reading starts at the stored position, or at the log start.
 * Blocking: returns at once. Each partition has a worker with a bounded queue: one that is slow, fails or hangs holds back
 * itself alone, and fetching leaves it out while its queue is full.
 * Failure: trouble that passes is tried again in place, for ever, with a pause of up to 10 s; a consumer that kafkajs ends, or
 * that has gone silent, is replaced; a log that is not the one read before, and a broken handler, stop it until a person acts.
 * All of it shows in `status()`.
 */
export function startConsumerLoop(options: ConsumerLoopOptions): ConsumerLoop {
  const stopping = new AbortController();
  const loop: Loop = {
    options,
    timing: { ...TIMING, ...options.timing },
    state: 'starting',
    reason: null,
    workers: new Map(),
    aliveAt: Date.now(),
    halt: new AbortController(),
    bugs: [],
  };
  const finished = supervise(loop, stopping.signal);
  return {
    status: () => statusOf(loop),
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

function statusOf({ options, timing, state, reason, workers, aliveAt }: Loop): ConsumerStatus {
  return consumerStatus({
    topic: options.spec.topic,
    group: options.group,
    state,
    reason,
    silentMs: Date.now() - aliveAt,
    stuckAfterMs: timing.stuckAfterMs,
    workers: [...workers.values()].map((worker) => ({ partition: worker.partition, ...worker.status() })),
  });
}

/** kafkajs ends a consumer for good on a TypeError inside it, or just falls silent; a new one takes its place, visibly. */
async function supervise(loop: Loop, stop: AbortSignal): Promise<void> {
  const { logger, spec } = loop.options;
  const end = AbortSignal.any([stop, loop.halt.signal]);
  while (!end.aborted) {
    const consumer = createConsumer(loop);
    const gone = new AbortController();
    const broken = Promise.race([crash(consumer, loop), silence(loop, gone.signal)]);
    const started = start(loop, consumer, gone.signal);
    try {
      await Promise.race([broken, aborted(end), started.then(() => broken)]);
    } catch (error) {
      enter(loop, 'retrying', errorMessage(error));
      logger.warn({ err: error, topic: spec.topic }, 'consumer ended, starting a new one');
    } finally {
      gone.abort();
      await close(loop, consumer, started);
    }
    await delay(RECREATE_MS, undefined, { signal: end }).catch(() => undefined);
  }
  enter(loop, 'stopped', null);
}

/** First what is under way, then the group: whoever gets the partitions next need not wait for us. */
async function close(loop: Loop, consumer: Consumer, started: Promise<void>): Promise<void> {
  const workers = [...loop.workers.values()];
  for (const worker of workers) worker.drop();
  await within(STOP_MS, Promise.all(workers.map((worker) => worker.finished)));
  await within(LEAVE_MS, commitOffsets(loop, consumer));
  // Only when the join has come to its end, however long that takes: kafkajs forgets a consumer that it is told to stop while it
  // joins, and such a one would be a member for ever. The group may wait for a dead member; nobody else needs to.
  const left = started.catch(() => undefined).then(() => consumer.disconnect());
  await within(LEAVE_MS, left);
}

/** Waits for the end of something, good or bad, but not for ever. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const limit = new AbortController();
  const over = delay(limitMs, undefined, { signal: limit.signal });
  await Promise.race([work, over]).catch(() => undefined);
  limit.abort();
  await over.catch(() => undefined);
}

/** `stopped` is final: what is still under way in other partitions must not make the consumer look alive, or be it. */
function enter(loop: Loop, state: ConsumerState, reason: string | null): void {
  if (loop.state === 'stopped') return;
  loop.state = state;
  loop.reason = reason;
}

/** Nothing moves until a person has acted and the service starts again. */
function halt(loop: Loop, reason: string): void {
  enter(loop, 'stopped', reason);
  loop.halt.abort();
}

function createConsumer({ options: { kafka, group, kafkaGroup = group }, timing }: Loop): Consumer {
  return kafka.consumer({
    groupId: kafkaGroup,
    // A consumer that has crashed is replaced by us: one that kafkajs starts again cannot be stopped while it joins.
    retry: { restartOnFailure: () => Promise.resolve(false) },
    sessionTimeout: timing.sessionMs,
    rebalanceTimeout: 30_000,
    heartbeatInterval: Math.min(2_000, timing.sessionMs / 4),
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 1024 * 1024,
    allowAutoTopicCreation: false,
  });
}

function crash(consumer: Consumer, loop: Loop): Promise<never> {
  return new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      enter(loop, 'retrying', payload.error.message);
      reject(payload.error);
    });
  });
}

/** kafkajs can end without a word: whatever it does shows as a fetch or a join, so their absence is the end. */
async function silence(loop: Loop, gone: AbortSignal): Promise<never> {
  const { silentAfterMs } = loop.timing;
  loop.aliveAt = Date.now();
  for (;;) {
    const left = loop.aliveAt + silentAfterMs - Date.now();
    if (left <= 0) throw new Error(`nothing fetched for ${silentAfterMs} ms`);
    await delay(left, undefined, { signal: gone });
  }
}

async function start(loop: Loop, consumer: Consumer, gone: AbortSignal): Promise<void> {
  const topic = loop.options.kafkaTopic;
  const alive = (): number => (loop.aliveAt = Date.now());
  consumer.on(consumer.events.FETCH_START, alive);
  consumer.on(consumer.events.FETCH, alive);
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    alive();
    assign(loop, consumer, gone.aborted ? [] : (payload.memberAssignment[topic] ?? []));
  });
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    // Batches of control or aborted records alone never reach eachBatch; without this a topic at rest would seem behind.
    if (payload.batchSize > 0) return;
    const range = { from: BigInt(payload.firstOffset), next: BigInt(payload.lastOffset) + 1n };
    loop.workers.get(payload.partition)?.pass(range, BigInt(payload.highWatermark));
  });
  await consumer.connect();
  if (gone.aborted) return;
  await consumer.subscribe({ topic, fromBeginning: true });
  if (gone.aborted) return;
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    // A batch is only handed over: none may wait for the others of its fetch.
    partitionsConsumedConcurrently: 64,
    eachBatch: (payload) => onBatch(loop, payload),
  });
  const timer = setInterval(() => void commitOffsets(loop, consumer), COMMIT_MS);
  if (gone.aborted) clearInterval(timer);
  else gone.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/** Every partition starts anew at its stored position: kafkajs has forgotten where it was. */
function assign(loop: Loop, consumer: Consumer, partitions: readonly number[]): void {
  const before = new Map(loop.workers);
  for (const worker of before.values()) worker.drop();
  loop.workers.clear();
  if (loop.halt.signal.aborted) return;
  const findStart = startFinder(loop.options);
  for (const partition of partitions) {
    const log = partitionLog(consumer, loop.options.kafkaTopic, partition);
    log.resume(); // kafkajs remembers what an earlier assignment has paused
    const previous = before.get(partition)?.finished ?? Promise.resolve();
    loop.workers.set(partition, createWorker(loop, partition, { log, findStart, previous }));
  }
  enter(loop, 'running', null);
}

function createWorker(
  loop: Loop,
  partition: number,
  place: Pick<ConstructorParameters<typeof PartitionWorker>[0], 'log' | 'findStart' | 'previous'>,
): PartitionWorker {
  const { options, timing } = loop;
  const maxChunk = options.maxChunk ?? MAX_CHUNK;
  return new PartitionWorker({
    ...place,
    call: { ...options, takeBug: () => takeBug(loop), hungAfterMs: timing.hungAfterMs },
    logger: options.logger,
    partition,
    tasks: options.partitionTasks ?? [],
    ...(options.bound && { bound: options.bound }),
    limits: { records: 3 * maxChunk, bytes: QUEUE_BYTES },
    maxChunk,
    onHalt: (reason) => halt(loop, reason),
  });
}

/** After the consumer has ended there is nothing to move. */
function partitionLog(consumer: Consumer, topic: string, partition: number): PartitionLog {
  const whileItRuns = (move: () => void) => () => {
    try {
      move();
    } catch {
      // kafkajs says so by an error of its own
    }
  };
  const place = [{ topic, partitions: [partition] }];
  return {
    seek: (offset) => whileItRuns(() => consumer.seek({ topic, partition, offset: offset.toString() }))(),
    pause: whileItRuns(() => consumer.pause(place)),
    resume: whileItRuns(() => consumer.resume(place)),
  };
}

/** Hands the batch over and returns, so that the next fetch can begin and heartbeats go on. */
async function onBatch(loop: Loop, payload: EachBatchPayload): Promise<void> {
  const { batch } = payload;
  const worker = loop.workers.get(batch.partition);
  if (!worker || payload.isStale()) return;
  if (worker.offer(toFetched(batch), BigInt(batch.highWatermark))) payload.resolveOffset(batch.lastOffset());
  await worker.makeRoom(ROOM_WAIT_MS);
}

function toFetched(batch: Batch): Fetched {
  const { topic, partition, messages } = batch;
  let bytes = 0;
  for (const { value } of messages) bytes += value?.length ?? 0;
  return {
    from: BigInt((batch as Batch & { fetchedOffset: string }).fetchedOffset),
    records: messages.map((message) => new KafkaRecord(topic, partition, message)),
    next: BigInt(batch.lastOffset()) + 1n,
    bytes,
  };
}

/** A lag signal for people and autoscalers, so nobody waits for it and a failure means nothing. */
async function commitOffsets({ workers, options }: Loop, consumer: Consumer): Promise<void> {
  const offsets = [...workers.values()].flatMap((worker) => {
    const offset = worker.takeCommit();
    return offset === null
      ? []
      : [{ topic: options.kafkaTopic, partition: worker.partition, offset: offset.toString() }];
  });
  if (offsets.length === 0) return;
  await Promise.resolve()
    .then(() => consumer.commitOffsets(offsets))
    .catch((error: unknown) =>
      options.logger.debug({ err: error, topic: options.kafkaTopic }, 'offsets not committed'),
    );
}

function takeBug(loop: Loop): void {
  const now = Date.now();
  loop.bugs = [...loop.bugs.filter((at) => at > now - 60_000), now];
  if (loop.bugs.length <= MAX_BUGS_PER_MINUTE) return;
  const reason = `more than ${MAX_BUGS_PER_MINUTE} dead letters by bugs within a minute: the handler is broken`;
  throw new MisconfiguredError('too-many-bugs', reason);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
