import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Several ERP instances: customers come with the commands that name them, and work belongs to an instance. */
export class Instances1732370000001 implements MigrationInterface {
  readonly name = 'Instances1732370000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...workOfItsInstance]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX customer_link_vendor`);
    await runner.query(`DELETE FROM customer_link WHERE desired IS NULL`);
    await runner.query(
      `ALTER TABLE customer_link ALTER desired SET NOT NULL, DROP external_key, DROP wanted, DROP placed`,
    );
    await runner.query(
      `UPDATE work_item SET kind = split_part(kind, '/', 1), key = substr(key, strpos(key, '/') + 1) WHERE kind LIKE '%/%'`,
    );
  }
}

const tables = [
  `ALTER TABLE customer_link
     -- A command may name a customer before he comes: until then there is no more than the wish.
     ALTER desired DROP NOT NULL,
     -- Our id as the ERP can hold it, where its field is too short for it.
     ADD external_key text,
     -- Codes of the legal entities whose commands named him, and of those that he was brought into.
     ADD wanted text[] NOT NULL DEFAULT '{}',
     ADD placed text[] NOT NULL DEFAULT '{}'`,
  `CREATE INDEX customer_link_vendor ON customer_link (instance, vendor_id)`,
  `CREATE INDEX customer_link_key ON customer_link (instance, external_key)`,
  `UPDATE customer_link l SET wanted = o.codes, placed = CASE WHEN l.vendor_id IS NULL THEN '{}' ELSE o.codes END
   FROM (SELECT instance, customer_id, array_agg(DISTINCT command->>'legalEntity') AS codes FROM order_link GROUP BY 1, 2) o
   WHERE o.instance = l.instance AND o.customer_id = l.customer_id`,
];

/** Open work says now of which instance it is; until now there was one, and what it knows names it. */
const workOfItsInstance = [
  `UPDATE work_item w SET kind = w.kind || '/' || i.instance, key = i.instance || '/' || w.key
   FROM (
     SELECT o.id, coalesce(
       o.payload->>'instance',
       (SELECT instance FROM order_link WHERE contract_id = o.payload->>'contractId' LIMIT 1),
       (SELECT instance FROM customer_link WHERE customer_id = o.payload->>'customerId' LIMIT 1),
       (SELECT instance FROM source_stream LIMIT 1)
     ) AS instance
     FROM work_item o WHERE o.open AND o.kind IN ('put-order', 'sync-customer', 'take-snapshot')
   ) i
   WHERE i.id = w.id AND i.instance IS NOT NULL`,
];
