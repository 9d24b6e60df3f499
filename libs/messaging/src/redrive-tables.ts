import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What people decide about dead letters. `seq` is the order in which records were held: within a key it is the order of the
 * topic, also across partitions. A mark is a row of `redrive_item`, so that marking and applying never wait for each other.
 */
export class Messaging1732320000012 implements MigrationInterface {
  readonly name = 'Messaging1732320000012';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE redrive_item, redrive`);
    await runner.query(
      `ALTER TABLE dead_letter DROP COLUMN seq, DROP COLUMN key_hash, DROP COLUMN stage, DROP COLUMN error_class, DROP COLUMN outcome`,
    );
  }
}

const STATEMENTS = [
  `ALTER TABLE dead_letter ADD COLUMN seq bigint, ADD COLUMN stage text, ADD COLUMN error_class text, ADD COLUMN outcome text`,
  `UPDATE dead_letter d SET seq = o.seq FROM
     (SELECT id, row_number() OVER (ORDER BY failed_at, partition, "offset") AS seq FROM dead_letter) o WHERE o.id = d.id`,
  `ALTER TABLE dead_letter ALTER COLUMN seq SET NOT NULL`,
  `ALTER TABLE dead_letter ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY`,
  `SELECT setval(pg_get_serial_sequence('dead_letter', 'seq'), coalesce((SELECT max(seq) FROM dead_letter), 0) + 1, false)`,
  `CREATE UNIQUE INDEX dead_letter_seq ON dead_letter (seq)`,
  `ALTER TABLE dead_letter ADD COLUMN key_hash bytea GENERATED ALWAYS AS (sha256(key)) STORED`,
  // The order in which a key is drained. It takes the place of an index of whole keys, which fails on a long one.
  `CREATE INDEX dead_letter_line ON dead_letter (consumer_group, topic, key_hash, seq) WHERE status IN ('open', 'parked')`,
  `DROP INDEX dead_letter_held`,
  `CREATE TABLE redrive (
     id uuid PRIMARY KEY,
     seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
     action text NOT NULL CHECK (action IN ('redrive', 'discard')),
     state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'stopped', 'finished')),
     filter jsonb NOT NULL,
     followers text NOT NULL CHECK (followers IN ('redrive', 'keep')),
     rate int NOT NULL,
     max_items int NOT NULL,
     max_failures int NOT NULL,
     failures int NOT NULL DEFAULT 0,
     -- From here on permits accrue: one per 1/rate seconds, for at most one second.
     permits_from timestamptz NOT NULL DEFAULT clock_timestamp() - interval '1 second',
     actor text NOT NULL,
     role text,
     reason text,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     ended_at timestamptz,
     end_reason text,
     last_error text
   )`,
  `CREATE TABLE redrive_item (
     redrive_id uuid NOT NULL REFERENCES redrive,
     dead_letter_id uuid NOT NULL,
     seq bigint NOT NULL,
     action text NOT NULL CHECK (action IN ('redrive', 'discard')),
     consumer_group text NOT NULL,
     topic text NOT NULL,
     partition int NOT NULL,
     state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'skipped', 'stopped')),
     -- What became of the record, or why it was left alone.
     result text,
     settled_at timestamptz,
     PRIMARY KEY (redrive_id, dead_letter_id)
   )`,
  // A dead letter is marked once at a time.
  `CREATE UNIQUE INDEX redrive_item_marked ON redrive_item (dead_letter_id) WHERE state = 'waiting'`,
  `CREATE INDEX redrive_item_due ON redrive_item (consumer_group, topic, partition, redrive_id, seq) WHERE state = 'waiting'`,
];
