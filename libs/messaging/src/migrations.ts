import type { MigrationInterface, QueryRunner } from 'typeorm';
import { deadLetterTables } from './dead-letter.store.ts';
import { inboxTables } from './inbox.store.ts';
import { outboxTables } from './outbox.store.ts';
import { positionTables } from './position.store.ts';
import { stateRevisionTables } from './state-revision.store.ts';
import { WorkTables1732320000001 } from './work-tables.ts';

/** The tables every service needs to consume and publish once, made in the service's own schema. */
export class MessagingTables1732320000000 implements MigrationInterface {
  readonly name = 'MessagingTables1732320000000';

  async up(runner: QueryRunner): Promise<void> {
    const tables = [outboxTables, stateRevisionTables, positionTables, inboxTables, deadLetterTables];
    for (const statement of tables.flat()) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE outbox, state_revision, consumer_position, inbox, dead_letter`);
    await runner.query(`DROP FUNCTION outbox_channel()`);
  }
}

/** Put these first in a service's list of migrations. */
export const messagingMigrations = [MessagingTables1732320000000, WorkTables1732320000001];
