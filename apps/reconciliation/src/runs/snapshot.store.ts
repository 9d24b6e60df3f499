import type { Snapshot, SnapshotItem } from '@tieout/canonical';
import type { EntityManager } from 'typeorm';
import type { RawItem } from '../projections/raw.ts';

export interface StoredSnapshot {
  readonly snapshotId: string;
  readonly object: string;
  readonly system: string;
  readonly instance: string;
  readonly header: Snapshot | null;
  readonly itemCount: number;
}

/** Which of these snapshots this service asked for. */
export async function knownSnapshots(tx: EntityManager, snapshotIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT snapshot_id::text AS id FROM snapshot WHERE snapshot_id::text = ANY($1::text[])`,
    [[...new Set(snapshotIds)]],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The first header of a snapshot counts. False for one that was there already. */
export async function putHeader(tx: EntityManager, header: Snapshot): Promise<boolean> {
  const json = JSON.stringify(header, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));
  const [, count] = await tx.query<[unknown[], number]>(
    `UPDATE snapshot SET header = $2 WHERE snapshot_id = $1 AND header IS NULL`,
    [header.snapshotId, json],
  );
  return count > 0;
}

/** Inserts what is new; answers the ones that were, as `snapshotId/index`. */
export async function putItems(tx: EntityManager, items: readonly SnapshotItem[]): Promise<Set<string>> {
  if (items.length === 0) return new Set();
  const rows = await tx.query<{ place: string }[]>(
    `WITH put AS (
       INSERT INTO snapshot_item (snapshot_id, index, item_id, fields)
       SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[]) ON CONFLICT DO NOTHING RETURNING snapshot_id, index)
     SELECT snapshot_id || '/' || index AS place FROM put`,
    [
      items.map((item) => item.snapshotId),
      items.map((item) => item.index.toString()),
      items.map((item) => item.itemId),
      items.map((item) => JSON.stringify(item.fields)),
    ],
  );
  return new Set(rows.map(({ place }) => place));
}

export async function snapshotsOf(tx: EntityManager, runId: string): Promise<StoredSnapshot[]> {
  const rows = await tx.query<
    (Omit<StoredSnapshot, 'itemCount' | 'header'> & { header: Snapshot | null; items: string })[]
  >(
    `SELECT snapshot_id AS "snapshotId", object, system, instance, header,
            (SELECT count(*) FROM snapshot_item i WHERE i.snapshot_id = s.snapshot_id) AS items
     FROM snapshot s WHERE run_id = $1 ORDER BY object, system, instance`,
    [runId],
  );
  return rows.map(({ items, header, ...row }) => ({
    ...row,
    header: header && { ...header, count: BigInt(header.count) },
    itemCount: Number(items),
  }));
}

export async function itemsOf(tx: EntityManager, snapshotId: string): Promise<(RawItem & { index: bigint })[]> {
  const rows = await tx.query<{ index: string; item_id: string; fields: Record<string, string> }[]>(
    `SELECT index, item_id, fields FROM snapshot_item WHERE snapshot_id = $1 ORDER BY index`,
    [snapshotId],
  );
  return rows.map(({ index, item_id: itemId, fields }) => ({ index: BigInt(index), itemId, fields }));
}

const PAGE = 5_000;

/** Raw rows of a run's snapshot, a page at a time. */
export async function* snapshotRows(
  tx: EntityManager,
  runId: string,
  side: { readonly object: string; readonly system: string; readonly instance: string },
): AsyncIterable<readonly RawItem[]> {
  for (let after = '-1'; ;) {
    const rows = await tx.query<{ index: string; item_id: string; fields: Record<string, string> }[]>(
      `SELECT i.index, i.item_id, i.fields FROM snapshot_item i JOIN snapshot s USING (snapshot_id)
       WHERE s.run_id = $1 AND s.object = $2 AND s.system = $3 AND s.instance = $4 AND i.index > $5::bigint
       ORDER BY i.index LIMIT ${PAGE}`,
      [runId, side.object, side.system, side.instance, after],
    );
    if (rows.length > 0) yield rows.map(({ item_id: itemId, fields }) => ({ itemId, fields }));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.index;
  }
}
