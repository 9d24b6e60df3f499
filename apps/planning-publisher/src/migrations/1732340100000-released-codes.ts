import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A code belongs to one legal entity that is not deleted. */
export class ReleasedCodes1732340100000 implements MigrationInterface {
  readonly name = 'ReleasedCodes1732340100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE legal_entity ADD COLUMN deleted boolean NOT NULL DEFAULT false');
    await runner.query('ALTER TABLE legal_entity DROP CONSTRAINT legal_entity_code_key');
    await runner.query('CREATE UNIQUE INDEX legal_entity_code ON legal_entity (code) WHERE NOT deleted');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX legal_entity_code');
    await runner.query(
      'ALTER TABLE legal_entity ADD CONSTRAINT legal_entity_code_key UNIQUE (code), DROP COLUMN deleted',
    );
  }
}
