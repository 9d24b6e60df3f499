import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Not only customers are read again without a stamp of their own: what the ERP announces, and what a compare finds, too. */
export class DirtyRecords1732400000001 implements MigrationInterface {
  readonly name = 'DirtyRecords1732400000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE dirty_customer RENAME TO dirty_record`);
    await runner.query(`ALTER TABLE dirty_record ADD stream text NOT NULL DEFAULT 'customer'`);
    await runner.query(`ALTER TABLE dirty_record ALTER stream DROP DEFAULT`);
    await runner.query(`ALTER TABLE dirty_record DROP CONSTRAINT dirty_customer_pkey`);
    await runner.query(`ALTER TABLE dirty_record ADD PRIMARY KEY (instance, stream, vendor_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM dirty_record WHERE stream <> 'customer'`);
    await runner.query(`ALTER TABLE dirty_record DROP CONSTRAINT dirty_record_pkey`);
    await runner.query(`ALTER TABLE dirty_record DROP stream`);
    await runner.query(`ALTER TABLE dirty_record RENAME TO dirty_customer`);
    await runner.query(
      `ALTER TABLE dirty_customer ADD CONSTRAINT dirty_customer_pkey PRIMARY KEY (instance, vendor_id)`,
    );
  }
}
