import { derivedId } from '@tieout/canonical';
import { messagingMigrations } from '@tieout/messaging';
import { createDatabase } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { expect, it } from 'vitest';
import { Orders1732350000000 } from './1732350000000-orders.ts';
import { Exceptions1732360000002 } from './1732360000002-exceptions.ts';

it('contracts that had a problem before have the same open case after', async () => {
  const { url } = await createDatabase('orders_migration');
  const migrations = [...messagingMigrations, Orders1732350000000];
  const database = await new DataSource({ type: 'postgres', url, migrations }).initialize();
  await database.runMigrations();
  const since = '2026-01-31T10:00:00.000Z';
  const problem = { kind: 'contract-withdrawn', message: 'close it', details: { contractNumber: '1' }, since };
  await database.query(`INSERT INTO contract_order (contract_id, problem) VALUES ('c1', $1), ('c2', NULL)`, [problem]);

  const runner = database.createQueryRunner();
  await new Exceptions1732360000002().up(runner);

  const [row, ...others] = await database.query<{ state: object }[]>('SELECT state FROM exception_case');
  expect(others).toEqual([]);
  expect(row?.state).toMatchObject({
    ...{ exceptionId: derivedId('order-to-cash/contract-withdrawn', 'c1'), objectId: 'c1', status: 'OPEN' },
    ...{ message: 'close it', details: { contractNumber: '1' }, raisedAt: since, dueAt: null },
  });
  await new Exceptions1732360000002().down(runner);
  await runner.release();
  await database.destroy();
});
