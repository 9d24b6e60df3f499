import type { EntityManager } from 'typeorm';
import type { OutcomeCounts, Position } from './position.ts';

export interface PositionKey {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

interface PositionRow {
  readonly partition: number;
  readonly cluster_id: string;
  readonly start_offset: string;
  readonly next_offset: string;
  readonly last_offset: string | null;
  readonly last_event_id: string | null;
  readonly last_timestamp: string | null;
  readonly accepted: string;
  readonly outcomes: OutcomeCounts;
  readonly may_hold: boolean;
}

const COLUMNS =
  'partition, cluster_id, start_offset, next_offset, last_offset, last_event_id, last_timestamp, accepted, outcomes, may_hold';

/**
 * Reads and locks the position; made at `start` when there is none. The lock fences zombies: whoever comes second sees
 * where the first one left it.
 */
export async function lockPosition(
  tx: EntityManager,
  key: PositionKey,
  clusterId: string,
  start: bigint,
): Promise<Position> {
  const found = await select(tx, key, 'FOR UPDATE');
  if (found) return found;
  await tx.query(
    `INSERT INTO consumer_position (consumer_group, topic, partition, cluster_id, start_offset, next_offset)
     VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING`,
    [key.group, key.topic, key.partition, clusterId, start.toString()],
  );
  const position = await select(tx, key, 'FOR UPDATE');
  if (!position)
    throw new Error(`No position for ${key.group} ${key.topic}/${key.partition} although it was just inserted`);
  return position;
}

export function findPosition(tx: EntityManager, key: PositionKey): Promise<Position | null> {
  return select(tx, key, '');
}

/** By partition. */
export async function findPositions(tx: EntityManager, group: string, topic: string): Promise<Map<number, Position>> {
  const rows = await tx.query<PositionRow[]>(
    `SELECT ${COLUMNS} FROM consumer_position WHERE consumer_group = $1 AND topic = $2 ORDER BY partition`,
    [group, topic],
  );
  return new Map(rows.map((row) => [row.partition, toPosition(row)]));
}

export async function savePosition(tx: EntityManager, key: PositionKey, position: Position): Promise<void> {
  await tx.query(
    `UPDATE consumer_position SET next_offset = $4, last_offset = $5, last_event_id = $6, last_timestamp = $7, accepted = $8,
       outcomes = $9, may_hold = $10, updated_at = clock_timestamp()
     WHERE consumer_group = $1 AND topic = $2 AND partition = $3`,
    [
      key.group,
      key.topic,
      key.partition,
      position.nextOffset.toString(),
      position.lastOffset?.toString() ?? null,
      position.lastEventId,
      position.lastTimestamp,
      position.accepted.toString(),
      JSON.stringify(position.outcomes),
      position.mayHold,
    ],
  );
}

async function select(tx: EntityManager, key: PositionKey, lock: '' | 'FOR UPDATE'): Promise<Position | null> {
  const rows = await tx.query<PositionRow[]>(
    `SELECT ${COLUMNS} FROM consumer_position WHERE consumer_group = $1 AND topic = $2 AND partition = $3 ${lock}`,
    [key.group, key.topic, key.partition],
  );
  const row = rows[0];
  return row ? toPosition(row) : null;
}

function toPosition(row: PositionRow): Position {
  return {
    clusterId: row.cluster_id,
    startOffset: BigInt(row.start_offset),
    nextOffset: BigInt(row.next_offset),
    lastOffset: row.last_offset === null ? null : BigInt(row.last_offset),
    lastEventId: row.last_event_id,
    lastTimestamp: row.last_timestamp === null ? null : Number(row.last_timestamp),
    accepted: BigInt(row.accepted),
    outcomes: row.outcomes,
    mayHold: row.may_hold,
  };
}

export const positionTables: readonly string[] = [
  `CREATE TABLE consumer_position (
     consumer_group text NOT NULL,
     topic text NOT NULL,
     partition int NOT NULL,
     cluster_id text NOT NULL,
     next_offset bigint NOT NULL,
     last_offset bigint,
     last_event_id text,
     last_timestamp bigint,
     outcomes jsonb NOT NULL DEFAULT '{}',
     updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     PRIMARY KEY (consumer_group, topic, partition)
   ) WITH (fillfactor = 50)`,
];

/** What release 2 of the table adds. */
export const positionAccounting: readonly string[] = [
  `ALTER TABLE consumer_position ADD COLUMN start_offset bigint NOT NULL DEFAULT 0,
     ADD COLUMN accepted bigint NOT NULL DEFAULT 0, ADD COLUMN may_hold boolean NOT NULL DEFAULT true`,
  `UPDATE consumer_position SET accepted = (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(outcomes))`,
];
