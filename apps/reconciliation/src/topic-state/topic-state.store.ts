import type { EntityManager } from 'typeorm';

export interface StateRow {
  readonly key: string;
  readonly revision: bigint;
  readonly value: unknown;
  /** Trace of the event that brought it. */
  readonly correlationId: string;
  /** When the object was first published; null when that is not known of it. */
  readonly firstPublishedAt: string | null;
}

/** Revisions that are stored of these keys, with their rows locked. */
export async function storedRevisions(
  tx: EntityManager,
  topic: string,
  keys: readonly string[],
): Promise<Map<string, bigint>> {
  const rows = await tx.query<{ key: string; revision: string }[]>(
    `SELECT key, revision FROM topic_state WHERE topic = $1 AND key = ANY($2::text[]) FOR UPDATE`,
    [topic, keys],
  );
  return new Map(rows.map(({ key, revision }) => [key, BigInt(revision)]));
}

/** One row per key at most. */
export async function putStates(tx: EntityManager, topic: string, rows: readonly StateRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO topic_state (topic, key, revision, value, correlation_id, first_published_at)
     SELECT $1::text, * FROM unnest($2::text[], $3::bigint[], $4::jsonb[], $5::text[], $6::timestamptz[])
     ON CONFLICT (topic, key) DO UPDATE SET revision = excluded.revision, value = excluded.value, received_at = clock_timestamp(),
       correlation_id = excluded.correlation_id
     WHERE excluded.revision > topic_state.revision`,
    [
      topic,
      rows.map((row) => row.key),
      rows.map((row) => row.revision.toString()),
      rows.map((row) => toJson(row.value)),
      rows.map((row) => row.correlationId),
      rows.map((row) => row.firstPublishedAt),
    ],
  );
}

export async function removeStates(tx: EntityManager, topic: string, keys: readonly string[]): Promise<void> {
  if (keys.length > 0)
    await tx.query(`DELETE FROM topic_state WHERE topic = $1 AND key = ANY($2::text[])`, [topic, keys]);
}

const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));
