import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When an object was first published, known of those whose first revision was received here. */
export class FirstPublished1732330500000 implements MigrationInterface {
  readonly name = 'FirstPublished1732330500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE topic_state ADD COLUMN first_published_at timestamptz');
    await runner.query(
      'CREATE INDEX topic_state_first_published ON topic_state (topic, first_published_at) WHERE first_published_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE topic_state DROP COLUMN first_published_at');
  }
}
