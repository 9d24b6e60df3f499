import type { EntityManager } from 'typeorm';

/** A record that its stream shall read again although its own stamp may not have moved. */
export interface DirtyRecord {
  readonly vendorId: string;
  readonly version: string;
}

/** In id order, so that two transactions over the same records wait for each other and do not deadlock. */
export async function markDirtyRecords(
  tx: EntityManager,
  instance: string,
  stream: string,
  vendorIds: readonly string[],
): Promise<void> {
  if (vendorIds.length === 0) return;
  await tx.query(
    `INSERT INTO dirty_record (instance, stream, vendor_id) SELECT DISTINCT $1, $2, v FROM unnest($3::text[]) v ORDER BY 3
     ON CONFLICT (instance, stream, vendor_id) DO UPDATE SET version = DEFAULT`,
    [instance, stream, vendorIds],
  );
}

/** Those that have waited longest. */
export async function dirtyRecords(
  tx: EntityManager,
  instance: string,
  stream: string,
  limit: number,
): Promise<readonly DirtyRecord[]> {
  return tx.query<DirtyRecord[]>(
    `SELECT vendor_id AS "vendorId", version FROM dirty_record WHERE instance = $1 AND stream = $2 ORDER BY version LIMIT $3`,
    [instance, stream, limit],
  );
}

/** Those that were marked again meanwhile stay. */
export async function clearDirtyRecords(
  tx: EntityManager,
  instance: string,
  stream: string,
  records: readonly DirtyRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await tx.query(
    `DELETE FROM dirty_record d USING jsonb_to_recordset($3::jsonb) AS c("vendorId" text, version bigint)
     WHERE d.instance = $1 AND d.stream = $2 AND d.vendor_id = c."vendorId" AND d.version = c.version`,
    [instance, stream, JSON.stringify(records)],
  );
}
