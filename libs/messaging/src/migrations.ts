import type { MigrationInterface, QueryRunner } from 'typeorm';
import { deadLetterTables } from './dead-letter.store.ts';
import { Messaging1732320000013 } from './exceptions/exception-tables.ts';
import { inboxTables } from './inbox.store.ts';
import { outboxTables } from './outbox.store.ts';
import { positionAccounting, positionTables } from './position.store.ts';
import { Messaging1732320000012 } from './redrive-tables.ts';
import { Messaging1732320000014 } from './replay/replay-tables.ts';
import { stateRevisionTables } from './state-revision.store.ts';
import { PublishTables1732320000011 } from './publish-tables.ts';
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

/** What a checker needs to prove that every record accepted has an outcome. */
export class ConsumerAccounting1732320000010 implements MigrationInterface {
  readonly name = 'ConsumerAccounting1732320000010';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of positionAccounting) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE consumer_position DROP COLUMN start_offset, DROP COLUMN accepted, DROP COLUMN may_hold',
    );
  }
}

/** Put these first in a service's list of migrations. */
export const messagingMigrations = [
  MessagingTables1732320000000,
  WorkTables1732320000001,
  ConsumerAccounting1732320000010,
  PublishTables1732320000011,
  Messaging1732320000012,
  Messaging1732320000013,
  Messaging1732320000014,
];
