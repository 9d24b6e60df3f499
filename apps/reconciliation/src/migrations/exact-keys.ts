import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // Keys are made with the items: those that are there without one are loaded again.
  `DELETE FROM comparison_item`,
  `UPDATE comparison SET state = 'inactive', reasons = '{"its sides were not loaded yet"}', rules = NULL`,
  `ALTER TABLE comparison_item ADD COLUMN exact_key uuid NOT NULL`,
  `DROP INDEX comparison_item_block`,
  // What a full run looks at of every item; the rest of a row it reads only where there is no exact pair.
  `CREATE INDEX comparison_item_block ON comparison_item (comparison_id, block, exact_key)
     INCLUDE (side, item_id, amount, currency, business_date)`,
  // Lines of ids: see comparisons/exact-pairs.ts.
  `ALTER TABLE comparison_block ADD COLUMN pairs text COLLATE "C" NOT NULL DEFAULT ''`,
  `ALTER TABLE comparison_block ALTER COLUMN pairs SET STORAGE EXTERNAL`,
  // JSON that nobody here looks into: to check it costs as much as to store it.
  `ALTER TABLE comparison_block ALTER COLUMN groups TYPE text COLLATE "C"`,
  `ALTER TABLE comparison_block ALTER COLUMN groups SET STORAGE EXTERNAL`,
];

/** Items know by a key whom the first rule would match them with, and the exact pairs of a block stand apart from its groups. */
export class ExactKeys1732330600000 implements MigrationInterface {
  readonly name = 'ExactKeys1732330600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM comparison_block');
    await runner.query(
      'ALTER TABLE comparison_block DROP COLUMN pairs, ALTER COLUMN groups TYPE json USING groups::json',
    );
    await runner.query('DROP INDEX comparison_item_block');
    await runner.query('ALTER TABLE comparison_item DROP COLUMN exact_key');
    await runner.query('CREATE INDEX comparison_item_block ON comparison_item (comparison_id, block, side, item_id)');
  }
}
