import { randomUUID } from 'node:crypto';
import {
  TOPIC_NAMES,
  TOPIC_SCHEMAS,
  type LegalEntity,
  type PlanningReceipt,
  type TopicName,
  type ValueOf,
} from '@tieout/canonical';
import { createDatabase, createTopic, eventually, randomTopic, stack, type TestDatabase } from '@tieout/testing';
import type { Kafka, Message } from 'kafkajs';
import pino from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCodec, type Codec } from './codec.ts';
import { startConsumerLoop, type ConsumerLoop } from './consumer-loop.ts';
import { applied, superseded, type ConsumerSpec, type Delivery, type Outcome } from './consumer-spec.ts';
import { DataError, MisconfiguredError, TransientError } from './errors.ts';
import { toHeaders, type EventMeta } from './event-headers.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { Outbox } from './outbox.ts';
import { schemaFingerprint } from './schema-registry-bundle.ts';
import { connectRegistry, registerSchema } from './schema-registry.ts';

const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
const FACT = 'finance.planning-receipt.v1';
const STATE = 'finance.legal-entity.v1';

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
  await dataSource.query('CREATE TABLE effect (id text, value text)');
  await dataSource.query('CREATE TABLE entity (id text PRIMARY KEY, revision bigint, name text)');
  kafka = createKafka({ clientId: 'test', brokers: [...stack().brokers] }, logger);
  codec = await registeredCodec();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

beforeEach(async () => {
  topic = randomTopic('consume');
  group = randomTopic('group');
  await createTopic(topic, { partitions: 2 });
});

afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.stop()));
  loops = [];
  await dataSource.query('TRUNCATE effect, entity, outbox, dead_letter, inbox, consumer_position');
});

/** Registers on a subject of this run's own: the registry is shared by all spec files. */
async function registeredCodec(): Promise<Codec> {
  const connection = { url: stack().registryUrl };
  const schemas = [];
  for (const name of TOPIC_NAMES) {
    const schema = TOPIC_SCHEMAS[name];
    const id = await registerSchema(connection, `${name}-value`, schema);
    schemas.push({
      topic: name,
      subject: `${name}-value`,
      id,
      version: 1,
      fingerprint: schemaFingerprint(schema),
      schema,
    });
  }
  return createCodec({ bundle: { schemas }, registry: connectRegistry(connection) });
}

type Handle<T extends TopicName> = (
  deliveries: readonly Delivery<ValueOf<T>>[],
  tx: EntityManager,
) => Promise<readonly Outcome[]>;

function consume<T extends TopicName>(name: T, handle: Handle<T>, log = logger): ConsumerLoop {
  const spec: ConsumerSpec<T> = { topic: name, handle };
  const loop = startConsumerLoop({
    spec: spec,
    kafkaTopic: topic,
    group,
    service: 'test',
    clusterId: 'test-cluster',
    dataSource,
    codec,
    outbox: new Outbox(codec, 'test'),
    kafka,
    logger: log,
    onOutcomes: () => undefined,
  });
  loops.push(loop);
  return loop;
}

/** Stores each receipt as a row: a second effect would be a second row. */
const store: Handle<typeof FACT> = async (deliveries, tx) => {
  for (const { value } of deliveries)
    await tx.query('INSERT INTO effect VALUES ($1, $2)', [value?.batchId, value?.action]);
  return deliveries.map(() => applied);
};

const upsert: Handle<typeof STATE> = async (deliveries, tx) => {
  const outcomes: Outcome[] = [];
  for (const { value } of deliveries) {
    const rows = await tx.query<unknown[]>(
      `INSERT INTO entity VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, name = excluded.name
       WHERE excluded.revision > entity.revision RETURNING 1`,
      [value?.legalEntityId, value?.revision.toString(), value?.name],
    );
    outcomes.push(rows.length === 1 ? applied : superseded);
  }
  return outcomes;
};

function receipt(batchId: string, action = 'load'): PlanningReceipt {
  const at = '2026-01-31T10:00:00.000Z';
  return {
    batchId,
    instance: 'main',
    model: 'M',
    action,
    sent: 1n,
    loaded: 1n,
    rejected: 0n,
    rejections: [],
    successful: true,
    startedAt: at,
    completedAt: at,
  };
}

function entity(id: string, revision: bigint, name: string): LegalEntity {
  const source = { system: 'netsuite', instance: 'main', entity: 'subsidiary', id, version: null, changedAt: null };
  return {
    legalEntityId: id,
    revision,
    lifecycle: 'ACTIVE',
    code: id,
    name,
    currency: 'USD',
    country: null,
    parentId: null,
    instance: 'main',
    source,
  };
}

function event<T extends TopicName>(
  name: T,
  key: string,
  value: ValueOf<T>,
  id = randomUUID() as string,
): Message & { key: string } {
  const meta: EventMeta = {
    id,
    source: '/test',
    type: name,
    time: '2026-01-31T10:00:00.000Z',
    correlationId: id,
    causationId: null,
    traceparent: null,
  };
  return { key, value: codec.encode(name, value), headers: toHeaders(meta, key), partition: 0 };
}

const fact = (key: string, action = 'load', id?: string): Message & { key: string } =>
  event(FACT, key, receipt(key, action), id);

async function send(...messages: Message[]): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}

const effects = (): Promise<{ id: string; value: string }[]> =>
  dataSource.query('SELECT id, value FROM effect ORDER BY id');
const dead = (): Promise<
  {
    status: string;
    reason: string;
    error_code: string;
    key: Buffer;
    value: Buffer;
    stack: string | null;
    attempts: number;
  }[]
> => dataSource.query('SELECT * FROM dead_letter ORDER BY "offset"');

/** Counts of all partitions; their sum is the number of records accepted (promise P1). */
async function outcomes(): Promise<Record<string, number>> {
  const rows = await dataSource.query<{ name: string; count: string }[]>(
    `SELECT o.key AS name, sum(o.value::int) AS count FROM consumer_position, jsonb_each_text(outcomes) o GROUP BY o.key`,
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, Number(count)]));
}

async function accepted(count: number): Promise<void> {
  const sum = async (): Promise<number> => Object.values(await outcomes()).reduce((a, b) => a + b, 0);
  await eventually(async () => (await sum()) === count, { describe: `${count} records to be accepted` });
}

describe('consuming once', () => {
  it('applies every record once and counts each', async () => {
    consume(FACT, store);
    await send(...Array.from({ length: 50 }, (_, i) => fact(`b${i}`)));
    await accepted(50);
    expect(await outcomes()).toEqual({ applied: 50 });
    expect(await effects()).toHaveLength(50);
  });

  it('is not behind when what follows was aborted', async () => {
    await send(fact('first'));
    const producer = kafka.producer({ transactionalId: randomTopic('aborted'), maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [fact('never'), fact('never')] });
    const loop = consume(FACT, store);
    const lag = (): number | undefined => loop.status().lag[0];
    await eventually(() => lag() === 2, { describe: () => loop.status() });
    await transaction.abort();
    await eventually(() => lag() === 0, { describe: () => loop.status() });
    await producer.disconnect();
    expect(await outcomes()).toEqual({ applied: 1 });
  });

  it('changes the store once when the broker forgets how far the group was', async () => {
    await send(fact('a'), fact('b'));
    const first = consume(FACT, store);
    await accepted(2);
    await first.stop();
    const admin = kafka.admin();
    await admin.connect();
    await admin.resetOffsets({ groupId: group, topic, earliest: true });
    await admin.disconnect();
    consume(FACT, store);
    await send(fact('c'));
    await accepted(3);
    expect((await effects()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('reads again what a restored database has forgotten', async () => {
    await send(fact('a'), fact('b'), fact('c'));
    const first = consume(FACT, store);
    await accepted(3);
    await first.stop();
    await dataSource.query(
      `UPDATE consumer_position SET next_offset = 1, last_offset = NULL, outcomes = '{"applied": 1}'`,
    );
    await dataSource.query(`DELETE FROM effect WHERE id <> 'a'`);
    await dataSource.query('TRUNCATE inbox');
    consume(FACT, store); // the broker's offset is ahead of the position, and nothing new arrives
    await accepted(3);
    expect((await effects()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('starts at the log start when its database is empty, whatever the broker remembers of the group', async () => {
    await send(fact('a'), fact('b'));
    const first = consume(FACT, store);
    await accepted(2);
    await first.stop();
    await dataSource.query('TRUNCATE consumer_position, inbox, effect');
    consume(FACT, store);
    await accepted(2);
    expect((await effects()).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('drops the same event at another offset as a duplicate', async () => {
    const one = fact('a');
    consume(FACT, store);
    await send(one, one, fact('b'));
    await accepted(3);
    expect(await outcomes()).toEqual({ applied: 2, duplicate: 1 });
  });

  it('makes a dead letter of an event that comes again with other content', async () => {
    consume(FACT, store);
    const id = randomUUID();
    await send(fact('a', 'load', id), fact('a', 'changed', id));
    await accepted(2);
    expect(await outcomes()).toEqual({ applied: 1, 'dead-lettered': 1 });
    expect(await dead()).toMatchObject([{ status: 'open', error_code: 'event-id-conflict' }]);
    expect(await effects()).toEqual([{ id: 'a', value: 'load' }]);
  });

  it('supersedes an older revision of a state', async () => {
    consume(STATE, upsert);
    await send(event(STATE, 'e', entity('e', 2n, 'new')), event(STATE, 'e', entity('e', 1n, 'old')));
    await accepted(2);
    expect(await outcomes()).toEqual({ applied: 1, superseded: 1 });
    expect(await dataSource.query('SELECT name FROM entity')).toEqual([{ name: 'new' }]);
  });
});

describe('bad records', () => {
  const good = fact;
  const broken: [string, string, () => Message][] = [
    ['that are not Avro', 'magic-byte', () => ({ ...good('x'), value: Buffer.from('hello') })],
    [
      'whose Avro is cut short',
      'truncated',
      () => ({ ...good('x'), value: (good('x').value as Buffer).subarray(0, 12) }),
    ],
    [
      'with a schema id that nobody knows',
      'schema-unknown',
      () => ({ ...good('x'), value: Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]) }),
    ],
    ['without an event id', 'header-missing', () => ({ ...good('x'), headers: {} })],
    ['without a key', 'key-missing', () => ({ ...good('x'), key: null })],
  ];

  it.each(broken)('%s are kept byte for byte, counted, and the rest flows', async (_, _code, make) => {
    const bad = make();
    consume(FACT, store);
    await send(good('a'), { ...bad, partition: 0 }, good('b'));
    await accepted(3);
    expect(await outcomes()).toEqual({ applied: 2, 'dead-lettered': 1 });
    const [letter] = await dead();
    expect(letter).toMatchObject({ status: 'open', reason: 'data' });
    expect(letter?.value).toEqual(bad.value);
    const events = await dataSource.query<{ topic: string }[]>('SELECT topic FROM outbox');
    expect(events).toEqual([{ topic: 'finance.dead-letter.v1' }]);
  });

  it('are found among good ones when only the handler can tell', async () => {
    consume(FACT, async (deliveries, tx) => {
      if (deliveries.some(({ value }) => value?.batchId === 'b13')) throw new DataError('amount', 'wrong amount');
      return store(deliveries, tx);
    });
    await send(...Array.from({ length: 40 }, (_, i) => fact(`b${i}`)));
    await accepted(40);
    expect(await outcomes()).toEqual({ applied: 39, 'dead-lettered': 1 });
    expect(await dead()).toMatchObject([{ error_code: 'amount', key: Buffer.from('b13') }]);
  });

  it('hold their key on a fact topic while other keys flow', async () => {
    consume(FACT, async (deliveries, tx) => {
      if (deliveries.some(({ value }) => value?.action === 'poison')) throw new DataError('poison', 'no');
      return store(deliveries, tx);
    });
    await send(event(FACT, 'k', receipt('k1', 'poison')), event(FACT, 'k', receipt('k2')), fact('other'));
    await accepted(3);
    await send(event(FACT, 'k', receipt('k3')));
    await accepted(4);
    expect(await outcomes()).toEqual({ applied: 1, 'dead-lettered': 1, parked: 2 });
    expect((await dead()).map(({ status }) => status)).toEqual(['open', 'parked', 'parked']);
    expect((await effects()).map(({ id }) => id)).toEqual(['other']);
  });

  it('are superseded on a state topic by a later good revision', async () => {
    consume(STATE, upsert);
    await send({ ...event(STATE, 'e', entity('e', 1n, 'bad')), value: Buffer.from('junk') });
    await accepted(1);
    await send(event(STATE, 'e', entity('e', 2n, 'good')));
    await accepted(2);
    expect(await dead()).toMatchObject([{ status: 'superseded' }]);
    expect(await dataSource.query('SELECT name FROM entity')).toEqual([{ name: 'good' }]);
  });

  it('that come last do not stop the consumer when it starts again', async () => {
    const first = consume(FACT, store);
    await send(fact('a'), { ...fact('x'), value: Buffer.from('junk') });
    await accepted(2);
    await first.stop();
    const second = consume(FACT, store);
    await send(fact('b'));
    await accepted(3);
    expect(second.status().state).toBe('running');
    expect(await outcomes()).toEqual({ applied: 2, 'dead-lettered': 1 });
  });

  it('of a newer revision are not hidden by an older good one', async () => {
    consume(STATE, upsert);
    await send(event(STATE, 'e', entity('e', 1n, 'old')), {
      ...event(STATE, 'e', entity('e', 2n, 'new')),
      value: Buffer.from('junk'),
    });
    await accepted(2);
    expect(await dead()).toMatchObject([{ status: 'open' }]);
  });

  it.each([
    ['whose key is no text', { key: Buffer.from([0, 0, 0, 7]), value: Buffer.from('junk') }],
    ['as large as the broker takes', { key: Buffer.from('large'), value: Buffer.alloc(1_048_000, 'x') }],
  ])('%s are kept too', async (_, message) => {
    consume(FACT, store);
    await send({ ...message, partition: 0 }, fact('after'));
    await accepted(2);
    expect(await dead()).toMatchObject([{ status: 'open', key: message.key, value: message.value }]);
    expect(await dataSource.query('SELECT topic FROM outbox')).toEqual([{ topic: 'finance.dead-letter.v1' }]);
  });

  it('are not made of good ones by a broken handler: the consumer stops', async () => {
    const loop = consume(FACT, () => Promise.reject(new TypeError('broken')));
    await send(...Array.from({ length: 200 }, (_, i) => fact(`b${i}`)));
    await eventually(() => loop.status().state === 'stopped', { describe: 'the consumer to stop' });
    expect(loop.status().reason).toContain('the handler is broken');
    expect(await dead()).toHaveLength(20);
  });

  it('that trip a bug are tried three times, kept with the stack, and the consumer goes on', async () => {
    let tries = 0;
    consume(FACT, async (deliveries, tx) => {
      if (deliveries.some(({ value }) => value?.batchId === 'bug') && ++tries > 0)
        throw new TypeError('undefined is not a function');
      return store(deliveries, tx);
    });
    await send(fact('bug'));
    await accepted(1);
    await send(fact('after'));
    await accepted(2);
    expect(tries).toBe(3);
    const [letter] = await dead();
    expect(letter).toMatchObject({ reason: 'bug', attempts: 3 });
    expect(letter?.stack).toContain('TypeError');
  });
});

describe('trouble that passes', () => {
  it('pauses one partition, lets the other flow, and applies once when it is over', async () => {
    let down = true;
    const loop = consume(FACT, async (deliveries, tx) => {
      if (down && deliveries.some(({ partition }) => partition === 0)) throw new TransientError('vendor-away', 'later');
      return store(deliveries, tx);
    });
    await send(fact('held'), { ...fact('free'), partition: 1 });
    await eventually(async () => (await effects()).length === 1, { describe: 'the healthy partition to flow' });
    await eventually(() => loop.status().state === 'retrying', { describe: 'the trouble to show' });
    expect(loop.status().reason).toContain('later');
    down = false;
    await accepted(2);
    await eventually(() => loop.status().state === 'running', { describe: 'the trouble to be over' });
    expect((await effects()).map(({ id }) => id)).toEqual(['free', 'held']);
  });
});

describe('a consumer that is stopped', () => {
  it('gives up looking for its positions', async () => {
    let looks = 0;
    const counting = pino(
      { level: 'warn' },
      { write: (line) => void (looks += line.includes('stored positions') ? 1 : 0) },
    );
    await dataSource.query('ALTER TABLE consumer_position RENAME TO hidden');
    const loop = consume(FACT, store, counting);
    await eventually(() => looks >= 2, { describe: 'it to look twice' });
    await loop.stop();
    const before = looks;
    await expect(eventually(() => looks > before, { timeoutMs: 3_000 })).rejects.toThrow();
    await dataSource.query('ALTER TABLE hidden RENAME TO consumer_position');
  });
});

describe('a consumer that needs a person', () => {
  it('stays stopped when work that was under way in another partition succeeds', async () => {
    let loop: ConsumerLoop | null = null;
    let calls = 0;
    loop = consume(FACT, async (deliveries, tx) => {
      calls += 1;
      if (deliveries.some(({ partition }) => partition === 0)) throw new MisconfiguredError('wrong', 'set it right');
      await eventually(() => loop?.status().state === 'stopped');
      return store(deliveries, tx);
    });
    await send({ ...fact('slow'), partition: 1 }, fact('stops'));
    await eventually(async () => (await effects()).length === 1, { describe: 'the work under way to be finished' });
    const before = calls;
    await send(fact('more'));
    // Longer than it takes to make a new consumer, which must not happen.
    await expect(eventually(() => calls > before, { timeoutMs: 4_000 })).rejects.toThrow();
    expect(loop.status()).toMatchObject({
      state: 'stopped',
      reason: expect.stringContaining('set it right') as string,
    });
  });
});

describe('a log that is not the one that was read', () => {
  it('stops the consumer when unread records were trimmed', async () => {
    await send(fact('a'), fact('b'), fact('c'), fact('d'));
    const first = consume(FACT, store);
    await accepted(4);
    await first.stop();
    await dataSource.query(`UPDATE consumer_position SET next_offset = 1, last_offset = NULL`);
    const admin = kafka.admin();
    await admin.connect();
    await admin.resetOffsets({ groupId: group, topic, earliest: true });
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] });
    await admin.disconnect();
    const second = consume(FACT, store);
    await eventually(() => second.status().state === 'stopped', { describe: 'the consumer to stop' });
    expect(second.status().reason).toContain('log starts at 3, the position is 1');
  });

  it.each([
    ['and has grown longer', ['x', 'y', 'z']],
    ['and is shorter', ['x']],
    ['and is empty', []],
  ])('stops the consumer when the topic was made again %s', async (_, again) => {
    await send(fact('a'), fact('b'));
    const first = consume(FACT, store);
    await accepted(2);
    await first.stop();
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => !(await admin.listTopics()).includes(topic), { describe: 'the topic to be gone' });
    await createTopic(topic, { partitions: 2 });
    await admin.disconnect();
    if (again.length > 0) await send(...again.map((key) => fact(key)));
    const second = consume(FACT, store);
    await eventually(() => second.status().state === 'stopped', { describe: 'the consumer to stop' });
    expect(await effects()).toHaveLength(2);
  });
});
