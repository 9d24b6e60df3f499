import type { Product } from '@tieout/canonical';
import { createDatabase, eventually } from '@tieout/testing';
import pg from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Codec } from './codec.ts';
import { messagingMigrations } from './migrations.ts';
import { setLocalRelay } from './outbox-wake.ts';
import { Outbox, type NewState } from './outbox.ts';
import { inTransaction } from './transaction.ts';

const TOPIC = 'finance.product.v1';
/** What is asserted is the value that was given to the codec, so that this test needs no registry. */
const codec = {
  encode: (_topic: string, value: { revision: bigint }) => Buffer.from(value.revision.toString()),
} as unknown as Codec;
const outbox = new Outbox(codec, 'spec');
let dataSource: DataSource;
let url: string;

beforeAll(async () => {
  ({ url } = await createDatabase('outbox'));
  dataSource = await new DataSource({ type: 'postgres', url, migrations: messagingMigrations }).initialize();
  await dataSource.runMigrations();
});
afterAll(() => dataSource.destroy());
beforeEach(() => dataSource.query('TRUNCATE outbox, state_revision'));

const product = (name: string): NewState<typeof TOPIC> => ({
  key: 'p',
  value: { productId: 'p', name } as unknown as Omit<Product, 'revision'>,
});
const transaction = <R>(work: (tx: EntityManager) => Promise<R>): Promise<R> => inTransaction(dataSource, work);
const rows = (): Promise<{ revision: string; id: string }[]> =>
  dataSource.query(`SELECT convert_from(value, 'UTF8') AS revision, event_id AS id FROM outbox ORDER BY outbox.id`);

const waitingForLocks = (): Promise<unknown[]> =>
  dataSource.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);

describe('a state whose revision others name', () => {
  it('gets its revision before it is written, and is written when its event is published', async () => {
    await transaction(async (tx) => {
      const { revision, event } = await outbox.reviseState(tx, TOPIC, product('first'));
      expect([revision, event?.value.revision, await rows()]).toEqual([1n, 1n, []]);
      if (event) await outbox.publish(tx, [event]);
    });
    expect((await rows()).map(({ revision }) => revision)).toEqual(['1']);
  });

  it('keeps its revision and has no event when its content is the same', async () => {
    await transaction((tx) => outbox.reviseState(tx, TOPIC, product('first')));
    expect(await transaction((tx) => outbox.reviseState(tx, TOPIC, product('first')))).toEqual({
      revision: 1n,
      event: null,
    });
  });

  it('has the event that publishState would have written: same revisions, same ids', async () => {
    const first = await transaction((tx) => outbox.reviseState(tx, TOPIC, product('first')));
    await transaction((tx) => outbox.publishState(tx, TOPIC, [product('second')]));
    await dataSource.query(`UPDATE state_revision SET revision = 0, content_hash = ''`);
    await transaction((tx) => outbox.publishState(tx, TOPIC, [product('first')]));
    const [second, again] = await rows();
    expect([second?.revision, again?.revision, again?.id]).toEqual(['2', '1', first.event?.id]);
  });

  it('takes its revision back with its transaction, and holds a second writer until then', async () => {
    const order: string[] = [];
    const revised = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const first = transaction(async (tx) => {
      await outbox.reviseState(tx, TOPIC, product('first'));
      revised.resolve();
      await goOn.promise;
      order.push('first');
      throw new Error('rolled back');
    });
    await revised.promise;
    const second = transaction(async (tx) => {
      const { revision } = await outbox.reviseState(tx, TOPIC, product('second'));
      order.push('second');
      return revision;
    });
    await eventually(async () => (await waitingForLocks()).length > 0);
    goOn.resolve();
    await expect(first).rejects.toThrow('rolled back');
    expect([await second, order]).toEqual([1n, ['first', 'second']]);
  });
});

describe('the relay is woken', () => {
  let notified = 0;
  let listener: pg.Client;

  beforeAll(async () => {
    listener = new pg.Client({ connectionString: url });
    await listener.connect();
    await listener.query('LISTEN outbox_public');
    listener.on('notification', () => notified++);
  });
  afterAll(() => listener.end());
  beforeEach(() => {
    notified = 0;
    setLocalRelay(dataSource, () => false);
  });

  const settled = (): Promise<unknown> => listener.query('SELECT 1'); // notifications arrive before its answer
  const write = (name: string): Promise<unknown> =>
    transaction((tx) => outbox.publishState(tx, TOPIC, [product(name)]));

  it('after the commit and not before, and not when the transaction is rolled back', async () => {
    await transaction(async (tx) => {
      await outbox.publishState(tx, TOPIC, [product('first')]);
      await settled();
      expect(notified).toBe(0);
    });
    await eventually(async () => (await settled(), notified === 1), { describe: 'the notification' });
    await expect(
      transaction(async (tx) => {
        await outbox.publishState(tx, TOPIC, [product('second')]);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await write('third');
    await eventually(async () => (await settled(), notified === 2), { describe: 'the one of the third alone' });
  });

  it('once for many that commit at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => write(`n${n}`)));
    await eventually(async () => (await settled(), notified > 0));
    expect(notified).toBeLessThan(40);
  });

  it('directly when it leads in this process', async () => {
    let woken = 0;
    setLocalRelay(dataSource, () => ++woken > 0);
    await write('here');
    await settled();
    expect([woken, notified]).toEqual([1, 0]);
  });

  it('not for a savepoint, whose events are not committed yet', async () => {
    await transaction(async (tx) => {
      await tx.transaction((inner) => outbox.publishState(inner, TOPIC, [product('inner')]));
      await settled();
      expect(notified).toBe(0);
    });
    await eventually(async () => (await settled(), notified === 1));
  });
});
