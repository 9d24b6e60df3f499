import type { MigrationInterface, QueryRunner } from 'typeorm';
import { replayTables } from './replay.store.ts';

/** Replays, who asked for them and how far they are. */
export class Messaging1732320000014 implements MigrationInterface {
  readonly name = 'Messaging1732320000014';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of replayTables) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE replay_partition, replay`);
  }
}
