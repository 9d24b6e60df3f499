import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is published of the forecast: needed to say what is gone, and which cases are open. */
export class Forecast1732340200000 implements MigrationInterface {
  readonly name = 'Forecast1732340200000';

  async up(runner: QueryRunner): Promise<void> {
    // Complete while the topic's cells are those of the version's revision; not after it was read back into an empty database.
    await runner.query(`
      CREATE TABLE forecast_version (
        version_id uuid PRIMARY KEY,
        vendor_id text NOT NULL,
        name text NOT NULL,
        cells integer NOT NULL,
        rejected integer NOT NULL,
        complete boolean NOT NULL
      )`);
    // No reference to forecast_version: of a version that was read back the cells may have come alone.
    await runner.query(`
      CREATE TABLE forecast_cell (
        forecast_id text PRIMARY KEY,
        version_id uuid NOT NULL,
        version_revision bigint NOT NULL,
        cell jsonb NOT NULL
      ) WITH (fillfactor = 80)`);
    await runner.query('CREATE INDEX forecast_cell_version ON forecast_cell (version_id)');
    await runner.query(`
      CREATE TABLE forecast_case (
        exception_id uuid PRIMARY KEY,
        version_id uuid NOT NULL,
        state jsonb NOT NULL
      )`);
    await runner.query('CREATE INDEX forecast_case_version ON forecast_case (version_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE forecast_case, forecast_cell, forecast_version');
  }
}
