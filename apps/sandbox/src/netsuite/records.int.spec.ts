import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './start.ts';
import { call, suiteQl, type Answer, type CallOptions } from './test-client.ts';

let sandbox: NetSuiteSandbox;
let clock: Date | null = null;

beforeAll(async () => {
  const { url } = await createDatabase('netsuite');
  sandbox = await startNetSuiteSandbox({ databaseUrl: url, now: () => clock ?? new Date() });
});
afterAll(() => sandbox.close());

const record = (method: string, path: string, options?: CallOptions): Promise<Answer> =>
  call(sandbox.credentials, method, `/record/v1${path}`, { ...options, oauth: signedAt() });
const signedAt = (): Record<string, string> => ({
  oauth_timestamp: String(Math.floor((clock ?? new Date()).getTime() / 1000)),
});
const query = (q: string, params?: (string | number)[]): Promise<Answer> => suiteQl(sandbox.credentials, q, params);

let sequence = 0;
const next = (prefix: string): string => `${prefix}-${++sequence}`;

async function customer(): Promise<string> {
  const externalId = next('C');
  const body = { entityId: externalId, companyName: `Company ${externalId}`, subsidiary: { id: '1' } };
  expect((await record('PUT', `/customer/eid:${externalId}`, { body })).status).toBe(204);
  return externalId;
}

async function invoice(entity: string, amount: string, extra = ''): Promise<string> {
  const externalId = next('I');
  const text = `{"entity":{"externalId":"${entity}"},"tranDate":"2025-01-31"${extra},"item":{"items":[{"item":{"id":"1"},"quantity":1,"rate":${amount}}]}}`;
  expect((await record('PUT', `/invoice/eid:${externalId}?replace=item`, { text })).status).toBe(204);
  return externalId;
}

function pay(customerKey: string, payment: string, applications: [doc: string, amount?: string][]): Promise<Answer> {
  const items = applications.map(([doc, amount]) => ({
    doc: { externalId: doc },
    apply: true,
    ...(amount ? { amount } : {}),
  }));
  const body = { customer: { externalId: customerKey }, tranDate: '2025-02-10', payment, apply: { items } };
  return record('PUT', `/customerPayment/eid:${next('P')}`, { body });
}

const read = async (path: string): Promise<Answer['json']> =>
  (await record('GET', `${path}?expandSubResources=true`)).json;

describe('record API', () => {
  it('answers a create with 204, no body and the lower-case type in Location', async () => {
    const body = { companyName: 'Acme', entityId: next('E'), subsidiary: { id: '1' } };
    const answer = await record('POST', '/customer', { body });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers.get('location')).toMatch(/\/services\/rest\/record\/v1\/customer\/\d+$/);
    const created = await read(
      new URL(answer.headers.get('location')!).pathname.replace('/services/rest/record/v1', ''),
    );
    expect(created).toMatchObject({
      companyName: 'Acme',
      currency: { refName: 'USD' },
      subsidiary: { refName: 'Parent Company' },
    });
  });

  it('refuses a second record with the same external id on POST and updates it on PUT eid:', async () => {
    const externalId = await customer();
    const body = { externalId, companyName: 'Twice', entityId: next('E'), subsidiary: { id: '1' } };
    const refused = await record('POST', '/customer', { body });
    expect(refused.status).toBe(400);
    expect(refused.json['o:errorDetails'][0]).toMatchObject({ 'o:errorCode': 'USER_ERROR' });
    await record('PUT', `/customer/eid:${externalId}`, { body: { companyName: 'Renamed' } });
    expect(await read(`/customer/eid:${externalId}`)).toMatchObject({ companyName: 'Renamed', entityId: externalId });
  });

  it('makes one record of concurrent upserts under one external id', async () => {
    const externalId = next('RACE');
    const body = { entityId: externalId, companyName: 'Race', subsidiary: { id: '1' } };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => record('PUT', `/customer/eid:${externalId}`, { body })),
    );
    expect(answers.map((a) => a.status)).toEqual(Array.from({ length: 8 }, () => 204));
    expect(new Set(answers.map((a) => a.headers.get('location'))).size).toBe(1);
  });

  it('ignores an idempotency key on synchronous calls, so a repeated POST doubles the record', async () => {
    const headers = { 'X-NetSuite-Idempotency-Key': 'b5e6a9f0-0000-4000-8000-000000000001' };
    const post = (): Promise<Answer> =>
      record('POST', '/customer', {
        body: { companyName: 'Same', entityId: next('E'), subsidiary: { id: '1' } },
        headers,
      });
    expect((await post()).headers.get('location')).not.toBe((await post()).headers.get('location'));
  });

  it('drops a mistyped field without a word under Warning and names it under Error', async () => {
    const externalId = await customer();
    const body = { companyNmae: 'Typo' };
    const path = `/customer/eid:${externalId}`;
    expect((await record('PATCH', path, { body })).status).toBe(204);
    const headers = { 'X-NetSuite-PropertyNameValidation': 'Error' };
    const refused = await record('PATCH', path, { body, headers });
    expect(refused.status).toBe(400);
    expect(refused.json['o:errorDetails'][0]).toMatchObject({
      'o:errorCode': 'NONEXISTENT_FIELD',
      'o:errorPath': 'companyNmae',
    });
    expect((await read(path)).companyName).toBe(`Company ${externalId}`);
  });

  it('refuses an invoice without lines in the error envelope', async () => {
    const answer = await record('POST', '/invoice', { body: { entity: { externalId: await customer() } } });
    expect(answer.headers.get('content-type')).toMatch(/type=error/);
    expect(answer.json).toEqual({
      type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1',
      title: 'Bad Request',
      status: 400,
      'o:errorDetails': [
        {
          detail: 'Error while accessing a resource. You must enter at least one line item for this transaction.',
          'o:errorCode': 'USER_ERROR',
        },
      ],
    });
  });

  it('lists ids and links only and pages with hasMore', async () => {
    await customer();
    await customer();
    const first = (await record('GET', '/customer?limit=1&offset=0')).json;
    expect(first).toMatchObject({ count: 1, hasMore: true, offset: 0 });
    expect(Object.keys(first.items[0]).sort()).toEqual(['id', 'links']);
    const last = (await record('GET', `/customer?limit=1&offset=${first.totalResults - 1}`)).json;
    expect(last.hasMore).toBe(false);
  });

  it('answers 404 for an unknown id and 400 for an unknown reference', async () => {
    expect((await record('GET', '/invoice/987654')).json['o:errorDetails'][0]['o:errorCode']).toBe('NONEXISTENT_ID');
    const body = { entity: { externalId: 'nobody' }, item: { items: [{ item: { id: '1' }, rate: 1 }] } };
    expect((await record('POST', '/invoice', { body })).status).toBe(400);
  });
});

describe('documents', () => {
  it('keeps amounts exactly as their source text says', async () => {
    const key = await invoice(await customer(), '12345678901234.57', ',"custbody_disputed":true');
    const answer = await record('GET', `/invoice/eid:${key}`);
    expect(answer.text).toContain('"amountRemaining":12345678901234.57');
    expect(answer.json).toMatchObject({ custbody_disputed: true, status: { refName: 'Invoice : Open' } });
  });

  it('adds lines on an update unless the sublist is replaced', async () => {
    const key = await invoice(await customer(), '10.10');
    const body = { item: { items: [{ item: { id: '1' }, rate: '5.05', quantity: 2 }] } };
    await record('PATCH', `/invoice/eid:${key}`, { body });
    expect((await read(`/invoice/eid:${key}`)).total).toBe(20.2);
    await record('PATCH', `/invoice/eid:${key}?replace=item`, { body });
    expect(await read(`/invoice/eid:${key}`)).toMatchObject({ total: 10.1, item: { totalResults: 1 } });
  });

  it('reduces what is open when a payment is applied and moves the invoice', async () => {
    const who = await customer();
    clock = new Date('2026-03-01T10:00:00.900Z');
    const key = await invoice(who, '100.00');
    clock = new Date('2026-03-01T10:00:07.100Z');
    expect((await pay(who, '40.25', [[key, '40.25']])).status).toBe(204);
    clock = null;
    const paid = await read(`/invoice/eid:${key}`);
    expect(paid).toMatchObject({ amountPaid: 40.25, amountRemaining: 59.75, createdDate: '2026-03-01T10:00:00Z' });
    expect(paid.lastModifiedDate).toBe('2026-03-01T10:00:07Z');
  });

  it('keeps what a payment does not apply as unapplied and closes the invoice', async () => {
    const who = await customer();
    const key = await invoice(who, '30');
    const answer = await pay(who, '50', [[key]]);
    const payment = await read(
      new URL(answer.headers.get('location')!).pathname.replace('/services/rest/record/v1', ''),
    );
    expect(payment).toMatchObject({ payment: 50, applied: 30, unapplied: 20 });
    expect((await read(`/invoice/eid:${key}`)).status.refName).toBe('Invoice : Paid In Full');
  });

  it('refuses to apply more than is due, more than was paid, or to another customer', async () => {
    const who = await customer();
    const key = await invoice(who, '30');
    expect((await pay(who, '50', [[key, '31']])).json['o:errorDetails'][0].detail).toMatch(/amount due/);
    expect((await pay(who, '20', [[key, '30']])).json['o:errorDetails'][0].detail).toMatch(/more than the amount/);
    expect((await pay(await customer(), '30', [[key, '30']])).status).toBe(400);
    expect((await read(`/invoice/eid:${key}`)).amountRemaining).toBe(30);
  });

  it('changes nothing when a payment is sent again under its external id', async () => {
    const who = await customer();
    const key = await invoice(who, '30');
    const body = {
      customer: { externalId: who },
      payment: 30,
      apply: { items: [{ doc: { externalId: key }, apply: true, amount: 30 }] },
    };
    const path = `/customerPayment/eid:${next('P')}`;
    clock = new Date('2026-03-02T10:00:00Z');
    await record('PUT', path, { body });
    clock = new Date('2026-03-02T11:00:00Z');
    expect((await record('PUT', path, { body })).status).toBe(204);
    clock = null;
    const after = await read(`/invoice/eid:${key}`);
    expect(after).toMatchObject({ amountPaid: 30, lastModifiedDate: '2026-03-02T10:00:00Z' });
  });

  it('keeps two payments of one invoice apart when they arrive together', async () => {
    const who = await customer();
    const key = await invoice(who, '100');
    const answers = await Promise.all(Array.from({ length: 6 }, () => pay(who, '30', [[key, '30']])));
    expect(answers.filter((a) => a.status === 204)).toHaveLength(3);
    expect((await read(`/invoice/eid:${key}`)).amountRemaining).toBe(10);
  });

  it('credits an invoice by a credit memo', async () => {
    const who = await customer();
    const key = await invoice(who, '80');
    const body = {
      entity: { externalId: who },
      item: { items: [{ item: { id: '1' }, amount: 15 }] },
      apply: { items: [{ doc: { externalId: key }, apply: true }] },
    };
    // Without an amount the whole open amount is asked for, and the memo has less.
    expect((await record('POST', '/creditMemo', { body })).status).toBe(400);
    body.apply.items[0] = { ...body.apply.items[0]!, amount: 15 } as never;
    expect((await record('POST', '/creditMemo', { body })).status).toBe(204);
    expect((await read(`/invoice/eid:${key}`)).amountRemaining).toBe(65);
  });

  it('leaves a row of DeletedRecord behind a deleted payment, reopens its invoice and keeps a paid invoice', async () => {
    const who = await customer();
    const key = await invoice(who, '30');
    const location = (await pay(who, '30', [[key, '30']])).headers.get('location')!;
    expect((await record('DELETE', `/invoice/eid:${key}`)).json['o:errorDetails'][0].detail).toMatch(/linked to/);
    expect((await call(sandbox.credentials, 'DELETE', location)).status).toBe(204);
    expect((await read(`/invoice/eid:${key}`)).amountRemaining).toBe(30);
    const id = location.split('/').at(-1)!;
    const rows = (await query('SELECT recordid, recordtypeid FROM deletedrecord WHERE recordid = ?', [id])).json.items;
    expect(rows).toEqual([{ links: [], recordid: id, recordtypeid: 'customerpayment' }]);
  });

  it('voids by zeroing and keeps the document', async () => {
    const who = await customer();
    const key = await invoice(who, '30');
    const { id } = await read(`/invoice/eid:${key}`);
    await fetch(`${sandbox.url}/sandbox/void/${id}`, { method: 'POST' });
    expect(await read(`/invoice/eid:${key}`)).toMatchObject({
      total: 0,
      amountRemaining: 0,
      status: { refName: 'Invoice : Voided' },
    });
    expect((await record('PATCH', `/invoice/eid:${key}`, { body: { memo: 'x' } })).status).toBe(400);
  });
});
