import { randomUUID } from 'node:crypto';
import type { TestComparisons } from './comparison-desk.ts';
import type { FixtureWorld } from './fixture-world.ts';

/** A run that has ended, with the rows that the ERP gave it; the id of the run. */
export async function snapshotOf(
  { desk }: TestComparisons,
  { instance }: FixtureWorld,
  object: string,
  rows: readonly Record<string, string>[],
  reasons: readonly string[] = [],
): Promise<string> {
  const { manager } = desk.dataSource;
  const [runId, snapshotId] = [randomUUID(), randomUUID()];
  await manager.query(
    `INSERT INTO run (run_id, status, trigger, requested_at, sides, reasons) VALUES ($1, $2, 'request', now(), '{}', $3)`,
    [runId, reasons.length > 0 ? 'incomplete' : 'clean', reasons],
  );
  await manager.query(
    `INSERT INTO snapshot (snapshot_id, run_id, object, system, instance) VALUES ($1, $2, $3, 'netsuite', $4)`,
    [snapshotId, runId, object, instance],
  );
  for (const [index, { id, ...fields }] of rows.entries())
    await manager.query(`INSERT INTO snapshot_item (snapshot_id, index, item_id, fields) VALUES ($1, $2, $3, $4)`, [
      snapshotId,
      index,
      id,
      fields,
    ]);
  return runId;
}
