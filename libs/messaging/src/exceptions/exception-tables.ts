import type { MigrationInterface, QueryRunner } from 'typeorm';
import { auditTables } from '../audit.store.ts';
import { exceptionTables } from './exception.store.ts';

/** Exceptions of the service, and the audit chains of whatever people act on. */
export class Messaging1732320000013 implements MigrationInterface {
  readonly name = 'Messaging1732320000013';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...auditTables, ...exceptionTables]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE exception_case, audit_entry`);
  }
}
