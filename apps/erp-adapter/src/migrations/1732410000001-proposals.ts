import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A flow into an ERP may say what it would write, and write nothing. */
export class Proposals1732410000001 implements MigrationInterface {
  readonly name = 'Proposals1732410000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE proposal');
    await runner.query('DROP INDEX order_link_proposed');
    await runner.query(`UPDATE order_link SET state = 'ASKED' WHERE state = 'PROPOSED'`);
    await runner.query('ALTER TABLE customer_link DROP held');
  }
}

const tables = [
  `CREATE TABLE proposal (
    instance text NOT NULL,
    flow text NOT NULL,
    object_id text NOT NULL,
    action text NOT NULL,
    body jsonb NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (instance, flow, object_id)
  )`,
  // Looked at and not written, because the flow does not write.
  `ALTER TABLE customer_link ADD held boolean NOT NULL DEFAULT false`,
  `CREATE INDEX customer_link_held ON customer_link (instance, customer_id) WHERE held`,
  `CREATE INDEX order_link_proposed ON order_link (instance, contract_id) WHERE state = 'PROPOSED'`,
];
