import type { EntityManager } from 'typeorm';
import type { SqlRunner } from '../outbox.store.ts';
import type { OutcomeCounts } from '../position.ts';

/** running: its partitions are worked on; stopped: by a person; failed: `failure` says why; done: every partition is through. */
export type ReplayStatus = 'running' | 'stopped' | 'failed' | 'done';

export interface NewReplay {
  readonly replayId: string;
  readonly group: string;
  readonly topic: string;
  /** Null: from the beginning of the log. */
  readonly fromTime: Date | null;
  readonly reset: boolean;
  /** Records handed over per second; null: as fast as it goes. */
  readonly rate: number | null;
  readonly reason: string;
  readonly requestedBy: string;
}

/** Half-open: `end` is the position as of the start. */
export interface ReplayRange {
  readonly partition: number;
  readonly first: bigint;
  readonly end: bigint;
}

export interface PartitionProgress {
  readonly partition: number;
  readonly firstOffset: string;
  readonly nextOffset: string;
  readonly endOffset: string;
}

export interface ReplayRow {
  readonly replayId: string;
  readonly consumerGroup: string;
  readonly topic: string;
  readonly fromTime: string | null;
  readonly reset: boolean;
  readonly rate: number | null;
  readonly status: ReplayStatus;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly stoppedBy: string | null;
  readonly stopReason: string | null;
  readonly failure: string | null;
  readonly endedAt: string | null;
  /** Records of the ranges by what became of them; the sum is the number of records read. */
  readonly outcomes: OutcomeCounts;
  readonly factsSuppressed: number;
  readonly workSuppressed: number;
  readonly partitions: readonly PartitionProgress[];
}

/** False when one of the topic runs already. */
export async function insertReplay(
  tx: EntityManager,
  replay: NewReplay,
  ranges: readonly ReplayRange[],
): Promise<boolean> {
  const inserted = await tx.query<unknown[]>(
    `INSERT INTO replay (replay_id, consumer_group, topic, from_time, reset, rate, reason, requested_by, status, ended_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $9 = 'done' THEN clock_timestamp() END)
     ON CONFLICT (topic) WHERE status = 'running' DO NOTHING RETURNING 1`,
    [
      ...[replay.replayId, replay.group, replay.topic, replay.fromTime, replay.reset, replay.rate],
      ...[replay.reason, replay.requestedBy, ranges.length === 0 ? 'done' : 'running'],
    ],
  );
  if (inserted.length === 0) return false;
  await tx.query(
    `INSERT INTO replay_partition (replay_id, partition, first_offset, next_offset, end_offset)
     SELECT $1, partition, first, first, "end" FROM unnest($2::int[], $3::bigint[], $4::bigint[]) AS r (partition, first, "end")`,
    [
      replay.replayId,
      ranges.map(({ partition }) => partition),
      ranges.map(({ first }) => first.toString()),
      ranges.map(({ end }) => end.toString()),
    ],
  );
  return true;
}

/** A partition of a replay in the hands of one process, until the lease ends. */
export interface Claim {
  readonly replayId: string;
  readonly group: string;
  readonly topic: string;
  readonly reset: boolean;
  readonly rate: number | null;
  readonly partition: number;
  readonly first: bigint;
  readonly next: bigint;
  readonly end: bigint;
  readonly lease: string;
}

interface ClaimRow {
  readonly replay_id: string;
  readonly consumer_group: string;
  readonly topic: string;
  readonly reset: boolean;
  readonly rate: number | null;
  readonly partition: number;
  readonly first_offset: string;
  readonly next_offset: string;
  readonly end_offset: string;
  readonly lease: string;
}

/**
 * Takes a partition that nobody works on, the oldest replay first. A replay with a rate has one partition under way at a time,
 * across processes: so the rate is that of the replay.
 */
export async function claimPartition(
  tx: EntityManager,
  request: { readonly groups: readonly string[]; readonly owner: string; readonly leaseMs: number },
): Promise<Claim | null> {
  const running = await tx.query<{ id: string }[]>(
    `SELECT replay_id AS id FROM replay WHERE status = 'running' AND consumer_group = ANY($1::text[]) ORDER BY requested_at`,
    [request.groups],
  );
  for (const { id } of running) {
    const claim = await claimOf(tx, id, request);
    if (claim) return claim;
  }
  return null;
}

/** The lock comes first: what is looked at under it is what the claimer before has left. */
async function claimOf(
  tx: EntityManager,
  replayId: string,
  { owner, leaseMs }: { readonly owner: string; readonly leaseMs: number },
): Promise<Claim | null> {
  const locked = await tx.query<unknown[]>(
    `SELECT 1 FROM replay WHERE replay_id = $1 AND status = 'running' FOR UPDATE SKIP LOCKED`,
    [replayId],
  );
  if (locked.length === 0) return null;
  const [rows] = await tx.query<[ClaimRow[], number]>(
    `UPDATE replay_partition p SET lease = gen_random_uuid(), lease_owner = $2,
            lease_until = clock_timestamp() + $3 * interval '1 ms'
     FROM replay r WHERE r.replay_id = p.replay_id AND p.replay_id = $1 AND p.partition = (
       SELECT c.partition FROM replay_partition c
       WHERE c.replay_id = $1 AND c.next_offset < c.end_offset AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
         AND (r.rate IS NULL OR NOT EXISTS (SELECT 1 FROM replay_partition o
              WHERE o.replay_id = $1 AND o.lease IS NOT NULL AND o.lease_until >= clock_timestamp() AND o.next_offset < o.end_offset))
       ORDER BY c.partition LIMIT 1)
     RETURNING r.replay_id, r.consumer_group, r.topic, r.reset, r.rate, p.partition, p.first_offset, p.next_offset,
       p.end_offset, p.lease`,
    [replayId, owner, leaseMs],
  );
  return rows[0] ? toClaim(rows[0]) : null;
}

function toClaim(row: ClaimRow): Claim {
  const { replay_id: replayId, consumer_group: group, topic, reset, rate, partition, lease } = row;
  const [first, next, end] = [BigInt(row.first_offset), BigInt(row.next_offset), BigInt(row.end_offset)];
  return { replayId, group, topic, reset, rate, partition, first, next, end, lease };
}

/** Locks the progress for one chunk. False when the replay was stopped, or another process has taken the partition over. */
export async function holdsClaim(tx: EntityManager, claim: Claim, next: bigint): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `SELECT 1 FROM replay r JOIN replay_partition p USING (replay_id)
     WHERE p.replay_id = $1 AND p.partition = $2 AND p.lease = $3 AND p.next_offset = $4 AND r.status = 'running'
     FOR UPDATE OF p`,
    [claim.replayId, claim.partition, claim.lease, next.toString()],
  );
  return rows.length > 0;
}

/** Locks the position of the partition, which keeps live chunks of it out; null when there is none. */
export async function lockPositionOf(
  tx: EntityManager,
  { group, topic, partition }: Claim,
): Promise<{ readonly clusterId: string; readonly nextOffset: bigint } | null> {
  const rows = await tx.query<{ cluster_id: string; next_offset: string }[]>(
    `SELECT cluster_id, next_offset FROM consumer_position WHERE consumer_group = $1 AND topic = $2 AND partition = $3 FOR UPDATE`,
    [group, topic, partition],
  );
  return rows[0] ? { clusterId: rows[0].cluster_id, nextOffset: BigInt(rows[0].next_offset) } : null;
}

/** Records of the claimed range that never had an effect, or whose effect a person refused. */
export async function leftOutOffsets(tx: EntityManager, claim: Claim): Promise<ReadonlySet<bigint>> {
  const rows = await tx.query<{ offset: string }[]>(
    `SELECT "offset" FROM dead_letter WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND "offset" >= $4 AND "offset" < $5
       AND status IN ('open', 'parked', 'discarded')`,
    [claim.group, claim.topic, claim.partition, claim.first.toString(), claim.end.toString()],
  );
  return new Set(rows.map(({ offset }) => BigInt(offset)));
}

export interface ChunkCounts {
  readonly outcomes: OutcomeCounts;
  readonly facts: number;
  readonly work: number;
}

/** Moves on, adds up and prolongs the lease, in the transaction that has the effect. */
export async function saveProgress(
  tx: EntityManager,
  claim: Claim,
  next: bigint,
  counts: ChunkCounts,
  leaseMs: number,
): Promise<void> {
  await tx.query(
    `UPDATE replay_partition SET next_offset = $3, facts_suppressed = facts_suppressed + $5, work_suppressed = work_suppressed + $6,
       lease_until = clock_timestamp() + $7 * interval '1 ms',
       outcomes = outcomes || (SELECT coalesce(jsonb_object_agg(key, value::bigint + coalesce((outcomes->>key)::bigint, 0)), '{}')
                               FROM jsonb_each_text($4::jsonb))
     WHERE replay_id = $1 AND partition = $2`,
    [
      ...[claim.replayId, claim.partition, next.toString(), JSON.stringify(counts.outcomes)],
      ...[counts.facts, counts.work, leaseMs],
    ],
  );
}

/** While nothing moves because keys are being read. False when the claim is lost. */
export async function prolongClaim(sql: SqlRunner, claim: Claim, leaseMs: number): Promise<boolean> {
  const rows = await sql.query<{ held: boolean }>(
    `WITH prolonged AS (
       UPDATE replay_partition p SET lease_until = clock_timestamp() + $4 * interval '1 ms' FROM replay r
       WHERE r.replay_id = p.replay_id AND r.status = 'running' AND p.replay_id = $1 AND p.partition = $2 AND p.lease = $3
       RETURNING 1)
     SELECT EXISTS (SELECT 1 FROM prolonged) AS held`,
    [claim.replayId, claim.partition, claim.lease, leaseMs],
  );
  return rows[0]?.held === true;
}

/** Lets go of a partition, which may be claimed again after `restMs`. */
export async function releaseClaim(sql: SqlRunner, claim: Claim, restMs: number): Promise<void> {
  await sql.query(
    `UPDATE replay_partition SET lease = NULL, lease_owner = NULL, lease_until = clock_timestamp() + $4 * interval '1 ms'
     WHERE replay_id = $1 AND partition = $2 AND lease = $3`,
    [claim.replayId, claim.partition, claim.lease, restMs],
  );
}

/** Ends a replay whose partitions are all through. Concurrent ones see each other: the row is locked first. */
export async function finishReplay(tx: EntityManager, replayId: string): Promise<void> {
  await tx.query(`SELECT 1 FROM replay WHERE replay_id = $1 FOR UPDATE`, [replayId]);
  await tx.query(
    `UPDATE replay SET status = 'done', ended_at = clock_timestamp() WHERE replay_id = $1 AND status = 'running'
       AND NOT EXISTS (SELECT 1 FROM replay_partition p WHERE p.replay_id = $1 AND p.next_offset < p.end_offset)`,
    [replayId],
  );
}

export async function failReplay(sql: SqlRunner, replayId: string, failure: string): Promise<void> {
  await sql.query(
    `UPDATE replay SET status = 'failed', failure = $2, ended_at = clock_timestamp() WHERE replay_id = $1 AND status = 'running'`,
    [replayId, failure],
  );
}

/** Waits for the chunk under way: when this commits, nothing of the replay has an effect any more. */
export async function stopReplay(tx: EntityManager, replayId: string, by: string, reason: string): Promise<void> {
  await tx.query(`UPDATE replay_partition SET lease = NULL, lease_until = NULL WHERE replay_id = $1`, [replayId]);
  await tx.query(
    `UPDATE replay SET status = 'stopped', stopped_by = $2, stop_reason = $3, ended_at = clock_timestamp()
     WHERE replay_id = $1 AND status = 'running'`,
    [replayId, by, reason],
  );
}

const instant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const view = `SELECT r.replay_id AS "replayId", r.consumer_group AS "consumerGroup", r.topic, ${instant('r.from_time')} AS "fromTime",
    r.reset, r.rate, r.status, r.reason, r.requested_by AS "requestedBy", ${instant('r.requested_at')} AS "requestedAt",
    r.stopped_by AS "stoppedBy", r.stop_reason AS "stopReason", r.failure, ${instant('r.ended_at')} AS "endedAt",
    (SELECT coalesce(jsonb_object_agg(o.name, o.count), '{}') FROM (
       SELECT e.key AS name, sum(e.value::bigint) AS count FROM replay_partition p, jsonb_each_text(p.outcomes) e
       WHERE p.replay_id = r.replay_id GROUP BY 1) o) AS outcomes,
    p.facts::int AS "factsSuppressed", p.work::int AS "workSuppressed", p.partitions
  FROM replay r LEFT JOIN LATERAL (
    SELECT coalesce(sum(facts_suppressed), 0) AS facts, coalesce(sum(work_suppressed), 0) AS work,
      coalesce(jsonb_agg(jsonb_build_object('partition', partition, 'firstOffset', first_offset::text,
        'nextOffset', next_offset::text, 'endOffset', end_offset::text) ORDER BY partition), '[]') AS partitions
    FROM replay_partition p WHERE p.replay_id = r.replay_id) p ON true`;

export async function findReplay(sql: SqlRunner, replayId: string): Promise<ReplayRow | null> {
  return (await sql.query<ReplayRow>(`${view} WHERE r.replay_id = $1`, [replayId]))[0] ?? null;
}

export interface ReplayPage {
  readonly limit: number;
  /** Last replay of the page before. */
  readonly after: { readonly requestedAt: string; readonly replayId: string } | null;
}

/** Newest first. */
export function listReplays(sql: SqlRunner, { limit, after }: ReplayPage): Promise<ReplayRow[]> {
  return sql.query<ReplayRow>(
    `${view} WHERE $1::timestamptz IS NULL OR (r.requested_at, r.replay_id) < ($1, $2::uuid)
     ORDER BY r.requested_at DESC, r.replay_id DESC LIMIT $3`,
    [after?.requestedAt ?? null, after?.replayId ?? null, limit],
  );
}

export interface ReplayDepth {
  readonly topic: string;
  /** Offsets still to be read by the replay that runs. */
  readonly remaining: number;
  /** The last replay of the topic failed. */
  readonly failed: boolean;
}

/** What is under way or went wrong, by topic; topics whose last replay ended well are left out. */
export function replayDepths(sql: SqlRunner): Promise<ReplayDepth[]> {
  return sql.query<ReplayDepth>(
    `SELECT r.topic, r.status = 'failed' AS failed, coalesce((SELECT sum(p.end_offset - p.next_offset) FROM replay_partition p
       WHERE p.replay_id = r.replay_id AND r.status = 'running'), 0)::float8 AS remaining
     FROM (SELECT DISTINCT ON (topic) * FROM replay ORDER BY topic, requested_at DESC) r WHERE r.status IN ('running', 'failed')`,
    [],
  );
}

export const replayTables: readonly string[] = [
  `CREATE TABLE replay (
     replay_id uuid PRIMARY KEY,
     consumer_group text NOT NULL,
     topic text NOT NULL,
     from_time timestamptz,
     reset boolean NOT NULL,
     rate int CHECK (rate > 0),
     reason text NOT NULL,
     requested_by text NOT NULL,
     requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     status text NOT NULL CHECK (status IN ('running', 'stopped', 'failed', 'done')),
     stopped_by text,
     stop_reason text,
     failure text,
     ended_at timestamptz
   )`,
  `CREATE UNIQUE INDEX replay_one ON replay (topic) WHERE status = 'running'`,
  `CREATE TABLE replay_partition (
     replay_id uuid NOT NULL REFERENCES replay,
     partition int NOT NULL,
     first_offset bigint NOT NULL,
     next_offset bigint NOT NULL,
     end_offset bigint NOT NULL,
     outcomes jsonb NOT NULL DEFAULT '{}',
     facts_suppressed bigint NOT NULL DEFAULT 0,
     work_suppressed bigint NOT NULL DEFAULT 0,
     lease uuid,
     lease_owner text,
     lease_until timestamptz,
     PRIMARY KEY (replay_id, partition)
   ) WITH (fillfactor = 50)`,
];
