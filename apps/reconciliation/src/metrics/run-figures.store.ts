import type { EntityManager } from 'typeorm';
import { runCounts } from '../runs/run.store.ts';
import type { Sample } from './sample.ts';

export const lastSuccess = async (tx: EntityManager): Promise<readonly Sample[]> => [
  { labels: {}, value: (await runCounts(tx)).lastSuccess },
];

export const lastRun = async (tx: EntityManager): Promise<readonly Sample[]> => [
  { labels: {}, value: (await runCounts(tx)).lastRun },
];

export async function runsByStatus(tx: EntityManager): Promise<readonly Sample[]> {
  const { byStatus } = await runCounts(tx);
  return byStatus.map(({ status, count }) => ({ labels: { status }, value: count }));
}

/** Of the last run over all dates: 1 for a side whose snapshot was complete. A reason names its side in front. */
export async function sideCompleteness(tx: EntityManager): Promise<readonly Sample[]> {
  const rows = await tx.query<{ side: string; complete: boolean }[]>(
    `SELECT side, NOT EXISTS (SELECT 1 FROM unnest(reasons) AS reason
              WHERE starts_with(reason, split_part(side, ':', 1) || ': ')) AS complete
     FROM (SELECT sides, reasons FROM run WHERE ended_at IS NOT NULL AND as_of IS NULL ORDER BY ended_at DESC LIMIT 1) AS last,
       unnest(sides) AS side`,
  );
  return rows.map(({ side, complete }) => ({ labels: { side }, value: complete ? 1 : 0 }));
}

/** When each check was last made over complete sides of all dates. */
export async function checksMade(tx: EntityManager): Promise<readonly Sample[]> {
  const rows = await tx.query<{ check: string; at: string }[]>(
    `SELECT check_name AS "check", extract(epoch FROM made_at) AS at FROM check_made`,
  );
  return rows.map(({ check, at }) => ({ labels: { check }, value: Number(at) }));
}
