import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { consumeOnce, type ConsumeCall, type PartitionTask } from './consume-once.ts';
import type { FindStart } from './consumer-position.ts';
import { decodeChunk, type DecodedChunk } from './decode-chunk.ts';
import { errorCode, errorKind, errorMessage, TransientError } from './errors.ts';
import { nextChunkSize, PartitionQueue, type Fetched, type QueueLimits } from './partition-queue.ts';
import { Pulse } from './pulse.ts';

/** The partition at the broker, as far as its worker moves it. */
export interface PartitionLog {
  /** Fetching goes on from here. */
  seek(offset: bigint): void;
  pause(): void;
  resume(): void;
}

export interface PartitionWorkerOptions {
  readonly call: Omit<ConsumeCall, 'onProgress' | 'onHandling'>;
  readonly logger: Logger;
  readonly partition: number;
  readonly log: PartitionLog;
  readonly findStart: FindStart;
  readonly tasks: readonly PartitionTask[];
  /** The offset of the partition that is not to be passed yet; default: none. */
  readonly bound?: (partition: number) => Promise<bigint>;
  readonly limits: QueueLimits;
  readonly maxChunk: number;
  /** The worker that had the partition before: two never work side by side. */
  readonly previous: Promise<void>;
  /** A person has to act. */
  readonly onHalt: (reason: string) => void;
}

export interface WorkerStatus {
  readonly located: boolean;
  /** Why the partition waits before it is tried again. */
  readonly trouble: string | null;
  /** How long what is in work has made no progress. */
  readonly busyMs: number;
  readonly lag: number | null;
  readonly newestTimestamp: number | null;
}

const RETRY_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000];
/** A broken or slow handler should not get thousands of records before anybody knows. */
const FIRST_CHUNK = 10;
const IDLE_TASK_MS = 1_000;

/**
 * Applies the records of one assigned partition, in order, beside all others: a slow, failing or hung partition holds back
 * itself alone. What was fetched waits in a bounded queue; the stored position is the only truth, a dropped queue loses nothing.
 */
export class PartitionWorker {
  readonly partition: number;
  /** Resolves when nothing of the worker is under way any more. */
  readonly finished: Promise<void>;
  readonly #options: PartitionWorkerOptions;
  readonly #call: ConsumeCall;
  readonly #queue: PartitionQueue;
  readonly #dropped = new AbortController();
  readonly #changed = new Pulse();
  /** Where the next fetch begins; null until the stored position was found. */
  #expected: bigint | null = null;
  #current: DecodedChunk | null = null;
  #ahead: Promise<DecodedChunk | null> | null = null;
  #afterJoin = true;
  /** Counts the times that what was fetched was forgotten: what is decoded meanwhile is of no use any more. */
  #epoch = 0;
  #chunkSize: number;
  #paused = false;
  #trouble: string | null = null;
  /** From the beginning: a predecessor that does not end is no progress either. */
  #busySince: number | null = Date.now();
  #done: bigint | null = null;
  #committed: bigint | null = null;
  #highWatermark: bigint | null = null;
  #newestTimestamp: number | null = null;

  constructor(options: PartitionWorkerOptions) {
    this.partition = options.partition;
    this.#options = options;
    this.#call = { ...options.call, onProgress: () => this.#progress(), onHandling: () => this.#decodeMeanwhile() };
    this.#queue = new PartitionQueue(options.limits);
    this.#chunkSize = Math.min(FIRST_CHUNK, options.maxChunk);
    this.finished = options.previous.then(() => this.#run());
  }

  status(): WorkerStatus {
    return {
      located: this.#done !== null,
      trouble: this.#trouble,
      busyMs: this.#busySince === null ? 0 : Date.now() - this.#busySince,
      lag: this.#done === null || this.#highWatermark === null ? null : Number(this.#highWatermark - this.#done),
      newestTimestamp: this.#newestTimestamp,
    };
  }

  /** @returns false when the records do not follow what was fetched before: they are not taken, and the worker seeks. */
  offer(fetched: Fetched, highWatermark: bigint): boolean {
    if (this.#expected === null || this.#dropped.signal.aborted) return false;
    if (fetched.from !== this.#expected) {
      // kafkajs is somewhere else than it was told: whatever the reason, the position decides.
      this.#forget();
      return false;
    }
    this.#queue.push(fetched);
    this.#expected = fetched.next;
    this.#highWatermark = highWatermark;
    this.#changed.beat();
    return true;
  }

  /** A range without records for a subscriber; the same rules as for one with records. */
  pass(range: Pick<Fetched, 'from' | 'next'>, highWatermark: bigint): void {
    if (range.from === this.#expected) this.offer({ ...range, records: [], bytes: 0 }, highWatermark);
  }

  /** Lets the fetching of all partitions wait for this one a moment; then this one is left out until there is room. */
  async makeRoom(waitMs: number): Promise<void> {
    const deadline = Date.now() + waitMs;
    while (!this.#hasRoom() && Date.now() < deadline) await this.#changed.next(deadline - Date.now());
    if (this.#hasRoom() || this.#dropped.signal.aborted) return;
    this.#paused = true;
    this.#options.log.pause();
  }

  /** The offset to tell the broker as a lag signal; null when it knows. */
  takeCommit(): bigint | null {
    if (this.#done === this.#committed) return null;
    this.#committed = this.#done;
    return this.#done;
  }

  /** The partition may be somebody else's: only what is being committed right now may still be, the position decides. */
  drop(): void {
    this.#dropped.abort();
    this.#forget();
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#dropped.signal.aborted;) {
      try {
        if (this.#expected === null) await this.#locate();
        if (this.#expected !== null) await this.#step();
        failures = 0;
        this.#trouble = null;
      } catch (error) {
        this.#busySince = null;
        await this.#onError(error, failures++);
      }
    }
    this.#busySince = null;
  }

  async #locate(): Promise<void> {
    this.#busySince = Date.now();
    const start = await this.#findStart();
    this.#busySince = null;
    if (start === null || this.#dropped.signal.aborted) return;
    this.#expected = start;
    this.#trouble = null;
    this.#done = this.#committed = start;
    this.#options.log.seek(start);
    this.#makeFlow();
    this.#changed.beat();
  }

  /** Null when the partition is lost meanwhile. @throws TransientError when neither broker nor database answers */
  async #findStart(): Promise<bigint | null> {
    const limitMs = this.#call.hungAfterMs;
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.#dropped.signal]);
    const over = delay(limitMs, undefined, { signal }).then(
      () => Promise.reject(new TransientError('start-unknown', `No position and log bounds within ${limitMs} ms`)),
      () => null,
    );
    try {
      return await Promise.race([this.#options.findStart(this.partition), over]);
    } finally {
      end.abort();
    }
  }

  /** One chunk, then the tasks; the tasks alone when nothing came for a second. */
  async #step(): Promise<void> {
    const epoch = this.#epoch;
    this.#current ??= await this.#nextChunk();
    if (epoch !== this.#epoch) this.#current = null;
    if (this.#dropped.signal.aborted || this.#expected === null) return;
    if (this.#current) await this.#apply(this.#current);
    if (!this.#dropped.signal.aborted) await this.#runTasks();
  }

  async #apply(current: DecodedChunk): Promise<void> {
    const since = performance.now();
    this.#busySince = Date.now();
    await consumeOnce(this.#call, current);
    this.#busySince = null;
    const { records, next } = current.chunk;
    this.#chunkSize = nextChunkSize(
      this.#chunkSize,
      { records: records.length, ms: performance.now() - since },
      this.#options.maxChunk,
    );
    this.#current = null;
    this.#afterJoin = false;
    this.#done = next;
    this.#newestTimestamp = Math.max(this.#newestTimestamp ?? 0, records.at(-1)?.timestamp ?? 0) || null;
  }

  async #nextChunk(): Promise<DecodedChunk | null> {
    const ahead = this.#ahead;
    this.#ahead = null;
    const chunk = await ahead;
    if (chunk) return chunk;
    // What was forgotten or dropped meanwhile has had its beat.
    if (this.#queue.isEmpty && this.#expected !== null)
      await this.#changed.next(this.#options.tasks.length > 0 ? IDLE_TASK_MS : null);
    const taken = await this.#decode();
    if (!taken && !this.#queue.isEmpty) await delay(IDLE_TASK_MS, undefined, { signal: this.#dropped.signal });
    return taken;
  }

  /** While the database works on one chunk, the next one is decoded; not before the handler's statement is on its way. */
  #decodeMeanwhile(): void {
    const epoch = this.#epoch;
    setImmediate(() => {
      if (epoch === this.#epoch) this.#ahead ??= this.#decodeAhead();
    });
  }

  async #decodeAhead(): Promise<DecodedChunk | null> {
    try {
      return await this.#decode();
    } catch {
      return null; // it was put back, and fails again when it has its turn
    }
  }

  async #decode(): Promise<DecodedChunk | null> {
    const epoch = this.#epoch;
    const bound = (await this.#options.bound?.(this.partition)) ?? null;
    if (epoch !== this.#epoch) return null;
    const taken = this.#queue.take(this.#chunkSize, bound);
    if (!taken) return null;
    this.#makeFlow();
    const chunk = { ...taken, partition: this.partition, afterJoin: this.#afterJoin };
    try {
      const decoded = await decodeChunk(this.#call, chunk);
      if (epoch !== this.#epoch) return null;
      if (decoded.rest) this.#queue.unshift(decoded.rest);
      return decoded;
    } catch (error) {
      if (epoch !== this.#epoch) return null;
      this.#queue.unshift(chunk);
      throw error;
    }
  }

  async #runTasks(): Promise<void> {
    for (const task of this.#options.tasks) {
      this.#busySince = Date.now();
      try {
        await task(this.#call, this.partition);
      } catch (error) {
        if (errorKind(error) === 'transient' || errorKind(error) === 'misconfigured') throw error;
        this.#options.logger.error({ err: error, ...this.#where() }, 'a task of the partition failed');
      }
    }
    this.#busySince = null;
  }

  async #onError(error: unknown, failures: number): Promise<void> {
    if (this.#dropped.signal.aborted) return;
    const where = { err: error, ...this.#where(), code: errorCode(error) };
    if (errorCode(error) === 'position-moved') {
      this.#options.logger.warn(where, 'the position is not where it was left, reading goes on from there');
      return this.#forget();
    }
    const reason = `${this.#call.kafkaTopic}/${this.partition}: ${errorMessage(error)}`;
    if (errorKind(error) === 'misconfigured') {
      this.#options.logger.fatal(where, 'consumer stopped: a person has to act');
      this.drop();
      return this.#options.onHalt(reason);
    }
    this.#trouble = reason;
    const asked = error instanceof TransientError ? (error.retryAfterMs ?? 0) : 0;
    const waitMs = Math.max(asked, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0);
    this.#options.logger.warn({ ...where, failures, waitMs }, 'partition paused, will be retried in place');
    await delay(waitMs, undefined, { signal: this.#dropped.signal }).catch(() => undefined);
  }

  /** What was fetched does not follow the stored position: it is fetched again from there. */
  #forget(): void {
    this.#epoch += 1;
    this.#expected = null;
    this.#queue.clear();
    this.#current = null;
    this.#ahead = null;
    this.#changed.beat();
  }

  #hasRoom(): boolean {
    return this.#expected !== null && !this.#queue.isFull;
  }

  #makeFlow(): void {
    this.#changed.beat();
    if (!this.#paused || !this.#queue.isLow) return;
    this.#paused = false;
    this.#options.log.resume();
  }

  #progress(): void {
    this.#busySince = Date.now();
  }

  #where(): { topic: string; partition: number } {
    return { topic: this.#call.kafkaTopic, partition: this.partition };
  }
}
