import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the version was read decides when it is read again; accounts read before are met once more as unread. */
export class AccountReadAt1732330100000 implements MigrationInterface {
  readonly name = 'AccountReadAt1732330100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE crm_account DROP COLUMN settled, ADD COLUMN read_at timestamptz NOT NULL DEFAULT 'epoch'`,
    );
    await runner.query('ALTER TABLE crm_account ALTER COLUMN read_at DROP DEFAULT');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE crm_account DROP COLUMN read_at, ADD COLUMN settled boolean NOT NULL DEFAULT false',
    );
    await runner.query('ALTER TABLE crm_account ALTER COLUMN settled DROP DEFAULT');
  }
}
