import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Invoices that commands ask for, and what people decide when their period is closed. */
export class Bills1732380000001 implements MigrationInterface {
  readonly name = 'Bills1732380000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bill_link, period_choice');
  }
}

const tables = [
  `CREATE TABLE bill_link (
    instance text NOT NULL,
    command_id text NOT NULL,
    contract_id text NOT NULL,
    command jsonb NOT NULL,
    -- Revision of the contract that the command follows.
    revision bigint NOT NULL,
    state text NOT NULL,
    -- Why it was refused.
    code text,
    -- The invoice: id, number and date in the ERP.
    vendor_id text,
    number text,
    date date,
    -- Moves with every look, so that looking again is a new piece of work.
    version bigint NOT NULL DEFAULT 0,
    looked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (instance, command_id)
  )`,
  `CREATE INDEX bill_link_undone ON bill_link (instance, looked_at) WHERE state IN ('WAITING_FOR_ORDER', 'REFUSED')`,
  `CREATE TABLE period_choice (
    instance text NOT NULL,
    command_id text NOT NULL,
    choice text NOT NULL,
    date date,
    decision_id text NOT NULL,
    PRIMARY KEY (instance, command_id)
  )`,
];
