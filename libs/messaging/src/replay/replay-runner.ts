import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Kafka } from 'kafkajs';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { backoffMs } from '../backoff.ts';
import type { Codec } from '../codec.ts';
import type { ConsumerSpec } from '../consumer-spec.ts';
import { errorKind, errorMessage } from '../errors.ts';
import { findPosition } from '../position.store.ts';
import { topicOffsets } from '../topic-offsets.ts';
import { inTransaction } from '../transaction.ts';
import { scanKeys } from './key-scan.ts';
import { readPartition, type ReadBatch } from './partition-reader.ts';
import { replayChunk, type ReplayChunkOptions } from './replay-chunk.ts';
import {
  claimPartition,
  failReplay,
  finishReplay,
  leftOutOffsets,
  prolongClaim,
  releaseClaim,
  type Claim,
} from './replay.store.ts';

export interface ReplayConsumer {
  readonly spec: ConsumerSpec;
  readonly group: string;
  /** The topic on the broker. */
  readonly kafkaTopic: string;
}

export interface ReplayRunnerOptions {
  readonly dataSource: DataSource;
  readonly kafka: Kafka;
  readonly codec: Codec;
  readonly clusterId: string;
  readonly logger: Logger;
  /** Name of this process, for people who look at a lease. */
  readonly owner: string;
  readonly consumers: readonly ReplayConsumer[];
  /** A partition whose process was killed is taken over after that; default 15 s. */
  readonly leaseMs?: number;
  readonly pollMs?: number;
  /** Test hook: called after every chunk with the number of records handed over so far. */
  readonly onChunk?: (handed: number) => void | Promise<void>;
}

export interface ReplayRunner {
  /** Look for work now. */
  wake(): void;
  /** Ends after the chunk under way; what is left is taken over by another process, or after the next start. */
  stop(): Promise<void>;
}

const MAX_CHUNK = 500;
const RETRY = { baseMs: 200, maxMs: 10_000 };

/**
 * Carries out replays of the service, a partition at a time in each process; processes share the partitions. A database or
 * broker that is away is waited for. What the handler cannot do ends the replay as failed, visibly, with everything as it is.
 */
export function startReplayRunner(options: ReplayRunnerOptions): ReplayRunner {
  const stopping = new AbortController();
  let awake = new AbortController();
  const wake = (): void => awake.abort();
  const rest = async (): Promise<void> => {
    const signal = AbortSignal.any([stopping.signal, awake.signal]);
    await delay(options.pollMs ?? 1_000, undefined, { signal }).catch(() => undefined);
    awake = new AbortController();
  };
  const finished = work(options, stopping.signal, rest);
  return {
    wake,
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

async function work(options: ReplayRunnerOptions, stopping: AbortSignal, rest: () => Promise<void>): Promise<void> {
  const { dataSource, owner, leaseMs = 15_000, logger } = options;
  const groups = options.consumers.map(({ group }) => group);
  for (let failures = 0; !stopping.aborted;) {
    try {
      const claim = await inTransaction(dataSource, (tx) => claimPartition(tx, { groups, owner, leaseMs }));
      if (claim === null) await rest();
      else failures = (await carryOut(options, claim, failures, stopping)) ? 0 : failures + 1;
    } catch (error) {
      logger.warn({ err: error }, 'replays cannot be looked for');
      await rest();
    }
  }
}

/** False after something that may pass. */
async function carryOut(
  options: ReplayRunnerOptions,
  claim: Claim,
  failures: number,
  stopping: AbortSignal,
): Promise<boolean> {
  const { dataSource, logger } = options;
  const where = { replay: claim.replayId, topic: claim.topic, partition: claim.partition };
  try {
    await replayPartition(options, claim, stopping);
    await releaseClaim(dataSource.manager, claim, 0);
    await inTransaction(dataSource, (tx) => finishReplay(tx, claim.replayId));
    return true;
  } catch (error) {
    if (errorKind(error) === 'transient' || error instanceof kafkajs.KafkaJSError) {
      logger.warn({ ...where, err: error }, 'replay of a partition interrupted, will go on');
      await releaseClaim(dataSource.manager, claim, backoffMs(failures + 1, RETRY));
      return false;
    }
    logger.error({ ...where, err: error }, 'replay failed');
    await failReplay(dataSource.manager, claim.replayId, errorMessage(error).slice(0, 2_000));
    return true;
  }
}

async function replayPartition(options: ReplayRunnerOptions, claim: Claim, stopping: AbortSignal): Promise<void> {
  const { dataSource, kafka, codec, clusterId, consumers, leaseMs = 15_000 } = options;
  const consumer = consumers.find(({ group }) => group === claim.group);
  if (!consumer) return;
  const { topic, partition, group } = claim;
  const position = await findPosition(dataSource.manager, { group, topic, partition });
  const known =
    position && position.lastOffset !== null ? { offset: position.lastOffset, eventId: position.lastEventId } : null;
  const leftOut = await leftOutOffsets(dataSource.manager, claim);
  const ending = new AbortController();
  const signal = AbortSignal.any([stopping, ending.signal]);
  const lease = keepLease({ dataSource, claim, leaseMs, onLost: () => ending.abort() });
  const scan = scanKeys(kafka, { topic, partition, from: claim.first, leftOut, known }, signal);
  try {
    await Promise.race([scan.reached(claim.end), aborted(signal)]);
    if (signal.aborted) return;
    const partitions = (await topicOffsets(kafka, topic)).size;
    const chunkOptions = { dataSource, codec, clusterId, spec: consumer.spec, claim, scan, partitions, leaseMs };
    const replayer = createReplayer(options, chunkOptions, signal, () => ending.abort());
    await readPartition(kafka, { topic, partition, from: claim.next }, replayer, signal);
  } finally {
    clearInterval(lease);
    await scan.stop();
  }
}

/** Hands what is read over in chunks, no faster than asked, and calls `end` when the claimed range is through or lost. */
function createReplayer(
  options: ReplayRunnerOptions,
  chunkOptions: ReplayChunkOptions,
  signal: AbortSignal,
  end: () => void,
): (batch: ReadBatch) => Promise<void> {
  const { claim } = chunkOptions;
  const size = Math.min(MAX_CHUNK, claim.rate ?? MAX_CHUNK);
  let next = claim.next;
  let total = 0;
  return async (batch) => {
    const records = batch.records.filter(({ offset }) => offset >= next && offset < claim.end);
    const last = batch.next < claim.end ? batch.next : claim.end;
    for (let at = 0; next < last && !signal.aborted; at += size) {
      const chunk = { from: next, records: records.slice(at, at + size), next: records[at + size]?.offset ?? last };
      const since = performance.now();
      const handed = await patiently(() => replayChunk(chunkOptions, chunk), batch.heartbeat, signal);
      if (handed === null) return end();
      next = chunk.next;
      total += handed;
      await options.onChunk?.(total);
      if (claim.rate !== null) await pace(since, (handed / claim.rate) * 1_000, signal);
      await batch.heartbeat();
    }
    if (next >= claim.end) end();
  };
}

/** Tries again in place what may pass: reading the keys anew would take longer. Null when aborted. */
async function patiently(
  work: () => Promise<number | null>,
  heartbeat: () => Promise<void>,
  signal: AbortSignal,
): Promise<number | null> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await work();
    } catch (error) {
      if (errorKind(error) !== 'transient') throw error;
    }
    await delay(backoffMs(failures, RETRY), undefined, { signal }).catch(() => undefined);
    await heartbeat();
  }
  return null;
}

async function pace(since: number, ms: number, signal: AbortSignal): Promise<void> {
  const left = since + ms - performance.now();
  if (left > 0) await delay(left, undefined, { signal }).catch(() => undefined);
}

function keepLease(parts: {
  readonly dataSource: DataSource;
  readonly claim: Claim;
  readonly leaseMs: number;
  readonly onLost: () => void;
}): NodeJS.Timeout {
  const { dataSource, claim, leaseMs, onLost } = parts;
  const prolong = async (): Promise<void> => {
    if (!(await prolongClaim(dataSource.manager, claim, leaseMs))) onLost();
  };
  // A database that is away for long loses the lease; the progress row tells a chunk that comes too late.
  return setInterval(() => void prolong().catch(() => undefined), leaseMs / 3);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
