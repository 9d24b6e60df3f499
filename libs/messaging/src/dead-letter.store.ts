import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';

/** A record as it came off the wire. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RawHeader[];
  /** `ce_id` as it stands in the headers; null when there is none. */
  readonly eventId: string | null;
}

export interface RawHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** `open`: failed itself; `parked`: waits behind an open one of its key (fact topics only). */
export type DeadLetterStatus = 'open' | 'parked' | 'superseded' | 'redriven' | 'discarded';

/** Where a record failed, in the words of Kafka Connect. */
export type FailureStage = 'KEY_CONVERTER' | 'HEADER_CONVERTER' | 'VALUE_CONVERTER' | 'TASK_PUT';

export interface DeadLetterRow {
  readonly id: string;
  readonly group: string;
  readonly record: RawRecord;
  readonly status: 'open' | 'parked';
  readonly reason: 'data' | 'bug' | 'parked';
  /** Null while it was never tried. */
  readonly stage: FailureStage | null;
  readonly errorClass: string | null;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly stack: string | null;
  readonly attempts: number;
  /** Attempts so far when a redrive failed; absent at the first failure. */
  readonly again?: number;
}

/** A record that is read and fails anew after its dead letter was settled, e.g. by a database gone back in time, is open again. */
export async function insertDeadLetters(tx: EntityManager, rows: readonly DeadLetterRow[]): Promise<void> {
  for (const row of rows) {
    await tx.query(
      `INSERT INTO dead_letter AS d (id, consumer_group, topic, partition, "offset", timestamp, key, value, headers, status, reason,
         error_code, error_message, stack, attempts, stage, error_class)
       VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, reason = excluded.reason, error_code = excluded.error_code,
         error_message = excluded.error_message, stack = excluded.stack, stage = excluded.stage,
         error_class = excluded.error_class, attempts = d.attempts + excluded.attempts, failed_at = excluded.failed_at,
         settled_at = NULL, outcome = NULL
       WHERE d.status NOT IN ('open', 'parked')`,
      [
        row.id,
        row.group,
        row.record.topic,
        row.record.partition,
        row.record.offset.toString(),
        validTime(row.record.timestamp),
        row.record.key,
        row.record.value,
        JSON.stringify(row.record.headers.map((h) => [storable(h.key), h.value?.toString('base64') ?? null])),
        row.status,
        row.reason,
        row.errorCode,
        storable(row.errorMessage),
        row.stack && storable(row.stack),
        row.attempts,
        row.stage,
        row.errorClass,
      ],
    );
  }
}

/** PostgreSQL has no NUL in text. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

/** Milliseconds that are a date: a foreign producer's timestamp may be anything. */
export function validTime(timestamp: number): number {
  return Number.isFinite(new Date(timestamp).getTime()) ? Math.max(0, timestamp) : 0;
}

/** Keys of a fact topic that are held by a dead letter, by their bytes in hex, with the number of rows each holds. */
export async function heldKeys(
  tx: EntityManager,
  group: string,
  topic: string,
  keys: readonly Buffer[],
): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map();
  const byHash = new Map(keys.map((key) => [keyHash(key).toString('hex'), key.toString('hex')]));
  const rows = await tx.query<{ hash: Buffer; held: string }[]>(
    `SELECT key_hash AS hash, count(*) AS held FROM dead_letter
     WHERE consumer_group = $1 AND topic = $2 AND key_hash = ANY($3::bytea[]) AND status IN ('open', 'parked') GROUP BY key_hash`,
    [group, topic, [...byHash.keys()].map((hash) => Buffer.from(hash, 'hex'))],
  );
  return new Map(rows.map(({ hash, held }) => [byHash.get(hash.toString('hex')) ?? '', Number(held)]));
}

/** What is indexed of a key: a key itself may be too long for an index. */
export const keyHash = (key: Buffer): Buffer => createHash('sha256').update(key).digest();

/**
 * Whether any dead letter of a consumer is open or parked. The position row of a partition remembers the answer, `may_hold`, so
 * that nobody asks while there is none: whoever makes one open or parked does it under that row's lock and sets `may_hold`.
 */
export async function holdsAny(tx: EntityManager, group: string, topic: string): Promise<boolean> {
  const rows = await tx.query<{ held: boolean }[]>(
    `SELECT EXISTS (SELECT 1 FROM dead_letter
       WHERE consumer_group = $1 AND topic = $2 AND status IN ('open', 'parked')) AS held`,
    [group, topic],
  );
  return rows[0]?.held ?? true;
}

/** A record that was applied, by which earlier dead letters of its key become moot. */
export interface AppliedRecord {
  readonly key: Buffer;
  readonly offset: bigint;
}

/** On a state topic a later good revision makes the dead letters of its key moot; never an earlier one. @returns those */
export async function supersedeDeadLetters(
  tx: EntityManager,
  group: string,
  topic: string,
  partition: number,
  records: readonly AppliedRecord[],
): Promise<readonly SettledLetter[]> {
  const [rows] = await tx.query<[SettledLetter[], number]>(
    `UPDATE dead_letter d SET status = 'superseded', outcome = 'superseded', settled_at = clock_timestamp()
     FROM unnest($4::bytea[], $5::bigint[]) AS later (key_hash, "offset")
     WHERE d.consumer_group = $1 AND d.topic = $2 AND d.partition = $3 AND d.status = 'open'
       AND d.key_hash = later.key_hash AND d."offset" < later."offset" RETURNING d.id, d.reason`,
    [group, topic, partition, records.map(({ key }) => keyHash(key)), records.map(({ offset }) => offset.toString())],
  );
  return rows;
}

export type SettledLetter = Pick<DeadLetterRow, 'id' | 'reason'>;

export interface DeadLetterCount {
  readonly topic: string;
  readonly status: DeadLetterStatus;
  readonly count: number;
}

export async function countDeadLetters(tx: EntityManager): Promise<DeadLetterCount[]> {
  const rows = await tx.query<{ topic: string; status: DeadLetterStatus; count: string }[]>(
    `SELECT topic, status, count(*) AS count FROM dead_letter GROUP BY topic, status`,
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** Seconds since the oldest letter that is still held failed, by topic. */
export async function oldestDeadLetters(tx: EntityManager): Promise<{ topic: string; seconds: number }[]> {
  return tx.query(
    `SELECT topic, extract(epoch FROM clock_timestamp() - min(failed_at))::float8 AS seconds FROM dead_letter
     WHERE status IN ('open', 'parked') GROUP BY topic`,
  );
}

export const deadLetterTables: readonly string[] = [
  `CREATE TABLE dead_letter (
     id uuid PRIMARY KEY,
     consumer_group text NOT NULL,
     topic text NOT NULL,
     partition int NOT NULL,
     "offset" bigint NOT NULL,
     timestamp timestamptz NOT NULL,
     key bytea,
     value bytea,
     headers jsonb NOT NULL,
     status text NOT NULL CHECK (status IN ('open', 'parked', 'superseded', 'redriven', 'discarded')),
     reason text NOT NULL CHECK (reason IN ('data', 'bug', 'parked')),
     error_code text NOT NULL,
     error_message text NOT NULL,
     stack text,
     attempts int NOT NULL,
     failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     settled_at timestamptz
   )`,
  `CREATE INDEX dead_letter_held ON dead_letter (consumer_group, topic, key) WHERE status IN ('open', 'parked')`,
];
