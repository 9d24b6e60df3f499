import type { EntityManager } from 'typeorm';
import type { Followers, Judged, LetterFilter, RedriveAction, RedriveState } from './redrive.ts';

export interface NewRedrive {
  readonly id: string;
  readonly action: RedriveAction;
  readonly filter: LetterFilter;
  readonly followers: Followers;
  readonly rate: number;
  readonly maxItems: number;
  readonly maxFailures: number;
  readonly actor: string;
  readonly role: string | null;
  readonly reason: string | null;
}

/** A request with how far it is. Instants are RFC 3339 in JSON. */
export interface RedriveView extends Omit<NewRedrive, 'id'> {
  readonly redriveId: string;
  readonly state: RedriveState;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly endReason: string | null;
  /** Why it does not go on just now. */
  readonly lastError: string | null;
  /** Items by state: waiting, done, failed, skipped, stopped. */
  readonly items: Readonly<Record<string, number>>;
  /** Items that are done, by what became of them. */
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface RedriveProblem {
  readonly deadLetterId: string;
  readonly topic: string;
  readonly state: 'failed' | 'skipped';
  readonly result: string | null;
}

export async function insertRedrive(tx: EntityManager, redrive: NewRedrive, items: readonly Judged[]): Promise<void> {
  await tx.query(
    `INSERT INTO redrive (id, action, filter, followers, rate, max_items, max_failures, actor, role, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      redrive.id,
      redrive.action,
      JSON.stringify(redrive.filter),
      redrive.followers,
      redrive.rate,
      redrive.maxItems,
      redrive.maxFailures,
      redrive.actor,
      redrive.role,
      redrive.reason,
    ],
  );
  await tx.query(
    `INSERT INTO redrive_item (redrive_id, dead_letter_id, action, seq, consumer_group, topic, partition)
     SELECT $1::uuid, i.id, i.action, d.seq, d.consumer_group, d.topic, d.partition
     FROM unnest($2::uuid[], $3::text[]) AS i (id, action) JOIN dead_letter d ON d.id = i.id`,
    [redrive.id, items.map(({ letter }) => letter.id), items.map(({ action }) => action)],
  );
}

const VIEW = `SELECT r.id AS "redriveId", r.action, r.state, r.filter, r.followers, r.rate, r.max_items AS "maxItems",
    r.max_failures AS "maxFailures", r.actor, r.role, r.reason, r.created_at AS "createdAt", r.ended_at AS "endedAt",
    r.end_reason AS "endReason", r.last_error AS "lastError", r.seq,
    coalesce((SELECT jsonb_object_agg(state, n) FROM
      (SELECT state, count(*) AS n FROM redrive_item i WHERE i.redrive_id = r.id GROUP BY state) s), '{}') AS items,
    coalesce((SELECT jsonb_object_agg(result, n) FROM
      (SELECT result, count(*) AS n FROM redrive_item i WHERE i.redrive_id = r.id AND i.state = 'done' GROUP BY result) o), '{}')
      AS outcomes
  FROM redrive r`;

/** Latest first, one row more than asked for when there is a next page. */
export function listRedrives(
  tx: EntityManager,
  limit: number,
  before: string | null,
): Promise<(RedriveView & { readonly seq: string })[]> {
  return tx.query(`${VIEW} WHERE $1::bigint IS NULL OR r.seq < $1 ORDER BY r.seq DESC LIMIT $2`, [before, limit + 1]);
}

export async function findRedrive(tx: EntityManager, id: string): Promise<RedriveView | null> {
  const rows = await tx.query<(RedriveView & { seq?: string })[]>(`${VIEW} WHERE r.id = $1`, [id]);
  if (rows[0] === undefined) return null;
  const { seq: _seq, ...view } = rows[0];
  return view;
}

/** The first items that failed or were left alone, with why. */
export function problemsOf(tx: EntityManager, id: string, limit: number): Promise<RedriveProblem[]> {
  return tx.query(
    `SELECT dead_letter_id AS "deadLetterId", topic, state, result FROM redrive_item
     WHERE redrive_id = $1 AND state IN ('failed', 'skipped') ORDER BY seq LIMIT $2`,
    [id, limit],
  );
}

/** Waits for a set that is under way, so that nothing of it is applied after this. Null when it does not run. */
export async function lockRunning(
  tx: EntityManager,
  id: string,
): Promise<{ id: string; actor: string; role: string | null; reason: string | null } | null> {
  const rows = await tx.query<{ id: string; actor: string; role: string | null; reason: string | null }[]>(
    `SELECT id, actor, role, reason FROM redrive WHERE id = $1 AND state = 'running' FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}
