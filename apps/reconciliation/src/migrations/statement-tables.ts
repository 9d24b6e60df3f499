import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE statement_file (
     statement_id uuid PRIMARY KEY,
     account text NOT NULL,
     format text NOT NULL,
     content_hash text NOT NULL,
     status text NOT NULL,
     problems jsonb NOT NULL,
     put_by text NOT NULL,
     put_at timestamptz NOT NULL,
     ended_by text,
     ended_at timestamptz,
     end_reason text)`,
  `CREATE INDEX statement_file_listed ON statement_file (account, put_at DESC, statement_id)`,
  // The same content is one statement; what was withdrawn may be handed in again.
  `CREATE UNIQUE INDEX statement_file_once ON statement_file (account, content_hash) WHERE status <> 'withdrawn'`,
  `CREATE TABLE statement_part (
     statement_id uuid NOT NULL REFERENCES statement_file,
     part integer NOT NULL,
     -- As the bank names them.
     bank_account text NOT NULL,
     bank_statement_id text NOT NULL,
     sequence integer,
     currency text NOT NULL,
     from_day date,
     to_day date,
     opening text,
     closing text,
     moved text NOT NULL,
     line_count integer NOT NULL,
     PRIMARY KEY (statement_id, part))`,
  `CREATE TABLE statement_line (
     statement_id uuid NOT NULL REFERENCES statement_file,
     part integer NOT NULL,
     item_id text COLLATE "C" NOT NULL,
     item jsonb NOT NULL,
     PRIMARY KEY (statement_id, part, item_id))`,
];

/** Bank and payment-provider statements as they were handed in. */
export class StatementTables1732330310000 implements MigrationInterface {
  readonly name = 'StatementTables1732330310000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE statement_line, statement_part, statement_file');
  }
}
