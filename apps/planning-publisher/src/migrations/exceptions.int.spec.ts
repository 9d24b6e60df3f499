import { randomUUID } from 'node:crypto';
import { exceptionId, messagingMigrations, type ExceptionState } from '@tieout/messaging';
import { createDatabase } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { failedImport, rejectedRow } from '../cells/case.ts';
import { Cells1732340000000 } from './1732340000000-cells.ts';
import { ReleasedCodes1732340100000 } from './1732340100000-released-codes.ts';
import { Forecast1732340200000 } from './1732340200000-forecast.ts';
import { Exceptions1732360000003 } from './1732360000003-exceptions.ts';

const SINCE = '2026-01-31T10:00:00.000Z';
const target = { instance: 'main', model: 'M', action: 'P' };

it('rows and imports that were refused before, and cases of the forecast, are the same open cases after', async () => {
  const { url } = await createDatabase('planning_migration');
  const before = [...messagingMigrations, Cells1732340000000, ReleasedCodes1732340100000, Forecast1732340200000];
  const database = await new DataSource({ type: 'postgres', url, migrations: before }).initialize();
  await database.runMigrations();
  const [entity, forecast] = [randomUUID(), randomUUID()];
  await database.query(
    `INSERT INTO legal_entity (legal_entity_id, revision, code, name) VALUES ('${entity}', 1, 'DE01', 'DE')`,
  );
  await database.query(`INSERT INTO cell (legal_entity_id, month, currency, refused_since, refused_reason)
    VALUES ('${entity}', '2026-01', 'EUR', '${SINCE}', 'no such item'), ('${entity}', '2026-02', 'EUR', NULL, NULL)`);
  await database.query(`INSERT INTO source_stream (instance, stream, cursor) VALUES
    ('main', 'cells:M', '{"number":1,"startedAt":"${SINCE}","failing":{"since":"${SINCE}","reason":"no file"}}'),
    ('main', 'forecast:M', '{"held":{}}')`);
  await database.query(`INSERT INTO forecast_case VALUES ('${forecast}', '${randomUUID()}',
    '{"exceptionId":"${forecast}","kind":"forecast-unknown-entity","status":"OPEN"}')`);

  const runner = database.createQueryRunner();
  await new Exceptions1732360000003().up(runner);

  const rows = await database.query<{ state: ExceptionState }[]>('SELECT state FROM exception_case ORDER BY kind');
  const [unknown, failing, rejected] = rows.map(({ state }) => state);
  expect(unknown).toMatchObject({ exceptionId: forecast, assignee: null });
  const row = rejectedRow(target, 'DE01|2026-01|EUR', 'no such item');
  expect(rejected).toMatchObject({
    ...{ exceptionId: exceptionId('planning-publisher', row), message: row.message, details: row.details },
    ...{ objectType: row.objectType, objectId: row.objectId, status: 'OPEN', raisedAt: SINCE },
  });
  const whole = failedImport(target, 'no file');
  expect(failing).toMatchObject({
    ...{ exceptionId: exceptionId('planning-publisher', whole), message: whole.message, objectId: 'M' },
    ...{ severity: 'CRITICAL', raisedAt: SINCE },
  });
  await new Exceptions1732360000003().down(runner);
  await runner.release();
  await database.destroy();
});
