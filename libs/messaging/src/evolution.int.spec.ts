import { randomInt } from 'node:crypto';
import { derivedId, TOPIC_NAMES, TOPIC_SCHEMAS, type LegalEntity } from '@tieout/canonical';
import { createDatabase, createTopic, eventually, idempotentProducer, randomTopic, stack } from '@tieout/testing';
import { createRandom, type Random } from '@tieout/testing/programs';
import type { Kafka, Message } from 'kafkajs';
import pino from 'pino';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCodec, type Codec } from './codec.ts';
import { startConsumerLoop, type ConsumerLoop } from './consumer-loop.ts';
import { applied, superseded, type ConsumerSpec } from './consumer-spec.ts';
import { toHeaders } from './event-headers.ts';
import { createKafka } from './kafka.ts';
import { messagingMigrations } from './migrations.ts';
import { Outbox } from './outbox.ts';
import { schemaFingerprint } from './schema-registry-bundle.ts';
import { connectRegistry, registerSchema } from './schema-registry.ts';

// That a registration which would break a reader is refused: tools/contracts/src/apply.int.spec.ts.

const TOPIC = 'finance.legal-entity.v1';
const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
const registry = { url: stack().registryUrl };

interface Schema {
  fields: { name: string; type: unknown; default?: unknown }[];
}

/** The release after this one: a field more, a field with a default less, and a lifecycle that nobody has heard of. */
function nextRelease(text: string): string {
  const schema = JSON.parse(text) as Schema;
  const kept = schema.fields.filter(({ name }) => name !== 'country');
  const lifecycle = kept.find(({ name }) => name === 'lifecycle')?.type as { symbols: string[] };
  lifecycle.symbols.push('IN_LIQUIDATION');
  const taxNumber = { name: 'taxNumber', type: ['null', 'string'], default: null, doc: 'Number at the tax office.' };
  return JSON.stringify({ ...schema, fields: [...kept, taxNumber] });
}

const RELEASES = { now: TOPIC_SCHEMAS[TOPIC], next: nextRelease(TOPIC_SCHEMAS[TOPIC]) };
type Release = keyof typeof RELEASES;

interface Written extends Omit<LegalEntity, 'lifecycle' | 'country'> {
  readonly lifecycle: string;
  readonly country?: string | null;
  readonly taxNumber?: string | null;
}

let dataSource: DataSource;
let kafka: Kafka;
let kafkaTopic: string;
const codecs = {} as Record<Release, Codec>;
const loops: ConsumerLoop[] = [];

beforeAll(async () => {
  dataSource = new DataSource({ type: 'postgres', url: (await createDatabase()).url, migrations: messagingMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.query(
    'CREATE TABLE seen (reader text, consumer_group text, key text, revision bigint, value jsonb, n bigint GENERATED ALWAYS AS IDENTITY)',
  );
  await dataSource.query(
    'CREATE TABLE stored (consumer_group text, key text, revision bigint, PRIMARY KEY (consumer_group, key))',
  );
  kafka = createKafka({ clientId: 'evolution', brokers: [...stack().brokers] }, logger);
  kafkaTopic = await createTopic(randomTopic('evolution'), { partitions: 3 });
  const subject = `${kafkaTopic}-value`;
  for (const release of ['now', 'next'] as const)
    codecs[release] = codecOf(release, await registerSchema(registry, subject, RELEASES[release]));
});

afterAll(async () => {
  await Promise.all(loops.map((loop) => loop.stop()));
  await dataSource.destroy();
});

/** As a program of that release has it: its own schema in the bundle, everybody else's in the registry. */
function codecOf(release: Release, id: number): Codec {
  const texts = { ...TOPIC_SCHEMAS, [TOPIC]: RELEASES[release] };
  const schemas = TOPIC_NAMES.map((topic, i) => {
    const entry = { topic, subject: `${topic}-value`, id: topic === TOPIC ? id : 1_000_000 + i, version: 1 };
    return { ...entry, fingerprint: schemaFingerprint(texts[topic]), schema: texts[topic] };
  });
  return createCodec({ bundle: { schemas }, registry: connectRegistry(registry), schemas: texts });
}

function read(release: Release, group: string): ConsumerLoop {
  const codec = codecs[release];
  const spec: ConsumerSpec<typeof TOPIC> = {
    topic: TOPIC,
    async handle(deliveries, tx) {
      const rows = deliveries.map(({ key, value }) => ({ key, revision: String(value?.revision), value }));
      const text = JSON.stringify(rows, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
      await tx.query(
        `INSERT INTO seen (reader, consumer_group, key, revision, value)
         SELECT $1, $2, r.* FROM jsonb_to_recordset($3::jsonb) AS r (key text, revision bigint, value jsonb)`,
        [release, group, text],
      );
      const newest = new Map(rows.map(({ key, revision }) => [key, revision]));
      await tx.query(
        `INSERT INTO stored SELECT $1, * FROM unnest($2::text[], $3::bigint[]) AS r (key, revision)
         ON CONFLICT (consumer_group, key) DO UPDATE SET revision = excluded.revision WHERE excluded.revision > stored.revision`,
        [group, [...newest.keys()], [...newest.values()]],
      );
      return rows.map(({ key, revision }) => (newest.get(key) === revision ? applied : superseded));
    },
  };
  const loop = startConsumerLoop({
    ...{
      spec,
      kafkaTopic,
      group,
      dataSource,
      kafka,
      logger,
      codec,
      service: 'test',
      clusterId: 'cluster',
      maxChunk: 100,
    },
    ...{ outbox: new Outbox(codec, 'test'), onOutcomes: () => undefined },
  });
  loops.push(loop);
  return loop;
}

/** A value as a producer of that release writes it. */
function write(random: Random, release: Release, id: string, revision: number): Written {
  const source = { system: 'netsuite', instance: 'main', entity: 'subsidiary', id, version: null, changedAt: null };
  const content = {
    legalEntityId: id,
    revision: BigInt(revision),
    code: id,
    name: `${id}/${revision}`,
    currency: 'USD',
    parentId: null,
  };
  const common = { ...content, instance: 'main', source };
  if (release === 'now')
    return { ...common, lifecycle: random.pick(['ACTIVE', 'INACTIVE']), country: random.pick(['CH', null]) };
  return { ...common, lifecycle: random.pick(['ACTIVE', 'IN_LIQUIDATION']), taxNumber: random.pick(['T-1', null]) };
}

/** What a reader of that release has to see of it. */
function seenBy(reader: Release, { lifecycle, country = null, taxNumber = null, ...rest }: Written): object {
  const common = { ...rest, revision: String(rest.revision) };
  if (reader === 'next') return { ...common, lifecycle, taxNumber };
  return { ...common, lifecycle: lifecycle === 'IN_LIQUIDATION' ? 'UNKNOWN' : lifecycle, country };
}

function record(release: Release, value: Written): Message {
  const key = value.legalEntityId;
  const id = derivedId('evolution', key, String(value.revision));
  const meta = {
    id,
    source: '/test',
    type: TOPIC,
    time: '2026-01-31T10:00:00.000Z',
    correlationId: id,
    causationId: null,
    traceparent: null,
  };
  return { key, value: codecs[release].encode(TOPIC, value as LegalEntity), headers: toHeaders(meta, key) };
}

async function accepted(group: string, count: number): Promise<void> {
  const outcomes = async (): Promise<Record<string, number>> => {
    const rows = await dataSource.query<{ name: string; count: number }[]>(
      `SELECT o.key AS name, sum(o.value::int)::int AS count FROM consumer_position, jsonb_each_text(outcomes) o WHERE consumer_group = $1 GROUP BY 1`,
      [group],
    );
    return Object.fromEntries(rows.map((row) => [row.name, row.count]));
  };
  await eventually(async () => Object.values(await outcomes()).reduce((a, b) => a + b, 0) === count, {
    timeoutMs: 60_000,
    describe: outcomes,
  });
  expect(await dataSource.query('SELECT DISTINCT error_code, error_message FROM dead_letter')).toEqual([]);
}

describe('two releases in one stream', () => {
  const RECORDS = 6_000;

  it('is read by both, each in its own shape, while a group is rolled from one to the other', async () => {
    const seed = randomInt(1_000_000);
    console.info(`seed ${seed}`);
    const random = createRandom(seed, 'evolution');
    const [old, young, rolled] = [randomTopic('old'), randomTopic('young'), randomTopic('rolled')];
    read('now', old);
    read('next', young);
    const leaving = read('now', rolled);
    const revisions = new Map<string, number>();
    const written = Array.from({ length: RECORDS }, () => {
      const id = `e${random.int(0, 199)}`;
      const revision = (revisions.get(id) ?? 0) + 1;
      revisions.set(id, revision);
      const release = random.pick(['now', 'next'] as const);
      return { release, value: write(random, release, id, revision) };
    });
    const producer = idempotentProducer(kafka);
    await producer.connect();
    for (let at = 0; at < RECORDS; at += 300) {
      if (at === 1_500) read('next', rolled);
      if (at === 3_600) void leaving.stop();
      const messages = written.slice(at, at + 300).map(({ release, value }) => record(release, value));
      await producer.send({ topic: kafkaTopic, messages });
      // The load goes on while members come and go.
      await eventually(async () => (await seenIn(rolled)) > at - 1_200, { timeoutMs: 60_000 });
    }
    await producer.disconnect();

    for (const group of [old, young, rolled]) await accepted(group, RECORDS);
    for (const group of [old, young, rolled]) {
      const rows = await dataSource.query<{ reader: Release; key: string; revision: string; value: object }[]>(
        'SELECT reader, key, revision, value FROM seen WHERE consumer_group = $1 ORDER BY n',
        [group],
      );
      const reader = new Map(rows.map((row) => [`${row.key}/${row.revision}`, row.reader]));
      const expected = new Map(written.map(({ value }) => [value.name, seenBy(reader.get(value.name)!, value)]));
      expect(rows).toHaveLength(RECORDS);
      for (const { key, revision, value } of rows) expect(value).toEqual(expected.get(`${key}/${revision}`));
      for (const [key, last] of revisions) {
        const order = rows.filter((row) => row.key === key).map((row) => Number(row.revision));
        expect(order, key).toEqual(Array.from({ length: last }, (_, i) => i + 1));
      }
    }
    const readers = await dataSource.query('SELECT DISTINCT reader FROM seen WHERE consumer_group = $1 ORDER BY 1', [
      rolled,
    ]);
    expect(readers).toEqual([{ reader: 'next' }, { reader: 'now' }]);
  }, 180_000);

  async function seenIn(group: string): Promise<number> {
    const rows = await dataSource.query<{ n: number }[]>(
      'SELECT count(*)::int AS n FROM seen WHERE consumer_group = $1',
      [group],
    );
    return rows[0]!.n;
  }
});
