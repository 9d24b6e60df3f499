import type { Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { MisconfiguredError } from './errors.ts';
import type { Position } from './position.ts';
import { findPositions } from './position.store.ts';
import { topicOffsets, type OffsetBounds } from './topic-offsets.ts';

export interface StartOptions {
  readonly kafka: Kafka;
  readonly dataSource: DataSource;
  readonly kafkaTopic: string;
  readonly group: string;
  readonly clusterId: string;
}

/** @throws MisconfiguredError when the log is not the one that was read before */
export type FindStart = (partition: number) => Promise<bigint>;

/**
 * Where to start reading: at the stored position, or at the log start where there is none. What the broker remembers of the
 * group counts for nothing, it is neither restored nor lost together with our database. Partitions that ask at the same time
 * share one look, never one that is already under way: what it saw may be older than the position.
 */
export function startFinder(options: StartOptions): FindStart {
  let look: Promise<(partition: number) => bigint> | null = null;
  const begin = async (): Promise<(partition: number) => bigint> => {
    await Promise.resolve(); // whoever else asks in this turn
    look = null;
    return lookUp(options);
  };
  return async (partition) => (await (look ??= begin()))(partition);
}

async function lookUp(options: StartOptions): Promise<(partition: number) => bigint> {
  const { dataSource, group, kafka, kafkaTopic } = options;
  // In this order: a position that moves in between is never beyond the log end that is seen after it.
  const positions = await findPositions(dataSource.manager, group, kafkaTopic);
  const bounds = await topicOffsets(kafka, kafkaTopic);
  return (partition) =>
    startOf(positions.get(partition) ?? null, bounds.get(partition) ?? { low: 0n, high: 0n }, options.clusterId);
}

/** Reading starts at the last record that was accepted, which shows whether this is still the log that was read. */
function startOf(position: Position | null, { low, high }: OffsetBounds, clusterId: string): bigint {
  if (!position) return low;
  if (position.clusterId !== clusterId) {
    const reason = `The position belongs to cluster ${position.clusterId}, this is ${clusterId}`;
    throw new MisconfiguredError('other-cluster', reason);
  }
  if (low > position.nextOffset) {
    const reason = `The log starts at ${low}, the position is ${position.nextOffset}: records were lost unread`;
    throw new MisconfiguredError('log-trimmed', reason);
  }
  if (high < position.nextOffset) {
    const reason = `The log ends at ${high}, the position is ${position.nextOffset}: it is another log`;
    throw new MisconfiguredError('log-shorter', reason);
  }
  const last = position.lastOffset ?? position.nextOffset;
  return last < low ? low : last;
}
