import { randomUUID } from 'node:crypto';
import { derivedId, type ErpCommand } from '@tieout/canonical';
import { createNetSuiteClient, netsuiteConfig, type NetSuiteClient } from '@tieout/connector-netsuite';
import { startNetSuiteSandbox, type NetSuiteSandbox } from '@tieout/sandbox';
import { createDatabase, eventually, takeTurns } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { netsuiteInstance, openErpWorld, soon, type ErpWorld, type Party } from '../test/fixture-erp.ts';
import { Instances1732370000001 } from './migrations/1732370000001-instances.ts';

takeTurns('erp-adapter');

/** Two accounts behind one service: the first holds every customer, the second those of its orders. */
let world: ErpWorld;
let second: {
  readonly name: string;
  readonly sandbox: NetSuiteSandbox;
  readonly erp: NetSuiteClient;
  readonly entity: string;
};
let who: Party;

beforeAll(async () => {
  world = await openErpWorld();
  const sandbox = await startNetSuiteSandbox({ databaseUrl: (await createDatabase('erp_second')).url });
  const name = `${world.instance}-b`;
  const erp = createNetSuiteClient(netsuiteConfig.parse(sandbox.credentials));
  second = { name, sandbox, erp, entity: `Entity ${name}` };
  await erp.upsertRecord('subsidiary', 'S', { name: second.entity, currency: { id: '1' } });
  who = await world.party();
  await world.start(environment());
});
afterEach(() => fetch(`${second.sandbox.url}/sandbox/faults`, { method: 'DELETE' }));
afterAll(async () => {
  await world.close();
  await second.sandbox.close();
});

function environment(): Record<string, string> {
  const { account, consumerKey, consumerSecret, tokenKey, tokenSecret } = second.sandbox.credentials;
  const secret = { consumerSecret: { env: 'SECOND_CONSUMER_SECRET' }, tokenSecret: { env: 'SECOND_TOKEN_SECRET' } };
  const other = netsuiteInstance(second.name, second.sandbox, {
    ...{ crmInstances: [world.instance], legalEntities: [second.entity], customers: 'with-orders', concurrency: 2 },
    auth: { account, consumerKey, tokenKey, ...secret },
  });
  return {
    ERP_INSTANCES: JSON.stringify([netsuiteInstance(world.instance, world.sandbox), other]),
    SECOND_CONSUMER_SECRET: consumerSecret,
    SECOND_TOKEN_SECRET: tokenSecret,
  };
}

async function order(legalEntity: string, customerId: string): Promise<string> {
  const contractId = randomUUID();
  const line = { billingId: randomUUID(), billOn: '2026-03-28', itemCode: null, description: 'Part', quantity: '1' };
  const value: ErpCommand = {
    ...{ commandId: derivedId('test', contractId), type: 'PUT_ORDER', contractId, contractRevision: 1n },
    ...{ contractNumber: '00000101', customerId, legalEntity, currency: 'USD', orderDate: '2026-03-01', net: '80' },
    ...{ lines: [{ ...line, unitPrice: '80', net: '80' }], invoiceDate: null },
    requestedAt: '2026-03-01T02:00:00.000Z',
  };
  await world.publish({ topic: 'finance.erp-command.v1', key: contractId, id: value.commandId, value });
  return contractId;
}

const outcomes = async (contractId: string) =>
  (await world.records('finance.erp-outcome.v1', (value) => value.contractId === contractId)).map(
    ({ status, instance }) => `${status} ${instance}`,
  );
const answered = (contractId: string, instance: string) =>
  eventually(async () => (await outcomes(contractId)).join() === `DONE ${instance}`, {
    ...soon,
    describe: () => outcomes(contractId),
  });
const referencesOf = (customerId: string) =>
  world.records('finance.cross-reference.v1', (value) => value.canonicalId === customerId);
const casesOf = (customerId: string) =>
  world.records('finance.exception.v1', (e) => e.service === 'erp-adapter' && e.objectId === customerId);

it('an order goes to the ERP of its legal entity, and its customer to each ERP that needs him', async () => {
  const customerId = randomUUID();
  await world.publishCustomer(customerId, { accountNumber: 'I-1' });
  const here = await order(who.entity, customerId);
  await answered(here, world.instance);
  expect(await second.erp.readCustomer(customerId)).toBeNull();
  expect(await second.erp.readOrder(here)).toBeNull();

  const there = await order(second.entity, customerId);
  await answered(there, second.name);
  expect(await world.erp.readOrder(there)).toBeNull();
  const references = await referencesOf(customerId);
  expect(references.map(({ instance }) => instance).sort()).toEqual([world.instance, second.name]);
  const accounts = () =>
    world.records('finance.customer-account.v1', (value) => value.customerId === customerId && value.number === 'I-1');
  await eventually(async () => new Set((await accounts()).map(({ instance }) => instance)).size === 2, soon);

  // From now on his revisions go to both.
  await world.publishCustomer(customerId, { accountNumber: 'I-1', name: 'Acme Ltd', revision: 2n });
  for (const erp of [world.erp, second.erp])
    await eventually(async () => (await erp.readCustomer(customerId))?.fields.companyName === 'Acme Ltd', soon);
});

it('a customer whom a command named before he came is brought when he comes', async () => {
  const customerId = randomUUID();
  const there = await order(second.entity, customerId);
  const state = `SELECT 1 FROM order_link WHERE contract_id = '${there}' AND state = 'WAITING_FOR_CUSTOMER'`;
  await eventually(async () => (await world.inSchema('erp_adapter', state)).length > 0, soon);
  await world.publishCustomer(customerId, { accountNumber: 'I-2' });
  await answered(there, second.name);
});

it('a foreign edit in one ERP stays open when the other is found in order', async () => {
  const customerId = randomUUID();
  await world.publishCustomer(customerId, { accountNumber: 'I-3' });
  await answered(await order(second.entity, customerId), second.name);
  await second.erp.upsertRecord('customer', customerId, { companyName: 'Edited there' });
  const opened = await eventually(async () => (await casesOf(customerId))[0], soon);
  expect(opened).toMatchObject({ kind: 'foreign-edit', status: 'OPEN', details: { instance: second.name } });
  await world.publishCustomer(customerId, { accountNumber: 'I-3b', revision: 2n });
  for (const erp of [world.erp, second.erp])
    await eventually(async () => (await erp.readCustomer(customerId))?.fields.entityId === 'I-3b', soon);
  const done = `SELECT 1 FROM work_item WHERE key LIKE '%${customerId}' AND open`;
  await eventually(async () => (await world.inSchema('erp_adapter', done)).length === 0, soon);
  expect((await casesOf(customerId)).map(({ status }) => status)).toEqual(['OPEN']);
});

it('an ERP that hardly answers holds up no other', async () => {
  const [slow, quick] = [randomUUID(), randomUUID()];
  for (const customerId of [slow, quick]) await world.publishCustomer(customerId, { accountNumber: customerId });
  second.sandbox.injectFault({ kind: 'slow', count: 1_000, delayMs: 20_000 });
  const stuck = await Promise.all(Array.from({ length: 5 }, () => order(second.entity, slow)));
  await answered(await order(who.entity, quick), world.instance);
  expect((await Promise.all(stuck.map(outcomes))).flat()).toEqual([]);
});

it('open work of the release before, which knew one instance, is done by that instance', async () => {
  await world.stop();
  const customerId = randomUUID();
  const dataSource = await new DataSource({
    ...{ type: 'postgres', url: world.environment()['DATABASE_URL']! },
    extra: { options: '-c search_path=erp_adapter' },
  }).initialize();
  const runner = dataSource.createQueryRunner();
  const migration = new Instances1732370000001();
  await migration.down(runner);
  const desired = { accountNumber: 'I-9', name: 'Earlier', taxId: null, currency: null, lifecycle: 'ACTIVE' };
  await runner.query(
    `INSERT INTO customer_link (instance, customer_id, desired, desired_revision) VALUES ($1, $2, $3, 1)`,
    [world.instance, customerId, desired],
  );
  await runner.query(
    `INSERT INTO work_item (id, kind, key, payload) VALUES (gen_random_uuid(), 'sync-customer', $1, $2)`,
    [customerId, { customerId }],
  );
  await migration.up(runner);
  await dataSource.destroy();
  await world.start(environment());
  await eventually(async () => (await world.erp.readCustomer(customerId))?.fields.companyName === 'Earlier', soon);
});
