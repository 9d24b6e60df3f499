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

export interface DeadLetterRow {
  readonly id: string;
  readonly group: string;
  readonly record: RawRecord;
  readonly status: 'open' | 'parked';
  readonly reason: 'data' | 'bug' | 'parked';
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly stack: string | null;
  readonly attempts: number;
}

export async function insertDeadLetters(tx: EntityManager, rows: readonly DeadLetterRow[]): Promise<void> {
  for (const row of rows) {
    await tx.query(
      `INSERT INTO dead_letter (id, consumer_group, topic, partition, "offset", timestamp, key, value, headers, status, reason,
         error_code, error_message, stack, attempts)
       VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (id) DO NOTHING`,
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

/** Keys of a fact topic that are held by a dead letter, with the number of rows each holds. */
export async function heldKeys(
  tx: EntityManager,
  group: string,
  topic: string,
  keys: readonly Buffer[],
): Promise<Map<string, number>> {
  const rows = await tx.query<{ key: Buffer; held: string }[]>(
    `SELECT key, count(*) AS held FROM dead_letter
     WHERE consumer_group = $1 AND topic = $2 AND key = ANY($3::bytea[]) AND status IN ('open', 'parked') GROUP BY key`,
    [group, topic, keys],
  );
  return new Map(rows.map((row) => [row.key.toString('hex'), Number(row.held)]));
}

/** A record that was applied, by which earlier dead letters of its key become moot. */
export interface AppliedRecord {
  readonly key: Buffer;
  readonly offset: bigint;
}

/** On a state topic a later good revision makes the dead letters of its key moot; never an earlier one. */
export async function supersedeDeadLetters(
  tx: EntityManager,
  group: string,
  topic: string,
  partition: number,
  records: readonly AppliedRecord[],
): Promise<void> {
  await tx.query(
    `UPDATE dead_letter d SET status = 'superseded', settled_at = clock_timestamp()
     FROM unnest($4::bytea[], $5::bigint[]) AS later (key, "offset")
     WHERE d.consumer_group = $1 AND d.topic = $2 AND d.partition = $3 AND d.status = 'open'
       AND d.key = later.key AND d."offset" < later."offset"`,
    [group, topic, partition, records.map(({ key }) => key), records.map(({ offset }) => offset.toString())],
  );
}

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
