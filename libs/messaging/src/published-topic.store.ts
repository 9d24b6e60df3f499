import type { SqlRunner } from './outbox.store.ts';

/** What a service remembers of a topic that it publishes. */
export interface PublishedTopic {
  readonly topic: string;
  /** First offset not yet published by this service, per partition: as many as its keys are spread over. */
  readonly nextOffsets: readonly bigint[];
  /** Partition counts that it had before: an erasure has to reach the places of those, too. */
  readonly formerCounts: readonly number[];
  /** Why nothing of it is to be published at present; null when it is. */
  readonly hold: string | null;
}

export async function publishedTopics(sql: SqlRunner): Promise<Map<string, PublishedTopic>> {
  const rows = await sql.query<{ topic: string; next: string[]; former: number[]; hold: string | null }>(
    `SELECT topic, next_offsets AS next, former_counts AS former, hold FROM published_topic`,
    [],
  );
  return new Map(
    rows.map(({ topic, next, former, hold }) => [
      topic,
      { topic, nextOffsets: next.map(BigInt), formerCounts: former, hold },
    ]),
  );
}

/** Before the first event of a topic: from then on its keys are spread over so many partitions. */
export async function rememberTopic(sql: SqlRunner, topic: string, partitions: number): Promise<void> {
  await sql.query(
    `INSERT INTO published_topic (topic, next_offsets) VALUES ($1, array_fill(0::bigint, ARRAY[$2::int]))
     ON CONFLICT (topic) DO NOTHING`,
    [topic, partitions],
  );
}

/** What stands in the topic counts as published. */
export async function rememberOffsets(sql: SqlRunner, topic: string, offsets: readonly bigint[]): Promise<void> {
  await sql.query(
    `INSERT INTO published_topic (topic, next_offsets) VALUES ($1, $2::bigint[])
     ON CONFLICT (topic) DO UPDATE SET next_offsets = excluded.next_offsets`,
    [topic, offsets.map(String)],
  );
}

/** Asks the relay to publish nothing of a topic until it is released; it answers by `held`. */
export async function requestHold(sql: SqlRunner, topic: string, why: string): Promise<void> {
  await sql.query(`UPDATE published_topic SET hold = $2 WHERE topic = $1`, [topic, why]);
}

/** By who publishes, at a moment when nothing of these topics is under way. @returns those newly held */
export async function acknowledgeHolds(sql: SqlRunner): Promise<string[]> {
  const rows = await sql.query<{ topic: string }>(
    `UPDATE published_topic SET held = true WHERE hold IS NOT NULL AND NOT held RETURNING topic`,
    [],
  );
  return rows.map(({ topic }) => topic);
}

export async function isHeld(sql: SqlRunner, topic: string): Promise<boolean> {
  const rows = await sql.query<{ held: boolean }>(`SELECT held FROM published_topic WHERE topic = $1`, [topic]);
  return rows[0]?.held ?? false;
}

/** Publishing goes on; with `partitions`, keys are spread over so many from now on. */
export async function releaseHold(sql: SqlRunner, topic: string, partitions: number | null): Promise<void> {
  if (partitions !== null)
    await sql.query(
      `UPDATE published_topic
       SET former_counts = former_counts || cardinality(next_offsets),
           next_offsets = next_offsets || array_fill(0::bigint, ARRAY[$2::int - cardinality(next_offsets)])
       WHERE topic = $1 AND cardinality(next_offsets) < $2`,
      [topic, partitions],
    );
  await sql.query(`UPDATE published_topic SET hold = NULL, held = false WHERE topic = $1`, [topic]);
}

export const publishedTopicTables: readonly string[] = [
  `CREATE TABLE published_topic (
     topic text PRIMARY KEY,
     next_offsets bigint[] NOT NULL,
     former_counts int[] NOT NULL DEFAULT '{}',
     -- Why nothing of it is to be published; the relay answers with held.
     hold text,
     held boolean NOT NULL DEFAULT false
   ) WITH (fillfactor = 50)`,
];
