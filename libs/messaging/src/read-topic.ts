import { randomUUID } from 'node:crypto';
import type { Batch, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { TransientError } from './errors.ts';
import { topicOffsets } from './topic-offsets.ts';

/** Half-open range of offsets of one partition. */
export interface PartitionRange {
  readonly partition: number;
  readonly from: bigint;
  /** First offset not to be read. */
  readonly to: bigint;
}

export type OnRecord = (record: KafkaMessage & { readonly partition: number }) => void;

/** The whole topic as it stands now: from the log start to the high watermark of every partition. */
export async function wholeTopic(kafka: Kafka, topic: string): Promise<PartitionRange[]> {
  const bounds = await topicOffsets(kafka, topic);
  return [...bounds].map(([partition, { low, high }]) => ({ partition, from: low, to: high }));
}

/**
 * Reads committed records of the ranges, in order per partition, and ends when every range is covered; control records and
 * aborted transactions count as covered. Uses a throw-away group that commits nothing, so the broker keeps no trace of it.
 * @throws TransientError when nothing moves any more, e.g. because another producer's transaction stays open; what `onRecord` throws.
 */
export async function readTopic(
  kafka: Kafka,
  topic: string,
  ranges: readonly PartitionRange[],
  onRecord: OnRecord,
  options: { readonly idleMs?: number; readonly groupPrefix?: string } = {},
): Promise<void> {
  const open = new Map(ranges.filter((range) => range.from < range.to).map((range) => [range.partition, { ...range }]));
  if (open.size === 0) return;
  const consumer = kafka.consumer({
    groupId: `${options.groupPrefix ?? 'tieout.read.'}${randomUUID()}`,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const read = (onProgress: () => void): Promise<void> => run(consumer, topic, open, onRecord, onProgress);
    await withIdleLimit(options.idleMs ?? 30_000, topic, read);
  } finally {
    await consumer.disconnect();
  }
}

/** What is left of a range; `from` moves on with every record, so that a consumer that starts again repeats none. */
type OpenRange = { -readonly [K in keyof PartitionRange]: PartitionRange[K] };

function run(
  consumer: Consumer,
  topic: string,
  open: Map<number, OpenRange>,
  onRecord: OnRecord,
  onProgress: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const covered = (partition: number, lastOffset: string): void => {
      const range = open.get(partition);
      if (range && BigInt(lastOffset) + 1n >= range.to) open.delete(partition);
      if (open.size === 0) resolve();
      onProgress();
    };
    // At every join and not once after run(): kafkajs joins again by itself, also when its first join has failed.
    consumer.on(consumer.events.GROUP_JOIN, () => {
      for (const { partition, from } of open.values()) consumer.seek({ topic, partition, offset: from.toString() });
    });
    // Batches of control or aborted records alone never reach eachBatch; this event names their last offset.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => covered(payload.partition, payload.lastOffset));
    consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
    consumer
      .run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          const range = open.get(batch.partition);
          // Caught here: kafkajs would start again and again with what the caller cannot take.
          if (range) attempt(() => handOver(batch, range, onRecord), reject);
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
}

function handOver({ partition, messages }: Batch, range: OpenRange, onRecord: OnRecord): void {
  for (const message of messages) {
    const offset = BigInt(message.offset);
    if (offset < range.from || offset >= range.to) continue;
    onRecord({ ...message, partition });
    range.from = offset + 1n;
  }
}

function attempt(work: () => void, failed: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    failed(error);
  }
}

/** Fails when nothing has moved for so long; a large topic may take as long as it needs. */
async function withIdleLimit(
  idleMs: number,
  topic: string,
  work: (onProgress: () => void) => Promise<void>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const idle = Promise.withResolvers<never>();
  const rearm = (): void => {
    clearTimeout(timer);
    const fail = (): void => idle.reject(new TransientError('read-timeout', `${topic}: nothing read for ${idleMs} ms`));
    timer = setTimeout(fail, idleMs);
  };
  rearm();
  try {
    await Promise.race([work(rearm), idle.promise]);
  } finally {
    clearTimeout(timer);
  }
}
