import { randomUUID } from 'node:crypto';
import { createDatabase } from '@tieout/testing';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { messagingMigrations } from './migrations.ts';
import { DEFAULT_RETENTION, inboxDays, sweep } from './retention.ts';

const TOPIC = 'finance.erp-outcome.v1';
const RETAINED = new Map(inboxDays(0)).get(TOPIC) ?? NaN;
const KEPT = RETAINED + DEFAULT_RETENTION.replayHorizon;
let dataSource: DataSource;

beforeAll(async () => {
  const { url } = await createDatabase('retention');
  dataSource = await new DataSource({ type: 'postgres', url, migrations: messagingMigrations }).initialize();
  await dataSource.runMigrations();
});
afterAll(() => dataSource.destroy());

async function seen(id: string, days: number, group = `spec.${TOPIC}`): Promise<void> {
  await dataSource.query(`INSERT INTO inbox VALUES ($1, 's', $2, 'h', now() - make_interval(hours => $3::int))`, [
    group,
    id,
    days * 24,
  ]);
}

async function work(id: string, state: string, days: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO work_item (id, kind, key, payload, state, available_at, finished_at)
     VALUES ($1::uuid, 'k', 'key', '{}', $2, now(), now() - make_interval(days => $3::int))`,
    [id, state, days],
  );
}

async function deadLetter(id: string, status: string, days: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO dead_letter (id, consumer_group, topic, partition, "offset", timestamp, headers, status, reason, error_code,
       error_message, attempts, settled_at)
     VALUES ($1, 'g', 't', 0, 0, now(), '[]', $2, 'data', 'c', 'm', 1, now() - make_interval(days => $3::int))`,
    [id, status, days],
  );
}

it('deletes what is over and past its retention, and nothing else', async () => {
  await seen('old', KEPT + 1);
  await seen('retained no more, may be replayed', KEPT - 1);
  await seen('of another service', KEPT + 1, `other.${TOPIC}`);
  await dataSource.query(
    `INSERT INTO inbox SELECT $1, 's', n::text, 'h', now() - make_interval(days => $2::int) FROM generate_series(1, 2500) n`,
    [`spec.${TOPIC}`, Math.ceil(KEPT + 9)],
  );
  const [done, young, failed, settled, parked] = Array.from({ length: 5 }, () => randomUUID() as string);
  await work(done ?? '', 'done', DEFAULT_RETENTION.work + 1);
  await work(young ?? '', 'done', DEFAULT_RETENTION.work - 1);
  await work(failed ?? '', 'failed', DEFAULT_RETENTION.work + 1);
  await deadLetter(settled ?? '', 'redriven', DEFAULT_RETENTION.deadLetters + 1);
  await deadLetter(parked ?? '', 'parked', DEFAULT_RETENTION.deadLetters + 1);

  const options = { service: 'spec', dataSource, logger: pino({ level: 'silent' }), days: DEFAULT_RETENTION };
  expect(await sweep(options)).toBe(2_501 + 1 + 1);
  expect(await sweep(options)).toBe(0);
  const ids = async (sql: string): Promise<string[]> =>
    (await dataSource.query<{ id: string }[]>(sql)).map(({ id }) => id).toSorted();
  expect(await ids('SELECT id FROM inbox')).toEqual(['of another service', 'retained no more, may be replayed']);
  expect(await ids('SELECT id::text FROM work_item')).toEqual([young, failed].toSorted());
  expect(await ids('SELECT id::text FROM dead_letter')).toEqual([parked]);
});
