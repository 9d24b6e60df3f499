import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Governed fields of customers: what was approved, rejected, and what waits for a person. */
export class Approvals1732390000001 implements MigrationInterface {
  readonly name = 'Approvals1732390000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE customer_link ADD approved jsonb, ADD rejected jsonb, ADD waiting jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE customer_link DROP approved, DROP rejected, DROP waiting');
  }
}
