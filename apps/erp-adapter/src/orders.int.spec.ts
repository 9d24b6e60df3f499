import { randomUUID } from 'node:crypto';
import { canonicalId, derivedId, sum, type ErpCommand, type ErpOutcome } from '@tieout/canonical';
import type { OrderContent } from '@tieout/connector-erp';
import { idOf, standingOrder, type NetSuiteClient } from '@tieout/connector-netsuite';
import { eventually, spawnTs, takeTurns } from '@tieout/testing';
import { DataSource, type QueryRunner } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openErpWorld, soon, type ErpWorld, type Party } from '../test/fixture-erp.ts';

takeTurns('erp-adapter');

let world: ErpWorld;
let erp: NetSuiteClient;

beforeAll(async () => {
  world = await openErpWorld();
  erp = world.erp;
});
beforeEach(async () => {
  if (!world.running()) await world.start();
});
afterEach(() => fetch(`${world.sandbox.url}/sandbox/faults`, { method: 'DELETE' }));
afterAll(() => world.close());

type Line = ErpCommand['lines'][number];

function line(contractId: string, n: number, net: string, more: Partial<Line> = {}): Line {
  const billOn = `2026-0${n + 2}-28`;
  const what = { itemCode: null, description: `Part ${n}`, quantity: '1', unitPrice: net, net };
  return { billingId: canonicalId('test', 'test', contractId, String(n)), billOn, ...what, ...more };
}

/** A command of a contract of a test's own; `revision` counts from 1. */
function commandOf(contractId: string, party: Party, customerId: string, more: Partial<ErpCommand> = {}): ErpCommand {
  const { contractRevision = 1n, lines = [line(contractId, 1, '80'), line(contractId, 2, '20.01')] } = more;
  return {
    ...{ commandId: derivedId('test', contractId, contractRevision.toString()), type: 'PUT_ORDER', contractId },
    ...{ contractRevision, contractNumber: '00000101', customerId, legalEntity: party.entity, currency: 'USD' },
    ...{ orderDate: '2026-03-01', net: sum(lines.map(({ net }) => net)), lines },
    ...{ invoiceDate: null, requestedAt: '2026-03-01T02:00:00.000Z' },
    ...more,
  };
}

const send = (value: ErpCommand, id = value.commandId) =>
  world.publish({ topic: 'finance.erp-command.v1', key: value.contractId, id, value });
const outcomes = (contractId: string): Promise<ErpOutcome[]> =>
  world.records('finance.erp-outcome.v1', (value) => value.contractId === contractId);
const answers = async (contractId: string) =>
  (await outcomes(contractId)).map(({ status, code }) => (code === null ? status : `${status} ${code}`));
const answersAre = (contractId: string, expected: readonly string[], timeoutMs = soon.timeoutMs) =>
  eventually(async () => (await answers(contractId)).join() === expected.join(), {
    ...soon,
    timeoutMs,
    describe: () => answers(contractId),
  });
const cases = (objectId: string) =>
  world.records('finance.exception.v1', (e) => e.service === 'erp-adapter' && e.objectId === objectId);
const caseIs = (objectId: string, kind: string, status: string) =>
  eventually(
    async () => {
      const newest = (await cases(objectId)).filter((one) => one.kind === kind).at(-1);
      return newest?.status === status ? newest : null;
    },
    { ...soon, describe: () => cases(objectId) },
  );
const topicOrder = async (contractId: string) =>
  [...(await world.states('finance.order.v1', (v) => v.orderId)).values()].filter((o) => o.contractId === contractId);

/** What stands in the ERP under the contract. */
async function standing(contractId: string): Promise<(OrderContent & { id: string; number: string }) | null> {
  const record = await erp.readOrder(contractId);
  if (record === null) return null;
  const read = standingOrder(record);
  if (read.kind === 'refused') throw new Error(read.problem.message);
  const { id, number, content } = read.value;
  return { ...content, id, number };
}
const netsOf = async (contractId: string) => (await standing(contractId))?.lines.map(({ net }) => net);
const stateOf = async (contractId: string) => {
  const rows = await world.inSchema('erp_adapter', `SELECT state FROM order_link WHERE contract_id = '${contractId}'`);
  return (rows as { state: string }[])[0]?.state;
};
const ordersInErp = async (contractId: string) =>
  (
    await world.inSchema(
      'sandbox_netsuite',
      `SELECT 1 FROM transaction WHERE type = 'SalesOrd' AND custbody_contract = '${contractId}'`,
    )
  ).length;

/** A customer that the ERP has, by way of the customer topic. */
async function customer(number: string): Promise<string> {
  const customerId = randomUUID();
  await world.publishCustomer(customerId, { accountNumber: number });
  await eventually(() => erp.readCustomer(customerId), soon);
  return customerId;
}

/** A contract with an order that stands as asked. */
async function ordered(number: string): Promise<{ contractId: string; who: Party; customerId: string; id: string }> {
  const [who, customerId, contractId] = [await world.party(), await customer(number), randomUUID()];
  await send(commandOf(contractId, who, customerId));
  await answersAre(contractId, ['DONE']);
  return { contractId, who, customerId, id: (await standing(contractId))!.id };
}

/** A transaction of somebody else that holds what the statement locks. */
async function hold(statement: string): Promise<{ holder: QueryRunner; release: () => Promise<void> }> {
  const dataSource = await new DataSource({
    ...{ type: 'postgres', url: world.environment()['DATABASE_URL']! },
    extra: { options: '-c search_path=erp_adapter' },
  }).initialize();
  const holder = dataSource.createQueryRunner();
  await holder.startTransaction();
  await holder.query(statement);
  const release = async (): Promise<void> => {
    await holder.rollbackTransaction();
    await dataSource.destroy();
  };
  return { holder, release };
}

describe('a command', () => {
  it('becomes an order in the ERP, an outcome and an order on the topic', async () => {
    const [who, customerId, contractId] = [await world.party(), await customer('O-1'), randomUUID()];
    const lines = [
      line(contractId, 1, '80', { quantity: '0.3333333333', unitPrice: '240', description: null }),
      line(contractId, 2, '20.01', { itemCode: 'Services' }),
    ];
    await send(commandOf(contractId, who, customerId, { lines }));
    await answersAre(contractId, ['DONE']);
    const order = (await standing(contractId))!;
    const [outcome] = await outcomes(contractId);
    expect(outcome).toMatchObject({
      ...{ orderId: idOf('salesOrder', world.origin, order.id), orderNumber: order.number, instance: world.instance },
      ...{ contractRevision: 1n, message: null },
    });
    expect(order).toMatchObject({
      ...{ contractId, customerId, subsidiaryId: who.subsidiary, currency: 'USD', orderDate: '2026-03-01' },
      reference: '00000101',
      lines: [
        { billingId: lines[0]!.billingId, billOn: '2026-03-28', quantity: '0.3333333333', net: '80' },
        { billingId: lines[1]!.billingId, billOn: '2026-04-28', description: 'Part 2', net: '20.01' },
      ],
    });
    const published = await eventually(async () => (await topicOrder(contractId))[0], soon);
    expect(published).toMatchObject({
      ...{ orderId: outcome!.orderId, lifecycle: 'OPEN', net: '100.01', billedNet: '0', unbilledNet: '100.01' },
      ...{ customerId, legalEntityId: idOf('subsidiary', world.origin, who.subsidiary), number: order.number },
    });
    expect(await cases(contractId)).toEqual([]);
  });

  it('that is redelivered, republished or late makes one order and one answer', async () => {
    const [who, customerId, contractId] = [await world.party(), await customer('O-2'), randomUUID()];
    const first = commandOf(contractId, who, customerId);
    await send(first);
    await answersAre(contractId, ['DONE']);
    await send(first);
    await send(first, randomUUID());
    const second = commandOf(contractId, who, customerId, { contractRevision: 3n, lines: [line(contractId, 1, '90')] });
    await send(second);
    await answersAre(contractId, ['DONE', 'DONE']);
    const late = commandOf(contractId, who, customerId, { contractRevision: 2n, lines: [line(contractId, 1, '7')] });
    await send(late);
    await answersAre(contractId, ['DONE', 'DONE', 'SUPERSEDED']);
    expect(await netsOf(contractId)).toEqual(['90']);
    expect(await ordersInErp(contractId)).toBe(1);
  });

  it('waits for a customer that has not come, and goes on when the ERP has it', async () => {
    const [who, customerId, contractId] = [await world.party(), randomUUID(), randomUUID()];
    await send(commandOf(contractId, who, customerId));
    await eventually(async () => (await stateOf(contractId)) === 'WAITING_FOR_CUSTOMER', soon);
    const metrics = await (await fetch(`${world.running()!.url}/metrics`)).text();
    expect(metrics).toMatch(/tieout_erp_orders\{state="WAITING_FOR_CUSTOMER"[^}]*\} 1/);
    expect(await answers(contractId)).toEqual([]);
    await world.publishCustomer(customerId, { accountNumber: 'O-3' });
    await answersAre(contractId, ['DONE']);
    expect(await cases(contractId)).toEqual([]);
  });

  it('for a customer that the ERP refused is refused, names the cause, and is done by itself when the customer is cured', async () => {
    const who = await world.party();
    const [customerId, early, late] = [randomUUID(), randomUUID(), randomUUID()];
    await send(commandOf(early, who, customerId));
    await eventually(async () => (await stateOf(early)) === 'WAITING_FOR_CUSTOMER', soon);
    await world.publishCustomer(customerId, { accountNumber: who.number, name: 'Twice' });
    await answersAre(early, ['REFUSED customer-not-in-erp']);
    await send(commandOf(late, who, customerId));
    await answersAre(late, ['REFUSED customer-not-in-erp']);
    const opened = await caseIs(late, 'order-not-written', 'OPEN');
    expect(opened).toMatchObject({
      objectType: 'order',
      details: { code: 'customer-not-in-erp', contractNumber: '00000101', customerName: 'Twice' },
    });
    expect(opened.message).toContain((await cases(customerId))[0]!.message);
    await world.publishCustomer(customerId, { accountNumber: 'O-4', name: 'Once', revision: 2n });
    for (const contractId of [early, late]) {
      await answersAre(contractId, ['REFUSED customer-not-in-erp', 'DONE']);
      await caseIs(contractId, 'order-not-written', 'RESOLVED');
    }
  });

  it('for a legal entity, a currency or an item that the ERP does not have is refused, and done when it has it', async () => {
    await world.stop();
    await world.start({}, { intervals: { orderRetryMs: 500 } });
    const [who, customerId] = [await world.party(), await customer('O-5')];
    const missing = { ...who, entity: world.entities.at(-1)! };
    const [entity, currency, item] = [randomUUID(), randomUUID(), randomUUID()];
    const itemCode = `SUB-${item}`;
    await send(commandOf(entity, missing, customerId));
    await send(commandOf(currency, who, customerId, { currency: 'SEK' }));
    await send(commandOf(item, who, customerId, { lines: [line(item, 1, '5', { itemCode })] }));
    await answersAre(entity, ['REFUSED unknown-legal-entity']);
    await answersAre(currency, ['REFUSED unknown-currency']);
    await answersAre(item, ['REFUSED unknown-item']);
    expect((await caseIs(item, 'order-not-written', 'OPEN')).message).toContain(itemCode);
    await erp.upsertRecord('subsidiary', 'missing', { name: missing.entity, currency: { id: '1' } });
    await erp.upsertRecord('currency', 'SEK', { name: 'Krona', symbol: 'SEK', currencyPrecision: 2 });
    await erp.upsertRecord('serviceSaleItem', itemCode, { itemId: itemCode });
    for (const [contractId, code] of [
      [entity, 'unknown-legal-entity'],
      [currency, 'unknown-currency'],
      [item, 'unknown-item'],
    ] as const) {
      await answersAre(contractId, [`REFUSED ${code}`, 'DONE']);
      await caseIs(contractId, 'order-not-written', 'RESOLVED');
    }
    await world.stop();
  });

  it('of another ERP is left alone, and one that this adapter is too old for is answered', async () => {
    const [who, customerId] = [await world.party(), await customer('O-6')];
    const [foreign, strange, known] = [randomUUID(), randomUUID(), randomUUID()];
    await send(commandOf(foreign, { ...who, entity: 'another one' }, customerId));
    await send(commandOf(strange, who, customerId, { type: 'UNKNOWN' }));
    await send(commandOf(known, who, customerId));
    await answersAre(known, ['DONE']);
    await answersAre(strange, ['REFUSED unknown-command']);
    expect(await answers(foreign)).toEqual([]);
    expect(await ordersInErp(strange)).toBe(0);
  });

  it.each(['cut-after', 'cut-before'] as const)('whose call is %s makes one order', async (kind) => {
    const [who, customerId, contractId] = [await world.party(), await customer(`O-7-${kind}`), randomUUID()];
    world.sandbox.injectFault({ kind, count: 1, method: 'PUT', path: contractId });
    await send(commandOf(contractId, who, customerId));
    await answersAre(contractId, ['DONE']);
    expect(await ordersInErp(contractId)).toBe(1);
    expect(await cases(contractId)).toEqual([]);
  });

  it('whose answer was lost is not taken for a foreign edit when a newer one has come meanwhile', async () => {
    await world.stop();
    // Long enough for the next command to be there when somebody looks.
    await world.start({}, { intervals: { inDoubtMs: 3_000 } });
    const { contractId, who, customerId } = await ordered('O-10');
    const amend = (contractRevision: bigint, net: string) =>
      send(commandOf(contractId, who, customerId, { contractRevision, lines: [line(contractId, 1, net)] }));
    world.sandbox.injectFault({ kind: 'cut-after', count: 1, method: 'PUT', path: contractId });
    await amend(2n, '81');
    await eventually(async () => (await netsOf(contractId))?.join() === '81', soon);
    await amend(3n, '82');
    await answersAre(contractId, ['DONE', 'SUPERSEDED', 'DONE']);
    expect(await netsOf(contractId)).toEqual(['82']);
    expect(await cases(contractId)).toEqual([]);
    await world.stop();
  });

  it('goes on when its customer is written while the worker finds out that he is not there', async () => {
    const [who, customerId, contractId] = [await world.party(), randomUUID(), randomUUID()];
    await send(commandOf(contractId, who, customerId));
    await eventually(async () => (await stateOf(contractId)) === 'WAITING_FOR_CUSTOMER', soon);
    await world.inSchema('erp_adapter', `UPDATE order_link SET state = 'ASKED' WHERE contract_id = '${contractId}'`);
    const { holder, release } = await hold(`SELECT 1 FROM order_link WHERE contract_id = '${contractId}' FOR UPDATE`);
    await world.inSchema(
      'erp_adapter',
      `INSERT INTO work_item (id, kind, key, payload)
       VALUES ('${randomUUID()}', 'put-order/${world.instance}', '${world.instance}/${contractId}',
         '{"contractId": "${contractId}"}')`,
    );
    const [{ pid }] = (await holder.query(`SELECT pg_backend_pid() AS pid`)) as [{ pid: number }];
    const blocked = `SELECT 1 FROM pg_stat_activity WHERE ${pid} = ANY(pg_blocking_pids(pid))`;
    await eventually(async () => (await world.inSchema('erp_adapter', blocked)).length > 0, soon);
    await world.publishCustomer(customerId, { accountNumber: 'O-11' });
    const written = `SELECT 1 FROM customer_link WHERE customer_id = '${customerId}' AND vendor_id IS NOT NULL`;
    await eventually(async () => (await world.inSchema('erp_adapter', written)).length > 0, soon);
    await release();
    await answersAre(contractId, ['DONE']);
  });

  it('that changes the contract changes its order, and only the newest of many counts', async () => {
    const { contractId, who, customerId, id } = await ordered('O-8');
    await world.stop();
    // All of them are there when the service looks.
    await world.start({}, { concurrency: 1 });
    const revised = (contractRevision: bigint, lines: Line[]) =>
      commandOf(contractId, who, customerId, { contractRevision, lines });
    await send(revised(2n, [line(contractId, 1, '81'), line(contractId, 3, '1')]));
    await send(revised(3n, [line(contractId, 1, '82', { quantity: '2', unitPrice: '41' }), line(contractId, 4, '5')]));
    await eventually(
      async () =>
        (await answers(contractId)).at(-1) === 'DONE' && (await outcomes(contractId)).at(-1)?.contractRevision === 3n,
      soon,
    );
    expect(await netsOf(contractId)).toEqual(['82', '5']);
    expect((await standing(contractId))?.id).toBe(id);
    expect(await ordersInErp(contractId)).toBe(1);
    await eventually(async () => (await topicOrder(contractId))[0]?.net === '87', soon);
  });

  it('changes what is not billed yet, and is refused where something is', async () => {
    const { contractId, who, customerId, id } = await ordered('O-9');
    const bill = { item: { items: [{ orderLine: 1 }, { orderLine: 2, quantity: 0 }] } };
    await erp.transform('salesOrder', id, 'invoice', bill);
    const [one, two] = [line(contractId, 1, '80'), line(contractId, 2, '20.01')];
    await eventually(async () => (await topicOrder(contractId))[0]?.billedNet === '80', soon);
    expect((await topicOrder(contractId))[0]).toMatchObject({
      ...{ lifecycle: 'OPEN', unbilledNet: '20.01' },
      lines: [{ billedNet: '80', billingId: one.billingId }, { billedNet: '0' }],
    });
    const invoices = [...(await world.states('finance.invoice.v1', (v) => v.invoiceId)).values()];
    expect(invoices.filter((invoice) => invoice.contractId === contractId)).toMatchObject([{ net: '80' }]);
    const change = (contractRevision: bigint, lines: Line[]) =>
      send(commandOf(contractId, who, customerId, { contractRevision, lines }));
    await change(2n, [one, { ...two, net: '30', unitPrice: '30' }]);
    await answersAre(contractId, ['DONE', 'DONE']);
    expect(await netsOf(contractId)).toEqual(['80', '30']);
    await change(3n, [{ ...one, net: '70', unitPrice: '70' }, two]);
    await answersAre(contractId, ['DONE', 'DONE', 'REFUSED billed-line']);
    expect((await caseIs(contractId, 'order-not-written', 'OPEN')).details).toMatchObject({ code: 'billed-line' });
    expect(await netsOf(contractId)).toEqual(['80', '30']);
    await change(4n, [one, two]);
    await answersAre(contractId, ['DONE', 'DONE', 'REFUSED billed-line', 'SUPERSEDED', 'DONE']);
    await caseIs(contractId, 'order-not-written', 'RESOLVED');
  });
});

describe('an order of ours in the ERP', () => {
  it('that somebody deletes is a case, is not created again by itself, and is by a newer command', async () => {
    const { contractId, who, customerId, id } = await ordered('D-1');
    await eventually(async () => (await topicOrder(contractId)).length === 1, soon);
    await fetch(`${world.sandbox.url}/sandbox/records/salesOrder/${id}`, { method: 'DELETE' });
    await answersAre(contractId, ['DONE', 'REFUSED order-deleted-in-erp']);
    expect((await outcomes(contractId)).at(-1)).toMatchObject({ orderId: null });
    expect(await caseIs(contractId, 'order-deleted-in-erp', 'OPEN')).toMatchObject({ details: { customerId } });
    await eventually(async () => (await topicOrder(contractId))[0]?.lifecycle === 'DELETED', soon);
    expect(await standing(contractId)).toBeNull();
    await send(commandOf(contractId, who, customerId, { contractRevision: 2n, lines: [line(contractId, 1, '99')] }));
    await answersAre(contractId, ['DONE', 'REFUSED order-deleted-in-erp', 'SUPERSEDED', 'DONE']);
    await caseIs(contractId, 'order-deleted-in-erp', 'RESOLVED');
    expect(await netsOf(contractId)).toEqual(['99']);
  });

  it('that somebody changes is a case, is never overwritten, and is in order when the change is taken back', async () => {
    const { contractId, who, customerId } = await ordered('D-2');
    const edit = (amount: string) =>
      erp.upsertRecord('salesOrder', contractId, {
        item: { items: [{ line: 1, amount, rate: amount, quantity: '1' }, { line: 2 }] },
      });
    await edit('81');
    await answersAre(contractId, ['DONE', 'REFUSED foreign-edit']);
    const opened = await caseIs(contractId, 'foreign-edit', 'OPEN');
    const { billingId } = line(contractId, 1, '80');
    expect(opened.details).toMatchObject({ [`line ${billingId} net erp`]: '81', [`line ${billingId} net crm`]: '80' });
    const lines = [line(contractId, 1, '80'), line(contractId, 2, '30')];
    await send(commandOf(contractId, who, customerId, { contractRevision: 2n, lines }));
    await answersAre(contractId, ['DONE', 'REFUSED foreign-edit', 'SUPERSEDED', 'REFUSED foreign-edit']);
    expect(await netsOf(contractId)).toEqual(['81', '20.01']);
    await edit('80');
    await answersAre(contractId, ['DONE', 'REFUSED foreign-edit', 'SUPERSEDED', 'REFUSED foreign-edit', 'DONE']);
    await caseIs(contractId, 'foreign-edit', 'RESOLVED');
    expect(await netsOf(contractId)).toEqual(['80', '30']);
  });

  it('that stands under our id and is not known here is left alone unless it is as asked', async () => {
    const { contractId, who, customerId } = await ordered('D-3');
    // As after the loss of this database.
    await world.inSchema(
      'erp_adapter',
      `DELETE FROM order_link WHERE contract_id = '${contractId}'`,
      `DELETE FROM work_item WHERE key = '${world.instance}/${contractId}'`,
    );
    await send(commandOf(contractId, who, customerId), randomUUID());
    await answersAre(contractId, ['DONE', 'DONE']);
    const other = randomUUID();
    const items = [{ item: { id: '1' }, quantity: '1', amount: '5' }];
    const body = { entity: { externalId: customerId }, subsidiary: { id: who.subsidiary }, item: { items } };
    await erp.upsertRecord('salesOrder', other, body);
    await send(commandOf(other, who, customerId));
    await answersAre(other, ['REFUSED foreign-edit']);
    expect(await netsOf(other)).toEqual(['5']);
  });

  it('whose contract is withdrawn is left to people, who are done when it is closed', async () => {
    const { contractId, who, customerId, id } = await ordered('W-1');
    const withdrawal = { contractRevision: 2n, type: 'WITHDRAW_ORDER' } as const;
    await send(commandOf(contractId, who, customerId, withdrawal));
    await answersAre(contractId, ['DONE', 'REFUSED order-stands']);
    expect((await outcomes(contractId)).at(-1)).toMatchObject({ orderId: idOf('salesOrder', world.origin, id) });
    await erp.upsertRecord('salesOrder', contractId, {
      item: { items: [1, 2].map((n) => ({ line: n, isClosed: true })) },
    });
    await answersAre(contractId, ['DONE', 'REFUSED order-stands', 'DONE']);
    expect(await cases(contractId)).toEqual([]);
  });

  it('is never created when its contract is withdrawn before its customer comes, and is when it is active again', async () => {
    const [who, customerId, contractId] = [await world.party(), randomUUID(), randomUUID()];
    await world.publishCustomer(customerId, { accountNumber: who.number });
    await send(commandOf(contractId, who, customerId));
    await answersAre(contractId, ['REFUSED customer-not-in-erp']);
    await send(commandOf(contractId, who, customerId, { contractRevision: 2n, type: 'WITHDRAW_ORDER' }));
    const withdrawn = ['REFUSED customer-not-in-erp', 'SUPERSEDED', 'DONE'];
    await answersAre(contractId, withdrawn);
    await caseIs(contractId, 'order-not-written', 'RESOLVED');
    await world.publishCustomer(customerId, { accountNumber: 'W-2', revision: 2n });
    const other = randomUUID();
    await send(commandOf(other, who, customerId));
    await answersAre(other, ['DONE']);
    expect(await standing(contractId)).toBeNull();
    await send(commandOf(contractId, who, customerId, { contractRevision: 3n }));
    await answersAre(contractId, [...withdrawn, 'DONE']);
  });
});

describe('documents', () => {
  it('brings credit memos and voided payments to the topics, with the balance that follows', async () => {
    const who = await world.party();
    const items = [{ item: { id: '1' }, amount: '100' }];
    const entity = { externalId: who.number };
    const bill = { entity, tranId: 'CM-I', tranDate: '2026-03-31', custbody_contract: randomUUID(), item: { items } };
    const invoice = await erp.upsertRecord('invoice', `I-${who.number}`, bill);
    const part = { tranId: 'CM-1', tranDate: '2026-04-02', item: { items: [{ orderLine: 1, quantity: '0.25' }] } };
    await erp.transform('invoice', invoice, 'creditMemo', { ...part, externalId: `M-${who.number}` });
    const memo = await eventually(
      async () => (await world.states('finance.credit-memo.v1', (v) => v.number)).get('CM-1'),
      soon,
    );
    expect(memo).toMatchObject({
      ...{ lifecycle: 'APPLIED', gross: '25', applied: '25', unapplied: '0', period: '2026-04' },
      contractId: bill.custbody_contract,
      reversalOf: idOf('invoice', world.origin, invoice),
      allocations: [{ invoiceId: idOf('invoice', world.origin, invoice), amount: '25' }],
    });
    const paying = { tranId: 'CM-P', tranDate: '2026-04-03', payment: '75', externalId: `P-${who.number}` };
    const payment = await erp.transform('invoice', invoice, 'customerPayment', paying);
    const balance = async () =>
      (await world.states('finance.customer-account.v1', (v) => v.number)).get(who.number)?.balance;
    await eventually(async () => (await balance()) === '0', { ...soon, describe: balance });
    await fetch(`${world.sandbox.url}/sandbox/void/${payment}`, { method: 'POST' });
    const payments = () => world.states('finance.payment.v1', (v) => v.number);
    await eventually(async () => (await payments()).get('CM-P')?.lifecycle === 'VOIDED', soon);
    await eventually(async () => (await balance()) === '75', { ...soon, describe: balance });
    const invoiceNow = async () => (await world.states('finance.invoice.v1', (v) => v.number)).get('CM-I');
    await eventually(async () => (await invoiceNow())?.open === '75', soon);
  });

  it.each(['order', 'invoice-line', 'credit-memo'])('answers a snapshot request for %s', async (object) => {
    const snapshotId = randomUUID();
    const asked = { snapshotId, runId: 'run-1', object, system: 'netsuite', instance: world.instance, cutOff: null };
    const value = { ...asked, requestedAt: new Date().toISOString() };
    await world.publish({ topic: 'finance.snapshot-request.v1', key: snapshotId, id: randomUUID(), value });
    const mine = (s: { snapshotId: string }) => s.snapshotId === snapshotId;
    const header = await eventually(async () => (await world.records('finance.snapshot.v1', mine))[0], soon);
    expect(header).toMatchObject({ complete: true, error: null });
    expect(header.count > 0n).toBe(true);
    expect((await world.records('finance.snapshot-item.v1', mine)).length).toBe(Number(header.count));
  });
});

describe('a service that is killed', () => {
  it('between the vendor having the order and our knowing it leaves one order behind, and its successor answers', async () => {
    const [who, customerId, contractId] = [await world.party(), await customer('K-1'), randomUUID()];
    await world.stop();
    const environment = world.environment({ LOG_LEVEL: 'info' }, { timeoutMs: 1_000 });
    const killed = spawnTs(new URL('main.ts', import.meta.url), { env: environment });
    world.sandbox.injectFault({ kind: 'slow', count: 1, method: 'PUT', path: contractId, delayMs: 300 });
    await send(commandOf(contractId, who, customerId));
    const attempts = `SELECT 1 FROM order_link WHERE contract_id = '${contractId}' AND attempted IS NOT NULL`;
    await eventually(async () => (await world.inSchema('erp_adapter', attempts)).length > 0, {
      ...{ intervalMs: 10, timeoutMs: 60_000 },
      describe: () => killed.lines.slice(-10),
    });
    // Its outcome cannot be stored: somebody holds the piece of work.
    const { release } = await hold(`SELECT 1 FROM work_item WHERE key = '${world.instance}/${contractId}' FOR UPDATE`);
    await eventually(async () => (await ordersInErp(contractId)) === 1, { ...soon, intervalMs: 20 });
    expect(await answers(contractId)).toEqual([]);
    await killed.kill();
    await release();
    await world.start();
    await answersAre(contractId, ['DONE'], 90_000);
    expect(await ordersInErp(contractId)).toBe(1);
    expect(await cases(contractId)).toEqual([]);
  });
});
