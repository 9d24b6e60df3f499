import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Opportunities, contracts and products; one stream of changes instead of the listing of accounts. */
export class Records1732340200000 implements MigrationInterface {
  readonly name = 'Records1732340200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE crm_record (
        instance text NOT NULL,
        -- API name, e.g. Contract.
        entity text NOT NULL,
        record_id text NOT NULL,
        -- Of the version read last, and when that was asked for, by the org's clock.
        stamp timestamptz NOT NULL,
        read_at timestamptz NOT NULL,
        -- Last state that was published, without revision; null when none ever was.
        value jsonb,
        -- Why the version read last is held out: kind, message, details, since.
        held jsonb,
        PRIMARY KEY (instance, entity, record_id)
      )`);
    await runner.query('CREATE INDEX crm_record_held ON crm_record (instance, entity) WHERE held IS NOT NULL');
    await runner.query(`
      CREATE TABLE crm_contract_line (
        instance text NOT NULL,
        line_id text NOT NULL,
        contract_id text NOT NULL,
        PRIMARY KEY (instance, line_id)
      )`);
    // Accounts are listed again from the beginning, by the new stream; those that are known are not read again.
    await runner.query(`DELETE FROM source_stream WHERE stream = 'account'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE crm_record, crm_contract_line');
  }
}
