import { randomUUID } from 'node:crypto';
import type { ErpCommand } from '@tieout/canonical';
import { planOrder, type AskedOrder, type OrderContent } from '@tieout/connector-erp';
import { startNetSuiteSandbox, type NetSuiteSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNetSuiteClient, type NetSuiteClient } from './client.ts';
import { netsuiteConfig } from './config.ts';
import { mapCreditMemo } from './credit-memo.map.ts';
import { createSender } from './http.client.ts';
import { idOf, type Origin } from './identity.ts';
import { mapInvoice } from './invoice.map.ts';
import { orderBody } from './order-body.map.ts';
import { askedOrder, standingOrder } from './order-write.map.ts';
import { mapOrder } from './order.map.ts';
import { readSnapshot } from './snapshot.client.ts';
import { snapshotItems } from './snapshot.queries.ts';
import { createQuery, type Query } from './suiteql.client.ts';

const origin: Origin = { instance: 'main', timeZone: 'America/Los_Angeles' };
const beginning = { at: '1970-01-02 00:00:00', id: '0' };
let sandbox: NetSuiteSandbox;
let erp: NetSuiteClient;
let customerId = '';
let command: ErpCommand;

beforeAll(async () => {
  sandbox = await startNetSuiteSandbox({ databaseUrl: (await createDatabase('netsuite')).url });
  erp = createNetSuiteClient(netsuiteConfig.parse(sandbox.credentials));
  await erp.upsertRecord('serviceSaleItem', 'SEAT', { itemId: 'SEAT', displayName: 'A seat' });
  await erp.upsertRecord('serviceSaleItem', 'OLD', { itemId: 'OLD', isInactive: true });
});
afterAll(() => sandbox.close());
afterEach(() => fetch(`${sandbox.url}/sandbox/faults`, { method: 'DELETE' }));

beforeEach(async () => {
  customerId = randomUUID();
  await erp.upsertRecord('customer', customerId, {
    ...{ entityId: customerId, companyName: 'Acme', subsidiary: { id: '1' }, currency: { id: '1' } },
  });
  const line = (
    billOn: string,
    quantity: string,
    net: string,
    itemCode: string | null,
  ): ErpCommand['lines'][number] => ({
    ...{ billingId: randomUUID(), billOn, itemCode, description: null, quantity, unitPrice: net, net },
  });
  command = {
    ...{ commandId: randomUUID(), type: 'PUT_ORDER', contractId: randomUUID(), contractRevision: 1n },
    ...{ contractNumber: '00000101', customerId, legalEntity: 'Parent Company', currency: 'USD' },
    ...{ orderDate: '2026-03-01', net: '12345678901334.58' },
    ...{ invoiceDate: null, requestedAt: '2026-03-01T02:00:00.000Z' },
    lines: [
      // More digits than a binary number holds.
      line('2026-03-31', '0.3333333333', '12345678901234.57', 'SEAT'),
      line('2026-04-30', '1', '100.01', null),
    ],
  };
});

async function asked(): Promise<AskedOrder> {
  const subsidiaries = new Map((await erp.subsidiaries()).map(({ name, id }) => [name, id]));
  const items = await erp.itemIds(command.lines.flatMap(({ itemCode }) => itemCode ?? []));
  const currencies = await erp.currencyIds();
  const answer = askedOrder(command, { subsidiaries, currencies, items, defaultItem: '1' });
  if (answer.kind === 'refused') throw new Error(answer.refusal.message);
  return answer.order;
}

/** One round of what the adapter does: read, plan, write what is planned. Answers what was planned. */
async function round(written: readonly OrderContent[]): Promise<string> {
  const record = await erp.readOrder(command.contractId);
  const standing = record === null ? null : standingOrder(record);
  if (standing?.kind === 'refused') throw new Error(standing.problem.message);
  const [ask, order] = [await asked(), standing?.value ?? null];
  const plan = planOrder(ask, order, written);
  if (plan.kind === 'create' || plan.kind === 'change') {
    const body = orderBody(ask, order, plan.kind === 'change' ? plan.differences : []);
    await erp.upsertRecord('salesOrder', command.contractId, body);
  }
  return plan.kind === 'refused' ? plan.refusal.code : plan.kind;
}

/** The order in the ERP: its internal id. */
async function ordered(): Promise<string> {
  expect(await round([])).toBe('create');
  return (await erp.readOrder(command.contractId))!.header.id;
}
const theOrder = async (): Promise<unknown> => {
  const mapped = mapOrder((await erp.readOrder(command.contractId))!, origin);
  return mapped.kind === 'mapped' ? mapped.value : mapped.problem;
};
const onlyLine = (orderLine: number, more: object = {}): object => ({ item: { items: [{ orderLine, ...more }] } });

describe('an order that is asked for', () => {
  it('stands to the last digit after one write, and needs no second', async () => {
    await ordered();
    expect(await round([(await asked()).content])).toBe('done');
    expect(await theOrder()).toMatchObject({
      ...{ contractId: command.contractId, customerId, currency: 'USD', orderDate: '2026-03-01', lifecycle: 'OPEN' },
      ...{ net: '12345678901334.58', unbilledNet: '12345678901334.58', billedNet: '0', tax: '0' },
      lines: [
        {
          itemCode: 'SEAT',
          quantity: '0.3333333333',
          net: '12345678901234.57',
          billingId: command.lines[0]!.billingId,
        },
        { itemCode: 'Services', quantity: '1', net: '100.01', billOn: '2026-04-30' },
      ],
    });
  });

  it('follows the contract line by line, also where another line was billed', async () => {
    const id = await ordered();
    const before = (await asked()).content;
    await erp.transform('salesOrder', id, 'invoice', onlyLine(1));
    const [first, second] = command.lines as [ErpCommand['lines'][number], ErpCommand['lines'][number]];
    command = {
      ...command,
      lines: [{ ...second, billingId: randomUUID(), net: '7' }, first, { ...second, net: '200' }],
    };
    expect(await round([before])).toBe('change');
    expect(await round([before, (await asked()).content])).toBe('done');
    expect(await theOrder()).toMatchObject({
      ...{ net: '12345678901441.57', billedNet: '12345678901234.57', unbilledNet: '207' },
      lines: [
        { net: '7', billedNet: '0' },
        { net: '12345678901234.57', billedNet: '12345678901234.57' },
        { net: '200' },
      ],
    });
    const { content } = await asked();
    command = { ...command, lines: command.lines.slice(0, 1) };
    expect(await round([content])).toBe('billed-line');
  });

  it('is not overwritten where somebody changed it', async () => {
    await ordered();
    const { content } = await asked();
    await erp.upsertRecord('salesOrder', command.contractId, {
      item: { items: [{ line: 1 }, { line: 2, amount: '99' }] },
    });
    expect(await round([content])).toBe('foreign-edit');
    expect(await theOrder()).toMatchObject({ unbilledNet: '12345678901333.57' });
  });

  it('finds active items by their code only', async () => {
    expect([...(await erp.itemIds(['SEAT', 'OLD', 'NONE', 'SEAT'])).keys()]).toEqual(['SEAT']);
    expect((await erp.itemIds([])).size).toBe(0);
    expect(await erp.readOrder(randomUUID())).toBeNull();
  });
});

describe('what is made of an order', () => {
  it('takes the lines named and no others, and everything else when none is', async () => {
    const id = await ordered();
    const first = await erp.transform('salesOrder', id, 'invoice', { ...onlyLine(2), tranDate: '2026-04-30' });
    expect(await theOrder()).toMatchObject({ billedNet: '100.01', unbilledNet: '12345678901234.57' });
    const second = await erp.transform('salesOrder', id, 'invoice');
    expect(await theOrder()).toMatchObject({ lifecycle: 'BILLED', unbilledNet: '0' });
    const mapped = (await erp.invoicesById([first, second])).map((record) => mapInvoice(record, origin));
    expect(mapped).toMatchObject([
      { value: { contractId: command.contractId, net: '100.01', period: '2026-04' } },
      { value: { contractId: command.contractId, net: '12345678901234.57' } },
    ]);
    await expect(erp.transform('salesOrder', id, 'invoice')).rejects.toMatchObject({ name: 'DataError' });
  });

  it('is done although no answer came, and is never asked for again by itself', async () => {
    const id = await ordered();
    sandbox.injectFault({ kind: 'cut-after', count: 1, path: '!transform' });
    const body = { externalId: randomUUID() };
    await expect(erp.transform('salesOrder', id, 'invoice', body)).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect(await theOrder()).toMatchObject({ unbilledNet: '0' });
    await expect(erp.transform('salesOrder', id, 'invoice', body)).rejects.toMatchObject({ name: 'DataError' });
  });

  it('a credit memo says its contract and the invoice that it reverses', async () => {
    const id = await ordered();
    const invoice = await erp.transform('salesOrder', id, 'invoice', onlyLine(2));
    const part = { ...onlyLine(1, { amount: '10' }), tranDate: '2026-05-02' };
    const memo = await erp.transform('invoice', invoice, 'creditMemo', part);
    const payment = await erp.transform('invoice', invoice, 'customerPayment', { payment: '20' });
    const [record] = await erp.creditMemosById([memo]);
    expect(mapCreditMemo(record!, origin)).toMatchObject({
      value: {
        ...{ contractId: command.contractId, net: '10', applied: '10', unapplied: '0', lifecycle: 'APPLIED' },
        ...{ reversalOf: idOf('invoice', origin, invoice), period: '2026-05' },
        allocations: [{ invoiceId: idOf('invoice', origin, invoice), amount: '10' }],
      },
    });
    const open = async (): Promise<unknown> => (await erp.invoicesById([invoice]))[0]!.header['foreignamountunpaid'];
    expect(await open()).toBe('70.01');
    for (const document of [memo, payment]) await fetch(`${sandbox.url}/sandbox/void/${document}`, { method: 'POST' });
    expect(await open()).toBe('100.01');
    expect(mapCreditMemo((await erp.creditMemosById([memo]))[0]!, origin)).toMatchObject({
      value: { lifecycle: 'VOIDED' },
    });
  });

  it('moves the order in its stream, and a deleted one is in the list of deletions', async () => {
    const since = new Date(Date.now() - 60_000);
    const id = await ordered();
    const invoice = await erp.transform('salesOrder', id, 'invoice', onlyLine(2));
    const memo = await erp.transform('invoice', invoice, 'creditMemo');
    expect((await erp.changedOrders(beginning)).rows.at(-1)).toMatchObject({
      header: { id },
      billed: [{ billed: '100.01' }],
    });
    expect((await erp.changedCreditMemos(beginning)).rows.at(-1)).toMatchObject({ header: { id: memo }, links: [{}] });
    for (const [type, document] of [
      ['creditMemo', memo],
      ['invoice', invoice],
      ['salesOrder', id],
    ])
      await fetch(`${sandbox.url}/sandbox/records/${type!}/${document!}`, { method: 'DELETE' });
    expect((await erp.deletedSince('salesorder', since)).map(({ recordid }) => recordid)).toContain(id);
    expect((await erp.deletedSince('creditmemo', since)).map(({ recordid }) => recordid)).toContain(memo);
  });
});

describe('snapshots', () => {
  it('hold orders with what is unbilled, invoice lines with their billing and credit memos, and agree with the vendor', async () => {
    const id = await ordered();
    const invoice = await erp.transform('salesOrder', id, 'invoice', onlyLine(2));
    const memo = await erp.transform('invoice', invoice, 'creditMemo', onlyLine(1, { amount: '10', tax1Amt: '1' }));
    const voided = await erp.transform('salesOrder', id, 'invoice', onlyLine(1, { quantity: '0.1' }));
    await fetch(`${sandbox.url}/sandbox/void/${voided}`, { method: 'POST' });
    const [orders, lines, memos] = await Promise.all(
      (['order', 'invoice-line', 'credit-memo'] as const).map((object) => erp.snapshot(object, null)),
    );
    expect([orders!.error, lines!.error, memos!.error]).toEqual([null, null, null]);
    const [, second] = command.lines;
    const document = { entity: (await erp.ordersById([id]))[0]!.header['entity'], currency: 'USD', subsidiary: '1' };
    expect(orders!.items.find((item) => item.id === id)?.fields).toMatchObject({
      ...{
        ...document,
        id,
        externalid: command.contractId,
        trandate: '2026-03-01',
        subsidiaryname: 'Parent Company',
        voided: 'F',
      },
      ...{ foreigntotal: '12345678901334.58', net: '12345678901334.58', unbillednet: '12345678901234.57', status: 'F' },
      ...{ custbody_contract: command.contractId, otherrefnum: '00000101' },
    });
    const ofContract = lines!.items.filter(({ fields }) => fields['custbody_contract'] === command.contractId);
    expect(ofContract.map(({ id: itemId, fields }) => [itemId, fields['net'], fields['voided']])).toEqual([
      [`${invoice}/1`, '100.01', 'F'],
      [`${voided}/1`, '0', 'T'],
    ]);
    expect(ofContract[0]!.fields).toMatchObject({
      ...{ ...document, transaction: invoice, line: '1', custcol_billing_id: second!.billingId },
      custcol_bill_on: '2026-04-30',
    });
    expect(memos!.items.find((item) => item.id === memo)?.fields).toMatchObject({
      ...{ ...document, foreigntotal: '11', foreignpaymentamountused: '11', foreignpaymentamountunused: '0' },
      custbody_contract: command.contractId,
    });
    const unbilled = orders!.sums.find(({ name }) => name === 'unbilled');
    expect(unbilled).toMatchObject({ currency: 'USD' });
    expect((await erp.snapshot('order', '1999-12-31')).items).toEqual([]);
  });

  it('prove nothing when a bill comes between items and totals, and are whole when they are read again', async () => {
    const id = await ordered();
    const query = createQuery(createSender(netsuiteConfig.parse(sandbox.credentials)));
    let bills = 1;
    const interrupted: Query = {
      ...query,
      async page(q, ...rest) {
        if (q === snapshotItems.order && bills-- > 0) await erp.transform('salesOrder', id, 'invoice', onlyLine(2));
        return query.page(q, ...rest);
      },
    };
    expect((await readSnapshot(interrupted, 'order', null)).error).toMatch(/differ/);
    const again = await readSnapshot(interrupted, 'order', null);
    expect(again.error).toBeNull();
    expect(again.items.find((item) => item.id === id)?.fields['unbillednet']).toBe('12345678901234.57');
  });

  it('page through invoices of many lines', async () => {
    const items = Array.from({ length: 700 }, (_, n) => ({ item: { id: '1' }, amount: String(n), tax1Amt: '1' }));
    const body = { entity: { externalId: customerId }, item: { items } };
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push(await erp.upsertRecord('invoice', randomUUID(), body));
    const lines = await erp.snapshot('invoice-line', null);
    expect(lines.error).toBeNull();
    const seen = lines.items.filter(({ fields }) => ids.includes(fields['transaction'] ?? ''));
    expect(new Set(seen.map((item) => item.id)).size).toBe(2100);
  });
});
