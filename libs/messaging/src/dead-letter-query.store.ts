import type { EntityManager } from 'typeorm';
import type { DeadLetterRow, DeadLetterStatus, FailureStage } from './dead-letter.store.ts';
import type { LetterBytes } from './redrive.store.ts';
import type { Candidate, LetterFilter, RedriveAction } from './redrive.ts';

/** A dead letter without its bytes. */
export interface LetterSummary {
  readonly id: string;
  readonly seq: string;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: Date;
  readonly key: Buffer | null;
  readonly valueBytes: number | null;
  readonly status: DeadLetterStatus;
  readonly outcome: string | null;
  readonly reason: DeadLetterRow['reason'];
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly attempts: number;
  readonly failedAt: Date;
  readonly settledAt: Date | null;
  readonly markedBy: string | null;
  readonly markedFor: RedriveAction | null;
}

export type LetterDetail = LetterSummary &
  LetterBytes & {
    readonly stack: string | null;
    readonly stage: FailureStage | null;
    readonly errorClass: string | null;
  };

const SUMMARY = `d.id, d.seq, d.consumer_group AS "group", d.topic, d.partition, d."offset", d.timestamp, d.key,
  length(d.value) AS "valueBytes", d.status, d.outcome, d.reason, d.error_code AS "errorCode", d.error_message AS "errorMessage",
  d.attempts, d.failed_at AS "failedAt", d.settled_at AS "settledAt", i.redrive_id AS "markedBy", i.action AS "markedFor"`;
const MARKED = `dead_letter d LEFT JOIN redrive_item i ON i.dead_letter_id = d.id AND i.state = 'waiting'`;
/** Parameters 1 to 7 are those of `filterValues`. */
const FILTER = `($1::text IS NULL OR d.topic = $1) AND ($2::text IS NULL OR d.reason = $2) AND ($3::text IS NULL OR d.error_code = $3)
  AND ($4::bytea IS NULL OR d.key = $4) AND ($5::timestamptz IS NULL OR d.failed_at >= $5)
  AND ($6::timestamptz IS NULL OR d.failed_at < $6) AND ($7::uuid[] IS NULL OR d.id = ANY($7))`;

const filterValues = ({ topic, reason, errorCode, key, failedFrom, failedTo, ids }: LetterFilter): unknown[] => [
  topic ?? null,
  reason ?? null,
  errorCode ?? null,
  key === undefined ? null : Buffer.from(key),
  failedFrom ?? null,
  failedTo ?? null,
  ids ?? null,
];

export interface LetterPage {
  readonly filter: LetterFilter;
  readonly statuses: readonly DeadLetterStatus[];
  readonly limit: number;
  /** `seq` of the last letter of the page before. */
  readonly before: string | null;
}

/** Last held first, one row more than asked for when there is a next page. */
export function listLetters(
  tx: EntityManager,
  { filter, statuses, limit, before }: LetterPage,
): Promise<LetterSummary[]> {
  return tx.query<LetterSummary[]>(
    `SELECT ${SUMMARY} FROM ${MARKED}
     WHERE ${FILTER} AND d.status = ANY($8::text[]) AND ($9::bigint IS NULL OR d.seq < $9) ORDER BY d.seq DESC LIMIT $10`,
    [...filterValues(filter), statuses, before, limit + 1],
  );
}

export async function findLetter(tx: EntityManager, id: string): Promise<LetterDetail | null> {
  const rows = await tx.query<LetterDetail[]>(
    `SELECT ${SUMMARY}, d.value, d.headers, d.stack, d.stage, d.error_class AS "errorClass" FROM ${MARKED} WHERE d.id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/**
 * The letters that a filter selects, at most `limit`, and, of the groups whose keys are lines, everything that is held in their
 * lines; in order of `seq`. Without ids only held ones are selected.
 */
export async function candidates(
  tx: EntityManager,
  filter: LetterFilter,
  lineGroups: readonly string[],
  limit: number,
): Promise<Candidate[]> {
  const rows = await tx.query<(Omit<Candidate, 'seq'> & { seq: string })[]>(
    `WITH selected AS (
       SELECT d.id, d.consumer_group, d.topic, d.key_hash FROM dead_letter d
       WHERE ${FILTER} AND ($7::uuid[] IS NOT NULL OR d.status IN ('open', 'parked')) ORDER BY d.seq LIMIT $9),
     lines AS (SELECT DISTINCT consumer_group, topic, key_hash FROM selected WHERE key_hash IS NOT NULL AND consumer_group = ANY($8::text[])),
     wanted AS (
       SELECT id FROM selected UNION
       SELECT d.id FROM lines l JOIN dead_letter d ON d.consumer_group = l.consumer_group AND d.topic = l.topic
         AND d.key_hash = l.key_hash AND d.status IN ('open', 'parked'))
     SELECT d.id, d.seq, d.consumer_group AS "group", d.topic, d.partition, encode(d.key_hash, 'hex') AS line, d.status,
            i.redrive_id AS "markedBy", EXISTS (SELECT 1 FROM selected s WHERE s.id = d.id) AS selected
     FROM wanted w JOIN dead_letter d ON d.id = w.id LEFT JOIN redrive_item i ON i.dead_letter_id = d.id AND i.state = 'waiting'
     ORDER BY d.seq`,
    [...filterValues(filter), lineGroups, limit],
  );
  return rows.map((row) => ({ ...row, seq: BigInt(row.seq) }));
}

/** Locks letters that are held, in order. @returns the ids of those that are still */
export async function lockHeld(tx: EntityManager, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }[]>(
    `SELECT id FROM dead_letter WHERE id = ANY($1::uuid[]) AND status IN ('open', 'parked') ORDER BY seq FOR UPDATE`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}
