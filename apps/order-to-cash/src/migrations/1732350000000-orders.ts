import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Orders1732350000000 implements MigrationInterface {
  readonly name = 'Orders1732350000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE contract_order');
  }
}

const tables = [
  // A contract and how far its order in the ERP is. A revision of 0: only an outcome has been seen yet.
  `CREATE TABLE contract_order (
    contract_id text PRIMARY KEY,
    contract_revision bigint NOT NULL DEFAULT 0,
    -- What people look for: number, customer, legal entity, currency, net, lifecycle.
    contract jsonb,
    -- The command that counts: its id, the revision it follows, the hash of what it asks.
    command jsonb,
    -- The newest outcome, of whichever command.
    outcome jsonb,
    state text NOT NULL DEFAULT 'NONE',
    -- The open exception; null when there is none.
    problem jsonb,
    changed_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX contract_order_listed ON contract_order (state, changed_at DESC, contract_id DESC)`,
];
