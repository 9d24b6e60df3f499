import type { StateTopicName } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import { toKnown, type KnownRow, type KnownVersion } from '../changes/known-version.ts';
import type { StoredRecord } from './decide.ts';

export interface EntityKey {
  readonly instance: string;
  readonly entity: string;
}

export async function knownRecords(
  tx: EntityManager,
  { instance, entity }: EntityKey,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownVersion>> {
  const rows = await tx.query<KnownRow[]>(
    `SELECT record_id AS id, stamp, read_at AS "readAt" FROM crm_record
     WHERE instance = $1 AND entity = $2 AND record_id = ANY($3)`,
    [instance, entity, ids],
  );
  return new Map(rows.map(toKnown));
}

/** Records that are held: a mapping that is changed meanwhile may take them. */
export async function refusedRecords(tx: EntityManager, { instance, entity }: EntityKey): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT record_id AS id FROM crm_record WHERE instance = $1 AND entity = $2 AND held_kind IS NOT NULL ORDER BY 1`,
    [instance, entity],
  );
  return rows.map(({ id }) => id);
}

/** What is known of these records, in the order given; `key` is their key on the topic. */
export async function loadRecords<S>(
  tx: EntityManager,
  { instance, entity }: EntityKey,
  topic: StateTopicName,
  records: readonly { readonly recordId: string; readonly key: string }[],
): Promise<readonly StoredRecord<S>[]> {
  return tx.query<StoredRecord<S>[]>(
    `SELECT r.id AS "recordId", c.value, EXISTS (
       SELECT 1 FROM state_revision s WHERE s.topic = $3 AND s.key = r.key AND s.revision > 0) AS "onTopic"
     FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS r (id, key, n)
     LEFT JOIN crm_record c ON c.instance = $1 AND c.entity = $2 AND c.record_id = r.id
     ORDER BY r.n`,
    [instance, entity, topic, records.map(({ recordId }) => recordId), records.map(({ key }) => key)],
  );
}

/** A record as it is to be kept. */
export interface SavedRecord {
  readonly recordId: string;
  /** Null: as it was, because the record is gone and has none any more. */
  readonly stamp: string | null;
  readonly readAt: string;
  /** Null: as it was. */
  readonly value: object | null;
  /** Kind of the exception that holds it out. */
  readonly heldKind: string | null;
}

/** `read_at` never goes back: it decides which events are in a reading already. */
export async function saveRecords(
  tx: EntityManager,
  { instance, entity }: EntityKey,
  records: readonly SavedRecord[],
): Promise<void> {
  await tx.query(
    `INSERT INTO crm_record (instance, entity, record_id, stamp, read_at, value, held_kind)
     SELECT $1, $2, r."recordId", coalesce(r.stamp, 'epoch'), r."readAt", r.value, r."heldKind"
     FROM jsonb_to_recordset($3::jsonb) AS r
       ("recordId" text, stamp timestamptz, "readAt" timestamptz, value jsonb, "heldKind" text)
     ON CONFLICT (instance, entity, record_id) DO UPDATE SET
       stamp = CASE WHEN excluded.stamp = 'epoch' THEN crm_record.stamp ELSE excluded.stamp END,
       read_at = greatest(crm_record.read_at, excluded.read_at),
       value = coalesce(excluded.value, crm_record.value), held_kind = excluded.held_kind`,
    [instance, entity, JSON.stringify(records)],
  );
}

/** Records of the generic kinds: on the topic, deleted, or held out by the kind of their exception. */
export async function recordCounts(
  tx: EntityManager,
): Promise<readonly { readonly entity: string; readonly state: string; readonly count: number }[]> {
  return tx.query<{ entity: string; state: string; count: number }[]>(
    `SELECT entity, state, count(*)::int AS count FROM (
       SELECT entity, coalesce(held_kind, CASE WHEN value IS NULL THEN 'unpublished'
         WHEN value->>'lifecycle' = 'DELETED' THEN 'deleted' ELSE 'published' END) AS state FROM crm_record) s
     GROUP BY entity, state ORDER BY entity, state`,
  );
}
