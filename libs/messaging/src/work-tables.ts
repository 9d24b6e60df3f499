import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sourceStreamTables } from './source-stream.store.ts';
import { workQueueTables } from './work-queue.store.ts';

/** Work items and source streams; a service that has neither keeps two empty tables. */
export class WorkTables1732320000001 implements MigrationInterface {
  readonly name = 'WorkTables1732320000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...workQueueTables, ...sourceStreamTables]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE work_item, source_stream`);
  }
}
