import { randomUUID } from 'node:crypto';
import type { LegalEntity } from '@tieout/canonical';
import { messagingMigrations, type Delivery, type Outcome } from '@tieout/messaging';
import { createDatabase } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cells1732340000000 } from '../migrations/1732340000000-cells.ts';
import { ReleasedCodes1732340100000 } from '../migrations/1732340100000-released-codes.ts';
import { countCells, markLoaded, readDirtyCells } from './cell.store.ts';
import { forgetContributions, lockRevisions, saveContributions } from './contribution.store.ts';
import { legalEntityConsumer } from './documents.consumer.ts';

let database: DataSource;
beforeEach(async () => {
  const { url } = await createDatabase('cells');
  const migrations = [...messagingMigrations, Cells1732340000000, ReleasedCodes1732340100000];
  database = await new DataSource({ type: 'postgres', url, migrations }).initialize();
  await database.runMigrations();
});
afterEach(() => database.destroy());

const [a, b] = [randomUUID(), randomUUID()];

function entity(legalEntityId: string, code: string, revision = 1n, lifecycle: LegalEntity['lifecycle'] = 'ACTIVE') {
  const source = { system: 'netsuite', instance: 'main', entity: 'x', id: '1', version: null, changedAt: null };
  const rest = { name: code, currency: 'USD', country: null, parentId: null, instance: 'main', source };
  return { legalEntityId, code, revision, lifecycle, ...rest };
}

const take = (...values: LegalEntity[]): Promise<readonly Outcome[]> =>
  database.transaction((tx) =>
    legalEntityConsumer.handle(
      values.map((value) => ({ key: value.legalEntityId, value }) as Delivery<LegalEntity>),
      tx,
    ),
  );

const invoice = (legalEntityId: string, month: string, invoiced: string): Promise<void> => {
  const figures = { invoices: 1, invoiced, paid: '0', open: invoiced };
  const contribution = { objectId: randomUUID(), revision: 1n, legalEntityId, month, currency: 'USD', ...figures };
  return saveContributions(database.manager, 'invoice', [contribution]);
};

const load = async (): Promise<unknown[]> => {
  const cells = await readDirtyCells(database.manager, 100);
  await markLoaded(database.manager, cells);
  return cells.map(({ legalEntity, formerCode, month, invoiced }) => [legalEntity, formerCode, month, invoiced]).sort();
};

describe('dirty cells', () => {
  it('leave the code that they had alone where its new owner has a cell', async () => {
    await take(entity(a, 'US'));
    await invoice(a, '2013-01', '1');
    await invoice(a, '2013-02', '2');
    await load();
    await take(entity(a, 'US (old)', 2n));
    await take(entity(b, 'US'));
    await invoice(b, '2013-01', '7');
    expect(await load()).toEqual([
      ['US (old)', null, '2013-01', '1'],
      ['US (old)', 'US', '2013-02', '2'],
      ['US', null, '2013-01', '7'],
    ]);
  });

  it('of a deleted legal entity wait when another takes its code, whichever record comes first', async () => {
    await take(entity(a, 'US'));
    await invoice(a, '2013-01', '1');
    await expect(take(entity(b, 'US'))).rejects.toMatchObject({ code: 'legal-entity-code-taken' });
    expect(await take(entity(b, 'US'), entity(a, 'US', 2n, 'DELETED'))).toHaveLength(2);
    await invoice(b, '2013-01', '7');
    expect(await load()).toEqual([['US', null, '2013-01', '7']]);
    expect(await countCells(database)).toMatchObject({ dirty: 1, dangling: 1 });
    await expect(take(entity(a, 'US', 3n))).rejects.toMatchObject({ code: 'legal-entity-code-taken' });
  });
});

describe('documents that are handed over again', () => {
  const objectId = randomUUID();
  const contribution = (invoiced: string) => ({
    ...{ objectId, revision: 3n, legalEntityId: a, month: '2013-01', currency: 'USD' },
    ...{ invoices: 1, invoiced, paid: '0', open: invoiced },
  });
  /** As a replay with reset does it. */
  const again = (invoiced: string): Promise<void> =>
    database.transaction(async (tx) => {
      await forgetContributions(tx, 'invoice', [objectId]);
      expect(await lockRevisions(tx, 'invoice', [objectId])).not.toEqual(new Map([[objectId, 3n]]));
      await saveContributions(tx, 'invoice', [contribution(invoiced)]);
    });

  it('send nothing where they say what is stored, and what they say where it is lost or wrong', async () => {
    await take(entity(a, 'US'));
    await saveContributions(database.manager, 'invoice', [contribution('5.50')]);
    expect(await load()).toEqual([['US', null, '2013-01', '5.5']]);
    await again('5.5000');
    expect(await load()).toEqual([]);
    await database.query(`UPDATE contribution SET invoiced = 7, month = '2013-02'`);
    await again('5.5');
    expect(await load()).toEqual([
      ['US', null, '2013-01', '5.5'],
      ['US', null, '2013-02', '0'],
    ]);
    await database.query(`DELETE FROM contribution`);
    await again('5.5');
    expect(await load()).toEqual([['US', null, '2013-01', '5.5']]);
    await database.query(`DELETE FROM cell`);
    await again('5.5');
    expect(await load()).toEqual([['US', null, '2013-01', '5.5']]);
    expect(await lockRevisions(database.manager, 'invoice', [objectId])).toEqual(new Map([[objectId, 3n]]));
  });

  it('let the cells wait until they are through', async () => {
    await take(entity(a, 'US'));
    await invoice(a, '2013-01', '1');
    await database.query(
      `INSERT INTO replay (replay_id, consumer_group, topic, reset, reason, requested_by, status)
       VALUES (gen_random_uuid(), 'g', 'finance.invoice.v1', true, 'lost', 'ann', 'running')`,
    );
    expect(await load()).toEqual([]);
    await database.query(`UPDATE replay SET status = 'done'`);
    expect(await load()).toEqual([['US', null, '2013-01', '1']]);
  });
});
