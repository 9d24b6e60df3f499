import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
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
import { createRandom, type Random } from '@tieout/testing/programs';
import type { Admin, Kafka, Message } from 'kafkajs';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entity, entityRecord, entityTables } from '../fixtures/entity-service.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';

const logger = pino({ level: 'silent' });
const PARTITIONS = 6;
const KEYS = 120;
const group = randomTopic('group');

let databaseUrl: string;
let dataSource: DataSource;
let kafka: Kafka;
let admin: Admin;
let kafkaTopic: string;

beforeAll(async () => {
  databaseUrl = (await createDatabase()).url;
  dataSource = new DataSource({ type: 'postgres', url: databaseUrl, migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  for (const statement of entityTables) await dataSource.query(statement);
  await dataSource.query('ALTER TABLE entity_log ADD COLUMN at timestamptz NOT NULL DEFAULT clock_timestamp()');
  kafka = createKafka({ clientId: 'scale', brokers: [...stack().brokers] }, logger);
  kafkaTopic = await createTopic(randomTopic('scale'), { partitions: PARTITIONS });
  admin = kafka.admin();
  await admin.connect();
});

afterAll(async () => {
  await admin.disconnect();
  await dataSource.destroy();
});

const started: TsProcess[] = [];

function instance(): TsProcess {
  const env = { BROKERS: stack().brokers.join(','), DATABASE_URL: databaseUrl, TOPIC: kafkaTopic, GROUP: group };
  const process = spawnTs(new URL('../fixtures/entity-process.ts', import.meta.url), { env });
  started.push(process);
  return process;
}

/** Revisions 1, 2, 3, ... of a handful of keys, sent as long as it is told to. */
function load(random: Random): { stop(): Promise<Map<string, number>> } {
  const revisions = new Map<string, number>();
  let going = true;
  const next = (): Message => {
    const id = `e${random.int(0, KEYS - 1)}`;
    revisions.set(id, (revisions.get(id) ?? 0) + 1);
    return entityRecord(entity(id, revisions.get(id)!));
  };
  const run = async (): Promise<void> => {
    const producer = idempotentProducer(kafka);
    await producer.connect();
    while (going) {
      await producer.send({ topic: kafkaTopic, messages: Array.from({ length: 15 }, next) });
      await delay(100); // the rate of the load
    }
    await producer.disconnect();
  };
  const finished = run();
  return {
    async stop() {
      going = false;
      await finished;
      return revisions;
    },
  };
}

/** Counts how often the work was shared out anew, as the broker tells it. */
function watchGroup(): { stop(): Promise<number> } {
  let [before, changes, going] = ['', 0, true];
  const run = async (): Promise<void> => {
    for (; going; await delay(100)) {
      const { groups } = await admin.describeGroups([group]).catch(() => ({ groups: [] }));
      if (groups[0]?.state !== 'Stable') continue;
      const now = groups[0].members
        .map(({ memberId }) => memberId)
        .toSorted()
        .join();
      if (now !== before) changes += 1;
      before = now;
    }
  };
  const finished = run();
  return {
    async stop() {
      going = false;
      await finished;
      return changes;
    },
  };
}

/** What instances that ended by themselves said last. */
const troubles = (): string => started.map((one) => one.stderr().slice(-300)).join(' | ');

async function members(count: number): Promise<void> {
  const look = async () => (await admin.describeGroups([group])).groups[0];
  await eventually(
    async () => {
      const found = await look();
      return found?.state === 'Stable' && found.members.length === count;
    },
    {
      timeoutMs: 120_000,
      describe: async () =>
        `${count} members: ${(await look())?.state} with ${(await look())?.members.length}; ${troubles()}`,
    },
  );
}

const applied = async (): Promise<number> =>
  (await dataSource.query<{ n: number }[]>('SELECT count(*)::int AS n FROM entity_log'))[0]!.n;

/** Every partition has moved on since: whoever has it now is at work. */
async function allMove(): Promise<void> {
  const positions = async (): Promise<bigint[]> =>
    (
      await dataSource.query<{ next: string }[]>('SELECT next_offset AS next FROM consumer_position ORDER BY partition')
    ).map(({ next }) => BigInt(next));
  const before = await positions();
  await eventually(
    async () => {
      const now = await positions();
      return now.length === PARTITIONS && now.every((next, i) => next > (before[i] ?? -1n));
    },
    { timeoutMs: 120_000, describe: positions },
  );
}

describe('instances of one service', () => {
  it('share the work while they come, go and are killed, and change every row once and in order', async () => {
    const seed = randomInt(1_000_000);
    const random = createRandom(seed, 'scale');
    console.info(`seed ${seed}`);
    const sending = load(random);
    const watching = watchGroup();
    const running: TsProcess[] = [instance()];
    await members(1);
    await allMove();
    running.push(instance());
    await members(2);
    await allMove();
    running.push(instance(), instance());
    await members(4);
    await allMove();
    for (let round = 0; round < 3; round++) {
      const [victim] = running.splice(random.int(0, running.length - 1), 1);
      const killed = random.pick([true, false]);
      console.info(`round ${round}: one is ${killed ? 'killed' : 'stopped'} after ${await applied()} records`);
      victim!.signal(killed ? 'SIGKILL' : 'SIGTERM');
      await victim!.exited;
      await members(running.length);
      await allMove();
      running.push(instance());
      await members(running.length);
      await allMove();
    }
    const revisions = await sending.stop();
    const sent = [...revisions.values()].reduce((a, b) => a + b, 0);
    await eventually(async () => (await applied()) >= sent, { timeoutMs: 120_000, describe: applied });
    const rebalances = await watching.stop();
    for (const one of running) one.signal('SIGTERM');
    for (const one of running) expect((await one.exited).code).toBe(0);

    const log = await dataSource.query<{ id: string; revisions: number[] }[]>(
      'SELECT id, array_agg(revision::int ORDER BY n) AS revisions FROM entity_log GROUP BY id',
    );
    const expected = [...revisions].map(([id, last]) => ({
      id,
      revisions: Array.from({ length: last }, (_, i) => i + 1),
    }));
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    expect(log.toSorted(byId)).toEqual(expected.toSorted(byId));
    const outcomes = await dataSource.query(
      `SELECT o.key AS name, sum(o.value::int)::int AS count FROM consumer_position, jsonb_each_text(outcomes) o GROUP BY 1`,
    );
    expect(outcomes).toEqual([{ name: 'applied', count: sent }]);
    const [effects] = await dataSource.query(
      'SELECT (SELECT count(*)::int FROM outbox WHERE topic LIKE $1) AS facts, (SELECT count(*)::int FROM work_item) AS work',
      ['%receipt%'],
    );
    expect(effects).toEqual({ facts: sent, work: sent });
    console.info(`${sent} records, ${rebalances} times shared out anew, ${await stalls()}`);
  }, 900_000);

  /** Longest time without a record in any partition's keys, which get one every 0.1 s or so together. */
  async function stalls(): Promise<string> {
    const rows = await dataSource.query<{ longest: number; total: number }[]>(
      `SELECT max(gap) AS longest, coalesce(sum(gap) FILTER (WHERE gap > 1), 0) AS total FROM
        (SELECT extract(epoch FROM at - lag(at) OVER (ORDER BY at))::float8 AS gap FROM entity_log) g`,
    );
    const { longest, total } = rows[0]!;
    return `all stood still for ${longest.toFixed(1)} s at most, ${total.toFixed(1)} s in all`;
  }
});
