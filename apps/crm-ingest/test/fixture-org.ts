import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TopicName, ValueOf } from '@tieout/canonical';
import { createSalesforceClient, salesforceConfig, type SalesforceClient } from '@tieout/connector-salesforce';
import { applyContracts, writeBundle } from '@tieout/contracts';
import {
  createCodec,
  createKafka,
  Outbox,
  readBundle,
  readTopic,
  wholeTopic,
  type Codec,
  type PartitionRange,
} from '@tieout/messaging';
import { startService, type RunningService } from '@tieout/platform';
import { startSalesforceSandbox, type SalesforceSandbox } from '@tieout/sandbox';
import { createDatabase, readable, spawnTs, stack, type TestDatabase, type TsProcess } from '@tieout/testing';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { service } from '../src/app.module.ts';

export type Row = Readonly<Record<string, unknown>>;

/** An org of a test's own, and the service that reads it into the topics of the run's stack. */
export interface OrgFixture {
  readonly instance: string;
  readonly sandbox: SalesforceSandbox;
  readonly client: SalesforceClient;
  readonly running: RunningService;
  start(environment?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
  /** The service as a process of its own, which can be killed. */
  spawn(environment?: Readonly<Record<string, string>>): TsProcess;
  /** Creates or updates by External_Id__c; answers the ids. */
  upsert(type: string, ...records: Row[]): Promise<string[]>;
  remove(...ids: string[]): Promise<void>;
  /** A call of the sandbox's side door. */
  door(path: string, body?: object): Promise<void>;
  /** Every record of the topic that this org caused, in order per key. */
  records<T extends TopicName>(topic: T): Promise<ValueOf<T>[]>;
  /** As superuser, in the database that the service and the sandbox share. */
  sql<R>(statement: string): Promise<R[]>;
  /** Runs a statement in a transaction that stays open until the answer is called. */
  hold(statement: string): Promise<() => Promise<void>>;
  /** Sum of a counter over the labels that are not named. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Asks for a snapshot the way reconciliation does: an event on the topic. */
  requestSnapshot(object: string): Promise<string>;
  close(): Promise<void>;
}

export interface Contracts {
  readonly bundle: string;
  readonly codec: Codec;
}

export async function deployContracts(): Promise<Contracts> {
  const { bundle: ids } = await applyContracts({ brokers: stack().brokers, registry: { url: stack().registryUrl } });
  const bundle = path.join(mkdtempSync(path.join(tmpdir(), 'crm-ingest-')), 'bundle.json');
  writeBundle(bundle, ids!);
  return { bundle, codec: createCodec({ bundle: readBundle(bundle), registry: null }) };
}

export async function openOrg(
  contracts: Contracts,
  options: Omit<Parameters<typeof startSalesforceSandbox>[0], 'databaseUrl'> = {},
): Promise<OrgFixture> {
  const database = await createDatabase('crm_ingest');
  const instance = `t-${randomUUID().slice(0, 8)}`;
  const sandbox = await startSalesforceSandbox({ databaseUrl: database.url, ...options });
  const client = createSalesforceClient(salesforceConfig.parse(sandbox.credentials));
  const admin = await new DataSource({ type: 'postgres', url: database.url, poolSize: 2 }).initialize();
  const read = topicReader(contracts.codec, instance);
  let running: RunningService | null = null;
  const environment = environmentOf(contracts, database, sandbox, instance);
  return {
    instance,
    sandbox,
    client,
    get running() {
      return running!;
    },
    async start(more = {}) {
      running = await startService(service, { ...environment, ...more });
    },
    stop: async () => {
      await running?.stop();
      running = null;
    },
    spawn: (more = {}) => spawnTs(new URL('../src/main.ts', import.meta.url), { env: { ...environment, ...more } }),
    ...orgCalls(sandbox, client),
    records: read,
    sql: (statement) => admin.query(statement),
    async hold(statement) {
      const runner = admin.createQueryRunner();
      await runner.startTransaction();
      await runner.query(statement);
      return async () => {
        await runner.rollbackTransaction();
        await runner.release();
      };
    },
    metric: (name, labels = {}) => metricOf(running!.url, name, labels),
    requestSnapshot: (object) => requestSnapshot(contracts.codec, database, instance, object),
    async close() {
      await running?.stop();
      await sandbox.close();
      await admin.destroy();
    },
  };
}

/** What people and other systems do in the org. */
function orgCalls(
  sandbox: SalesforceSandbox,
  client: SalesforceClient,
): Pick<OrgFixture, 'upsert' | 'remove' | 'door'> {
  return {
    async upsert(type, ...records) {
      const results = await client.upsertRecords(type, 'External_Id__c', records);
      const refused = results.filter(({ success }) => !success);
      if (refused.length > 0) throw new Error(`${type} refused: ${JSON.stringify(refused)}`);
      return results.map(({ id }) => id!);
    },
    async remove(...ids) {
      const refused = (await client.deleteRecords(ids)).filter(({ success }) => !success);
      if (refused.length > 0) throw new Error(`not deleted: ${JSON.stringify(refused)}`);
    },
    async door(doorPath, body = {}) {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const answer = await fetch(`${sandbox.url}/sandbox${doorPath}`, init);
      if (answer.status !== 204) throw new Error(`${doorPath}: ${answer.status} ${await answer.text()}`);
    },
  };
}

function environmentOf(
  { bundle }: Contracts,
  database: TestDatabase,
  { credentials }: SalesforceSandbox,
  instance: string,
): Record<string, string> {
  return {
    LOG_LEVEL: 'fatal',
    KAFKA_BROKERS: stack().brokers.join(','),
    SCHEMA_REGISTRY_URL: stack().registryUrl,
    SCHEMA_BUNDLE: bundle,
    DATABASE_URL: database.url,
    DATABASE_SCHEMA: 'crm_ingest',
    SALESFORCE_INSTANCE: instance,
    SALESFORCE_LOGIN_URL: credentials.loginUrl,
    SALESFORCE_CONSUMER_KEY: credentials.consumerKey,
    SALESFORCE_USERNAME: credentials.username,
    SALESFORCE_PRIVATE_KEY: credentials.privateKeyPem,
    SALESFORCE_PUBSUB_ENDPOINT: credentials.pubsubEndpoint,
    SALESFORCE_PUBSUB_CA: credentials.pubsubCaPem,
    SALESFORCE_POLL_INTERVAL_MS: '100',
  };
}

/** Topics are shared by every test of the run, so each reading goes on where the last one ended. */
function topicReader(codec: Codec, instance: string): OrgFixture['records'] {
  const kafka = createKafka({ brokers: [...stack().brokers], clientId: 'crm-ingest-test' }, pino({ level: 'silent' }));
  const seen = new Map<TopicName, { ends: Map<number, bigint>; values: unknown[] }>();
  return async <T extends TopicName>(topic: T): Promise<ValueOf<T>[]> => {
    const known = seen.get(topic) ?? { ends: new Map<number, bigint>(), values: [] };
    seen.set(topic, known);
    const whole = await wholeTopic(kafka, topic);
    const fresh = whole.map((range): PartitionRange => ({
      ...range,
      from: known.ends.get(range.partition) ?? range.from,
    }));
    const raw: Buffer[] = [];
    await readTopic(kafka, topic, fresh, ({ value }) => void (value && raw.push(value)));
    const values = await readable(codec, topic, raw);
    known.values.push(...values.filter((value) => isOf(instance, value)));
    for (const { partition, to } of whole) known.ends.set(partition, to);
    return [...known.values] as ValueOf<T>[];
  };
}

/** States name their instance; exceptions and snapshots are this test's when nothing says otherwise. */
function isOf(instance: string, value: unknown): boolean {
  const { source } = value as { source?: { instance: string } };
  return source === undefined || source.instance === instance;
}

async function metricOf(url: string, name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return lines
    .filter((line) => wanted.every((pair) => line.includes(pair)))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}

async function requestSnapshot(
  codec: Codec,
  database: TestDatabase,
  instance: string,
  object: string,
): Promise<string> {
  const snapshotId = randomUUID();
  const requestedAt = new Date().toISOString();
  const value = { snapshotId, runId: 'run-1', object, system: 'salesforce', instance, cutOff: null, requestedAt };
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    extra: { options: '-c search_path=crm_ingest' },
  }).initialize();
  const event = { topic: 'finance.snapshot-request.v1', key: snapshotId, id: randomUUID(), value } as const;
  await dataSource.transaction((tx) => new Outbox(codec, 'crm-ingest-test').publish(tx, [event]));
  await dataSource.destroy();
  return snapshotId;
}
