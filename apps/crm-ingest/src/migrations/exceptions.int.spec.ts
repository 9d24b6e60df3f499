import { derivedId } from '@tieout/canonical';
import { idOf } from '@tieout/connector-salesforce';
import { listCases, messagingMigrations } from '@tieout/messaging';
import { createDatabase } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { Accounts1732330000000 } from './1732330000000-accounts.ts';
import { AccountReadAt1732330100000 } from './1732330100000-account-read-at.ts';
import { Records1732340200000 } from './1732340200000-records.ts';
import { Exceptions1732360000000 } from './1732360000000-exceptions.ts';

const SINCE = '2026-01-31T10:00:00.000Z';

it('records that were held out before are the same open cases after, and still held out', async () => {
  const { url } = await createDatabase('crm_migration');
  const before = [...messagingMigrations, Accounts1732330000000, AccountReadAt1732330100000, Records1732340200000];
  const database = await new DataSource({ type: 'postgres', url, migrations: before }).initialize();
  await database.runMigrations();
  await database.query(`INSERT INTO crm_account
    (instance, account_id, customer_id, name, created_at, stamp, read_at, deleted, held_kind, held_message, held_details, held_since)
    VALUES ('main', '001A', '${idOf('Account', 'main', '001A')}', 'A', now(), now(), now(), false,
      'customer-number-conflict', 'taken', '{"accountNumber":"N"}', '${SINCE}'),
    ('main', '001B', '${idOf('Account', 'main', '001B')}', 'B', now(), now(), now(), false, NULL, NULL, NULL, NULL)`);
  await database.query(`INSERT INTO crm_record (instance, entity, record_id, stamp, read_at, held)
    VALUES ('main', 'Contract', '800A', now(), now(),
      '{"kind":"unmapped-value","message":"no status","details":{"field":"Status"},"since":"${SINCE}"}'),
    ('main', 'Contract', '800B', now(), now(), NULL)`);
  await database.query(
    `INSERT INTO source_stream (instance, stream, cursor) VALUES ('main', 'changes', '{"unknown":{"Quote":"${SINCE}"}}')`,
  );
  // A case without a revision would not be listed: they were published.
  const ids = [
    derivedId('crm-ingest/customer-number-conflict', 'main/001A'),
    derivedId('crm-ingest/unmapped-value', 'main/800A'),
    derivedId('crm-ingest/unknown-entity', 'main/Quote'),
  ];
  for (const id of ids)
    await database.query(`INSERT INTO state_revision VALUES ('finance.exception.v1', '${id}', 1, 'hash')`);

  const runner = database.createQueryRunner();
  await new Exceptions1732360000000().up(runner);

  const cases = await listCases(database.manager, {
    ...{ status: 'OPEN', kind: null, severity: null, ownerGroup: null, assignee: null, object: null },
    ...{ limit: 100, after: null },
  });
  expect(new Set(cases.map(({ exceptionId }) => exceptionId))).toEqual(new Set(ids));
  expect(cases.find(({ kind }) => kind === 'unmapped-value')).toMatchObject({
    ...{ objectType: 'contract', objectId: idOf('Contract', 'main', '800A'), message: 'no status', raisedAt: SINCE },
    ...{ details: { field: 'Status' }, assignee: null, resolution: null },
  });
  const held = `SELECT record_id AS id FROM crm_record WHERE held_kind = 'unmapped-value'
    UNION ALL SELECT account_id FROM crm_account WHERE held_kind IS NOT NULL`;
  expect(await database.query(held)).toEqual([{ id: '800A' }, { id: '001A' }]);
  await new Exceptions1732360000000().down(runner);
  await runner.release();
  await database.destroy();
});
