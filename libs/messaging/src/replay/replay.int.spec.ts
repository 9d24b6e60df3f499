import { randomInt } from 'node:crypto';
import {
  createDatabase,
  createTopic,
  eventually,
  idempotentProducer,
  randomTopic,
  spawnTs,
  stack,
  type TsProcess,
} from '@tieout/testing';
import { createRandom } from '@tieout/testing/programs';
import type { Kafka, Message } from 'kafkajs';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  entity,
  entityConsumer,
  entityRecord,
  entityTables,
  startEntityService,
  TOPIC,
  type EntityService,
  type EntityServiceOptions,
} from '../../fixtures/entity-service.ts';
import { createKafka } from '../kafka.ts';
import { messagingMigrations } from '../migrations.ts';
import type { ReplayRow } from './replay.store.ts';
import type { ReplayRequest } from './replays.ts';

const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
// Each partition of a replay joins two groups, one after the other: seconds each on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });
const PARTITIONS = 3;
let databaseUrl: string;
let dataSource: DataSource;
let kafka: Kafka;
let kafkaTopic: string;
let group: string;
let services: EntityService[] = [];

beforeAll(async () => {
  databaseUrl = (await createDatabase()).url;
  dataSource = new DataSource({ type: 'postgres', url: databaseUrl, migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  for (const statement of entityTables) await dataSource.query(statement);
  kafka = createKafka({ clientId: 'replay', brokers: [...stack().brokers] }, logger);
});

afterAll(() => dataSource.destroy());

beforeEach(async () => {
  kafkaTopic = await createTopic(randomTopic('replay'), { partitions: PARTITIONS });
  group = randomTopic('group');
});

afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  services = [];
  await dataSource.query(
    'TRUNCATE entity, entity_log, outbox, work_item, state_revision, dead_letter, inbox, consumer_position, replay, replay_partition',
  );
});

function start(more: Partial<EntityServiceOptions> = {}): EntityService {
  const service = startEntityService({ dataSource, kafka, logger, kafkaTopic, group, ...more });
  services.push(service);
  return service;
}

async function send(messages: readonly Message[]): Promise<void> {
  const producer = idempotentProducer(kafka);
  await producer.connect();
  for (let at = 0; at < messages.length; at += 1_000)
    await producer.send({ topic: kafkaTopic, messages: messages.slice(at, at + 1_000) });
  await producer.disconnect();
}

async function accepted(count: number): Promise<void> {
  const sum = async (): Promise<number> => {
    const rows = await dataSource.query<{ sum: string }[]>(
      `SELECT coalesce(sum(o.value::int), 0) AS sum FROM consumer_position, jsonb_each_text(outcomes) o WHERE consumer_group = $1`,
      [group],
    );
    return Number(rows[0]?.sum);
  };
  await eventually(async () => (await sum()) >= count, {
    timeoutMs: 60_000,
    describe: async () => `${await sum()} of ${count} accepted`,
  });
}

/** Keys `e0`... in 1 to 6 revisions each, interleaved; every revision of a key in order. */
function history(seed: number, keys: number): Message[] {
  const random = createRandom(seed, 'replay');
  const next = new Map(Array.from({ length: keys }, (_, i) => [`e${i}`, 1]));
  const last = new Map([...next.keys()].map((id) => [id, random.int(1, 6)]));
  const records: Message[] = [];
  while (next.size > 0) {
    const id = random.pick([...next.keys()]);
    const revision = next.get(id)!;
    records.push(entityRecord(entity(id, revision)));
    if (revision === last.get(id)) next.delete(id);
    else next.set(id, revision + 1);
  }
  return records;
}

/** Keys that went from a newer to an older revision. */
const setBack = (): Promise<unknown[]> =>
  dataSource.query(
    `SELECT id FROM (SELECT id, revision < lag(revision) OVER (PARTITION BY id ORDER BY n) AS back FROM entity_log) l WHERE back`,
  );

const rows = (): Promise<unknown[]> => dataSource.query('SELECT * FROM entity ORDER BY id');

/** What went out, or would go out, and to whom. */
async function sent(): Promise<unknown> {
  const outbox = await dataSource.query<unknown[]>('SELECT event_id, topic, key, value FROM outbox ORDER BY id');
  const work = await dataSource.query<unknown[]>('SELECT id, kind, key, state FROM work_item ORDER BY seq');
  const states = await dataSource.query<unknown[]>('SELECT * FROM state_revision ORDER BY topic, key');
  return {
    outbox,
    work,
    states,
    positions: await dataSource.query('SELECT * FROM consumer_position ORDER BY partition'),
  };
}

const asked = { topic: TOPIC, fromTime: null, reset: true, rate: null, reason: 'rows were lost', requestedBy: 'ann' };

async function replay({ replays }: EntityService, more: Partial<ReplayRequest> = {}): Promise<ReplayRow> {
  const started = await replays.request({ ...asked, ...more });
  if ('refused' in started) throw new Error(started.message);
  return started;
}

const ended = (service: EntityService, id: string, timeoutMs = 60_000): Promise<ReplayRow> =>
  eventually(
    async () => {
      const now = await service.replays.find(id);
      return now?.status === 'running' ? null : now;
    },
    { timeoutMs, describe: () => service.replays.find(id) },
  );

const sumOf = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const readBy = ({ partitions }: ReplayRow): number =>
  partitions.reduce((sum, { firstOffset, endOffset }) => sum + Number(endOffset) - Number(firstOffset), 0);

describe('a replay in place', () => {
  const seed = randomInt(1_000_000);

  it(`brings back rows that were lost or spoilt, and sends nothing again (seed ${seed})`, async () => {
    const service = start();
    const records = history(seed, 200);
    await send(records);
    await accepted(records.length);
    const [before, out] = [await rows(), await sent()];
    await dataSource.query(`DELETE FROM entity WHERE id LIKE 'e1%'`);
    await dataSource.query(`UPDATE entity SET name = 'spoilt' WHERE id LIKE 'e2%'`);
    await dataSource.query(`UPDATE entity SET revision = 99 WHERE id LIKE 'e3%'`);

    const { replayId } = await replay(service);
    const done = await ended(service, replayId);

    expect(done).toMatchObject({ status: 'done', requestedBy: 'ann', reason: 'rows were lost', failure: null });
    expect(await rows()).toEqual(before);
    expect(await sent()).toEqual(out);
    expect(done.outcomes).toEqual({ applied: 200, older: records.length - 200 });
    expect(done).toMatchObject({ factsSuppressed: 200, workSuppressed: 200 });
    expect(sumOf(done.outcomes)).toBe(readBy(done));
  });

  it('without reset brings back what is missing and leaves the rest alone', async () => {
    const service = start();
    await send([entityRecord(entity('lost', 1)), entityRecord(entity('kept', 1))]);
    await accepted(2);
    await dataSource.query(`DELETE FROM entity WHERE id = 'lost'`);
    await dataSource.query(`UPDATE entity SET name = 'ours' WHERE id = 'kept'`);
    const { replayId } = await replay(service, { reset: false });
    expect((await ended(service, replayId)).outcomes).toEqual({ applied: 1, duplicate: 1 });
    expect(await rows()).toMatchObject([{ name: 'ours' }, { name: 'lost in its 1. version' }]);
  });

  it('publishes a state whose content is no longer what was published', async () => {
    const service = start();
    await send([entityRecord(entity('a', 1)), entityRecord(entity('b', 1))]);
    await accepted(2);
    await dataSource.query(`UPDATE state_revision SET content_hash = 'of something else' WHERE key = 'copy of a'`);
    const { replayId } = await replay(service);
    await ended(service, replayId);
    const published = await dataSource.query(
      'SELECT key, count(*)::int AS n FROM outbox WHERE topic = $1 GROUP BY 1 ORDER BY 1',
      [TOPIC],
    );
    expect(published).toEqual([
      { key: 'copy of a', n: 2 },
      { key: 'copy of b', n: 1 },
    ]);
  });

  it('takes only keys with a record since the time that was asked for', async () => {
    const service = start();
    const [old, recent] = [Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-02-01T00:00:00Z')];
    await send([entityRecord(entity('old', 1), old), entityRecord(entity('both', 1), old)]);
    await send([entityRecord(entity('both', 2), recent), entityRecord(entity('recent', 1), recent)]);
    await accepted(4);
    await dataSource.query(`DELETE FROM entity`);
    const { replayId } = await replay(service, { fromTime: new Date('2026-01-15T00:00:00Z') });
    await ended(service, replayId);
    expect(await rows()).toMatchObject([
      { id: 'both', revision: '2' },
      { id: 'recent', revision: '1' },
    ]);
  });

  it('never sets a key back while newer records come in', async () => {
    const service = start({ maxChunk: 20 });
    const keys = Array.from({ length: 300 }, (_, i) => `e${i}`);
    await send(keys.flatMap((id) => [entityRecord(entity(id, 1)), entityRecord(entity(id, 2))]));
    await accepted(600);
    await dataSource.query('TRUNCATE entity_log');
    const { replayId } = await replay(service, { rate: 200 });
    for (let revision = 3; revision <= 6; revision++)
      await send(keys.slice(0, 200).map((id) => entityRecord(entity(id, revision))));
    await accepted(600 + 800);
    const done = await ended(service, replayId);
    expect(done).toMatchObject({ status: 'done' });
    expect(sumOf(done.outcomes)).toBe(600);
    expect(done.outcomes['overtaken']).toBeGreaterThan(0);
    expect(done.outcomes['applied']).toBeGreaterThanOrEqual(100);
    const expected = keys
      .map((id, i) => ({ id, revision: i < 200 ? '6' : '2' }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(await dataSource.query(`SELECT id, revision FROM entity ORDER BY id COLLATE "C"`)).toEqual(expected);
    expect(await setBack()).toEqual([]);
  });

  it('never sets a key back whose newest record is in another partition, since their number was raised', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `e${i}`);
    const before = start();
    await send(ids.map((id) => entityRecord(entity(id, 1))));
    await accepted(60);
    await before.stop();
    const admin = kafka.admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: kafkaTopic, count: 2 * PARTITIONS }] });
    await admin.disconnect();
    const service = start();
    await send(ids.slice(0, 30).map((id) => entityRecord(entity(id, 2))));
    await accepted(90);
    const expected = await rows();
    await dataSource.query(`TRUNCATE entity_log`);
    await dataSource.query(`DELETE FROM entity WHERE id LIKE '%1' OR id LIKE '%5'`);
    await dataSource.query(`UPDATE entity SET name = 'spoilt' WHERE revision = 2`);
    const { replayId } = await replay(service);
    expect(await ended(service, replayId)).toMatchObject({ status: 'done' });
    expect(await rows()).toEqual(expected);
    expect(await setBack()).toEqual([]);
  });

  it('leaves a key whose newest record cannot be processed as the record before it made it', async () => {
    const service = start();
    await send([entityRecord(entity('a', 1)), entityRecord(entity('b', 1))]);
    await send([
      entityRecord(entity('a', 2, 'poison')),
      { ...entityRecord(entity('b', 2)), value: Buffer.from([0, 9]) },
    ]);
    await accepted(4);
    await dataSource.query(`DELETE FROM entity`);
    const out = await sent();
    const { replayId } = await replay(service);
    expect((await ended(service, replayId)).outcomes).toEqual({ applied: 2, 'left-out': 2 });
    expect(await rows()).toMatchObject([
      { id: 'a', revision: '1' },
      { id: 'b', revision: '1' },
    ]);
    expect(await sent()).toEqual(out);
    expect(await dataSource.query('SELECT status FROM dead_letter')).toEqual([{ status: 'open' }, { status: 'open' }]);
  });

  it('leaves a key as it is when the handler refuses its record now', async () => {
    const service = start();
    await send(Array.from({ length: 40 }, (_, i) => entityRecord(entity(`e${i}`, 1))));
    await accepted(40);
    const before = await rows();
    await service.stop();
    const ours = entityConsumer(dataSource, logger);
    const handle: typeof ours.handle = (deliveries, tx) =>
      ours.handle(
        deliveries.map((d) => (d.key === 'e7' ? { ...d, value: entity('e7', 1, 'poison') } : d)),
        tx,
      );
    const stricter = start({ spec: { ...ours, handle } });
    const { replayId } = await replay(stricter);
    expect(await ended(stricter, replayId)).toMatchObject({ status: 'done', outcomes: { applied: 39, refused: 1 } });
    expect(await rows()).toEqual(before);
    expect(await dataSource.query('SELECT * FROM dead_letter')).toEqual([]);
  });

  it('fails visibly, with everything as it was, when the handler is broken', async () => {
    const service = start();
    await send([entityRecord(entity('a', 1))]);
    await accepted(1);
    await service.stop();
    const before = await rows();
    const broken = start({
      spec: { ...entityConsumer(dataSource, logger), handle: () => Promise.reject(new TypeError('oops')) },
    });
    const { replayId } = await replay(broken);
    expect(await ended(broken, replayId)).toMatchObject({ status: 'failed', failure: 'oops', outcomes: {} });
    expect(await rows()).toEqual(before);
  });

  it('refuses to work on a log that is not the one that was consumed', async () => {
    const service = start();
    await send([entityRecord(entity('a', 1))]);
    await accepted(1);
    await service.stop();
    await dataSource.query(`UPDATE consumer_position SET last_event_id = 'another'`);
    const other = start();
    const { replayId } = await replay(other);
    expect(await ended(other, replayId)).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('not the one'),
    });
    await dataSource.query(`UPDATE consumer_position SET cluster_id = 'another'`);
    expect(await other.replays.request(asked)).toMatchObject({ refused: 'OTHER_LOG' });
  });

  it('is refused where nothing can be rebuilt, and while one runs', async () => {
    const service = start();
    expect(await service.replays.request({ ...asked, topic: 'finance.invoice.v1' })).toMatchObject({
      refused: 'NOT_CONSUMED',
    });
    const { reset: _reset, ...without } = entityConsumer(dataSource, logger);
    expect(await start({ spec: without, group: randomTopic('group') }).replays.request(asked)).toMatchObject({
      refused: 'NOT_REPLAYABLE',
    });
    const fact = { ...without, topic: 'finance.planning-receipt.v1' as const, reset: () => Promise.resolve() };
    const facts = start({ spec: { ...fact, handle: () => Promise.resolve([]) }, group: randomTopic('group') });
    expect(await facts.replays.request({ ...asked, topic: fact.topic })).toMatchObject({ refused: 'NOT_REPLAYABLE' });
    await send(Array.from({ length: 30 }, (_, i) => entityRecord(entity(`e${i}`, 1))));
    await accepted(30);
    const { replayId } = await replay(service, { rate: 1 });
    expect(await service.replays.request(asked)).toMatchObject({ refused: 'REPLAY_RUNNING' });
    await service.replays.stopOne(replayId, 'bob', 'enough');
  });

  it('has no effect any more once it is stopped, and says by whom', async () => {
    const service = start();
    await send(Array.from({ length: 200 }, (_, i) => entityRecord(entity(`e${i}`, 1))));
    await accepted(200);
    await dataSource.query('DELETE FROM entity');
    const { replayId } = await replay(service, { rate: 20 });
    await eventually(async () => (await rows()).length > 0, { timeoutMs: 60_000 });
    const stopped = await service.replays.stopOne(replayId, 'bob', 'the wrong topic');
    const left = await rows();
    expect(stopped).toMatchObject({ status: 'stopped', stoppedBy: 'bob', stopReason: 'the wrong topic' });
    expect(sumOf(stopped!.outcomes)).toBe(left.length);
    expect(left.length).toBeLessThan(200);
    const again = await replay(service);
    expect(await ended(service, again.replayId)).toMatchObject({ status: 'done' });
    expect(await rows()).toHaveLength(200);
    expect((await service.replays.list({ limit: 10, after: null })).map(({ status }) => status)).toEqual([
      'done',
      'stopped',
    ]);
    // Between the stop and the next replay nothing moved: the first one's figures are what they were.
    expect(await service.replays.find(replayId)).toEqual(stopped);
  });
});

describe('a replay whose process dies', () => {
  function process(): TsProcess {
    const env = {
      BROKERS: stack().brokers.join(','),
      DATABASE_URL: databaseUrl,
      TOPIC: kafkaTopic,
      GROUP: group,
      CHUNK_MS: '30',
    };
    return spawnTs(new URL('../../fixtures/entity-process.ts', import.meta.url), { env });
  }

  it('goes on where it was, in another process, and ends as if nothing had happened', async () => {
    const seed = randomInt(1_000_000);
    console.info(`seed ${seed}`);
    const random = createRandom(seed, 'replay');
    const records = history(seed, 600);
    const first = start();
    await send(records);
    await accepted(records.length);
    await first.stop();
    const [before, out] = [await rows(), await sent()];
    await dataSource.query('DELETE FROM entity');
    const asking = start();
    const { replayId } = await replay(asking, { rate: 400 });
    await asking.stop();
    let current = process();
    for (let kills = 0; kills < 3; kills++) {
      const after = random.int(10, 100);
      await eventually(() => current.lines.some((line) => Number(/^handed (\d+)/.exec(line)?.[1]) >= after), {
        timeoutMs: 30_000,
        intervalMs: 5,
      });
      await current.kill();
      console.info(`killed after ${after} records`);
      current = process();
    }
    const done = await ended(asking, replayId);
    await current.kill();
    expect(done).toMatchObject({ status: 'done', factsSuppressed: 600, workSuppressed: 600 });
    expect(done.outcomes).toEqual({ applied: 600, older: records.length - 600 });
    expect(await rows()).toEqual(before);
    expect(await sent()).toEqual(out);
  }, 150_000);
});
