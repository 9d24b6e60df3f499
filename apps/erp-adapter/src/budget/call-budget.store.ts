import type { EntityManager } from 'typeorm';
import type { Demand } from './shares.ts';

export interface AccountRow {
  /** Calls at a time that the vendor stands at the moment. */
  readonly places: number;
  readonly placesAgeMs: number;
  readonly tokens: number;
  readonly secondsSinceRefill: number;
  /** Seconds of the database's clock: replicas take turns by it. */
  readonly second: number;
}

export interface ReplicaRow {
  readonly id: string;
  readonly held: number;
  readonly running: number;
  readonly demand: Demand;
}

/** The account's row, locked until the transaction ends: replicas settle one after the other. */
export async function lockAccount(tx: EntityManager, account: string, limit: number): Promise<AccountRow> {
  const select = `SELECT places, tokens::float8 AS tokens,
      (extract(epoch FROM clock_timestamp() - places_changed_at) * 1000)::float8 AS "placesAgeMs",
      extract(epoch FROM clock_timestamp() - refilled_at)::float8 AS "secondsSinceRefill",
      floor(extract(epoch FROM clock_timestamp()))::int AS second
    FROM call_budget WHERE account = $1 FOR UPDATE`;
  const [row] = await tx.query<AccountRow[]>(select, [account]);
  if (row) return row;
  await tx.query(`INSERT INTO call_budget (account, places) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [account, limit]);
  const [made] = await tx.query<AccountRow[]>(select, [account]);
  return made!;
}

/** Those whose lease is not over; the places of others are free again. */
export async function liveReplicas(tx: EntityManager, account: string): Promise<readonly ReplicaRow[]> {
  const rows = await tx.query<(Omit<ReplicaRow, 'demand'> & Demand)[]>(
    `WITH gone AS (DELETE FROM call_budget_replica WHERE account = $1 AND lease_until <= clock_timestamp())
     SELECT replica AS id, held, running, process, read, backfill
     FROM call_budget_replica WHERE account = $1 AND lease_until > clock_timestamp()`,
    [account],
  );
  return rows.map(({ id, held, running, process, read, backfill }) => ({
    ...{ id, held, running },
    demand: { process, read, backfill },
  }));
}

export async function writeReplica(
  tx: EntityManager,
  account: string,
  { id, held, running, demand }: ReplicaRow,
  leaseMs: number,
): Promise<void> {
  await tx.query(
    `INSERT INTO call_budget_replica (account, replica, held, running, process, read, backfill, lease_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8 * interval '1 millisecond')
     ON CONFLICT (account, replica) DO UPDATE SET held = excluded.held, running = excluded.running,
       process = excluded.process, read = excluded.read, backfill = excluded.backfill, lease_until = excluded.lease_until`,
    [account, id, held, running, demand.process, demand.read, demand.backfill, leaseMs],
  );
}

export async function writeAllowance(tx: EntityManager, account: string, places: number): Promise<void> {
  await tx.query(`UPDATE call_budget SET places = $2, places_changed_at = clock_timestamp() WHERE account = $1`, [
    account,
    places,
  ]);
}

export async function writeTokens(tx: EntityManager, account: string, tokens: number): Promise<void> {
  await tx.query(`UPDATE call_budget SET tokens = $2, refilled_at = clock_timestamp() WHERE account = $1`, [
    account,
    tokens,
  ]);
}

export async function deleteReplica(tx: EntityManager, account: string, id: string): Promise<void> {
  await tx.query(`DELETE FROM call_budget_replica WHERE account = $1 AND replica = $2`, [account, id]);
}
