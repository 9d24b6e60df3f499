import type { StateTopicName } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';

export interface PublishedRecord {
  readonly key: string;
  readonly instance: string;
  readonly vendorId: string;
  /** As published, without revision; a count is text here. */
  readonly value: object;
}

export async function keepPublished(
  tx: EntityManager,
  topic: StateTopicName,
  records: readonly PublishedRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const text = JSON.stringify(records, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  await tx.query(
    `INSERT INTO published_record (topic, key, instance, vendor_id, value)
     SELECT $1, r->>'key', r->>'instance', r->>'vendorId', r->'value' FROM jsonb_array_elements($2::jsonb) r
     ON CONFLICT (topic, key) DO UPDATE SET value = excluded.value WHERE published_record.value <> excluded.value`,
    [topic, text],
  );
}

/** What was published of these vendor ids, or of the whole instance. */
export async function publishedOf<V extends object>(
  tx: EntityManager,
  topic: StateTopicName,
  instance: string,
  vendorIds: readonly string[] | null,
): Promise<readonly { readonly key: string; readonly vendorId: string; readonly value: V }[]> {
  return tx.query<{ key: string; vendorId: string; value: V }[]>(
    `SELECT key, vendor_id AS "vendorId", value FROM published_record
     WHERE topic = $1 AND instance = $2 AND ($3::text[] IS NULL OR vendor_id = ANY($3::text[]))`,
    [topic, instance, vendorIds],
  );
}

/** Open amounts of the published records of an instance that have one. */
export async function publishedOpen(
  tx: EntityManager,
  topic: StateTopicName,
  instance: string,
): Promise<readonly { readonly vendorId: string; readonly open: string }[]> {
  return tx.query<{ vendorId: string; open: string }[]>(
    `SELECT vendor_id AS "vendorId", value->>'open' AS open FROM published_record
     WHERE topic = $1 AND instance = $2 AND value->>'open' <> '0' AND value->>'lifecycle' <> 'DELETED'`,
    [topic, instance],
  );
}
