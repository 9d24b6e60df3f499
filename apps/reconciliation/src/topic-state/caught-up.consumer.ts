import type { TopicName } from '@tieout/canonical';
import { readTopic, wholeTopic } from '@tieout/messaging';
import type { DataSource } from 'typeorm';

type KafkaClient = Parameters<typeof wholeTopic>[0];

export interface CaughtUpOptions {
  readonly kafka: KafkaClient;
  readonly dataSource: DataSource;
  readonly service: string;
  readonly topics: readonly TopicName[];
}

/**
 * Answers whether everything committed to the topics when asked was consumed. What remains beyond the stored position may be
 * the control records that end a transaction: one is expected after the last record; more of them, left by an aborted
 * transaction, are looked at once they have not moved between two questions.
 */
export function createCaughtUp(options: CaughtUpOptions): () => Promise<boolean> {
  let before = '';
  return async () => {
    const behind = (await Promise.all(options.topics.map((topic) => rangesBehind(options, topic)))).flat();
    const now = behind.map(({ topic, partition, from, to }) => `${topic}/${partition}:${from}-${to}`).join();
    const moved = now !== before;
    before = now;
    if (behind.length === 0) return true;
    return !moved && !(await anyRecord(options.kafka, behind));
  };
}

interface RangeBehind {
  readonly topic: TopicName;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

async function anyRecord(kafka: KafkaClient, ranges: readonly RangeBehind[]): Promise<boolean> {
  let records = 0;
  for (const { topic, ...range } of ranges)
    await readTopic(kafka, topic, [range], () => (records += 1), { idleMs: 10_000 });
  return records > 0;
}

async function rangesBehind(
  { kafka, dataSource, service }: CaughtUpOptions,
  topic: TopicName,
): Promise<readonly RangeBehind[]> {
  const ends = await wholeTopic(kafka, topic);
  const rows = await dataSource.query<{ partition: number; next: string }[]>(
    `SELECT partition, next_offset AS next FROM consumer_position WHERE consumer_group = $1 AND topic = $2`,
    [`${service}.${topic}`, topic],
  );
  const next = new Map(rows.map((row) => [row.partition, BigInt(row.next)]));
  return ends.flatMap(({ partition, from: start, to }) => {
    const from = next.get(partition) ?? start;
    return to - from > 1n ? [{ topic, partition, from, to }] : [];
  });
}
