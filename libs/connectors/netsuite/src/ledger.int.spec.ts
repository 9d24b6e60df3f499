import { randomUUID } from 'node:crypto';
import { startNetSuiteSandbox, type NetSuiteSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNetSuiteClient, type NetSuiteClient } from './client.ts';
import { netsuiteConfig } from './config.ts';
import { dimensionReaders } from './dimensions.client.ts';
import type { Origin } from './identity.ts';
import { mapCreditMemo } from './credit-memo.map.ts';
import { mapInvoice } from './invoice.map.ts';
import { mapPayment } from './payment.map.ts';

const origin: Origin = { instance: 'main', timeZone: 'America/Los_Angeles' };
const never = new AbortController().signal;
let sandbox: NetSuiteSandbox;
let erp: NetSuiteClient;
let customerId: string;

beforeAll(async () => {
  sandbox = await startNetSuiteSandbox({ databaseUrl: (await createDatabase('netsuite')).url });
  erp = createNetSuiteClient(netsuiteConfig.parse(sandbox.credentials));
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  customerId = randomUUID();
  const body = { entityId: customerId, companyName: 'Acme', subsidiary: { id: '1' } };
  await erp.upsertRecord('customer', customerId, body);
});

async function deed(method: string, path: string, body?: object): Promise<void> {
  const answer = await fetch(`${sandbox.url}/sandbox/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
  expect(answer.status).toBe(204);
}
const invoice = (tranDate: string, amount = '100'): Promise<string> =>
  erp.upsertRecord('invoice', randomUUID(), {
    entity: { externalId: customerId },
    tranDate,
    item: { items: [{ item: { id: '1' }, quantity: 1, rate: amount, amount }] },
  });
const order = (tranDate: string): Promise<string> =>
  erp.upsertRecord('salesOrder', randomUUID(), {
    entity: { externalId: customerId },
    tranDate,
    item: { items: [{ item: { id: '1' }, quantity: 1, rate: '100', amount: '100' }] },
  });

describe('the dimensions of an account', () => {
  it('are read whole, each with its state', async () => {
    await erp.upsertRecord('department', 'SALES', { name: 'Sales' });
    await erp.upsertRecord('department', 'EMEA', { name: 'EMEA', parent: { externalId: 'SALES' } });
    await erp.upsertRecord('classification', 'G', { name: 'Group' });
    await deed('PUT', 'exchange-rates', { base: 'USD', currency: 'EUR', date: '2026-03-01', rate: '1.0825' });
    await deed('PATCH', 'periods/2026-01', { closed: true });
    const readings = await Promise.all(
      dimensionReaders(erp, origin).map(async (reader) => [reader.stream, await reader.read(never), reader] as const),
    );
    for (const [, records, reader] of readings)
      for (const { vendorId, mapped } of records) {
        expect(mapped.kind).toBe('mapped');
        const value = mapped.kind === 'mapped' ? (mapped.value as Record<string, unknown>) : {};
        expect(Object.values(value)).toContain(reader.keyOf(vendorId));
      }
    const counts = Object.fromEntries(readings.map(([stream, records]) => [stream, records.length]));
    expect(counts).toMatchObject({ 'cost-center': 2, 'profit-center': 1, 'hierarchy-node': 3, 'exchange-rate': 1 });
    const periods = readings.find(([stream]) => stream === 'accounting-period')![1];
    const states = periods.flatMap(({ mapped }) => (mapped.kind === 'mapped' ? [mapped.value] : []));
    expect(states).toContainEqual(expect.objectContaining({ period: '2026-01', status: 'CLOSED', number: 1 }));
    expect(states).toContainEqual(
      expect.objectContaining({ period: '2026-02', status: 'OPEN', fiscalYear: 'FY 2026' }),
    );
  });

  it('rates are read again only when one has changed', async () => {
    await erp.exchangeRates();
    const before = sandbox.usage().calls;
    await erp.exchangeRates();
    expect(sandbox.usage().calls - before).toBe(1);
    await deed('PUT', 'exchange-rates', { base: 'USD', currency: 'EUR', date: '2026-03-01', rate: '1.09' });
    expect(await erp.exchangeRates()).toMatchObject([{ exchangerate: '1.09' }]);
  });
});

describe('the period of a document', () => {
  it('is the one that it is posted to', async () => {
    const bill = await invoice('2026-04-30');
    const payment = await erp.transform('invoice', bill, 'customerPayment', { tranDate: '2026-05-02', payment: '40' });
    const memo = await erp.transform('invoice', bill, 'creditMemo', { tranDate: '2026-06-03', apply: { items: [] } });
    const [invoiced, paid, credited] = [
      mapInvoice((await erp.invoicesById([bill]))[0]!, origin),
      mapPayment((await erp.paymentsById([payment]))[0]!, origin),
      mapCreditMemo((await erp.creditMemosById([memo]))[0]!, origin),
    ];
    expect(invoiced).toMatchObject({ value: { period: '2026-04' } });
    expect(paid).toMatchObject({ value: { period: '2026-05' } });
    expect(credited).toMatchObject({ value: { period: '2026-06' } });
  });

  it('that is closed refuses for good, with the vendor’s words and a name of its own', async () => {
    await deed('PATCH', 'periods/2027-01', { closed: true });
    const late = erp.transform('salesOrder', await order('2027-01-10'), 'invoice', { tranDate: '2027-01-31' });
    await expect(late).rejects.toMatchObject({
      ...{ name: 'DataError', code: 'netsuite-period-closed' },
      message: expect.stringContaining('not within the date range of your accounting period') as string,
    });
  });
});

describe('a transformation under a key', () => {
  it('makes one invoice, however often it is asked for, also by a client that knows nothing of it', async () => {
    const id = await order('2026-07-10');
    const [key, asked] = [randomUUID(), { from: 'salesOrder', id, to: 'invoice' } as const];
    const first = await erp.transformOnce(asked, key);
    const restarted = createNetSuiteClient(netsuiteConfig.parse(sandbox.credentials));
    expect(await restarted.transformOnce(asked, key)).toBe(first);
    expect((await erp.invoicesById([first]))[0]).toMatchObject({ header: { foreigntotal: '100' } });
  });

  it('hands on the refusal of its job', async () => {
    const asked = { from: 'salesOrder', id: await order('2026-07-10'), to: 'invoice' } as const;
    await erp.transformOnce(asked, randomUUID());
    await expect(erp.transformOnce(asked, randomUUID())).rejects.toMatchObject({ code: 'netsuite-rejected' });
  });
});

it('a mistyped field is refused and never dropped', async () => {
  const write = erp.upsertRecord('customer', customerId, { companyNmae: 'Typo' });
  await expect(write).rejects.toMatchObject({
    name: 'DataError',
    message: expect.stringContaining('companyNmae') as string,
  });
});

it('open items are listed as they stand, also where no stamp has moved', async () => {
  const [open, paid] = [await invoice('2026-08-01', '12345678901234.57'), await invoice('2026-08-01')];
  await erp.transform('invoice', paid, 'customerPayment', { tranDate: '2026-08-02' });
  const listed = new Map((await erp.openInvoices()).map((row) => [row.id, row.open]));
  expect(listed.get(open)).toBe('12345678901234.57');
  expect(listed.has(paid)).toBe(false);
});
