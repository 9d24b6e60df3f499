import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each document contributes to a planning cell, and which cells the planning system does not have yet. */
export class Cells1732340000000 implements MigrationInterface {
  readonly name = 'Cells1732340000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE legal_entity (
        legal_entity_id uuid PRIMARY KEY,
        revision bigint NOT NULL,
        code text NOT NULL UNIQUE,
        name text NOT NULL
      )`);
    // One row per document that was ever seen; a voided or deleted one contributes zeros. No reference is enforced: a
    // document may arrive before its legal entity.
    await runner.query(`
      CREATE TABLE contribution (
        object text NOT NULL,
        object_id uuid NOT NULL,
        revision bigint NOT NULL,
        legal_entity_id uuid NOT NULL,
        month text NOT NULL,
        currency text NOT NULL,
        invoices integer NOT NULL,
        invoiced numeric(19, 4) NOT NULL,
        paid numeric(19, 4) NOT NULL,
        open numeric(19, 4) NOT NULL,
        PRIMARY KEY (object, object_id)
      )`);
    await runner.query('CREATE INDEX contribution_cell ON contribution (legal_entity_id, month, currency)');
    // Dirty while version is above loaded_version: what was loaded is older than what is known.
    await runner.query(`
      CREATE TABLE cell (
        legal_entity_id uuid NOT NULL,
        month text NOT NULL,
        currency text NOT NULL,
        version bigint NOT NULL DEFAULT 1,
        loaded_version bigint NOT NULL DEFAULT 0,
        loaded_code text,
        dirty_since timestamptz NOT NULL DEFAULT now(),
        not_before timestamptz NOT NULL DEFAULT now(),
        refusals integer NOT NULL DEFAULT 0,
        refused_since timestamptz,
        refused_reason text,
        PRIMARY KEY (legal_entity_id, month, currency)
      )`);
    await runner.query('CREATE INDEX cell_dirty ON cell (dirty_since) WHERE version > loaded_version');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cell, contribution, legal_entity');
  }
}
