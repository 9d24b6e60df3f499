import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE rule_set_version (
     name text COLLATE "C" NOT NULL,
     version integer NOT NULL,
     status text NOT NULL CHECK (status IN ('draft', 'proposed', 'active', 'retired', 'rejected')),
     hash text NOT NULL,
     -- Who did what when; the rules stand beside it and never change.
     state jsonb NOT NULL,
     rules jsonb NOT NULL,
     source text NOT NULL,
     PRIMARY KEY (name, version))`,
  // Whatever the code does: never two active versions of a name.
  `CREATE UNIQUE INDEX rule_set_active ON rule_set_version (name) WHERE status = 'active'`,
  `CREATE TABLE back_test (
     back_test_id uuid PRIMARY KEY,
     name text COLLATE "C" NOT NULL,
     version integer NOT NULL,
     status text NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
     requested_at timestamptz NOT NULL,
     state jsonb NOT NULL,
     progress jsonb NOT NULL,
     results json,
     -- Whoever carries it out renews this; when it has passed, he is gone and another begins again.
     lease_until timestamptz,
     -- How often somebody began: one that takes its process down is not begun for ever.
     attempts integer NOT NULL DEFAULT 0,
     FOREIGN KEY (name, version) REFERENCES rule_set_version)`,
  `CREATE INDEX back_test_of_version ON back_test (name, version, requested_at DESC)`,
  `CREATE INDEX back_test_to_do ON back_test (requested_at) WHERE status IN ('waiting', 'running')`,
];

/** Versioned rule sets and what became of their back-tests. */
export class RuleSets1732330400000 implements MigrationInterface {
  readonly name = 'RuleSets1732330400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE back_test, rule_set_version');
  }
}
