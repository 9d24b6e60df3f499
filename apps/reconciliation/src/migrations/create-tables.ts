import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // What the topics say, one row per key; the highest revision wins.
  `CREATE TABLE topic_state (
     topic text NOT NULL,
     key text NOT NULL,
     revision bigint NOT NULL,
     value jsonb NOT NULL,
     received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     PRIMARY KEY (topic, key))`,
  `CREATE TABLE run (
     run_id uuid PRIMARY KEY,
     status text NOT NULL CHECK (status IN ('waiting', 'clean', 'timing', 'breaks', 'incomplete')),
     trigger text NOT NULL,
     as_of date,
     sides text[] NOT NULL,
     follow_up_of uuid UNIQUE,
     reasons text[] NOT NULL DEFAULT '{}',
     checks text[] NOT NULL DEFAULT '{}',
     break_count integer NOT NULL DEFAULT 0,
     timing_count integer NOT NULL DEFAULT 0,
     requested_at timestamptz NOT NULL,
     ended_at timestamptz)`,
  `CREATE INDEX run_requested ON run (requested_at DESC, run_id)`,
  `CREATE TABLE snapshot (
     snapshot_id uuid PRIMARY KEY,
     run_id uuid NOT NULL REFERENCES run ON DELETE CASCADE,
     object text NOT NULL,
     system text NOT NULL,
     instance text NOT NULL,
     header jsonb)`,
  `CREATE INDEX snapshot_run ON snapshot (run_id)`,
  `CREATE TABLE snapshot_item (
     snapshot_id uuid NOT NULL REFERENCES snapshot ON DELETE CASCADE,
     index bigint NOT NULL,
     item_id text NOT NULL,
     fields jsonb NOT NULL,
     PRIMARY KEY (snapshot_id, index))`,
  `CREATE TABLE finding (
     run_id uuid NOT NULL REFERENCES run ON DELETE CASCADE,
     break_id uuid NOT NULL,
     verdict text NOT NULL,
     streak integer NOT NULL,
     actual text,
     difference jsonb NOT NULL,
     PRIMARY KEY (run_id, break_id))`,
  `CREATE TABLE station_cell (
     run_id uuid NOT NULL REFERENCES run ON DELETE CASCADE,
     station text NOT NULL,
     legal_entity text NOT NULL,
     month text NOT NULL,
     currency text NOT NULL,
     invoices text NOT NULL,
     invoiced text NOT NULL,
     paid text NOT NULL,
     open text NOT NULL,
     PRIMARY KEY (run_id, station, legal_entity, month, currency))`,
  `CREATE TABLE break (
     break_id uuid PRIMARY KEY,
     status text NOT NULL,
     check_name text NOT NULL,
     kind text NOT NULL,
     severity text NOT NULL,
     currency text,
     difference numeric,
     cut_off date,
     opened_at timestamptz NOT NULL,
     state jsonb NOT NULL,
     audit_sequence bigint NOT NULL,
     audit_hash text)`,
  `CREATE INDEX break_listed ON break (status, opened_at DESC, break_id)`,
];

/** Tables of the reconciliation service. */
export class CreateReconciliation1732330000000 implements MigrationInterface {
  readonly name = 'CreateReconciliation1732330000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE break, station_cell, finding, snapshot_item, snapshot, run, topic_state');
  }
}
