import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Customer, StateTopicName, TopicName, ValueOf } from '@tieout/canonical';
import { createNetSuiteClient, netsuiteConfig, type NetSuiteClient, type Origin } from '@tieout/connector-netsuite';
import { applyContracts, writeBundle } from '@tieout/contracts';
import {
  createCodec,
  createKafka,
  Outbox,
  readBundle,
  readTopic,
  wholeTopic,
  type Codec,
  type NewEvent,
} from '@tieout/messaging';
import { startService, type RunningService } from '@tieout/platform';
import { startNetSuiteSandbox, type NetSuiteSandbox } from '@tieout/sandbox';
import { createDatabase, readable, stack } from '@tieout/testing';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { service } from '../src/app.module.ts';

export const soon = { intervalMs: 200, timeoutMs: 30_000 };

/** A customer and a subsidiary of a test's own. */
export interface Party {
  readonly number: string;
  readonly subsidiary: string;
  /** Name of the subsidiary, code of the legal entity. */
  readonly entity: string;
}

/** What a test wants otherwise of the one instance. */
export interface InstanceChange {
  readonly concurrency?: number;
  readonly timeoutMs?: number;
  readonly intervals?: Readonly<Record<string, number>>;
  readonly [key: string]: unknown;
}

/** One account and one service, and the topics as other services see them. */
export interface ErpWorld {
  readonly instance: string;
  readonly origin: Origin;
  readonly sandbox: NetSuiteSandbox;
  /** NetSuite as a person with a script sees it. */
  readonly erp: NetSuiteClient;
  running(): RunningService | null;
  start(more?: Record<string, string>, change?: InstanceChange): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
  /** The service's configuration, to run it in a process of its own. */
  environment(more?: Record<string, string>, change?: InstanceChange): Record<string, string>;
  /** Codes of the legal entities that the instance holds. */
  readonly entities: readonly string[];
  records<T extends TopicName>(topic: T, mine: (value: ValueOf<T>) => boolean): Promise<ValueOf<T>[]>;
  /** Newest state per key of this test's instance. */
  states<T extends StateTopicName>(topic: T, keyOf: (value: ValueOf<T>) => string): Promise<Map<string, ValueOf<T>>>;
  /** Through the running service's relay, as another service's event would come by its own. */
  publish(event: NewEvent): Promise<void>;
  publishCustomer(customerId: string, more: Partial<Customer>): Promise<void>;
  /** Runs statements in a schema and answers the rows of the last. */
  inSchema(schema: string, ...statements: string[]): Promise<readonly unknown[]>;
  party(): Promise<Party>;
}

export async function openErpWorld(): Promise<ErpWorld> {
  const instance = `t-${randomUUID().slice(0, 8)}`;
  const { bundle: ids } = await applyContracts({ brokers: stack().brokers, registry: { url: stack().registryUrl } });
  const bundle = path.join(mkdtempSync(path.join(tmpdir(), 'erp-adapter-')), 'bundle.json');
  writeBundle(bundle, ids!);
  const codec = createCodec({ bundle: readBundle(bundle), registry: null });
  const { url: databaseUrl } = await createDatabase('erp_adapter');
  const sandbox = await startNetSuiteSandbox({ databaseUrl });
  const erp = createNetSuiteClient(netsuiteConfig.parse(sandbox.credentials));
  const environment = environmentOf(instance, { bundle, databaseUrl, sandbox });
  const service = serviceIn(environment);
  const inside = databaseAt(databaseUrl, codec);
  return {
    ...{ instance, origin: { instance, timeZone: 'America/Los_Angeles' }, sandbox, erp, environment },
    entities: entitiesOf(instance),
    ...service,
    ...inside,
    ...topicsOf(instance, codec),
    ...partiesOf(instance, erp, inside.publish),
    async close() {
      await service.stop();
      await sandbox.close();
    },
  };
}

// Of this world alone: the topics are shared with other tests, and commands are addressed to a legal entity.
const entityName = (instance: string, n: number): string => `Entity ${n} ${instance}`;

function environmentOf(
  instance: string,
  { bundle, databaseUrl, sandbox }: { bundle: string; databaseUrl: string; sandbox: NetSuiteSandbox },
): ErpWorld['environment'] {
  const { consumerSecret, tokenSecret } = sandbox.credentials;
  return (more = {}, change = {}) => ({
    LOG_LEVEL: 'error',
    KAFKA_BROKERS: stack().brokers.join(','),
    SCHEMA_REGISTRY_URL: stack().registryUrl,
    SCHEMA_BUNDLE: bundle,
    DATABASE_URL: databaseUrl,
    DATABASE_SCHEMA: 'erp_adapter',
    // JSON is YAML.
    ERP_INSTANCES: JSON.stringify([netsuiteInstance(instance, sandbox, change)]),
    // The topics are shared with other tests.
    ERP_OTHER_LEGAL_ENTITIES: 'ignore',
    CONSUMER_SECRET: consumerSecret,
    TOKEN_SECRET: tokenSecret,
    ...more,
  });
}

/** The instance as the configuration names it; secrets are in CONSUMER_SECRET and TOKEN_SECRET. */
export function netsuiteInstance(
  name: string,
  { credentials }: NetSuiteSandbox,
  { timeoutMs, intervals, ...change }: InstanceChange = {},
): object {
  const { url, account, consumerKey, tokenKey } = credentials;
  return {
    ...{ name, system: 'netsuite', crmInstances: [name], legalEntities: entitiesOf(name) },
    connection: { url, ...(timeoutMs !== undefined && { timeoutMs }) },
    auth: {
      account,
      consumerKey,
      consumerSecret: { env: 'CONSUMER_SECRET' },
      tokenKey,
      tokenSecret: { env: 'TOKEN_SECRET' },
    },
    intervals: { pollMs: 100, totalsMs: 500, dimensionsMs: 500, inDoubtMs: 300, ...intervals },
    ...change,
  };
}

const entitiesOf = (instance: string): string[] => Array.from({ length: 40 }, (_, n) => entityName(instance, n));

function serviceIn(environment: ErpWorld['environment']): Pick<ErpWorld, 'running' | 'start' | 'stop'> {
  let running: RunningService | null = null;
  return {
    running: () => running,
    async start(more = {}, change = {}) {
      running = await startService(service, environment(more, change));
    },
    async stop() {
      await running?.stop();
      running = null;
    },
  };
}

function databaseAt(url: string, codec: Codec): Pick<ErpWorld, 'inSchema' | 'publish'> {
  const open = (schema: string): Promise<DataSource> =>
    new DataSource({ type: 'postgres', url, extra: { options: `-c search_path=${schema}` } }).initialize();
  return {
    async inSchema(schema, ...statements) {
      const dataSource = await open(schema);
      let rows: readonly unknown[] = [];
      for (const statement of statements) rows = await dataSource.query<unknown[]>(statement);
      await dataSource.destroy();
      return rows;
    },
    async publish(event) {
      const dataSource = await open('erp_adapter');
      await dataSource.transaction((tx) => new Outbox(codec, 'erp-adapter-test').publish(tx, [event]));
      await dataSource.destroy();
    },
  };
}

function topicsOf(instance: string, codec: Codec): Pick<ErpWorld, 'records' | 'states'> {
  const kafka = createKafka({ brokers: [...stack().brokers], clientId: 'erp-adapter-test' }, pino({ level: 'silent' }));
  const records: ErpWorld['records'] = async (topic, mine) => {
    const raw: Buffer[] = [];
    await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ value }) => void (value && raw.push(value)));
    return (await readable(codec, topic, raw)).filter(mine);
  };
  return {
    records,
    async states(topic, keyOf) {
      const newest = new Map<string, ValueOf<typeof topic>>();
      for (const value of await records(topic, (v) => 'source' in v && v.source.instance === instance)) {
        const known = newest.get(keyOf(value)) as { revision: bigint } | undefined;
        if (!known || (value as { revision: bigint }).revision > known.revision) newest.set(keyOf(value), value);
      }
      return newest;
    },
  };
}

function partiesOf(
  instance: string,
  erp: NetSuiteClient,
  publish: ErpWorld['publish'],
): Pick<ErpWorld, 'publishCustomer' | 'party'> {
  let parties = 0;
  return {
    async publishCustomer(customerId, more) {
      const source = { system: 'salesforce', instance, entity: 'Account', id: customerId, version: null };
      const value = {
        ...{
          customerId,
          lifecycle: 'ACTIVE' as const,
          accountNumber: null,
          name: 'Acme',
          legalName: null,
          taxId: null,
        },
        ...{ currency: null, paymentTerms: null, billingAddress: null, shippingAddress: null, parentId: null },
        source: { ...source, changedAt: null },
        revision: 1n,
        ...more,
      };
      await publish({ topic: 'finance.customer.v1', key: customerId, id: randomUUID(), value });
    },
    async party() {
      const number = `C${++parties}`;
      const entity = entityName(instance, parties);
      const body = { name: entity, currency: { id: '1' } };
      const subsidiary = await erp.upsertRecord('subsidiary', `S${parties}`, body);
      const customer = { entityId: number, companyName: 'Acme', subsidiary: { id: subsidiary } };
      await erp.upsertRecord('customer', number, customer);
      return { number, subsidiary, entity };
    },
  };
}
