import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';

/** Offsets of a partition: the first retained one, and the one after the last that read_committed subscribers may see. */
export interface OffsetBounds {
  readonly low: bigint;
  readonly high: bigint;
}

const PATIENCE_MS = 10_000;
const RETRY_MS = 100;

/** Bounds of every partition of a topic. Waits while a leader is moving, which kafkajs' admin client reports as an error. */
export async function topicOffsets(kafka: Kafka, topic: string): Promise<Map<number, OffsetBounds>> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await fetchOffsets(kafka, topic);
    } catch (error) {
      if (!isRetriable(error) || Date.now() > deadline) throw error;
      await delay(RETRY_MS);
    }
  }
}

/** A client of its own per try: it starts with fresh metadata, so it asks the new leader. */
async function fetchOffsets(kafka: Kafka, topic: string): Promise<Map<number, OffsetBounds>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return new Map(offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]));
  } finally {
    await admin.disconnect();
  }
}

function isRetriable(error: unknown): boolean {
  return error instanceof Error && 'retriable' in error && error.retriable === true;
}
