import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Erp1732330000001 implements MigrationInterface {
  readonly name = 'Erp1732330000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of tables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE customer_link, dirty_customer, published_record, erp_case');
  }
}

const tables = [
  // What the CRM says of a customer, and what of it we wrote into the ERP last.
  `CREATE TABLE customer_link (
    instance text NOT NULL,
    customer_id text NOT NULL,
    desired jsonb NOT NULL,
    desired_revision bigint NOT NULL,
    -- Owned fields as last written or found equal; null before the first write.
    written jsonb,
    -- Owned fields of a write that is under way or whose answer was lost.
    attempted jsonb,
    vendor_id text,
    -- Fields that somebody else changed in the ERP; null when there are none.
    foreign_fields jsonb,
    -- Moves with every comparison, so that the same finding later is a new piece of work.
    version bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (instance, customer_id)
  )`,
  // Customers whose balance may have moved: NetSuite does not move their own stamp when a document does.
  `CREATE TABLE dirty_customer (
    instance text NOT NULL,
    vendor_id text NOT NULL,
    version bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (instance, vendor_id)
  )`,
  // The last state of every record on the topics: a deletion is published as a full record.
  `CREATE TABLE published_record (
    topic text NOT NULL,
    key text NOT NULL,
    instance text NOT NULL,
    vendor_id text NOT NULL,
    value jsonb NOT NULL,
    PRIMARY KEY (topic, key)
  )`,
  `CREATE TABLE erp_case (
    exception_id uuid PRIMARY KEY,
    -- instance|object type|vendor id
    object_key text NOT NULL,
    open boolean NOT NULL,
    state jsonb NOT NULL
  )`,
  `CREATE INDEX erp_case_open ON erp_case (object_key) WHERE open`,
];
