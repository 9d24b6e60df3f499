import { randomUUID } from 'node:crypto';
import { derivedId, type Contract, type ErpCommand, type ErpOutcome } from '@tieout/canonical';
import { startService, type RunningService } from '@tieout/platform';
import { createDatabase, eventually, stack, takeTurns } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBus, type Bus } from '../test/fixture-bus.ts';
import { service } from './app.module.ts';

interface ApiOrder {
  readonly contractId: string;
  readonly state: string;
  readonly contractRevision: string;
  readonly outcome: { readonly orderNumber: string | null; readonly code: string | null } | null;
}

let bus: Bus;
let running: RunningService;

takeTurns('order-to-cash');

beforeAll(async () => {
  bus = await openBus();
  running = await start((await createDatabase('order_to_cash')).url);
});
afterAll(async () => {
  await running.stop();
  await bus.close();
});

function start(databaseUrl: string): Promise<RunningService> {
  return startService(service, {
    LOG_LEVEL: 'error',
    KAFKA_BROKERS: stack().brokers.join(','),
    SCHEMA_REGISTRY_URL: stack().registryUrl,
    SCHEMA_BUNDLE: bus.bundle,
    DATABASE_URL: databaseUrl,
    DATABASE_SCHEMA: 'order_to_cash',
  });
}

function contract(contractId: string, revision: bigint, more: Partial<Contract> = {}): Contract {
  const source = {
    system: 'salesforce',
    instance: 'main',
    entity: 'Contract',
    id: '800',
    version: null,
    changedAt: null,
  };
  const line = {
    ...{ billingId: derivedId('test', contractId), billOn: '2026-03-31', productId: null, productCode: 'SUB-1' },
    ...{ description: null, quantity: '0.3333333333', unitPrice: '300.03', net: '100.01' },
  };
  return {
    ...{ contractId, revision, lifecycle: 'ACTIVE', number: '00000101', customerId: randomUUID(), opportunityId: null },
    ...{ legalEntity: 'CH', currency: 'CHF', startDate: '2026-03-01', termMonths: 12, net: '100.01' },
    billingSchedule: [line],
    source,
    ...more,
  };
}

const sign = (value: Contract, id?: string) => bus.send('finance.contract.v1', value.contractId, value, id);
const commands = (contractId: string) => bus.read('finance.erp-command.v1', contractId);
const casesOf = (kind: string, contractId: string) =>
  bus.read('finance.exception.v1', derivedId(`order-to-cash/${kind}`, contractId));

async function answer(command: ErpCommand, more: Partial<ErpOutcome> = {}, id?: string): Promise<void> {
  const { commandId, contractId, contractRevision } = command;
  const order = { orderId: derivedId('order', contractId), orderNumber: 'SO-1', code: null, message: null };
  const bill = { commandType: null, invoiceId: null, invoiceNumber: null, documentDate: null, decisionId: null };
  const at = '2026-03-01T02:00:05.000Z';
  const outcomeId = derivedId('outcome', commandId, more.status ?? 'DONE');
  const base = { outcomeId, commandId, contractId, contractRevision, status: 'DONE' as const, at };
  await bus.send('finance.erp-outcome.v1', contractId, { ...base, instance: 'main', ...order, ...bill, ...more }, id);
}

async function get<T>(path: string, expected = 200): Promise<T> {
  const response = await fetch(`${running.url}${path}`);
  expect([path, response.status]).toEqual([path, expected]);
  return (await response.json()) as T;
}
const orderIs = (contractId: string, state: string) =>
  eventually(async () => {
    const order = await get<ApiOrder>(`/orders/${contractId}`);
    return order.state === state ? order : null;
  });

/** The n-th command of the contract. */
const commandOf = (contractId: string, n = 1) => eventually(async () => (await commands(contractId))[n - 1]);

/** Everything before it on its key's partition has been consumed when this contract has asked. */
async function passed(contractId: string): Promise<void> {
  const revision = 1_000n;
  await sign(contract(contractId, revision, { net: '1', lifecycle: 'ACTIVE' }));
  await eventually(async () => (await commands(contractId)).some((c) => c.contractRevision === revision));
}

describe('order to cash', () => {
  it('asks for the order of an active contract and follows what the ERP says', async () => {
    const id = randomUUID();
    await sign(contract(id, 1n, { lifecycle: 'DRAFT' }));
    await sign(contract(id, 2n));
    const command = await commandOf(id);
    expect(command).toMatchObject({
      ...{ type: 'PUT_ORDER', contractId: id, contractRevision: 2n, orderDate: '2026-03-01', net: '100.01' },
      lines: [{ itemCode: 'SUB-1', quantity: '0.3333333333', unitPrice: '300.03', net: '100.01' }],
    });
    await orderIs(id, 'WAITING');
    await answer(command, { status: 'REFUSED', code: 'unknown-item', orderId: null, orderNumber: null });
    expect(await orderIs(id, 'REFUSED')).toMatchObject({ outcome: { code: 'unknown-item' } });
    await answer(command);
    expect(await orderIs(id, 'ORDERED')).toMatchObject({ outcome: { orderNumber: 'SO-1' }, contractRevision: '2' });
    expect(await commands(id)).toHaveLength(1);
  });

  it('asks once when revisions are redelivered, republished and late, and again only for what is new', async () => {
    const [id, eventId] = [randomUUID(), randomUUID()];
    const { customerId } = contract(id, 0n);
    const first = contract(id, 1n, { customerId });
    await sign(first, eventId);
    await sign(first, eventId);
    await sign(first);
    await sign(contract(id, 3n, { customerId, termMonths: 24 }));
    await sign(contract(id, 2n, { customerId, net: '7' }));
    await passed(id);
    expect((await commands(id)).map((c) => c.contractRevision)).toEqual([1n, 1_000n]);
  });

  it('does not let an outcome of an earlier command, or one that comes twice, say anything of the current one', async () => {
    const [id, eventId] = [randomUUID(), randomUUID()];
    await sign(contract(id, 1n));
    const first = await commandOf(id);
    await sign(contract(id, 2n, { net: '120.01' }));
    const second = await commandOf(id, 2);
    await answer(second, {}, eventId);
    await orderIs(id, 'ORDERED');
    await answer(first, { status: 'REFUSED', code: 'netsuite-rejected' });
    await answer(first, { status: 'SUPERSEDED' });
    await answer(second, { status: 'REFUSED', code: 'order-deleted-in-erp' });
    await answer(second, {}, eventId);
    // A command's outcome of its own, behind the others: they have been consumed when it is there.
    await answer(second, { status: 'REFUSED', code: 'last' });
    await eventually(async () => (await get<ApiOrder>(`/orders/${id}`)).outcome?.code === 'last');
    await orderIs(id, 'REFUSED');
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toMatch(/tieout_orders\{state="REFUSED"[^}]*\} [1-9]/);
    for (const outcome of ['superseded', 'duplicate'])
      expect(metrics).toMatch(new RegExp(`topic="finance.erp-outcome.v1",outcome="${outcome}"[^}]*\\} [1-9]`));
  });

  it('opens a case for an active contract without billing and resolves it when there is some', async () => {
    const id = randomUUID();
    await sign(contract(id, 1n, { billingSchedule: [], net: '0' }));
    const opened = await eventually(async () => (await casesOf('contract-without-billing', id))[0]);
    expect(opened).toMatchObject({ status: 'OPEN', objectType: 'contract', objectId: id, service: 'order-to-cash' });
    await orderIs(id, 'NONE');
    await sign(contract(id, 2n));
    await commandOf(id);
    await eventually(async () => (await casesOf('contract-without-billing', id)).at(-1)?.status === 'RESOLVED');
  });

  it('takes the order of a deleted contract back, opens a case while it stands, and asks again when it is active', async () => {
    const id = randomUUID();
    const signed = contract(id, 1n);
    await sign(signed);
    await answer(await commandOf(id));
    await orderIs(id, 'ORDERED');
    await sign({ ...signed, revision: 2n, lifecycle: 'DELETED' });
    await orderIs(id, 'WITHDRAWN');
    const withdrawal = await commandOf(id, 2);
    expect(withdrawal).toMatchObject({ type: 'WITHDRAW_ORDER', contractRevision: 2n });
    const opened = await eventually(async () => (await casesOf('contract-withdrawn', id))[0]);
    expect(opened).toMatchObject({ status: 'OPEN', details: { orderNumber: 'SO-1', lifecycle: 'DELETED' } });
    await answer(withdrawal, { status: 'REFUSED', code: 'order-stands' });
    await answer(withdrawal, { orderId: null, orderNumber: null });
    await eventually(async () => (await casesOf('contract-withdrawn', id)).at(-1)?.status === 'RESOLVED');
    await sign({ ...signed, revision: 3n });
    await answer(await commandOf(id, 3));
    await orderIs(id, 'ORDERED');
    expect((await commands(id)).map(({ type }) => type)).toEqual(['PUT_ORDER', 'WITHDRAW_ORDER', 'PUT_ORDER']);
  });

  it('knows after the loss of its database where every order is, and asks with the same commands', async () => {
    const id = randomUUID();
    await sign(contract(id, 1n));
    const command = await commandOf(id);
    await answer(command);
    await orderIs(id, 'ORDERED');
    await running.stop();
    running = await start((await createDatabase('order_to_cash_again')).url);
    await orderIs(id, 'ORDERED');
    const again = await eventually(async () => {
      const found = await commands(id);
      return found.length > 1 && found;
    });
    expect(again).toEqual([command, command]);
  });

  it('lists orders page by page, the last changed first, by state', async () => {
    const all: ApiOrder[] = [];
    for (let cursor: string | null = '', n = 0; cursor !== null && n < 50; n += 1) {
      const query = `/orders?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: { orders: ApiOrder[]; nextCursor: string | null } = await get(query);
      expect(page.orders.length).toBeLessThanOrEqual(2);
      all.push(...page.orders);
      cursor = page.nextCursor;
    }
    expect(new Set(all.map(({ contractId }) => contractId)).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(5);
    const id = randomUUID();
    await sign(contract(id, 1n));
    await orderIs(id, 'WAITING');
    const { orders } = await get<{ orders: ApiOrder[] }>('/orders?state=waiting&limit=500');
    expect(orders.map(({ contractId }) => contractId)).toContain(id);
    expect(orders.every(({ state }) => state === 'WAITING')).toBe(true);
    await get('/orders?state=nonsense', 400);
    await get('/orders?cursor=nonsense', 400);
    await get(`/orders/${randomUUID()}`, 404);
  });
});
