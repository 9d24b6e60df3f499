import { randomUUID } from 'node:crypto';
import kafkajs, { type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { KafkaRecord } from '../kafka-record.ts';
import type { RawRecord } from '../dead-letter.store.ts';

export interface PartitionStart {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
}

/** Committed records that follow what was read before; `next` is the offset after them, control and aborted records included. */
export interface ReadBatch {
  readonly records: readonly RawRecord[];
  readonly next: bigint;
  /** Call it in between when handling takes long. */
  readonly heartbeat: () => Promise<void>;
}

export type OnBatch = (batch: ReadBatch) => Promise<void>;

/**
 * Reads one partition in order and goes on at its end, until aborted. `onBatch` is awaited, so a slow one holds the reading
 * back. A rebalance or the loss of a broker is waited out; records of a batch that `heartbeat` threw out of come again. Uses a
 * throw-away group that commits nothing. Rejects with what else `onBatch` throws.
 */
export async function readPartition(
  kafka: Kafka,
  start: PartitionStart,
  onBatch: OnBatch,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const consumer = kafka.consumer({
    groupId: `tieout.replay.${randomUUID()}`,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: start.topic, fromBeginning: true });
    await run(consumer, start, onBatch, signal);
  } finally {
    await consumer.disconnect().catch(() => undefined);
  }
}

function run(consumer: Consumer, start: PartitionStart, onBatch: OnBatch, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { topic, partition } = start;
  const end = Promise.withResolvers<void>();
  let next = start.from;
  let over = false;
  let giving: Promise<void> = Promise.resolve();
  const finish = (settle: () => void): void => {
    over = true;
    settle();
  };
  const goOn = (): void => consumer.seek({ topic, partition, offset: next.toString() });
  const give = async (batch: ReadBatch): Promise<void> => {
    try {
      await onBatch(batch);
      next = batch.next;
    } catch (error) {
      // A rebalance or a lost broker is kafkajs' own business: it joins again, and the records that are left come again.
      if (error instanceof kafkajs.KafkaJSError) throw error;
      finish(() => end.reject(error));
    }
  };
  const onEachBatch = async ({ batch, heartbeat }: EachBatchPayload): Promise<void> => {
    if (batch.partition !== partition) return;
    await giving;
    if (over) return;
    const { fetchedOffset } = batch as typeof batch & { fetchedOffset: string };
    if (BigInt(fetchedOffset) > next) return goOn();
    const records = batch.messages
      .map((message) => new KafkaRecord(batch.topic, batch.partition, message))
      .filter(({ offset }) => offset >= next);
    await give({ records, next: max(next, BigInt(batch.lastOffset()) + 1n), heartbeat });
  };
  signal.addEventListener('abort', () => finish(end.resolve), { once: true });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const others = (payload.memberAssignment[topic] ?? []).filter((other) => other !== partition);
    if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
    goOn();
  });
  // Batches of control or aborted records alone never reach eachBatch; this event names their last offset.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    const to = BigInt(payload.lastOffset) + 1n;
    if (over || payload.batchSize > 0 || payload.partition !== partition || to <= next) return;
    giving = give({ records: [], next: to, heartbeat: () => Promise.resolve() });
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) finish(() => end.reject(payload.error));
  });
  consumer
    .run({ autoCommit: false, eachBatch: onEachBatch })
    .catch((error: unknown) => finish(() => end.reject(error)));
  return end.promise;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
