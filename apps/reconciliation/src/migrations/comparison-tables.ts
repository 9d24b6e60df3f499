import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Blocks are read in byte order, the order of every other reader: a locale's order would differ from machine to machine. */
const TEXT = `text COLLATE "C"`;
const STATEMENTS = [
  `CREATE TABLE comparison (
     comparison_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     name text NOT NULL UNIQUE,
     definition jsonb NOT NULL,
     definition_hash text NOT NULL,
     state text NOT NULL,
     reasons text[] NOT NULL DEFAULT '{}',
     -- Rule set that the items' blocks were made by and that decides until the next full run; null before the items were loaded.
     rules jsonb,
     -- Date that the continuous decisions are made for.
     as_of date,
     -- The last full run that was complete.
     last_run_id uuid)`,
  `CREATE TABLE comparison_item (
     comparison_id smallint NOT NULL REFERENCES comparison,
     side smallint NOT NULL,
     item_id ${TEXT} NOT NULL,
     block ${TEXT} NOT NULL,
     -- Canonical decimal text, so that reading it converts nothing.
     amount ${TEXT} NOT NULL,
     currency ${TEXT} NOT NULL,
     business_date date,
     reference ${TEXT},
     counterparty ${TEXT},
     text ${TEXT},
     legal_entity ${TEXT},
     reverses ${TEXT},
     changed_at ${TEXT},
     fields jsonb NOT NULL,
     PRIMARY KEY (comparison_id, side, item_id))`,
  `CREATE INDEX comparison_item_block ON comparison_item (comparison_id, block, side, item_id)`,
  `CREATE TABLE comparison_block (
     comparison_id smallint NOT NULL REFERENCES comparison,
     block ${TEXT} NOT NULL,
     -- Written and read whole: see comparisons/stored-groups.ts.
     groups json NOT NULL,
     figures jsonb NOT NULL,
     hash text NOT NULL,
     rules_hash text NOT NULL,
     as_of date NOT NULL,
     -- First day on which a group of it stops being timing.
     due_on date,
     decided_at timestamptz NOT NULL,
     PRIMARY KEY (comparison_id, block))`,
  `ALTER TABLE comparison_block ALTER COLUMN groups SET STORAGE EXTERNAL`,
  `CREATE INDEX comparison_block_due ON comparison_block (comparison_id, due_on) WHERE due_on IS NOT NULL`,
  // Marks are only added, never updated: a consumer waits for no worker, and two consumers cannot deadlock.
  `CREATE TABLE dirty_block (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     comparison_id smallint NOT NULL REFERENCES comparison,
     block ${TEXT} NOT NULL,
     marked_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  `CREATE INDEX dirty_block_of ON dirty_block (comparison_id, block)`,
  `CREATE TABLE comparison_run (
     run_id uuid PRIMARY KEY,
     comparison_id smallint NOT NULL REFERENCES comparison,
     trigger text NOT NULL,
     status text NOT NULL,
     as_of date,
     reasons text[] NOT NULL DEFAULT '{}',
     completeness jsonb NOT NULL DEFAULT '[]',
     figures jsonb NOT NULL DEFAULT '[]',
     changed_blocks integer NOT NULL DEFAULT 0,
     -- What a run up to a date found; a run of today keeps its groups in comparison_block.
     groups jsonb,
     rules_hash text,
     -- Run that takes the snapshots of this one's sides.
     snapshot_run_id uuid,
     requested_at timestamptz NOT NULL,
     ended_at timestamptz)`,
  `CREATE INDEX comparison_run_latest ON comparison_run (comparison_id, requested_at DESC)`,
  // A renamed customer changes the items of its documents.
  `CREATE INDEX topic_state_customer ON topic_state ((value->>'customerId'))
     WHERE topic IN ('finance.payment.v1', 'finance.invoice.v1', 'finance.order.v1', 'finance.credit-memo.v1')`,
];

/** Tables of the comparisons: items in blocks, what was decided about them, what is to be decided again. */
export class ComparisonTables1732330300000 implements MigrationInterface {
  readonly name = 'ComparisonTables1732330300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX topic_state_customer');
    await runner.query('DROP TABLE comparison_run, dirty_block, comparison_block, comparison_item, comparison');
  }
}
