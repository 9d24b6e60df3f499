import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Orders1732350000001 implements MigrationInterface {
  readonly name = 'Orders1732350000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE order_link');
  }
}

const tables = [
  // The newest command per contract, and what of it we wrote into the ERP last.
  `CREATE TABLE order_link (
    instance text NOT NULL,
    contract_id text NOT NULL,
    command jsonb NOT NULL,
    command_id text NOT NULL,
    -- Revision of the contract that the command follows.
    revision bigint NOT NULL,
    customer_id text NOT NULL,
    state text NOT NULL,
    -- Why it was refused.
    code text,
    vendor_id text,
    number text,
    -- The order as last written or found equal; null before the first write.
    written jsonb,
    -- Revision of the command that was written.
    written_revision bigint,
    -- The order of a write that is under way or whose answer was lost.
    attempted jsonb,
    -- Moves with every change, so that looking again is a new piece of work.
    version bigint NOT NULL DEFAULT 0,
    looked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (instance, contract_id)
  )`,
  `CREATE INDEX order_link_customer ON order_link (instance, customer_id) WHERE state IN ('WAITING_FOR_CUSTOMER', 'REFUSED')`,
  `CREATE INDEX order_link_vendor ON order_link (instance, vendor_id)`,
];
