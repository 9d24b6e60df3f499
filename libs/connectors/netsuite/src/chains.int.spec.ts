import { randomUUID } from 'node:crypto';
import { startNetSuiteSandbox, type NetSuiteSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNetSuiteClient, type NetSuiteClient } from './client.ts';
import { netsuiteConfig } from './config.ts';
import { mapControlTotal } from './control-total.map.ts';
import { mapCreditMemo } from './credit-memo.map.ts';
import { idOf, type Origin } from './identity.ts';
import { mapInvoice } from './invoice.map.ts';
import { mapPayment } from './payment.map.ts';
import { mapRefund } from './refund.map.ts';

const origin: Origin = { instance: 'main', timeZone: 'America/Los_Angeles' };
let sandbox: NetSuiteSandbox;
let erp: NetSuiteClient;
let customer: { readonly externalId: string };

beforeAll(async () => {
  sandbox = await startNetSuiteSandbox({ databaseUrl: (await createDatabase('netsuite')).url });
  erp = createNetSuiteClient(netsuiteConfig.parse(sandbox.credentials));
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  customer = { externalId: randomUUID() };
  const body = { entityId: customer.externalId, companyName: 'Acme', subsidiary: { id: '1' } };
  await erp.upsertRecord('customer', customer.externalId, body);
});

const put = (type: Parameters<NetSuiteClient['upsertRecord']>[0], body: object): Promise<string> =>
  erp.upsertRecord(type, randomUUID(), { tranDate: '2026-03-10', ...body });
const lines = (amount: string): object => ({
  items: [{ item: { id: '1' }, quantity: 1, rate: amount, amount }],
});
const invoice = (amount: string, more: object = {}): Promise<string> =>
  put('invoice', { entity: customer, item: lines(amount), ...more });
const memo = (amount: string): Promise<string> => put('creditMemo', { entity: customer, item: lines(amount) });
const payment = (amount: string, apply: object[] = []): Promise<string> =>
  put('customerPayment', { customer, payment: amount, apply: { items: apply } });
const refund = (doc: string, amount: string): Promise<string> =>
  put('customerRefund', { customer, apply: { items: [{ doc: { id: doc }, apply: true, amount }] } });

const memoOf = async (id: string): Promise<unknown> => mapCreditMemo((await erp.creditMemosById([id]))[0]!, origin);
const paymentOf = async (id: string): Promise<unknown> => mapPayment((await erp.paymentsById([id]))[0]!, origin);
const refundOf = async (id: string): Promise<unknown> => mapRefund((await erp.refundsById([id]))[0]!, origin);
async function sideDoor(method: string, path: string): Promise<number> {
  return (await fetch(`${sandbox.url}/sandbox/${path}`, { method })).status;
}

describe('a credit memo', () => {
  it('that is paid out in part is applied, refunded and left over, and the refund names it', async () => {
    const credit = await put('creditMemo', {
      ...{ entity: customer, item: lines('100') },
      apply: { items: [{ doc: { id: await invoice('30') }, apply: true, amount: '30' }] },
    });
    const id = await refund(credit, '50.5');
    expect(await memoOf(credit)).toMatchObject({
      value: { lifecycle: 'OPEN', gross: '100', applied: '30', refunded: '50.5', unapplied: '19.5' },
    });
    expect(await refundOf(id)).toMatchObject({
      value: {
        ...{ paymentId: idOf('customerRefund', origin, id), lifecycle: 'POSTED', amount: '-50.5', refunded: '-50.5' },
        ...{ unapplied: '0', allocations: [], reversalOf: idOf('creditMemo', origin, credit), period: '2026-03' },
      },
    });
  });

  it('is whole again when its refund is deleted, and both have moved', async () => {
    const credit = await memo('40');
    const id = await erp.transform('creditMemo', credit, 'customerRefund', { tranDate: '2026-03-11' });
    expect(await memoOf(credit)).toMatchObject({ value: { lifecycle: 'APPLIED', refunded: '40', unapplied: '0' } });
    expect(await sideDoor('DELETE', `records/customerRefund/${id}`)).toBe(204);
    expect(await memoOf(credit)).toMatchObject({ value: { lifecycle: 'OPEN', refunded: null, unapplied: '40' } });
    const since = new Date(Date.now() - 60_000);
    expect((await erp.deletedSince('customerrefund', since)).map(({ recordid }) => recordid)).toContain(id);
  });

  it('is not paid out beyond what is left, nor voided or deleted meanwhile', async () => {
    const credit = await memo('40');
    await expect(refund(credit, '40.01')).rejects.toMatchObject({ code: 'netsuite-rejected' });
    await refund(credit, '10');
    await expect(refund(credit, '30.01')).rejects.toMatchObject({ code: 'netsuite-rejected' });
    expect(await sideDoor('POST', `void/${credit}`)).toBe(400);
    expect(await sideDoor('DELETE', `records/creditMemo/${credit}`)).toBe(400);
  });
});

describe('a payment', () => {
  it('that is paid back keeps its amount and says what was paid back', async () => {
    const paid = await payment('100', [{ doc: { id: await invoice('60') }, apply: true, amount: '60' }]);
    const id = await refund(paid, '40');
    expect(await paymentOf(paid)).toMatchObject({ value: { amount: '100', refunded: '40', unapplied: '0' } });
    expect(await refundOf(id)).toMatchObject({
      value: { amount: '-40', reversalOf: idOf('customerPayment', origin, paid) },
    });
  });

  it('is un-applied: the invoice opens, the payment has it left, and both have moved', async () => {
    const bill = await invoice('60');
    const paid = await payment('60', [{ doc: { id: bill }, apply: true, amount: '60' }]);
    await erp.upsertRecord('customerPayment', (await erp.paymentsById([paid]))[0]!.header.externalid!, {
      apply: { items: [] },
    });
    expect(await paymentOf(paid)).toMatchObject({ value: { unapplied: '60', allocations: [] } });
    expect(mapInvoice((await erp.invoicesById([bill]))[0]!, origin)).toMatchObject({
      value: { lifecycle: 'OPEN', open: '60', paid: '0' },
    });
  });

  it('that a journal voids keeps its amount, also in a closed period, and its invoice opens', async () => {
    const bill = await invoice('60', { tranDate: '2027-03-01' });
    const paid = await put('customerPayment', {
      ...{ customer, payment: '60', tranDate: '2027-02-10' },
      apply: { items: [{ doc: { id: bill }, apply: true, amount: '60' }] },
    });
    await fetch(`${sandbox.url}/sandbox/periods/2027-02`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"closed":true}',
    });
    expect(await sideDoor('POST', `void/${paid}`)).toBe(400);
    expect(await sideDoor('POST', `void/${paid}?by=journal`)).toBe(204);
    expect(await paymentOf(paid)).toMatchObject({ value: { lifecycle: 'VOIDED', amount: '60', unapplied: '60' } });
    expect(mapInvoice((await erp.invoicesById([bill]))[0]!, origin)).toMatchObject({ value: { open: '60' } });
  });
});

describe('counted and summed', () => {
  it('refunds are payments the other way, in totals and in snapshots', async () => {
    await refund(await payment('100'), '30');
    await refund(await memo('12'), '12');
    const [total] = (await erp.totals('payment')).filter((row) => row.period === '2026-03' && row.currency === 'USD');
    const items = (await erp.snapshot('payment', null)).items.filter(
      ({ fields }) => fields['trandate'] === '2026-03-10',
    );
    expect(Number(total!.count)).toBe(items.length);
    const refunds = items.filter(({ fields }) => fields['type'] === 'CustRfnd');
    expect(refunds.map(({ fields }) => fields['foreigntotal'])).toEqual(expect.arrayContaining(['-30', '-12']));
    expect((await erp.snapshot('payment', null)).error).toBeNull();
    expect((await erp.snapshot('credit-memo', null)).error).toBeNull();
    expect(mapControlTotal('payment', total!, origin)).toMatchObject({ kind: 'mapped' });
  });

  it('several legal entities and currencies stay apart, each with the decimals of its currency', async () => {
    const yen = await erp.upsertRecord('currency', 'JPY', { name: 'Yen', symbol: 'JPY', currencyPrecision: 0 });
    const japan = await erp.upsertRecord('subsidiary', 'JP', {
      name: 'Japan',
      currency: { id: yen },
      parent: { id: '1' },
    });
    const here = { subsidiary: { id: japan }, currency: { id: yen }, tranDate: '2028-01-05' };
    const id = await invoice('1234567', here);
    await invoice('10.25', { tranDate: '2028-01-05' });
    expect(mapInvoice((await erp.invoicesById([id]))[0]!, origin)).toMatchObject({
      value: { currency: 'JPY', gross: '1234567', legalEntityId: idOf('subsidiary', origin, japan) },
    });
    const totals = (await erp.totals('invoice')).filter(({ period }) => period === '2028-01');
    expect(totals.map(({ subsidiary, currency, total }) => [subsidiary, currency, total])).toEqual([
      ['1', 'USD', '10.25'],
      [japan, 'JPY', '1234567'],
    ]);
  });
});
