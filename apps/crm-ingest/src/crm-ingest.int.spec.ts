import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TopicName, ValueOf } from '@tieout/canonical';
import {
  createSalesforceClient,
  customerIdOf,
  salesforceConfig,
  type SalesforceClient,
} from '@tieout/connector-salesforce';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { createCodec, createKafka, Outbox, readBundle, readTopic, wholeTopic, type Codec } from '@tieout/messaging';
import { startService, type RunningService } from '@tieout/platform';
import { startSalesforceSandbox, type SalesforceSandbox } from '@tieout/sandbox';
import { createDatabase, eventually, stack, type TestDatabase } from '@tieout/testing';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { service } from './app.module.ts';

const kafka = () =>
  createKafka({ brokers: [...stack().brokers], clientId: 'crm-ingest-test' }, pino({ level: 'silent' }));
let bundle: string;
let codec: Codec;
let database: TestDatabase;
let sandbox: SalesforceSandbox;
let crm: SalesforceClient;
let running: RunningService;
let instance: string;

beforeAll(async () => {
  const { bundle: ids } = await applyContracts({ brokers: stack().brokers, registry: { url: stack().registryUrl } });
  bundle = path.join(mkdtempSync(path.join(tmpdir(), 'crm-ingest-')), 'bundle.json');
  writeBundle(bundle, ids!);
  codec = createCodec({ bundle: readBundle(bundle), registry: null });
});

beforeEach(async () => {
  database = await createDatabase('crm_ingest');
  instance = `t-${randomUUID().slice(0, 8)}`;
  sandbox = await startSalesforceSandbox({ databaseUrl: database.url });
  crm = createSalesforceClient(salesforceConfig.parse(sandbox.credentials));
});
afterEach(async () => {
  await running.stop();
  await sandbox.close();
});

async function start(): Promise<void> {
  running = await startService(service, {
    LOG_LEVEL: 'error',
    KAFKA_BROKERS: stack().brokers.join(','),
    SCHEMA_REGISTRY_URL: stack().registryUrl,
    SCHEMA_BUNDLE: bundle,
    DATABASE_URL: database.url,
    DATABASE_SCHEMA: 'crm_ingest',
    SALESFORCE_INSTANCE: instance,
    SALESFORCE_LOGIN_URL: sandbox.credentials.loginUrl,
    SALESFORCE_CONSUMER_KEY: sandbox.credentials.consumerKey,
    SALESFORCE_USERNAME: sandbox.credentials.username,
    SALESFORCE_PRIVATE_KEY: sandbox.credentials.privateKeyPem,
    SALESFORCE_POLL_INTERVAL_MS: '100',
  });
}

async function upsert(...accounts: Record<string, string>[]): Promise<string[]> {
  const results = await crm.upsertAccounts('External_Id__c', accounts);
  expect(results.filter(({ success }) => !success)).toEqual([]);
  return results.map(({ id }) => id!);
}

/** Every record of the topic that this test caused, in order per key. */
async function records<T extends TopicName>(topic: T, mine: (value: ValueOf<T>) => boolean): Promise<ValueOf<T>[]> {
  const raw: Buffer[] = [];
  const client = kafka();
  await readTopic(client, topic, await wholeTopic(client, topic), ({ value }) => void (value && raw.push(value)));
  return (await Promise.all(raw.map((bytes) => codec.decode(topic, bytes)))).filter(mine);
}
const customers = () => records('finance.customer.v1', ({ source }) => source.instance === instance);

describe('crm-ingest', () => {
  it('publishes every account once, over pages, and each change as the next revision', async () => {
    const accounts = Array.from({ length: 450 }, (_, i) => ({
      External_Id__c: `c-${i}`,
      AccountNumber: `C-${i}`,
      Name: `Customer ${i}`,
    }));
    await upsert(...accounts);
    await start();
    await eventually(async () => (await customers()).length >= 450, { intervalMs: 300 });
    const first = await customers();
    expect(new Set(first.map(({ accountNumber }) => accountNumber)).size).toBe(450);
    expect(first.every(({ revision, lifecycle }) => revision === 1n && lifecycle === 'ACTIVE')).toBe(true);

    const [id] = await upsert({ External_Id__c: 'c-7', Name: 'Renamed', CurrencyIsoCode: 'EUR' });
    // A second write within the same second: the stamp does not tell it apart.
    await upsert({ External_Id__c: 'c-7', Name: 'Renamed again' });
    const customerId = customerIdOf(instance, id!);
    const last = await eventually(
      async () => (await customers()).findLast((c) => c.customerId === customerId && c.name === 'Renamed again'),
      { intervalMs: 200 },
    );
    expect(last).toMatchObject({ currency: 'EUR', accountNumber: 'C-7' });
    const history = (await customers()).filter((c) => c.customerId === customerId).map(({ revision }) => revision);
    expect(history).toEqual(history.map((_, i) => BigInt(i + 1)));
  });

  it('holds a second account with the same number out, lets the rest flow, and releases it when the number is changed', async () => {
    await start();
    const [first, second, other] = await upsert(
      { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' },
      { External_Id__c: 'b', AccountNumber: 'N-1', Name: 'Birke' },
      { External_Id__c: 'c', AccountNumber: 'N-2', Name: 'Celtis', CurrencyIsoCode: 'XQX' },
    );
    await upsert({ External_Id__c: 'd', AccountNumber: 'N-3', Name: 'Douglasie' });
    const ids = [second!, other!].map((id) => customerIdOf(instance, id));
    const exceptions = () => records('finance.exception.v1', ({ objectId }) => ids.includes(objectId));
    await eventually(async () => (await exceptions()).length >= 2, { intervalMs: 200 });
    expect(
      (await exceptions())
        .map(({ kind, status, details }) => [kind, status, details['name'] ?? details['value']])
        .sort(),
    ).toEqual([
      ['customer-number-conflict', 'OPEN', 'Birke'],
      ['unknown-currency', 'OPEN', 'XQX'],
    ]);
    await eventually(async () => (await customers()).length >= 2, { intervalMs: 200 });
    expect((await customers()).map(({ name }) => name).sort()).toEqual(['Ahorn', 'Douglasie']);
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toMatch(/tieout_crm_accounts\{state="customer-number-conflict",service="crm-ingest"\} 1/);

    await upsert(
      { External_Id__c: 'b', AccountNumber: 'N-9', Name: 'Birke' },
      { External_Id__c: 'c', Name: 'Celtis', CurrencyIsoCode: 'CHF' },
    );
    await eventually(async () => (await customers()).length >= 4, { intervalMs: 200 });
    await eventually(async () => (await exceptions()).filter(({ status }) => status === 'RESOLVED').length === 2, {
      intervalMs: 200,
    });
    expect(first).toBeDefined();
  });

  it('publishes a deletion as a record with lifecycle DELETED and frees the number', async () => {
    await start();
    const [id] = await upsert({ External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
    await eventually(async () => (await customers()).length === 1, { intervalMs: 200 });
    await removeAccount(id!);
    await eventually(async () => (await customers()).some(({ lifecycle }) => lifecycle === 'DELETED'), {
      intervalMs: 200,
    });
    await upsert({ External_Id__c: 'b', AccountNumber: 'N-1', Name: 'Birke' });
    await eventually(async () => (await customers()).some(({ name }) => name === 'Birke'), { intervalMs: 200 });
  });

  it('publishes a change that carries the stamp of the one before it and appears seconds later', async () => {
    await start();
    const [id] = await upsert({ External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
    const changed = performance.now();
    await eventually(async () => (await customers()).length === 1, { intervalMs: 200 });
    await eventually(() => performance.now() - changed > 4_500);
    await sql(`UPDATE sandbox_salesforce.account SET name = 'Committed late' WHERE id = '${id!}'`);
    await eventually(async () => (await customers()).some(({ name }) => name === 'Committed late'), {
      intervalMs: 200,
    });
  });

  it('publishes the deletion of an account that happened while its database was lost', async () => {
    await start();
    const [id] = await upsert({ External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
    await eventually(async () => (await customers()).length === 1, { intervalMs: 200 });
    await running.stop();
    await sql('DROP SCHEMA crm_ingest CASCADE');
    await removeAccount(id!);
    await start();
    await eventually(async () => (await customers()).some(({ lifecycle }) => lifecycle === 'DELETED'), {
      intervalMs: 200,
    });
    expect((await customers()).map(({ revision }) => revision)).toEqual([1n, 2n]);
  });

  it('opens a new session when the old one is ended', async () => {
    await start();
    await upsert({ External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
    await eventually(async () => (await customers()).length === 1, { intervalMs: 200 });
    sandbox.expireSessions();
    await upsert({ External_Id__c: 'b', AccountNumber: 'N-2', Name: 'Birke' });
    await eventually(async () => (await customers()).length === 2, { intervalMs: 200 });
    expect(sandbox.usage().tokens).toBeGreaterThanOrEqual(4);
  });

  it('answers a snapshot request with the raw accounts and a header that counts them', async () => {
    await upsert(
      { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' },
      { External_Id__c: 'b', AccountNumber: 'N-1', Name: 'Birke' },
    );
    await start();
    const snapshotId = randomUUID();
    await request(snapshotId);
    const header = await eventually(
      async () => (await records('finance.snapshot.v1', (s) => s.snapshotId === snapshotId))[0],
      { intervalMs: 200 },
    );
    expect(header).toMatchObject({ complete: true, count: 2n, error: null, runId: 'run-1' });
    const items = await records('finance.snapshot-item.v1', (item) => item.snapshotId === snapshotId);
    expect(
      items.map(({ index, fields }) => [index, fields['Name'], fields['AccountNumber'], 'Tax_Id__c' in fields]),
    ).toEqual([
      [0n, 'Ahorn', 'N-1', false],
      [1n, 'Birke', 'N-1', false],
    ]);
  });
});

/** As superuser, in the database that the service and the sandbox share. */
async function sql(statement: string): Promise<void> {
  const dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  await dataSource.query(statement);
  await dataSource.destroy();
}

async function removeAccount(id: string): Promise<void> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: sandbox.credentials.consumerKey,
    client_secret: sandbox.consumerSecret,
  });
  const token = (await (await fetch(`${sandbox.url}/services/oauth2/token`, { method: 'POST', body })).json()) as {
    access_token: string;
  };
  const headers = { authorization: `Bearer ${token.access_token}` };
  const answer = await fetch(`${sandbox.url}/services/data/v63.0/sobjects/Account/${id}`, {
    method: 'DELETE',
    headers,
  });
  expect(answer.status).toBe(204);
}

/** Asks the way reconciliation does: an event on the topic. */
async function request(snapshotId: string): Promise<void> {
  const value = {
    snapshotId,
    runId: 'run-1',
    object: 'customer',
    system: 'salesforce',
    instance,
    cutOff: null,
    requestedAt: new Date().toISOString(),
  };
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    extra: { options: '-c search_path=crm_ingest' },
  }).initialize();
  const event = { topic: 'finance.snapshot-request.v1', key: snapshotId, id: randomUUID(), value } as const;
  await dataSource.transaction((tx) => new Outbox(codec, 'crm-ingest-test').publish(tx, [event]));
  await dataSource.destroy();
}
