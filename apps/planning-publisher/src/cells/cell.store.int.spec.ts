import { randomUUID } from 'node:crypto';
import type { LegalEntity } from '@tieout/canonical';
import type { Delivery, Outcome } from '@tieout/messaging';
import { createDatabase } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cells1732340000000 } from '../migrations/1732340000000-cells.ts';
import { ReleasedCodes1732340100000 } from '../migrations/1732340100000-released-codes.ts';
import { countCells, markLoaded, readDirtyCells } from './cell.store.ts';
import { saveContributions } from './contribution.store.ts';
import { legalEntityConsumer } from './documents.consumer.ts';

let database: DataSource;
beforeEach(async () => {
  const { url } = await createDatabase('cells');
  const migrations = [Cells1732340000000, ReleasedCodes1732340100000];
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
