import type { EntityManager } from 'typeorm';
import { keyHash, type DeadLetterRow, type RawHeader, type RawRecord } from './dead-letter.store.ts';
import { rawEventId } from './event-headers.ts';
import type { OutcomeCounts } from './position.ts';
import type { Followers, RedriveAction, RedriveState } from './redrive.ts';

/** A partition of a consumer. */
export interface PartitionName {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/** A request that is being applied, locked. */
export interface ActiveRedrive {
  readonly id: string;
  readonly followers: Followers;
  readonly rate: number;
  readonly maxItems: number;
  readonly maxFailures: number;
  readonly failures: number;
  readonly actor: string;
  readonly role: string | null;
  readonly reason: string | null;
  /** Seconds for which permits have accrued. */
  readonly elapsed: number;
}

/** A dead letter that is marked, with what is needed to process it as if it arrived. */
export interface DueItem {
  readonly redriveId: string;
  readonly action: RedriveAction;
  readonly id: string;
  readonly seq: string;
  readonly record: RawRecord;
  readonly status: DeadLetterRow['status'];
  readonly reason: DeadLetterRow['reason'];
  readonly attempts: number;
}

/** Partitions in which something waits to be applied, as `group topic/partition`. */
export async function duePartitions(tx: EntityManager): Promise<ReadonlySet<string>> {
  const rows = await tx.query<PartitionName[]>(
    `SELECT DISTINCT consumer_group AS "group", topic, partition FROM redrive_item i
     WHERE state = 'waiting' AND EXISTS (SELECT 1 FROM redrive r WHERE r.id = i.redrive_id AND r.state = 'running')`,
  );
  return new Set(rows.map(partitionName));
}

export const partitionName = ({ group, topic, partition }: PartitionName): string => `${group} ${topic}/${partition}`;

/** What is to be applied next in a partition, oldest request first, in the order in which the records were held. Locks nothing. */
export async function dueItems(tx: EntityManager, where: PartitionName, limit: number): Promise<DueItem[]> {
  const rows = await tx.query<DueRow[]>(
    `WITH next AS (
       SELECT r.id FROM redrive r WHERE r.state = 'running' AND EXISTS
         (SELECT 1 FROM redrive_item i WHERE i.redrive_id = r.id AND i.state = 'waiting'
            AND i.consumer_group = $1 AND i.topic = $2 AND i.partition = $3)
       ORDER BY r.seq LIMIT 1)
     SELECT i.redrive_id, i.action, d.id, d.seq, d.topic, d.partition, d."offset", d.timestamp, d.key, d.value, d.headers,
            d.status, d.reason, d.attempts
     FROM next JOIN redrive_item i ON i.redrive_id = next.id JOIN dead_letter d ON d.id = i.dead_letter_id
     WHERE i.state = 'waiting' AND i.consumer_group = $1 AND i.topic = $2 AND i.partition = $3
     ORDER BY i.seq LIMIT $4`,
    [where.group, where.topic, where.partition, limit],
  );
  return rows.map(toItem);
}

interface DueRow extends LetterBytes {
  readonly redrive_id: string;
  readonly action: RedriveAction;
  readonly id: string;
  readonly seq: string;
  readonly status: DeadLetterRow['status'];
  readonly reason: DeadLetterRow['reason'];
  readonly attempts: number;
}

/** What a row keeps of the record. */
export interface LetterBytes {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: Date;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, string | null])[];
}

const toItem = (row: DueRow): DueItem => ({
  redriveId: row.redrive_id,
  action: row.action,
  id: row.id,
  seq: row.seq,
  record: toRecord(row),
  status: row.status,
  reason: row.reason,
  attempts: row.attempts,
});

/** The record as it came off the wire. */
export function toRecord(row: LetterBytes): RawRecord {
  const headers: RawHeader[] = row.headers.map(([key, value]) => ({
    key,
    value: value === null ? null : Buffer.from(value, 'base64'),
  }));
  const ids = headers.filter(({ key }) => key === 'ce_id').flatMap(({ value }) => value ?? []);
  const { topic, partition, key, value } = row;
  return {
    ...{ topic, partition, key, value, headers },
    offset: BigInt(row.offset),
    timestamp: row.timestamp.getTime(),
    eventId: rawEventId({ ce_id: ids }),
  };
}

/** Locks the position, which fences whoever consumes the partition; null when there is none (yet): the consumer makes it. */
export async function lockCounts(tx: EntityManager, where: PartitionName): Promise<OutcomeCounts | null> {
  const rows = await tx.query<{ outcomes: OutcomeCounts }[]>(
    `SELECT outcomes FROM consumer_position WHERE consumer_group = $1 AND topic = $2 AND partition = $3 FOR UPDATE`,
    [where.group, where.topic, where.partition],
  );
  return rows[0]?.outcomes ?? null;
}

export async function saveCounts(tx: EntityManager, where: PartitionName, outcomes: OutcomeCounts): Promise<void> {
  await tx.query(
    `UPDATE consumer_position SET outcomes = $4 WHERE consumer_group = $1 AND topic = $2 AND partition = $3`,
    [where.group, where.topic, where.partition, JSON.stringify(outcomes)],
  );
}

/** Null when it runs no longer, or another partition is being applied: a position must not stay locked to wait for that. */
export async function lockRedrive(tx: EntityManager, id: string): Promise<ActiveRedrive | null> {
  const rows = await tx.query<ActiveRedrive[]>(
    `SELECT id, followers, rate, max_items AS "maxItems", max_failures AS "maxFailures", failures, actor, role, reason,
            extract(epoch FROM clock_timestamp() - permits_from)::float8 AS elapsed
     FROM redrive WHERE id = $1 AND state = 'running' FOR UPDATE SKIP LOCKED`,
    [id],
  );
  return rows[0] ?? null;
}

/** Of the given letters those that still wait to be applied by this request; they stay locked. */
export async function lockItems(tx: EntityManager, redriveId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT d.id FROM dead_letter d JOIN redrive_item i ON i.dead_letter_id = d.id AND i.redrive_id = $1
     WHERE d.id = ANY($2::uuid[]) AND i.state = 'waiting' AND d.status IN ('open', 'parked') ORDER BY d.seq FOR UPDATE OF d`,
    [redriveId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Of the given letters of a fact topic those with an earlier one in their line that is not among them. */
export async function overtaking(
  tx: EntityManager,
  where: PartitionName,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT d.id FROM dead_letter d WHERE d.id = ANY($1::uuid[]) AND d.key_hash IS NOT NULL AND EXISTS
       (SELECT 1 FROM dead_letter e WHERE e.consumer_group = $2 AND e.topic = $3 AND e.key_hash = d.key_hash
          AND e.status IN ('open', 'parked') AND e.seq < d.seq AND e.id <> ALL($1::uuid[]))`,
    [ids, where.group, where.topic],
  );
  return new Set(rows.map(({ id }) => id));
}

export interface SettledItem {
  readonly id: string;
  readonly status: 'redriven' | 'superseded' | 'discarded';
  readonly outcome: string;
}

export async function settleLetters(
  tx: EntityManager,
  redriveId: string,
  settled: readonly SettledItem[],
): Promise<void> {
  if (settled.length === 0) return;
  const ids = settled.map(({ id }) => id);
  const outcomes = settled.map(({ outcome }) => outcome);
  await tx.query(
    `UPDATE dead_letter d SET status = s.status, outcome = s.outcome, settled_at = clock_timestamp(), attempts = attempts + s.tried
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) AS s (id, status, outcome, tried) WHERE d.id = s.id`,
    [ids, settled.map(({ status }) => status), outcomes, settled.map(({ status }) => (status === 'discarded' ? 0 : 1))],
  );
  await tx.query(
    `UPDATE redrive_item i SET state = 'done', result = s.outcome, settled_at = clock_timestamp()
     FROM unnest($2::uuid[], $3::text[]) AS s (id, outcome)
     WHERE i.redrive_id = $1 AND i.dead_letter_id = s.id AND i.state = 'waiting'`,
    [redriveId, ids, outcomes],
  );
}

/** Open again, or for the first time when it was parked, with what went wrong now. */
export async function reopenLetter(tx: EntityManager, redriveId: string, row: DeadLetterRow): Promise<void> {
  await tx.query(
    `UPDATE dead_letter SET status = 'open', reason = $2, error_code = $3, error_message = $4, stack = $5, stage = $6,
       error_class = $7, attempts = $8 WHERE id = $1`,
    [row.id, row.reason, row.errorCode, row.errorMessage, row.stack, row.stage, row.errorClass, row.attempts].map(
      (value) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value),
    ),
  );
  await endItems(tx, redriveId, [row.id], 'failed', `${row.errorCode}: ${row.errorMessage}`);
  await tx.query(`UPDATE redrive SET failures = failures + 1 WHERE id = $1`, [redriveId]);
}

export async function endItems(
  tx: EntityManager,
  redriveId: string,
  ids: readonly string[],
  state: 'failed' | 'skipped',
  result: string,
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `UPDATE redrive_item SET state = $3, result = $4, settled_at = clock_timestamp()
     WHERE redrive_id = $1 AND dead_letter_id = ANY($2::uuid[]) AND state = 'waiting'`,
    [redriveId, ids, state, result.replaceAll('\0', '\uFFFD')],
  );
}

/** What waits of a request behind a letter that failed. */
export async function itemsBehind(tx: EntityManager, redriveId: string, letterId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT d.id FROM dead_letter f JOIN dead_letter d
       ON d.consumer_group = f.consumer_group AND d.topic = f.topic AND d.key_hash = f.key_hash AND d.seq > f.seq
     JOIN redrive_item i ON i.dead_letter_id = d.id AND i.redrive_id = $1 AND i.state = 'waiting'
     WHERE f.id = $2 AND d.status IN ('open', 'parked')`,
    [redriveId, letterId],
  );
  return rows.map(({ id }) => id);
}

/** Takes in what came to wait behind the keys meanwhile, as long as the request has room. @returns their ids */
export async function takeFollowers(
  tx: EntityManager,
  redrive: ActiveRedrive,
  where: PartitionName,
  keys: readonly Buffer[],
): Promise<string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `INSERT INTO redrive_item (redrive_id, dead_letter_id, seq, action, consumer_group, topic, partition)
     SELECT $1, d.id, d.seq, 'redrive', d.consumer_group, d.topic, d.partition FROM dead_letter d
     WHERE d.consumer_group = $2 AND d.topic = $3 AND d.key_hash = ANY($4::bytea[]) AND d.status IN ('open', 'parked')
       AND NOT EXISTS (SELECT 1 FROM redrive_item i WHERE i.dead_letter_id = d.id AND (i.state = 'waiting' OR i.redrive_id = $1))
     ORDER BY d.seq LIMIT greatest(0, $5::int - (SELECT count(*) FROM redrive_item WHERE redrive_id = $1)::int)
     ON CONFLICT DO NOTHING RETURNING dead_letter_id AS id`,
    [redrive.id, where.group, where.topic, keys.map(keyHash), redrive.maxItems],
  );
  return rows.map(({ id }) => id);
}

export async function takePermits(tx: EntityManager, { id, rate }: ActiveRedrive, count: number): Promise<void> {
  await tx.query(
    `UPDATE redrive SET permits_from = greatest(permits_from, clock_timestamp() - interval '1 second') + $2 * interval '1 second',
       last_error = NULL WHERE id = $1`,
    [id, count / rate],
  );
}

export async function noteError(tx: EntityManager, id: string, message: string): Promise<void> {
  await tx.query(`UPDATE redrive SET last_error = $2 WHERE id = $1 AND state = 'running'`, [
    id,
    message.replaceAll('\0', '\uFFFD').slice(0, 1_024),
  ]);
}

export async function countWaiting(tx: EntityManager, id: string): Promise<number> {
  const rows = await tx.query<{ waiting: string }[]>(
    `SELECT count(*) AS waiting FROM redrive_item WHERE redrive_id = $1 AND state = 'waiting'`,
    [id],
  );
  return Number(rows[0]?.waiting ?? 0);
}

/** Ends a request that is locked; what it did not reach is held as before. @returns the letters that it did not reach */
export async function endRedrive(
  tx: EntityManager,
  id: string,
  state: Exclude<RedriveState, 'running'>,
  reason: string,
): Promise<string[]> {
  await tx.query(`UPDATE redrive SET state = $2, end_reason = $3, ended_at = clock_timestamp() WHERE id = $1`, [
    id,
    state,
    reason.replaceAll('\0', '\uFFFD').slice(0, 1_024),
  ]);
  const [rows] = await tx.query<[{ id: string }[], number]>(
    `UPDATE redrive_item SET state = 'stopped', settled_at = clock_timestamp() WHERE redrive_id = $1 AND state = 'waiting'
     RETURNING dead_letter_id AS id`,
    [id],
  );
  return rows.map((row) => row.id);
}
