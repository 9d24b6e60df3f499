import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Limits of vendor accounts, which all replicas share. */
export class CallBudget1732380000001 implements MigrationInterface {
  readonly name = 'CallBudget1732380000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE call_budget (
      account text PRIMARY KEY,
      places int NOT NULL,
      places_changed_at timestamptz NOT NULL DEFAULT now(),
      tokens numeric NOT NULL DEFAULT 0,
      refilled_at timestamptz NOT NULL DEFAULT now())`);
    await runner.query(`CREATE TABLE call_budget_replica (
      account text NOT NULL REFERENCES call_budget ON DELETE CASCADE,
      replica uuid NOT NULL,
      held int NOT NULL,
      running int NOT NULL,
      process int NOT NULL,
      read int NOT NULL,
      backfill int NOT NULL,
      lease_until timestamptz NOT NULL,
      PRIMARY KEY (account, replica))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE call_budget_replica');
    await runner.query('DROP TABLE call_budget');
  }
}
