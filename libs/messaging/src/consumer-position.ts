import type { Batch, Consumer } from 'kafkajs';
import type { ConsumeOptions } from './consume-once.ts';
import { MisconfiguredError } from './errors.ts';
import { rawEventId } from './event-headers.ts';
import { judgeBatch } from './position.ts';
import { findPosition } from './position.store.ts';
import { topicOffsets } from './topic-offsets.ts';

export interface PositionedConsumer extends ConsumeOptions {
  readonly consumer: Consumer;
  /** By partition: the offset that kafkajs was last told, or is known, to continue from. Emptied by a rebalance. */
  readonly cursor: Map<number, bigint>;
}

/**
 * Sends the consumer to the stored positions, or to the log start where there is none: what the broker remembers of the
 * group counts for nothing, it is neither restored nor lost together with our database. It starts at the last record that
 * was accepted, which shows whether this is still the log that was read.
 * @throws MisconfiguredError when the log does not reach back, or not up, to the position
 */
export async function seekToPositions(options: PositionedConsumer, partitions: readonly number[]): Promise<void> {
  const bounds = await topicOffsets(options.kafka, options.kafkaTopic);
  const { group, kafkaTopic: topic } = options;
  for (const partition of partitions) {
    const { low, high } = bounds.get(partition) ?? { low: 0n, high: 0n };
    const position = await findPosition(options.dataSource.manager, { group, topic, partition });
    if (position) assertRetained(low, position.nextOffset);
    if (position && high < position.nextOffset) throw shorter(high, position.nextOffset);
    const last = position?.lastOffset ?? position?.nextOffset ?? low;
    const offset = last < low ? low : last;
    options.cursor.set(partition, offset);
    options.consumer.seek({ topic, partition, offset: offset.toString() });
  }
}

/** @returns false when the batch does not follow the position and the consumer was sent where it has to go on. */
export async function acceptBatch(options: PositionedConsumer, batch: Batch): Promise<boolean> {
  const { partition } = batch;
  if (!options.cursor.has(partition)) {
    await seekToPositions(options, [partition]);
    return false;
  }
  const { group, kafkaTopic: topic } = options;
  const position = await findPosition(options.dataSource.manager, { group, topic, partition });
  const fetchedOffset = BigInt((batch as Batch & { fetchedOffset: string }).fetchedOffset);
  const verdict = judgeBatch(position, {
    clusterId: options.clusterId,
    fetchedOffset,
    highWatermark: BigInt(batch.highWatermark),
    continuous: (options.cursor.get(partition) ?? 0n) <= (position?.nextOffset ?? 0n),
    records: batch.messages.map((m) => ({
      offset: BigInt(m.offset),
      eventId: rawEventId(m.headers),
      timestamp: Number(m.timestamp),
    })),
  });
  if (verdict.kind === 'stop') throw new MisconfiguredError(verdict.code, verdict.reason);
  if (verdict.kind === 'seek') {
    await seekToPositions(options, [partition]);
    return false;
  }
  // kafkajs silently restarts at the first retained record when the log was trimmed past its position.
  if (position && fetchedOffset > position.nextOffset) {
    assertRetained((await topicOffsets(options.kafka, topic)).get(partition)?.low ?? 0n, position.nextOffset);
  }
  return true;
}

function assertRetained(logStart: bigint, next: bigint): void {
  if (logStart <= next) return;
  const reason = `The log starts at ${logStart}, the position is ${next}: records were lost unread`;
  throw new MisconfiguredError('log-trimmed', reason);
}

function shorter(high: bigint, next: bigint): MisconfiguredError {
  return new MisconfiguredError('log-shorter', `The log ends at ${high}, the position is ${next}: it is another log`);
}
