import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  canonicalId,
  type Exception,
  type Forecast,
  forecastSums,
  type ForecastVersion,
  type LegalEntity,
  type TopicName,
  usableVersion,
  type ValueOf,
} from '@tieout/canonical';
import { type AnaplanClient, anaplanConfig, createAnaplanClient, type ForecastCell } from '@tieout/connector-anaplan';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { createCodec, createKafka, readBundle, readTopic, toHeaders, wholeTopic, type Codec } from '@tieout/messaging';
import { startService, type RunningService } from '@tieout/platform';
import { startAnaplanSandbox } from '@tieout/sandbox';
import {
  createDatabase,
  eventually,
  idempotentProducer,
  readable,
  spawnTs,
  stack,
  takeTurns,
  type TestDatabase,
} from '@tieout/testing';
import { createRandom } from '@tieout/testing/programs';
import type { Kafka } from 'kafkajs';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { service } from '../app.module.ts';

takeTurns('planning-publisher');

type Sandbox = Awaited<ReturnType<typeof startAnaplanSandbox>>;

const BUDGET = '107000000003';
const FORECAST = '107000000002';
let kafka: Kafka;
let bundle: string;
let codec: Codec;
let database: TestDatabase;
let sandbox: Sandbox;
let planner: AnaplanClient;
let running: RunningService | null = null;
/** The topics are shared with other tests: each has an instance, and so versions, of its own. */
let instance: string;
let entity: Pick<LegalEntity, 'legalEntityId' | 'code'>;
let sendEntity: (value: LegalEntity) => Promise<void>;
let disconnect: () => Promise<void>;

beforeAll(async () => {
  kafka = createKafka({ brokers: [...stack().brokers], clientId: 'forecast-test' }, pino({ level: 'silent' }));
  const { bundle: ids } = await applyContracts({ brokers: stack().brokers, registry: { url: stack().registryUrl } });
  bundle = path.join(mkdtempSync(path.join(tmpdir(), 'forecast-')), 'bundle.json');
  if (ids !== null) writeBundle(bundle, ids);
  codec = createCodec({ bundle: readBundle(bundle), registry: null });
  const sending = idempotentProducer(kafka);
  await sending.connect();
  disconnect = () => sending.disconnect();
  sendEntity = async (value) => {
    const [topic, key, id] = ['finance.legal-entity.v1', value.legalEntityId, randomUUID()] as const;
    const time = new Date().toISOString();
    const meta = { id, source: '/test', type: topic, time, correlationId: id, causationId: null, traceparent: null };
    const messages = [{ key, value: codec.encode(topic, value), headers: toHeaders(meta, key) }];
    await sending.send({ topic, acks: -1, messages });
  };
});
afterAll(() => disconnect());

beforeEach(async () => {
  database = await createDatabase('forecast');
  instance = `f-${randomUUID().slice(0, 8)}`;
  entity = { legalEntityId: randomUUID(), code: `E${randomUUID().slice(0, 6)}` };
  sandbox = await startAnaplanSandbox({ databaseUrl: database.url, requestsPerMinute: 60_000, taskMs: 1 });
  planner = createAnaplanClient(anaplanConfig.parse({ ...sandbox.credentials, requestsPerMinute: 60_000, pollMs: 20 }));
  await addItems(entity.code);
});
afterEach(async () => {
  await running?.stop();
  running = null;
  await sandbox.close();
});

/** Items of the model's lists, which planners make before they plan. */
async function addItems(...codes: string[]): Promise<void> {
  await planner.load(
    {
      legalEntities: codes.map((code) => ({ code, name: `Company ${code}` })),
      currencies: ['USD', 'EUR'].map((code) => ({ code, name: code })),
      cells: [],
    },
    async () => undefined,
  );
}

function environment(over: Record<string, string> = {}): Record<string, string> {
  const { credentials } = sandbox;
  return {
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    KAFKA_BROKERS: stack().brokers.join(','),
    SCHEMA_REGISTRY_URL: stack().registryUrl,
    SCHEMA_BUNDLE: bundle,
    DATABASE_URL: database.url,
    DATABASE_SCHEMA: 'planning_publisher',
    ANAPLAN_INSTANCE: instance,
    ANAPLAN_AUTH_URL: credentials.authUrl,
    ANAPLAN_API_URL: credentials.apiUrl,
    ANAPLAN_USER: credentials.user,
    ANAPLAN_PASSWORD: credentials.password,
    ANAPLAN_WORKSPACE_ID: credentials.workspaceId,
    ANAPLAN_MODEL_ID: credentials.modelId,
    ANAPLAN_REQUESTS_PER_MINUTE: '60000',
    ANAPLAN_POLL_MS: '20',
    ANAPLAN_FORECAST_INTERVAL_MS: '100',
    ANAPLAN_FORECAST_GRACE_MS: '300',
    PLANNING_LEASE_MS: '1000',
    ...over,
  };
}

async function start(over: Record<string, string> = {}): Promise<void> {
  running = await startService(service, environment(over));
}

/** Starts with the test's legal entity known, so that what is written from now on is taken at the first reading. */
async function begin(over: Record<string, string> = {}): Promise<void> {
  await sendEntity(legalEntity());
  await start(over);
  await entityKnown(entity.code);
}

const entityKnown = (code: string): Promise<unknown> =>
  eventually(
    async () => (await query(`select 1 from planning_publisher.legal_entity where code = '${code}'`)).length > 0,
    { timeoutMs: 40_000 },
  );

/** What starts without its database has to read its consumers' topics again first; meanwhile the versions wait. */
const PATIENT = { ANAPLAN_FORECAST_GRACE_MS: '60000' };

async function stop(): Promise<void> {
  await running?.stop();
  running = null;
}

async function query<T extends object>(sql: string): Promise<T[]> {
  const client = new Client(database.url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const legalEntity = (over: Partial<LegalEntity> = {}): LegalEntity => ({
  ...entity,
  revision: 1n,
  lifecycle: 'ACTIVE',
  name: 'Company',
  currency: 'USD',
  country: null,
  parentId: null,
  instance: 'main',
  source: { system: 'netsuite', instance: 'main', entity: 'x', id: '1', version: null, changedAt: null },
  ...over,
});

const cell = (over: Partial<ForecastCell> = {}): ForecastCell => ({
  versionId: BUDGET,
  version: 'Budget',
  legalEntity: entity.code,
  currency: 'USD',
  month: '2026-01',
  lineItem: 'Billings',
  amount: '100.5',
  ...over,
});

async function write(...cells: ForecastCell[]): Promise<void> {
  expect((await planner.writeForecast(cells)).refused).toEqual([]);
}

const backdoor = (method: string, at: string, body?: unknown): Promise<Response> =>
  fetch(`${sandbox.url}/sandbox${at}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

async function records<T extends TopicName>(topic: T, mine: (value: ValueOf<T>) => boolean): Promise<ValueOf<T>[]> {
  const raw: Buffer[] = [];
  await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ value }) => void (value && raw.push(value)));
  return (await readable(codec, topic, raw)).filter(mine);
}

const idOf = (vendorId: string): string => canonicalId('anaplan', instance, 'version', vendorId);
const headers = (vendorId = BUDGET): Promise<ForecastVersion[]> =>
  records('finance.forecast-version.v1', ({ versionId }) => versionId === idOf(vendorId));
const cellRecords = (vendorId = BUDGET): Promise<Forecast[]> =>
  records('finance.forecast.v1', ({ versionId }) => versionId === idOf(vendorId));
/** Of the forecast: the service also imports what invoices of other tests are on the topics, and may be refused. */
const cases = (): Promise<Exception[]> =>
  records(
    'finance.exception.v1',
    ({ kind, details }) => kind.startsWith('forecast-') && details['instance'] === instance,
  );

/** What a subscriber holds: the last record of each key. */
const current = <T>(all: readonly T[], keyOf: (record: T) => string): T[] => [
  ...new Map(all.map((record) => [keyOf(record), record])).values(),
];
const currentCells = async (vendorId = BUDGET): Promise<Forecast[]> =>
  current(await cellRecords(vendorId), ({ forecastId }) => forecastId);

interface Usable {
  readonly header: ForecastVersion;
  /** Cells of the header's revision, as `period lineItem currency amount`. */
  readonly cells: readonly string[];
}

/** The version as a subscriber may use it, once it is as expected. */
async function usable(wanted: (state: Usable) => boolean, vendorId = BUDGET): Promise<Usable> {
  const look = async (): Promise<Usable | null> => {
    const header = (await headers(vendorId)).at(-1);
    if (header === undefined) return null;
    const all = await currentCells(vendorId);
    if (!usableVersion(header, all).usable) return null;
    const own = all.filter((one) => one.lifecycle === 'ACTIVE' && one.versionRevision === header.revision);
    const cells = own.map((one) => [one.period, one.lineItem, one.currency, one.amount].join(' ')).sort();
    return { header, cells };
  };
  return eventually(
    async () => {
      const state = await look();
      return state !== null && wanted(state) ? state : null;
    },
    { timeoutMs: 40_000, describe: look },
  );
}
const withCells = (...cells: string[]) => {
  const wanted = JSON.stringify(cells.toSorted());
  return (state: Usable): boolean => JSON.stringify(state.cells) === wanted;
};

/** How often a version was looked at with that outcome, by the service's own account. */
async function looked(outcome: string): Promise<number> {
  const text = await (await fetch(`${running?.url}/metrics`)).text();
  const line = new RegExp(`tieout_planning_forecast_versions_total\\{outcome="${outcome}"[^}]*\\} (\\d+)`).exec(text);
  return Number(line?.[1] ?? 0);
}

/** Waits until the service has read everything again at least twice: what was written before is in one of them. */
async function readAgain(): Promise<void> {
  const before = await looked('unchanged');
  await eventually(async () => (await looked('unchanged')) >= before + 6);
}

describe('the forecast', () => {
  it('is published version by version: cells with the revision of their version, and the version with count and sums', async () => {
    await begin();
    await write(
      cell(),
      cell({ month: '2026-02', amount: '-0.0001' }),
      cell({ lineItem: 'Collections', currency: 'EUR', amount: '12345678901234.5678' }),
      cell({ versionId: FORECAST, amount: '7' }),
    );
    const { header } = await usable(
      withCells(
        '2026-01 Billings USD 100.5',
        '2026-02 Billings USD -0.0001',
        '2026-01 Collections EUR 12345678901234.5678',
      ),
    );
    expect(header).toMatchObject({
      lifecycle: 'ACTIVE',
      name: 'Budget',
      model: sandbox.credentials.modelId,
      cellCount: 3n,
      rejectedCount: 0n,
      sums: [
        { lineItem: 'Billings', currency: 'USD', amount: '100.4999' },
        { lineItem: 'Collections', currency: 'EUR', amount: '12345678901234.5678' },
      ],
      source: { system: 'anaplan', instance, entity: 'version', id: BUDGET },
    });
    const first = (await currentCells()).find(
      ({ period, lineItem }) => period === '2026-01' && lineItem === 'Billings',
    );
    expect(first).toMatchObject({
      forecastId: `${idOf(BUDGET)}|${entity.code}|Billings|2026-01|USD`,
      versionRevision: header.revision,
      legalEntityId: entity.legalEntityId,
      source: { entity: 'cell', id: `${BUDGET}/${entity.code}/Billings/2026-01/USD` },
    });
    await usable(withCells('2026-01 Billings USD 7'), FORECAST);
    // Actuals are no forecast.
    expect(await headers('107000000001')).toEqual([]);
  });

  it('gets a revision when a cell changes, comes, goes or swaps its amount with another, and none when nothing does', async () => {
    await begin();
    await write(cell(), cell({ month: '2026-02', amount: '3' }), cell({ versionId: FORECAST }));
    const first = await usable(withCells('2026-01 Billings USD 100.5', '2026-02 Billings USD 3'));
    const other = await usable(withCells('2026-01 Billings USD 100.5'), FORECAST);
    await readAgain();
    expect((await headers()).at(-1)?.revision).toBe(first.header.revision);

    await write(cell({ amount: '3' }), cell({ month: '2026-02' }));
    const swapped = await usable(withCells('2026-01 Billings USD 3', '2026-02 Billings USD 100.5'));
    expect(swapped.header).toMatchObject({ sums: first.header.sums, revision: first.header.revision + 1n });

    await write(cell({ amount: '0' }), cell({ month: '2026-03', amount: '4' }));
    await usable(withCells('2026-02 Billings USD 100.5', '2026-03 Billings USD 4'));
    const gone = (await currentCells()).filter(({ lifecycle }) => lifecycle === 'DELETED');
    expect(gone).toMatchObject([{ period: '2026-01', amount: '3', versionRevision: swapped.header.revision + 1n }]);
    // The other version was not touched.
    expect((await headers(FORECAST)).at(-1)?.revision).toBe(other.header.revision);
  });

  it('follows a version that is renamed, and says of one that is deleted that it and its cells are gone', async () => {
    await begin();
    await write(cell());
    await usable(withCells('2026-01 Billings USD 100.5'));
    await backdoor('PUT', `/versions/${BUDGET}`, { name: 'Plan' });
    await usable(({ header, cells }) => header.name === 'Plan' && cells.length === 1);
    await backdoor('DELETE', `/versions/${BUDGET}`);
    const { header } = await usable(({ header: { lifecycle } }) => lifecycle === 'DELETED');
    expect(header).toMatchObject({ name: 'Plan', cellCount: 0n, rejectedCount: 0n, sums: [] });
    expect((await currentCells()).map(({ lifecycle }) => lifecycle)).toEqual(['DELETED']);
    await eventually(async () => (await looked('deleted')) === 1);
  });

  it('is counted and told in metrics, by version', async () => {
    await begin();
    await write(cell());
    await usable(withCells('2026-01 Billings USD 100.5'));
    const text = await (await fetch(`${running?.url}/metrics`)).text();
    expect(text).toMatch(/tieout_planning_forecast_cells\{version="Budget",state="published"[^}]*\} 1/);
    expect(text).toMatch(/tieout_planning_forecast_cells\{version="Budget",state="rejected"[^}]*\} 0/);
    expect(text).toContain(`stream="forecast:${sandbox.credentials.modelId}"`);
  });

  it('is left alone where the model has none', async () => {
    await query(`delete from sandbox_anaplan.line_item where name in ('Billings', 'Collections')`);
    await start({ ANAPLAN_FORECAST: 'off' });
    await eventually(async () => (await fetch(`${running?.url}/health/ready`)).status === 200);
    const streams = await query<{ stream: string }>('select stream from planning_publisher.source_stream');
    expect(streams.map(({ stream }) => stream.split(':')[0])).toEqual(['cells']);
  });
});

describe('cells that cannot become records', () => {
  it('of an unknown legal entity become a case, the others flow, and when the entity comes it is resolved by itself', async () => {
    const other = { legalEntityId: randomUUID(), code: `${entity.code}-B` };
    await addItems(other.code);
    await begin();
    await write(cell(), cell({ legalEntity: other.code }), cell({ legalEntity: other.code, month: '2026-02' }));
    const { header } = await usable(withCells('2026-01 Billings USD 100.5'));
    expect([header.cellCount, header.rejectedCount]).toEqual([1n, 2n]);
    const [raised] = await cases();
    expect(raised).toMatchObject({
      kind: 'forecast-unknown-entity',
      status: 'OPEN',
      objectType: 'forecast-version',
      objectId: idOf(BUDGET),
      details: { version: 'Budget', item: other.code, cells: '2' },
    });
    expect(raised?.message).toContain(`2 cells of version Budget are planned for "${other.code}"`);

    await sendEntity(legalEntity(other));
    await usable(({ cells, header: { rejectedCount } }) => cells.length === 3 && rejectedCount === 0n);
    expect((await cases()).map(({ status }) => status)).toEqual(['OPEN', 'RESOLVED']);
  });

  it('raise no case while their legal entity may only be later: the version waits, and is published once, whole', async () => {
    await write(cell());
    await start({ ANAPLAN_FORECAST_GRACE_MS: '600000' });
    await eventually(async () => (await looked('waiting')) >= 2);
    // The other version names no legal entity and does not wait.
    await usable(({ header }) => header.cellCount === 0n, FORECAST);
    expect([await headers(), await cases()]).toEqual([[], []]);
    await sendEntity(legalEntity());
    const { header } = await usable(withCells('2026-01 Billings USD 100.5'));
    expect([header.revision, await cases()]).toEqual([1n, []]);
  });

  it('of an unknown currency, or with an amount that no record carries, are named, and flow once they are corrected', async () => {
    await begin();
    await write(cell());
    await query(`insert into sandbox_anaplan.list_item (list_id, code, name) values ('101000000002', 'EURO', 'EURO')`);
    await write(cell({ currency: 'EURO' }));
    const place = { version: 'Budget', legalEntity: entity.code, currency: 'USD', lineItem: 'Collections' };
    await backdoor('PUT', '/cell', { ...place, month: 'Mar 26', value: '0.123456' });
    await usable(({ cells, header }) => cells.length === 1 && header.rejectedCount === 2n);
    const open = await cases();
    expect(open.map(({ kind, details }) => [kind, details['item']]).sort()).toEqual([
      ['forecast-unknown-currency', 'EURO'],
      ['forecast-unreadable-amount', 'Collections'],
    ]);
    await backdoor('PUT', '/cell', { ...place, month: 'Mar 26', value: '0.1235' });
    await query(`update sandbox_anaplan.list_item set code = 'GBP' where code = 'EURO'`);
    await usable(({ cells }) => cells.length === 3);
    const after = current(await cases(), ({ exceptionId }) => exceptionId);
    expect(after.map(({ status }) => status)).toEqual(['RESOLVED', 'RESOLVED']);
  });

  it('of a version that is deleted are no case any more', async () => {
    await write(cell());
    await start({ ANAPLAN_FORECAST_GRACE_MS: '0' });
    await eventually(async () => (await cases()).length === 1);
    await backdoor('DELETE', `/versions/${BUDGET}`);
    const last = await eventually(async () => (await cases())[1]);
    expect(last).toMatchObject({ status: 'RESOLVED', resolution: 'The planning model no longer has the version.' });
  });
});

describe('a publisher that is cut', () => {
  it('in the middle of a version leaves nothing of it, and the next publishes all of it once', async () => {
    await begin();
    const many = ['USD', 'EUR'].flatMap((currency) =>
      months(150).flatMap((month) =>
        ['Billings', 'Collections'].map((lineItem) => cell({ month, lineItem, currency, amount: '1.25' })),
      ),
    );
    await write(...many.slice(0, 1));
    const { header: before } = await usable(({ cells }) => cells.length === 1);
    await stop();
    const was = await cellRecords();
    await write(...many);

    // Somebody holds the revision of the last cell, so that the publisher stands still with hundreds of rows written.
    const blocker = new Client(database.url);
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query(
      `insert into planning_publisher.state_revision (topic, key, revision, content_hash) values ('finance.forecast.v1', $1, 0, '')`,
      [keyOf(many.at(-1) ?? cell())],
    );
    const killed = spawnTs(new URL('../main.ts', import.meta.url), { env: environment() });
    await eventually(
      async () => {
        const waiting = await query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%state_revision%'`,
        );
        return waiting.length > 0;
      },
      { timeoutMs: 40_000 },
    );
    await killed.kill();
    await blocker.query('rollback');
    await blocker.end();
    expect([(await headers()).at(-1)?.revision, await cellRecords()]).toEqual([before.revision, was]);

    await start();
    const { header } = await usable(({ cells }) => cells.length === many.length);
    expect([header.revision, header.cellCount]).toEqual([before.revision + 1n, BigInt(many.length)]);
    const published = (await cellRecords()).filter(({ versionRevision }) => versionRevision === header.revision);
    expect(published.length).toBe(many.length);
  }, 180_000);

  it('and whose database is lost goes on where the topics are: same revisions, and what vanished meanwhile is deleted', async () => {
    const other = `${entity.code}-C`;
    await addItems(other);
    await begin();
    await write(cell(), cell({ month: '2026-02' }), cell({ versionId: FORECAST }), cell({ legalEntity: other }));
    const { header: first } = await usable(({ cells }) => cells.length === 2);
    const { header: untouched } = await usable(({ cells }) => cells.length === 1, FORECAST);
    expect(await cases()).toHaveLength(1);
    await stop();
    await query('drop schema planning_publisher cascade');
    await write(cell({ month: '2026-02', amount: '0' }), cell({ legalEntity: other, amount: '0' }));
    await start(PATIENT);
    const { header } = await usable(withCells('2026-01 Billings USD 100.5'));
    expect(header.revision).toBe(first.revision + 1n);
    expect((await currentCells()).find(({ period }) => period === '2026-02')?.lifecycle).toBe('DELETED');
    await eventually(async () => (await cases()).at(-1)?.status === 'RESOLVED');
    await readAgain();
    expect((await headers(FORECAST)).at(-1)?.revision).toBe(untouched.revision);
    // No event twice, no revision twice: the topics go on as if nothing had happened.
    for (const revisions of Map.groupBy(await cellRecords(), ({ forecastId }) => forecastId).values())
      expect(revisions.map(({ revision }) => revision)).toEqual(revisions.map((_, index) => BigInt(index + 1)));
  }, 120_000);

  it('and whose database is lost heals a version of which the topic has cells of another revision', async () => {
    await begin();
    await write(cell(), cell({ month: '2026-02' }));
    const { header } = await usable(({ cells }) => cells.length === 2);
    await stop();
    // What a broker has when the database is lost between two batches of the relay: a cell of the next revision, no version.
    const [stray] = await currentCells();
    if (stray === undefined) throw new Error('no cell');
    const torn = { ...stray, revision: 2n, versionRevision: header.revision + 1n };
    const sending = idempotentProducer(kafka);
    await sending.connect();
    const meta = { id: randomUUID(), source: '/tieout/planning-publisher', type: 'finance.forecast.v1' };
    const context = { time: new Date().toISOString(), correlationId: meta.id, causationId: null, traceparent: null };
    await sending.send({
      topic: 'finance.forecast.v1',
      messages: [
        {
          key: torn.forecastId,
          value: codec.encode('finance.forecast.v1', torn),
          headers: toHeaders({ ...meta, ...context }, torn.forecastId),
        },
      ],
    });
    await sending.disconnect();
    await query('drop schema planning_publisher cascade');
    expect(usableVersion(header, await currentCells()).usable).toBe(false);
    await start(PATIENT);
    const healed = await usable(({ cells }) => cells.length === 2);
    expect(healed.header.revision).toBe(header.revision);
  }, 120_000);
});

describe('planners who write while it is read', () => {
  const seed = Number(process.env['SEED'] ?? randomInt(1, 2 ** 31));

  it(`never see a version published that was not there at one time (seed ${seed})`, async () => {
    const random = createRandom(seed, 'planners');
    await begin({ ANAPLAN_FORECAST_INTERVAL_MS: '50' });
    // Every write moves an amount from one month to another: at any one time a version adds up to the same.
    const all = months(24);
    const amounts = new Map(all.map((month) => [month, 1000]));
    await write(...all.map((month) => cell({ month, amount: '1000' })));
    await usable(({ cells }) => cells.length === 24);
    for (let n = 0; n < 150; n += 1) {
      const [from, to] = [random.pick(all), random.pick(all)];
      if (from === to) continue;
      const moved = random.int(1, Math.max(1, amounts.get(from) ?? 0));
      amounts.set(from, (amounts.get(from) ?? 0) - moved);
      amounts.set(to, (amounts.get(to) ?? 0) + moved);
      await write(...[from, to].map((month) => cell({ month, amount: String(amounts.get(month)) })));
      if (n % 50 === 25) await backdoor('PUT', `/versions/${FORECAST}`, { name: `Forecast ${n}` });
    }
    const expected = [...amounts].filter(([, amount]) => amount !== 0);
    const { header } = await usable(withCells(...expected.map(([month, amount]) => `${month} Billings USD ${amount}`)));
    const versions = await headers();
    expect(versions.length).toBeGreaterThan(2);
    expect(versions.map(({ revision }) => revision)).toEqual(versions.map((_, index) => BigInt(index + 1)));
    const published = await cellRecords();
    for (const version of versions.filter(({ cellCount }) => cellCount > 0n)) {
      expect(version.sums).toEqual([{ lineItem: 'Billings', currency: 'USD', amount: '24000' }]);
      const own = published.filter(({ versionRevision, lifecycle }) => {
        return versionRevision === version.revision && lifecycle === 'ACTIVE';
      });
      expect(usableVersion(version, own)).toEqual({ usable: true, reasons: [] });
    }
    expect(forecastSums((await currentCells()).filter(({ lifecycle }) => lifecycle === 'ACTIVE'))).toEqual(header.sums);
  }, 120_000);
});

describe('a snapshot of the forecast', () => {
  it('has every planned value, raw, with its version, and a header with count and sums', async () => {
    await write(cell(), cell({ versionId: FORECAST, lineItem: 'Collections', amount: '-2' }));
    await start();
    const snapshotId = randomUUID();
    const value = { snapshotId, runId: 'r', object: 'forecast', system: 'anaplan', instance, cutOff: null };
    const sending = idempotentProducer(kafka);
    await sending.connect();
    const meta = { id: randomUUID(), source: '/test', type: 'finance.snapshot-request.v1' };
    const context = { time: new Date().toISOString(), correlationId: meta.id, causationId: null, traceparent: null };
    const requestedAt = '2026-01-31T10:00:00.000Z';
    await sending.send({
      topic: 'finance.snapshot-request.v1',
      messages: [
        {
          key: snapshotId,
          value: codec.encode('finance.snapshot-request.v1', { ...value, requestedAt }),
          headers: toHeaders({ ...meta, ...context }, snapshotId),
        },
      ],
    });
    await sending.disconnect();
    const [header] = await eventually(async () => {
      const found = await records('finance.snapshot.v1', (snapshot) => snapshot.snapshotId === snapshotId);
      return found.length > 0 ? found : null;
    });
    expect(header).toMatchObject({
      complete: true,
      count: 2n,
      sums: [
        { name: 'Billings', currency: 'USD', amount: '100.5' },
        { name: 'Collections', currency: 'USD', amount: '-2' },
      ],
    });
    const items = await records('finance.snapshot-item.v1', (item) => item.snapshotId === snapshotId);
    expect(items.find(({ itemId }) => itemId === `${BUDGET}/${entity.code}/Billings/2026-01/USD`)?.fields).toEqual({
      ...cell(),
    });
  });
});

const keyOf = (one: ForecastCell): string =>
  [idOf(one.versionId), one.legalEntity, one.lineItem, one.month, one.currency].join('|');

function months(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    return `${2012 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
  });
}
