import { adoptCases, type ExceptionState } from '@tieout/messaging';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Cases are kept by the messaging library, as those of every service. */
export class Exceptions1732360000001 implements MigrationInterface {
  readonly name = 'Exceptions1732360000001';

  async up(runner: QueryRunner): Promise<void> {
    const rows = (await runner.query('SELECT state FROM erp_case')) as { state: ExceptionState }[];
    await adoptCases(
      runner.manager,
      rows.map(({ state }) => state),
    );
    await runner.query('DROP TABLE erp_case');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE erp_case (
      exception_id uuid PRIMARY KEY, object_key text NOT NULL, open boolean NOT NULL, state jsonb NOT NULL)`);
    await runner.query('CREATE INDEX erp_case_open ON erp_case (object_key) WHERE open');
  }
}
