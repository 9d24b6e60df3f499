import { idOf } from './record.ts';

/** Whose outbox: ours is made by its migrations, the others by these statements. */
export type OutboxKind = 'tieout' | 'debezium' | 'hand-written';

/** As Debezium's event router expects it; the column that names the topic is its default. */
export const DEBEZIUM_OUTBOX = `CREATE TABLE outboxevent (
  id uuid PRIMARY KEY, aggregatetype text NOT NULL, aggregateid text NOT NULL, type text NOT NULL, payload bytea NOT NULL)`;

export const HAND_WRITTEN_OUTBOX = `CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, value bytea NOT NULL, headers jsonb NOT NULL)`;

/** Id of the n-th event that a writer commits. */
export const eventIdOf = (sequence: number): string => idOf(sequence + 2_000_000_000);
