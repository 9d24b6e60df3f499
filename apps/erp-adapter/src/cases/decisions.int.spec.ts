import { randomUUID } from 'node:crypto';
import { derivedId, type ErpCommand } from '@tieout/canonical';
import type { ExceptionView, ListedException } from '@tieout/messaging';
import { createIssuer, eventually, takeTurns, type TestIssuer } from '@tieout/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openErpWorld, soon, type ErpWorld } from '../../test/fixture-erp.ts';
import type { ListedProposal } from '../proposals/proposal.store.ts';

takeTurns('erp-adapter');

let world: ErpWorld;
let issuer: TestIssuer;

beforeAll(async () => {
  [world, issuer] = await Promise.all([openErpWorld(), createIssuer()]);
  // Nothing is looked at again by itself while these run: what happens is what a person decided.
  await world.start(issuer.environment, { intervals: { orderRetryMs: 3_600_000 } });
});
afterAll(() => world.close());

async function call<T>(path: string, body?: object): Promise<{ status: number; body: T }> {
  const { authorization } = await issuer.as('mara', 'operator');
  const response = await fetch(`${world.running()!.url}/exceptions${path}`, {
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}
const about = async (object: string, status: 'open' | 'resolved'): Promise<ListedException | undefined> =>
  (await call<{ exceptions: ListedException[] }>(`?object=${object}&status=${status}`)).body.exceptions[0];
const openAbout = (object: string): Promise<ListedException> => eventually(() => about(object, 'open'), soon);
const decide = ({ exceptionId, revision }: ListedException, action: string, reason?: string) =>
  call<ExceptionView>(`/${exceptionId}/decide`, { expectedRevision: revision, action, reason });

it('a customer that the ERP refused is written when a person has cured the cause there and says retry', async () => {
  const { number: taken } = await world.party();
  const customerId = randomUUID();
  await world.publishCustomer(customerId, { accountNumber: taken });
  const refused = await openAbout(customerId);
  expect(refused).toMatchObject({ kind: 'customer-not-written', actions: ['resolve', 'retry'] });
  await world.erp.upsertRecord('customer', taken, { entityId: `${taken}-old` });

  const { body } = await decide(refused, 'retry');
  expect(body.exception.status).toBe('OPEN'); // it ends when the customer stands there
  const over = await eventually(() => about(customerId, 'resolved'), soon);
  expect(over.resolution).toBe('CRM and ERP agree.');
  expect((await world.erp.readCustomer(customerId))?.fields.entityId).toBe(taken);
});

it('an order that the ERP refused says what is at stake, and is done when a person says retry', async () => {
  const [who, customerId, contractId] = [await world.party(), randomUUID(), randomUUID()];
  await world.publishCustomer(customerId, { accountNumber: 'R-1' });
  await eventually(() => world.erp.readCustomer(customerId), soon);
  const itemCode = `SUB-${contractId}`;
  await sendOrder(contractId, customerId, who.entity, itemCode);
  const refused = await openAbout(contractId);
  expect(refused).toMatchObject({
    kind: 'order-not-written',
    atStake: '80',
    currency: 'USD',
    ownerGroup: 'erp-operations',
  });
  await world.erp.upsertRecord('serviceSaleItem', itemCode, { itemId: itemCode });

  expect((await decide(refused, 'retry')).status).toBe(200);
  await eventually(() => about(contractId, 'resolved'), soon);
  expect(await world.erp.readOrder(contractId)).not.toBeNull();
});

it('a change of a governed field waits for a person who sees both values, and everything else goes on', async () => {
  const customerId = randomUUID();
  await world.publishCustomer(customerId, { accountNumber: 'G-1', taxId: 'DE1' });
  const fields = async () => (await world.erp.readCustomer(customerId))?.fields;
  await eventually(async () => (await fields())?.vatRegNumber === 'DE1', soon);
  await world.publishCustomer(customerId, { revision: 2n, accountNumber: 'G-2', taxId: 'DE2' });
  const first = await openAbout(customerId);
  expect(first).toMatchObject({
    ...{ kind: 'approval-needed', actions: ['approve', 'reject', 'resolve'] },
    details: { 'taxId.erp': 'DE1', 'taxId.crm': 'DE2' },
  });
  expect(await fields()).toMatchObject({ entityId: 'G-2', vatRegNumber: 'DE1' });
  expect((await decide(first, 'reject')).status).toBe(422);
  await decide(first, 'reject', 'not in the register of taxpayers');
  expect((await about(customerId, 'resolved'))?.resolution).toContain('not in the register');

  // Another value is another question.
  await world.publishCustomer(customerId, { revision: 3n, accountNumber: 'G-3', taxId: 'DE3' });
  const second = await openAbout(customerId);
  expect(second.details).toMatchObject({ 'taxId.erp': 'DE1', 'taxId.crm': 'DE3' });
  await decide(second, 'approve');
  await eventually(() => about(customerId, 'resolved'), soon);
  expect(await fields()).toMatchObject({ entityId: 'G-3', vatRegNumber: 'DE3' });
});

it('work that has failed is done again or never, as a person decides, and what waits behind it goes on', async () => {
  const key = randomUUID();
  const [first, second] = [randomUUID(), randomUUID()];
  // Of a contract that nobody here knows: it fails for good.
  for (const id of [first, second])
    await world.inSchema(
      'erp_adapter',
      `INSERT INTO work_item (id, kind, key, payload) VALUES ('${id}', 'put-order/${world.instance}',
         '${world.instance}/${key}', '{"contractId":"${key}"}')`,
    );
  const failed = await openAbout(key);
  expect(failed).toMatchObject({ kind: 'work-failed', details: { workItem: first, code: 'order-unknown' } });

  await decide(failed, 'retry');
  const again = await openAbout(key);
  expect(again).toMatchObject({ exceptionId: failed.exceptionId, status: 'OPEN' });
  expect((await decide(again, 'discard')).status).toBe(422);
  const { body } = await decide(again, 'discard', 'never a contract of ours');
  expect(body.exception.resolution).toContain('never a contract of ours');
  expect(body.history.map(({ action }) => action)).toEqual(['raised', 'retry', 'reopened', 'discard']);
  expect(body.chainFault).toBeNull();
  const next = await openAbout(key);
  expect(next.details).toMatchObject({ workItem: second });
  const states = await world.inSchema(
    'erp_adapter',
    `SELECT state FROM work_item WHERE key = '${world.instance}/${key}' ORDER BY seq`,
  );
  expect(states).toEqual([{ state: 'discarded' }, { state: 'failed' }]);
});

it('a flow that proposes writes nothing and answers nobody; once it writes, what was proposed is done', async () => {
  await world.stop();
  const write = { customers: 'propose', orders: 'propose' };
  await world.start(issuer.environment, { intervals: { orderRetryMs: 3_600_000 }, write });
  const [who, customerId, contractId] = [await world.party(), randomUUID(), randomUUID()];
  await world.publishCustomer(customerId, { accountNumber: 'P-1' });
  await sendOrder(contractId, customerId, who.entity, 'Services');
  const order = await eventually(() => proposalOf(contractId), soon);
  expect(order).toMatchObject({ flow: 'orders', action: 'create', content: { lines: [{ net: '80' }] } });
  const customer = await eventually(() => proposalOf(customerId), soon);
  expect(customer).toMatchObject({ flow: 'customers', action: 'create', content: { entityId: 'P-1' } });
  expect([await world.erp.readCustomer(customerId), await world.erp.readOrder(contractId)]).toEqual([null, null]);
  expect(await world.records('finance.erp-outcome.v1', (value) => value.contractId === contractId)).toEqual([]);
  expect((await about(contractId, 'open')) ?? (await about(customerId, 'open'))).toBeUndefined();
  const metrics = await (await fetch(`${world.running()!.url}/metrics`)).text();
  expect(metrics).toMatch(/tieout_erp_proposals\{flow="orders",action="create"[^}]*\} 1/);

  await world.stop();
  await world.start(issuer.environment);
  const done = () => world.records('finance.erp-outcome.v1', (value) => value.contractId === contractId);
  await eventually(async () => (await done()).map(({ status }) => status).join() === 'DONE', soon);
  expect((await world.erp.readCustomer(customerId))?.fields.entityId).toBe('P-1');
  expect(await proposalOf(contractId)).toBeUndefined();
  expect(await proposalOf(customerId)).toBeUndefined();
});

async function proposalOf(object: string): Promise<ListedProposal | undefined> {
  const { authorization } = await issuer.as('ann', 'auditor');
  const url = `${world.running()!.url}/proposals?object=${object}`;
  const response = await fetch(url, { headers: { authorization } });
  return ((await response.json()) as { proposals: ListedProposal[] }).proposals[0];
}

async function sendOrder(contractId: string, customerId: string, legalEntity: string, itemCode: string): Promise<void> {
  const line = { itemCode, description: 'Part', quantity: '1', unitPrice: '80', net: '80' };
  const value: ErpCommand = {
    ...{ commandId: derivedId('test', contractId), type: 'PUT_ORDER', contractId, contractRevision: 1n },
    ...{ contractNumber: '00000101', customerId, legalEntity, currency: 'USD', orderDate: '2026-03-01', net: '80' },
    lines: [{ billingId: randomUUID(), billOn: '2026-03-28', ...line }],
    ...{ invoiceDate: null, requestedAt: '2026-03-01T02:00:00.000Z' },
  };
  await world.publish({ topic: 'finance.erp-command.v1', key: contractId, id: value.commandId, value });
}
