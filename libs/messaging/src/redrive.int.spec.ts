import { randomInt } from 'node:crypto';
import { verifyChain, type LegalEntity } from '@tieout/canonical';
import {
  createDatabase,
  createTopic,
  eventually,
  idempotentProducer,
  randomTopic,
  spawnTs,
  stack,
  type TestDatabase,
} from '@tieout/testing';
import type { Kafka, Message } from 'kafkajs';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  consumeReceipts,
  receipt,
  RECEIPT_TABLES,
  RECEIPTS,
  registeredCodec,
  type ReceiptsOptions,
} from '../fixtures/receipts.ts';
import { readChain } from './audit.store.ts';
import type { Codec } from './codec.ts';
import { startConsumerLoop, type ConsumerLoop } from './consumer-loop.ts';
import { applied, superseded, type Outcome } from './consumer-spec.ts';
import { findLetter } from './dead-letter-query.store.ts';
import { DataError } from './errors.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { Outbox } from './outbox.ts';
import { readTopic, wholeTopic } from './read-topic.ts';
import type { RedriveView } from './redrive-request.store.ts';
import { known, planRedrive, requestRedrive, stopRedrive, type RedriveRequest } from './redrive-request.ts';
import { redriveTask } from './redrive-task.ts';
import { toRecord } from './redrive.store.ts';

const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
let database: TestDatabase;
let dataSource: DataSource;
let codec: Codec;
let kafka: Kafka;
let topic: string;
let group: string;
let loops: ConsumerLoop[] = [];

beforeAll(async () => {
  database = await createDatabase();
  dataSource = new DataSource({ type: 'postgres', url: database.url, migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  for (const table of RECEIPT_TABLES) await dataSource.query(table);
  await dataSource.query('CREATE TABLE entity (id text PRIMARY KEY, revision bigint, name text)');
  kafka = createKafka({ clientId: 'test', brokers: [...stack().brokers] }, logger);
  codec = await registeredCodec(stack().registryUrl);
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

beforeEach(async () => {
  topic = randomTopic('redrive');
  group = randomTopic('group');
  await createTopic(topic, { partitions: 2 });
});

afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.stop()));
  loops = [];
  await dataSource.query(
    'TRUNCATE effect, broken, entity, outbox, dead_letter, redrive, redrive_item, audit_entry, inbox, consumer_position',
  );
});

function consume(more: Partial<ReceiptsOptions> = {}): ConsumerLoop {
  const loop = consumeReceipts({ kafka, dataSource, codec, topic, group, logger, ...more });
  loops.push(loop);
  return loop;
}

const of = (key: string, batch: string, action?: string): Message => receipt(codec, key, batch, action);

async function send(...messages: Message[]): Promise<void> {
  const producer = idempotentProducer(kafka);
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}

const breakIt = (action: string, how = 'data'): Promise<unknown> =>
  dataSource.query('INSERT INTO broken VALUES ($1, $2)', [action, how]);
const repair = (): Promise<unknown> => dataSource.query('TRUNCATE broken');

/** Batches per key, in the order in which they took effect. */
async function effects(consumer = group): Promise<Record<string, string[]>> {
  const rows = await dataSource.query<{ key: string; batch: string }[]>(
    'SELECT key, batch FROM effect WHERE consumer = $1 ORDER BY n',
    [consumer],
  );
  const perKey: Record<string, string[]> = {};
  for (const { key, batch } of rows) (perKey[key] ??= []).push(batch);
  return perKey;
}

async function outcomes(consumer = group): Promise<Record<string, number>> {
  const rows = await dataSource.query<{ name: string; count: string }[]>(
    `SELECT o.key AS name, sum(o.value::int) AS count FROM consumer_position, jsonb_each_text(outcomes) o
     WHERE consumer_group = $1 GROUP BY o.key`,
    [consumer],
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]));
}

/** P1: everything that was sent stands in the counts once, and what is held agrees with the rows that hold it. */
async function accounted(sent: number): Promise<void> {
  const counts = await outcomes();
  expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(sent);
  const held = await dataSource.query<{ status: string; count: string }[]>(
    `SELECT status, count(*) AS count FROM dead_letter WHERE status IN ('open', 'parked', 'discarded') GROUP BY status`,
  );
  const rows = Object.fromEntries(held.map(({ status, count }) => [status, Number(count)]));
  expect((counts['dead-lettered'] ?? 0) + (counts['dead-lettered:bug'] ?? 0)).toBe(rows['open'] ?? 0);
  expect(counts['parked'] ?? 0).toBe(rows['parked'] ?? 0);
  expect(counts['discarded'] ?? 0).toBe(rows['discarded'] ?? 0);
}

async function accepted(count: number): Promise<void> {
  const sum = async (): Promise<number> => Object.values(await outcomes()).reduce((a, b) => a + b, 0);
  await eventually(async () => (await sum()) === count, { timeoutMs: 30_000, describe: `${count} to be accepted` });
}

const letters = (): Promise<{ id: string; status: string; attempts: number; outcome: string | null }[]> =>
  dataSource.query('SELECT id, status, attempts, outcome FROM dead_letter ORDER BY seq');

const desk = () => ({
  dataSource,
  outbox: new Outbox(codec, 'test'),
  consumed: () => new Map([[group, RECEIPTS]] as const),
});

const asked = (more: Partial<RedriveRequest> = {}): RedriveRequest => ({
  ...{ action: 'redrive', filter: { topic }, followers: 'redrive', rate: 10_000, maxItems: 20_000, maxFailures: 20 },
  ...{ actor: 'mara', role: 'operator', reason: 'repaired' },
  ...more,
});

async function ended({ redriveId }: RedriveView, timeoutMs = 40_000): Promise<RedriveView> {
  const over = async (): Promise<boolean> => (await known(desk(), redriveId)).state !== 'running';
  await eventually(over, { timeoutMs, describe: 'the redrive to end' });
  return known(desk(), redriveId);
}

const numbers = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe('a key of a fact topic', () => {
  it('whose first event is bad is drained in order after the repair, to the state of a run without a fault', async () => {
    await breakIt('poison');
    const others = numbers(200, 'o').map((batch, i) => of(`other${i % 5}`, batch));
    const later = numbers(1_000, 'b').map((batch) => of('k', batch));
    consume();
    await send(of('k', 'first', 'poison'));
    for (let i = 0; i < 5; i++)
      await send(...later.slice(i * 200, (i + 1) * 200), ...others.slice(i * 40, (i + 1) * 40));
    await accepted(1_201);
    expect(await outcomes()).toEqual({ applied: 200, 'dead-lettered': 1, parked: 1_000 });
    expect((await effects())['k']).toBeUndefined();
    await accounted(1_201);

    await repair();
    const redrive = await requestRedrive(desk(), asked({ filter: { topic, reason: 'data' } }));
    expect(redrive.items).toEqual({ waiting: 1_001 });
    expect(await ended(redrive)).toMatchObject({ state: 'finished', outcomes: { applied: 1_001 } });
    expect(await outcomes()).toEqual({ applied: 1_201 });
    await accounted(1_201);
    const faultless = randomTopic('faultless');
    consume({ group: faultless });
    await eventually(async () => (await outcomes(faultless))['applied'] === 1_201, { timeoutMs: 30_000 });
    expect(await effects()).toEqual(await effects(faultless));
    const events = await dataSource.query<{ key: string; n: string }[]>(
      `SELECT key, count(*) AS n FROM outbox WHERE topic = $1 AND key = 'k' GROUP BY key`,
      [RECEIPTS],
    );
    expect(events).toEqual([{ key: 'k', n: String(2 * 1_001) }]);
  });

  it('lets what arrives while it is drained queue behind', async () => {
    await breakIt('poison');
    consume();
    await send(of('k', 'first', 'poison'), ...numbers(40, 'a').map((batch) => of('k', batch)));
    await accepted(41);
    await repair();
    const redrive = await requestRedrive(desk(), asked({ rate: 20 }));
    await send(...numbers(30, 'b').map((batch) => of('k', batch)));
    expect((await ended(redrive)).outcomes).toEqual({ applied: 71 });
    await send(of('k', 'last'));
    await accepted(72);
    expect((await effects())['k']).toEqual(['first', ...numbers(40, 'a'), ...numbers(30, 'b'), 'last']);
    await accounted(72);
  });

  it('stops at a record that fails again, and the other keys go on', async () => {
    await breakIt('poison');
    await breakIt('worse', 'bug');
    consume();
    await send(of('a', 'a0', 'poison'), of('b', 'b0', 'worse'), of('a', 'a1'), of('b', 'b1'), of('b', 'b2'));
    await accepted(5);
    await dataSource.query(`DELETE FROM broken WHERE action = 'poison'`);
    const redrive = await ended(await requestRedrive(desk(), asked()));
    expect(redrive).toMatchObject({ state: 'finished', items: { done: 2, failed: 1, skipped: 2 } });
    expect(await effects()).toEqual({ a: ['a0', 'a1'] });
    expect((await letters()).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['redriven', 2],
      ['open', 6],
      ['redriven', 1],
      ['parked', 0],
      ['parked', 0],
    ]);
    await accounted(5);
    const published = await dataSource.query<unknown[]>(`SELECT 1 FROM outbox WHERE topic = 'finance.dead-letter.v1'`);
    expect(published).toHaveLength(3); // two failures, and the one that came again
    await repair();
    await ended(await requestRedrive(desk(), asked()));
    expect((await effects())['b']).toEqual(['b0', 'b1', 'b2']);
    await accounted(5);
  });

  it('goes on without a record that a person discards', async () => {
    await breakIt('poison');
    consume();
    await send(of('k', 'bad', 'poison'), of('k', 'b'), of('k', 'c'));
    await accepted(3);
    const discarded = await requestRedrive(
      desk(),
      asked({ action: 'discard', filter: { reason: 'data' }, reason: 'a test order' }),
    );
    expect(await ended(discarded)).toMatchObject({ outcomes: { discarded: 1, applied: 2 } });
    expect(await outcomes()).toEqual({ discarded: 1, applied: 2 });
    expect(await effects()).toEqual({ k: ['b', 'c'] });
    await accounted(3);
  });
});

describe('a redrive', () => {
  async function held(count: number, keys = 1): Promise<void> {
    await breakIt('poison');
    const heads = numbers(keys, 'k').map((key, i) => ({ ...of(key, 'head', 'poison'), partition: i % 2 }));
    const rest = numbers(count - keys, 'b').map((batch, i) => ({
      ...of(`k${i % keys}`, batch),
      partition: (i % keys) % 2,
    }));
    await send(...heads, ...rest);
    await accepted(count);
    await repair();
  }

  it('has its effect once when it is asked for twice, at once and again, by two replicas beside live traffic', async () => {
    consume();
    consume();
    await held(200, 4);
    const [one, two] = await Promise.allSettled([
      requestRedrive(desk(), asked({ rate: 100 })),
      requestRedrive(desk(), asked({ rate: 100 })),
    ]);
    for (let i = 0; i < 20; i++) await send({ ...of(`k${i % 4}`, `live${i}`), partition: (i % 4) % 2 });
    for (const request of [one, two]) if (request.status === 'fulfilled') await ended(request.value);
    await accepted(220);
    await eventually(async () => (await outcomes())['applied'] === 220, { describe: () => '220 effects' });
    const perKey = await effects();
    for (const [key, batches] of Object.entries(perKey)) {
      expect(batches, key).toHaveLength(55);
      expect(new Set(batches).size, key).toBe(55);
      expect(batches[0]).toBe('head');
      const order = batches.filter((batch) => batch.startsWith('b')).map((batch) => Number(batch.slice(1)));
      expect(order, key).toEqual(order.toSorted((a, b) => a - b));
      expect(
        batches.slice(50).every((batch) => batch.startsWith('live')),
        key,
      ).toBe(true);
    }
    const ids = (await letters()).map(({ id }) => id);
    const plan = await planRedrive(desk(), asked({ filter: { ids } }));
    expect(plan.eligible).toHaveLength(0);
    expect(new Set(plan.ineligible.map(({ why }) => why))).toEqual(new Set(['settled']));
    await expect(requestRedrive(desk(), asked({ filter: { ids } }))).rejects.toThrow(/settled/);
    await accounted(220);
  });

  it('that is stopped leaves what it did not reach as it was', async () => {
    consume();
    await held(60);
    const { redriveId } = await requestRedrive(desk(), asked({ rate: 10 }));
    await eventually(async () => ((await known(desk(), redriveId)).items['done'] ?? 0) > 0);
    const stopped = await stopRedrive(desk(), redriveId, { actor: 'ann', role: 'operator', reason: 'wait' });
    expect(stopped.state).toBe('stopped');
    const done = stopped.items['done'] ?? 0;
    expect(done).toBeLessThan(60);
    const statuses = (await letters()).map(({ status }) => status);
    expect(statuses).toEqual([...Array<string>(done).fill('redriven'), ...Array<string>(60 - done).fill('parked')]);
    await expect(stopRedrive(desk(), redriveId, { actor: 'ann', role: 'operator', reason: null })).rejects.toThrow();
    await ended(await requestRedrive(desk(), asked()));
    expect((await effects())['k0']).toEqual(['head', ...numbers(59, 'b')]);
    await accounted(60);
  });

  it('does what it is asked after its process was killed at any point, once and in order', async () => {
    const setUp = consume();
    await held(800, 5);
    await setUp.stop();
    const seed = randomInt(1_000_000);
    console.info(`seed ${seed}`);
    const redrive = await requestRedrive(desk(), asked());
    const env = {
      ...{ BROKERS: stack().brokers.join(','), DATABASE_URL: database.url, REGISTRY_URL: stack().registryUrl },
      ...{ TOPIC: topic, GROUP: group },
    };
    for (const round of [0, 2, 4]) {
      const POINT = ((seed >> round) & 1) === 0 ? 'before-commit' : 'after-commit';
      const AT = String(1 + ((seed >> (round + 1)) & 1));
      const child = spawnTs(new URL('../fixtures/redrive-process.ts', import.meta.url), {
        env: { ...env, POINT, AT },
      });
      await child.exited;
      expect(child.lines).toContain(`killed ${POINT}`);
    }
    consume();
    expect(await ended(redrive, 60_000)).toMatchObject({ state: 'finished', outcomes: { applied: 800 } });
    for (let k = 0; k < 5; k++) {
      const expected = ['head', ...numbers(795, 'b').filter((_, i) => i % 5 === k)];
      expect((await effects())[`k${k}`], `k${k}`).toEqual(expected);
    }
    await accounted(800);
  }, 120_000);

  it('stops by itself when too much fails again, and the consumer goes on', async () => {
    const loop = consume();
    await held(30, 10);
    await breakIt('poison');
    const redrive = await ended(await requestRedrive(desk(), asked({ maxFailures: 3 })));
    expect(redrive).toMatchObject({ state: 'stopped', endReason: expect.stringContaining('failed again') as string });
    expect(redrive.items['failed']).toBeGreaterThanOrEqual(3);
    await send(of('fresh', 'f'));
    await accepted(31);
    expect(loop.status().state).toBe('running');
    expect((await letters()).filter(({ status }) => status === 'redriven')).toHaveLength(0);
    await accounted(31);
  });

  it('waits out what passes, says so, and then goes on', async () => {
    const loop = consume();
    await held(10);
    await breakIt('poison', 'transient');
    const redrive = await requestRedrive(desk(), asked());
    await eventually(async () => (await known(desk(), redrive.redriveId)).lastError === 'later');
    expect(loop.status().state).toBe('running');
    await repair();
    expect(await ended(redrive)).toMatchObject({ state: 'finished', lastError: null });
    expect((await effects())['k0']).toEqual(['head', ...numbers(9, 'b')]);
  });

  it('leaves an unbroken chain of who did what', async () => {
    consume();
    await held(3);
    const { redriveId } = await ended(await requestRedrive(desk(), asked()));
    const chain = (type: string, id: string) => readChain(dataSource.manager, type, id);
    const request = await chain('redrive', redriveId);
    expect(request.map(({ action, actor, role, reason }) => [action, actor, role, reason])).toEqual([
      ['requested', 'mara', 'operator', 'repaired'],
      ['finished', 'mara', 'operator', 'repaired'],
    ]);
    for (const { id } of await letters()) {
      const entries = await chain('dead-letter', id);
      expect(entries.map(({ action }) => action)).toEqual(['marked', 'redriven']);
      expect(verifyChain(entries)).toBeNull();
    }
    const audits = await dataSource.query<unknown[]>(`SELECT 1 FROM outbox WHERE topic = 'finance.audit.v1'`);
    expect(audits).toHaveLength(2 + 3 * 2);
  });

  it('gives the handler the bytes that came', async () => {
    consume();
    await breakIt('poison');
    const message = of('k', 'bad', 'poison');
    await send({ ...message, headers: { ...message.headers, binary: Buffer.from([0, 255, 1]), again: ['1', '2'] } });
    await accepted(1);
    const [sent] = await (async () => {
      const found: Message[] = [];
      await readTopic(kafka, topic, await wholeTopic(kafka, topic), (one) => void found.push(one));
      return found;
    })();
    const [letter] = await letters();
    const row = await findLetter(dataSource.manager, letter?.id ?? '');
    const record = row && toRecord(row);
    expect([record?.key, record?.value]).toEqual([sent?.key, sent?.value]);
    expect(record?.timestamp).toBe(Number(sent?.timestamp));
    const headers = Object.entries(sent?.headers ?? {}).flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => ({ key, value: Buffer.from(one ?? '') })),
    );
    expect(record?.headers).toEqual(headers);
  });
});

describe('a state topic', () => {
  const STATE = 'finance.legal-entity.v1';
  let broken = true;

  function entity(revision: bigint, name: string): Message {
    const source = {
      system: 'netsuite',
      instance: 'main',
      entity: 'subsidiary',
      id: 'e',
      version: null,
      changedAt: null,
    };
    const value: LegalEntity = {
      ...{ legalEntityId: 'e', revision, lifecycle: 'ACTIVE', code: 'e', name, currency: 'USD', country: null },
      ...{ parentId: null, instance: 'main', source },
    };
    return { ...of('e', 'unused'), value: codec.encode(STATE, value) };
  }

  function consumeState(): void {
    const handle = async (deliveries: readonly { value: LegalEntity | null }[], tx: { query: DataSource['query'] }) => {
      const results: Outcome[] = [];
      for (const { value } of deliveries) {
        if (broken && value?.name === 'poison') throw new DataError('poison', 'no');
        const rows = await tx.query<unknown[]>(
          `INSERT INTO entity VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, name = excluded.name
           WHERE excluded.revision > entity.revision RETURNING 1`,
          [value?.legalEntityId, value?.revision.toString(), value?.name],
        );
        results.push(rows.length === 1 ? applied : superseded);
      }
      return results;
    };
    loops.push(
      startConsumerLoop({
        spec: { topic: STATE, handle: handle as never },
        ...{ kafkaTopic: topic, group, service: 'test', clusterId: 'test-cluster', dataSource, codec, kafka, logger },
        outbox: new Outbox(codec, 'test'),
        onOutcomes: () => undefined,
        partitionTasks: [redriveTask({ logger })],
      }),
    );
  }

  const stateDesk = () => ({ ...desk(), consumed: () => new Map([[group, STATE]] as const) });

  it('never goes back to an old revision that is redriven', async () => {
    broken = true;
    consumeState();
    await send(entity(5n, 'five'), entity(4n, 'poison'), entity(3n, 'poison'));
    await accepted(3);
    expect(await outcomes()).toEqual({ applied: 1, 'dead-lettered': 2 });
    broken = false;
    const redrive = await requestRedrive(stateDesk(), asked());
    expect(await ended(redrive)).toMatchObject({ outcomes: { superseded: 2 } });
    expect(await dataSource.query('SELECT revision, name FROM entity')).toEqual([{ revision: '5', name: 'five' }]);
    expect((await letters()).map(({ status }) => status)).toEqual(['superseded', 'superseded']);
    expect(await outcomes()).toEqual({ applied: 1, superseded: 2 });
  });

  it('takes the newest of what is redriven, and counts what a later revision has settled', async () => {
    broken = true;
    consumeState();
    await send(entity(1n, 'poison'), entity(2n, 'poison'));
    await accepted(2);
    broken = false;
    await ended(await requestRedrive(stateDesk(), asked()));
    expect(await dataSource.query('SELECT revision FROM entity')).toEqual([{ revision: '2' }]);
    expect(await outcomes()).toEqual({ applied: 2 });
    broken = true;
    await send(entity(3n, 'poison'));
    await accepted(3);
    await send(entity(4n, 'good'));
    await accepted(4);
    expect(await outcomes()).toEqual({ applied: 3, superseded: 1 });
  });
});
