import { derivedId, joinKey } from '@tieout/canonical';
import { adoptCases, type ExceptionState } from '@tieout/messaging';
import type { MigrationInterface, QueryRunner } from 'typeorm';

interface RefusedRow {
  readonly instance: string;
  readonly model: string;
  readonly cell: readonly [string, string, string];
  readonly reason: string;
  readonly since: string;
}
type FailingRow = Omit<RefusedRow, 'cell'>;
type Adopted = Parameters<typeof adoptCases>[1][number];

const SINCE = `to_char(c.refused_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
// The model is part of a case's id, and the name of the stream that writes it.
const REFUSED = `SELECT s.instance, substr(s.stream, 7) AS model, jsonb_build_array(e.code, c.month, c.currency) AS cell,
    coalesce(c.refused_reason, '') AS reason, ${SINCE} AS since
  FROM cell c JOIN legal_entity e USING (legal_entity_id) JOIN source_stream s ON s.stream LIKE 'cells:%'
  WHERE c.refused_since IS NOT NULL`;
const FAILING = `SELECT instance, substr(stream, 7) AS model, cursor->'failing'->>'reason' AS reason, cursor->'failing'->>'since' AS since
  FROM source_stream WHERE stream LIKE 'cells:%' AND cursor->'failing'->>'since' IS NOT NULL`;

/** Cases are kept by the messaging library, as those of every service. */
export class Exceptions1732360000003 implements MigrationInterface {
  readonly name = 'Exceptions1732360000003';

  async up(runner: QueryRunner): Promise<void> {
    const forecast = (await runner.query('SELECT state FROM forecast_case')) as { state: ExceptionState }[];
    const refused = (await runner.query(REFUSED)) as RefusedRow[];
    const failing = (await runner.query(FAILING)) as FailingRow[];
    await adoptCases(runner.manager, [
      ...forecast.map(({ state }) => state),
      ...refused.map(rejectedRow),
      ...failing.map(failedImport),
    ]);
    await runner.query('DROP TABLE forecast_case');
    await runner.query('ALTER TABLE cell DROP COLUMN refused_reason');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE cell ADD COLUMN refused_reason text');
    await runner.query(
      'CREATE TABLE forecast_case (exception_id uuid PRIMARY KEY, version_id uuid NOT NULL, state jsonb NOT NULL)',
    );
    await runner.query('CREATE INDEX forecast_case_version ON forecast_case (version_id)');
  }
}

function rejectedRow({ instance, model, cell, reason, since }: RefusedRow): Adopted {
  const key = joinKey(cell);
  return {
    ...open(since),
    exceptionId: derivedId('planning-publisher/rejected-row', joinKey([instance, model, key])),
    kind: 'rejected-row',
    severity: 'WARNING',
    objectType: 'cell',
    objectId: key,
    message: `The planning model refused the cell: ${reason}`,
    details: { instance, model, reason },
  };
}

function failedImport({ instance, model, reason, since }: FailingRow): Adopted {
  return {
    ...open(since),
    exceptionId: derivedId('planning-publisher/import-failed', joinKey([instance, model])),
    kind: 'import-failed',
    severity: 'CRITICAL',
    objectType: 'model',
    objectId: model,
    message: `No row of an import counts as loaded: ${reason}`,
    details: { instance, reason },
  };
}

const open = (since: string): Pick<Adopted, 'status' | 'service' | 'raisedAt' | 'updatedAt' | 'resolution'> => ({
  ...{ status: 'OPEN', service: 'planning-publisher', resolution: null },
  ...{ raisedAt: since, updatedAt: since },
});
