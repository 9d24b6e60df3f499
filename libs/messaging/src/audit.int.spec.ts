import { verifyChain, type Act, type Audit } from '@tieout/canonical';
import { createDatabase } from '@tieout/testing';
import { DataSource, type EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudits, readChain } from './audit.store.ts';
import type { Codec } from './codec.ts';
import { messagingMigrations } from './migrations.ts';
import { Outbox } from './outbox.ts';
import { inTransaction } from './transaction.ts';

/** What is asserted is the value that was given to the codec, so that this test needs no registry. */
const codec = {
  encode: (_topic: string, { targetId, sequence }: Audit) => Buffer.from(`${targetId} ${sequence}`),
} as unknown as Codec;
const outbox = new Outbox(codec, 'spec');
let dataSource: DataSource;

beforeAll(async () => {
  const { url } = await createDatabase('audit');
  dataSource = await new DataSource({ type: 'postgres', url, migrations: messagingMigrations }).initialize();
  await dataSource.runMigrations();
});
afterAll(() => dataSource.destroy());
beforeEach(() => dataSource.query('TRUNCATE outbox, audit_entry'));

const act = (targetId: string, action: string, reason: string | null = null): Act => ({
  targetType: 'exception',
  targetId,
  action,
  actor: 'mara',
  role: 'operator',
  reason,
  at: '2026-03-31T10:00:00.000Z',
  beforeHash: null,
  afterHash: 'after',
  details: { ticket: 'FIN-1' },
});
const append = (...acts: Act[]): Promise<readonly Audit[]> =>
  inTransaction(dataSource, (tx: EntityManager) => appendAudits(tx, outbox, acts));
const chain = (targetId: string): Promise<readonly Audit[]> => readChain(dataSource.manager, 'exception', targetId);

describe('audit entries', () => {
  it('continue the chain of their own target, are kept and are published in order', async () => {
    await append(act('a', 'raise'), act('b', 'raise'), act('a', 'comment', 'asked the "CRM" owner'));
    const [last] = await append(act('a', 'resolve'));
    const kept = await chain('a');
    expect(kept.map(({ action }) => action)).toEqual(['raise', 'comment', 'resolve']);
    expect(verifyChain(kept, last)).toBeNull();
    expect(verifyChain(await chain('b'))).toBeNull();
    const published = await dataSource.query<{ value: string }[]>(
      `SELECT convert_from(value, 'UTF8') AS value FROM outbox ORDER BY outbox.id`,
    );
    expect(published.map(({ value }) => value)).toEqual(['a 1', 'b 1', 'a 2', 'a 3']);
  });

  it.each([
    ['was changed', `UPDATE audit_entry SET entry = jsonb_set(entry, '{actor}', '"eve"') WHERE sequence = 2`, 2n],
    ['was removed', `DELETE FROM audit_entry WHERE sequence = 2`, 3n],
  ])('show which of them %s in the database', async (_, tampering, sequence) => {
    await append(act('a', 'raise'), act('a', 'assign'), act('a', 'resolve'));
    await dataSource.query(tampering);
    expect(verifyChain(await chain('a'))).toMatchObject({ sequence });
  });

  it('cannot fork a chain: of two who append without the lock of the target one fails', async () => {
    const both = await Promise.allSettled([append(act('a', 'assign')), append(act('a', 'resolve'))]);
    const kept = await chain('a');
    expect(kept).toHaveLength(both.filter(({ status }) => status === 'fulfilled').length);
    expect(verifyChain(kept)).toBeNull();
  });
});
