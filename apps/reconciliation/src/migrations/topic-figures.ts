import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the topics held when a run ended, beside what the systems said. */
export class TopicFigures1732330100000 implements MigrationInterface {
  readonly name = 'TopicFigures1732330100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE run_topic (
      run_id uuid NOT NULL REFERENCES run ON DELETE CASCADE,
      topic text NOT NULL,
      keys bigint NOT NULL,
      sums jsonb NOT NULL,
      PRIMARY KEY (run_id, topic))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE run_topic');
  }
}
