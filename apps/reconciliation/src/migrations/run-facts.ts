import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // Which checks a run did not make, and why.
  `ALTER TABLE run ADD not_made jsonb NOT NULL DEFAULT '[]'`,
  // When another look can decide a difference of timing; null in runs from before: at once.
  `ALTER TABLE run ADD recheck_at timestamptz`,
  // Of each check the last run that made it, for the age of what it says; outlives the runs that are kept.
  `CREATE TABLE check_made (
     check_name text PRIMARY KEY,
     made_at timestamptz NOT NULL)`,
  // Instant of the first run in a row that found it.
  `ALTER TABLE finding ADD since text`,
  `UPDATE finding SET since = to_char(run.requested_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
   FROM run WHERE run.run_id = finding.run_id`,
  `ALTER TABLE finding ALTER since SET NOT NULL`,
];

/** What a run says beside its findings. */
export class RunFacts1732330150000 implements MigrationInterface {
  readonly name = 'RunFacts1732330150000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE finding DROP since');
    await runner.query('ALTER TABLE run DROP not_made, DROP recheck_at');
    await runner.query('DROP TABLE check_made');
  }
}
