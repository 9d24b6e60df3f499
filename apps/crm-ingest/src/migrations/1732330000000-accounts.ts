import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What we know of every account of an org, and whether it is on the topic. */
export class Accounts1732330000000 implements MigrationInterface {
  readonly name = 'Accounts1732330000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE crm_account (
        instance text NOT NULL,
        account_id text NOT NULL,
        customer_id uuid NOT NULL,
        account_number text,
        name text NOT NULL,
        created_at timestamptz NOT NULL,
        -- Stamp of the version read last; settled when no second change can hide behind the same stamp.
        stamp timestamptz NOT NULL,
        settled boolean NOT NULL,
        deleted boolean NOT NULL,
        -- The mapped record, or null with the reason why there is none.
        customer jsonb,
        problem jsonb,
        -- Number under which the account stands on the topic; a deleted account has none.
        on_topic boolean NOT NULL DEFAULT false,
        published_number text,
        held_kind text,
        held_message text,
        held_details jsonb,
        held_since timestamptz,
        PRIMARY KEY (instance, account_id)
      )`);
    await runner.query('CREATE INDEX crm_account_published_number ON crm_account (instance, published_number)');
    await runner.query('CREATE INDEX crm_account_held ON crm_account (instance) WHERE held_kind IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE crm_account');
  }
}
