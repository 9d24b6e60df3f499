import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './start.ts';
import { call, suiteQl, type Answer, type CallOptions } from './test-client.ts';

let sandbox: NetSuiteSandbox;
let clock = new Date('2026-03-01T10:00:00Z');
let who = '';
let sequence = 0;

beforeAll(async () => {
  const { url } = await createDatabase('netsuite');
  sandbox = await startNetSuiteSandbox({ databaseUrl: url, now: () => clock });
});
afterAll(() => sandbox.close());

const record = (method: string, path: string, options?: CallOptions): Promise<Answer> =>
  call(sandbox.credentials, method, `/record/v1${path}`, {
    ...options,
    headers: { 'X-NetSuite-PropertyNameValidation': 'Error', ...options?.headers },
    oauth: { oauth_timestamp: String(Math.floor(clock.getTime() / 1000)) },
  });
const refusal = (answer: Answer): string => String(answer.json?.['o:errorDetails'][0].detail ?? answer.status);
const read = async (path: string): Promise<Answer['json']> =>
  (await record('GET', `${path}?expandSubResources=true`)).json;
async function rows(q: string, params: string[] = []): Promise<Record<string, string>[]> {
  const answer = await call(sandbox.credentials, 'POST', '/query/v1/suiteql', {
    body: { q, params },
    headers: { Prefer: 'transient' },
    oauth: { oauth_timestamp: String(Math.floor(clock.getTime() / 1000)) },
  });
  expect(answer.status, answer.text).toBe(200);
  return answer.json.items.map(({ links: _links, ...row }: Record<string, string>) => row);
}
/** Sends a write that must be taken, and answers the internal id. */
async function written(method: string, path: string, body?: unknown): Promise<string> {
  const answer = await record(method, path, body === undefined ? {} : { body });
  expect(answer.status, answer.text).toBe(204);
  return answer.headers.get('location')!.split('/').at(-1)!;
}

const twoLines = [
  { item: { id: '1' }, quantity: 3, rate: '33.34', amount: '100', tax1Amt: '20', description: 'March' },
  { item: { id: '1' }, quantity: 1, amount: '50.5', description: 'April' },
].map((line, n) => ({
  ...line,
  custcol_billing_id: `B${n + 1}`,
  custcol_bill_on: `2026-0${n + 3}-31`.replace('04-31', '04-30'),
}));

async function order(more: object = {}): Promise<{ id: string; path: string; contract: string }> {
  const contract = `K-${++sequence}`;
  const path = `/salesOrder/eid:${contract}`;
  const body = {
    entity: { externalId: who },
    tranDate: '2026-03-01',
    otherRefNum: '00000101',
    custbody_contract: contract,
  };
  const id = await written('PUT', `${path}?replace=item`, { ...body, item: { items: twoLines }, ...more });
  return { id, path, contract };
}
const bill = (id: string, body?: object, query = ''): Promise<string> =>
  written('POST', `/salesOrder/${id}/!transform/invoice${query}`, body);
const statusOf = async (id: string): Promise<string> => (await read(`/salesOrder/${id}`)).status.refName as string;
const stampOf = async (path: string): Promise<string> => (await read(path)).lastModifiedDate as string;
const later = (): string => {
  clock = new Date(clock.getTime() + 60_000);
  return clock.toISOString().replace('.000', '');
};

beforeEach(async () => {
  who = `C-${++sequence}`;
  await written('PUT', `/customer/eid:${who}`, { entityId: who, companyName: who, subsidiary: { id: '1' } });
});

describe('a sales order', () => {
  it('comes back as written and waits to be billed', async () => {
    const { path, contract } = await order();
    expect(await read(path)).toMatchObject({
      ...{ total: 170.5, taxTotal: 20, otherRefNum: '00000101', custbody_contract: contract, externalId: contract },
      orderStatus: { id: 'F', refName: 'Pending Billing' },
      item: {
        items: [
          { line: 1, quantity: 3, rate: 33.34, amount: 100, custcol_billing_id: 'B1', custcol_bill_on: '2026-03-31' },
          { line: 2, quantity: 1, rate: 50.5, amount: 50.5, description: 'April', isClosed: false },
        ],
      },
    });
  });

  it('is in SuiteQL with a positive total, negative lines and what was billed of them, and owes nothing', async () => {
    const { id } = await order();
    await bill(id, {
      item: {
        items: [
          { orderLine: 1, quantity: 2 },
          { orderLine: 2, quantity: 0 },
        ],
      },
    });
    const head =
      'SELECT t.type, t.recordtype, t.foreigntotal, t.status, BUILTIN.DF(t.status) AS words, t.otherrefnum, t.posting, t.foreignamountunpaid';
    expect(await rows(`${head} FROM transaction t WHERE t.id = ?`, [id])).toEqual([
      {
        ...{ type: 'SalesOrd', recordtype: 'salesorder', foreigntotal: '170.5', status: 'F', posting: 'F' },
        ...{ words: 'Sales Order : Pending Billing', otherrefnum: '00000101' },
      },
    ]);
    const lines = `SELECT l.id, l.quantity, l.quantitybilled, l.foreignamount, TO_CHAR(l.custcol_bill_on, 'YYYY-MM-DD') AS bill_on, l.custcol_billing_id AS billing
      FROM transactionline l WHERE l.transaction = ? AND l.mainline = 'F' AND l.taxline = 'F' ORDER BY l.linesequencenumber`;
    expect(await rows(lines, [id])).toEqual([
      { id: '1', quantity: '-3', quantitybilled: '2', foreignamount: '-100', bill_on: '2026-03-31', billing: 'B1' },
      { id: '2', quantity: '-1', quantitybilled: '0', foreignamount: '-50.5', bill_on: '2026-04-30', billing: 'B2' },
    ]);
    expect(await rows('SELECT balancesearch AS balance FROM customer WHERE externalid = ?', [who])).toEqual([
      { balance: '80' },
    ]);
  });

  it('cannot be billed while it waits for approval or after it was cancelled, nor be given a status that follows from billing', async () => {
    const { id, path } = await order({ orderStatus: { id: 'A' } });
    expect(await statusOf(id)).toBe('Sales Order : Pending Approval');
    expect(refusal(await record('POST', `/salesOrder/${id}/!transform/invoice`))).toMatch(/present status/);
    expect(refusal(await record('PATCH', path, { body: { orderStatus: { id: 'G' } } }))).toMatch(/orderStatus/);
    await written('PATCH', path, { orderStatus: { id: 'B' } });
    await bill(id, { item: { items: [{ orderLine: 1 }, { orderLine: 2, quantity: 0 }] } });
    expect(refusal(await record('PATCH', path, { body: { orderStatus: { id: 'C' } } }))).toMatch(/linked/);
    const other = await order();
    await written('PATCH', other.path, { orderStatus: { id: 'C' } });
    expect(await statusOf(other.id)).toBe('Sales Order : Cancelled');
  });

  it('is closed when what is left is closed, and billed when nothing is left', async () => {
    const { id, path } = await order();
    await bill(id, { item: { items: [{ orderLine: 1 }] } }, '?replace=item');
    await written('PATCH', path, { item: { items: [{ line: 2, isClosed: true }] } });
    expect(await statusOf(id)).toBe('Sales Order : Closed');
    expect(refusal(await record('POST', `/salesOrder/${id}/!transform/invoice`))).toMatch(/at least one line/);
    await written('PATCH', path, { item: { items: [{ line: 2, isClosed: false }] } });
    await bill(id);
    expect(await statusOf(id)).toBe('Sales Order : Billed');
  });

  it('is deleted while nothing was made of it', async () => {
    const { id, path } = await order();
    const invoice = await bill(id);
    expect(refusal(await record('DELETE', path))).toMatch(/linked to/);
    await record('DELETE', `/invoice/${invoice}`);
    expect((await record('DELETE', path)).status).toBe(204);
    const gone = await rows('SELECT recordtypeid FROM deletedrecord WHERE recordid = ?', [id]);
    expect(gone).toEqual([{ recordtypeid: 'salesorder' }]);
  });

  it('is not voided', async () => {
    const { id } = await order();
    expect((await fetch(`${sandbox.url}/sandbox/void/${id}`, { method: 'POST' })).status).toBe(400);
  });
});

describe('lines by their key', () => {
  it('changes one line and leaves the others', async () => {
    const { path } = await order();
    const moved = later();
    await written('PATCH', path, { item: { items: [{ line: 2, amount: '60' }] } });
    expect(await read(path)).toMatchObject({
      ...{ total: 180, lastModifiedDate: moved },
      item: {
        items: [{ amount: 100 }, { line: 2, amount: 60, rate: 60, description: 'April', custcol_billing_id: 'B2' }],
      },
    });
    await written('PATCH', path, { item: { items: [{ line: 1, quantity: '4', description: null }] } });
    const [first] = (await read(path)).item.items;
    expect([first.amount, first.rate, first.description]).toEqual([133.36, 33.34, undefined]);
  });

  it('takes away what a replaced sublist does not name, adds what has no key, and uses no key twice', async () => {
    const { path } = await order();
    const items = [{ item: { id: '1' }, amount: 7 }, { line: 2 }];
    await written('PATCH', `${path}?replace=item`, { item: { items } });
    expect((await read(path)).item.items.map((l: { line: number; amount: number }) => [l.line, l.amount])).toEqual([
      [3, 7],
      [2, 50.5],
    ]);
    await written('PATCH', `${path}?replace=item`, { item: { items: [{ item: { id: '1' }, amount: 1 }] } });
    expect((await read(path)).item.items).toMatchObject([{ line: 4 }]);
  });

  it('refuses a key that is not there, a key twice, a mistyped column and a date that is none', async () => {
    const { path } = await order();
    const patch = async (items: object[]): Promise<string> =>
      refusal(await record('PATCH', path, { body: { item: { items } } }));
    expect(await patch([{ line: 9, amount: 1 }])).toMatch(/line 9 does not exist/);
    expect(await patch([{ line: 1 }, { line: 1 }])).toMatch(/twice/);
    expect(await patch([{ line: 1, custcol_bilon: 'x' }])).toMatch(/custcol_bilon/);
    expect(await patch([{ line: 1, custcol_bill_on: '2026-02-30' }])).toMatch(/date/);
    expect((await read(path)).total).toBe(170.5);
  });

  it('does not let a billed line shrink below what is billed, or go; one that is not billed may', async () => {
    const { id, path } = await order();
    await bill(id, { item: { items: [{ orderLine: 1, quantity: 2 }] } }, '?replace=item');
    const patch = async (line: object, query = ''): Promise<string> =>
      refusal(await record('PATCH', `${path}${query}`, { body: { item: { items: [line] } } }));
    expect(await patch({ line: 1, quantity: 1 })).toMatch(/quantity of line 1 .* less than what is billed/);
    expect(await patch({ line: 1, amount: '66.66' })).toMatch(/amount of line 1/);
    expect(await patch({ line: 2 }, '?replace=item')).toMatch(/Line 1 cannot be removed because it has been billed/);
    expect(await patch({ line: 1, amount: '66.67' })).toBe('204');
    expect(await patch({ line: 1 }, '?replace=item')).toBe('204');
  });

  it('keeps the customer of an order that was billed', async () => {
    const { id, path } = await order();
    const other = `C-${++sequence}`;
    await written('PUT', `/customer/eid:${other}`, { entityId: other, companyName: other, subsidiary: { id: '1' } });
    await written('PATCH', path, { entity: { externalId: other } });
    await bill(id);
    const back = await record('PATCH', path, { body: { entity: { externalId: who } } });
    expect(refusal(back)).toMatch(/linked/);
    expect((await record('PATCH', path, { body: { entity: { externalId: other }, memo: 'x' } })).status).toBe(204);
  });
});

describe('an order becomes invoices', () => {
  const links = (id: string): Promise<Record<string, string>[]> =>
    rows(
      `SELECT k.previousline, k.previoustype, k.nextdoc, k.nextline, k.nexttype, k.foreignamount FROM previoustransactionlinelink k
       WHERE k.linktype = 'OrdBill' AND k.previousdoc = ? ORDER BY k.nextdoc, k.nextline`,
      [id],
    );

  it('all that is left, with everything that the order says of it', async () => {
    const { id, contract } = await order({ memo: 'annual' });
    const moved = later();
    const invoice = await bill(id);
    expect(await read(`/invoice/${invoice}`)).toMatchObject({
      ...{ total: 170.5, taxTotal: 20, custbody_contract: contract, otherRefNum: '00000101', memo: 'annual' },
      createdFrom: { id },
      item: {
        items: [
          {
            orderLine: 1,
            quantity: 3,
            amount: 100,
            tax1Amt: 20,
            custcol_billing_id: 'B1',
            custcol_bill_on: '2026-03-31',
          },
          { orderLine: 2, quantity: 1, amount: 50.5, description: 'April', custcol_billing_id: 'B2' },
        ],
      },
    });
    expect(await links(id)).toEqual([
      {
        previousline: '1',
        previoustype: 'SalesOrd',
        nextdoc: invoice,
        nextline: '1',
        nexttype: 'CustInvc',
        foreignamount: '100',
      },
      {
        previousline: '2',
        previoustype: 'SalesOrd',
        nextdoc: invoice,
        nextline: '2',
        nexttype: 'CustInvc',
        foreignamount: '50.5',
      },
    ]);
    const from = `SELECT l.createdfrom FROM transactionline l WHERE l.transaction = ? AND l.mainline = 'T'`;
    expect(await rows(from, [invoice])).toEqual([{ createdfrom: id }]);
    expect(await stampOf(`/salesOrder/${id}`)).toBe(moved);
    expect(refusal(await record('POST', `/salesOrder/${id}/!transform/invoice`))).toMatch(/at least one line/);
  });

  it('in parts that add up to the order line, each with overrides of its own', async () => {
    const { id } = await order();
    const only = { item: { items: [{ orderLine: 1, quantity: 1 }] } };
    const first = await bill(
      id,
      { ...only, externalId: `E-${id}`, tranDate: '2026-03-31', dueDate: '2026-04-30', memo: null },
      '?replace=item',
    );
    const second = await bill(id, only, '?replace=item');
    const last = await bill(id);
    const parts = await Promise.all([first, second, last].map((invoice) => read(`/invoice/${invoice}`)));
    expect(parts.map((part) => [part.total, part.taxTotal])).toEqual([
      [40, 6.67],
      [40, 6.67],
      [90.5, 6.66],
    ]);
    expect(parts[0]).toMatchObject({ externalId: `E-${id}`, tranDate: '2026-03-31', dueDate: '2026-04-30' });
    expect(await statusOf(id)).toBe('Sales Order : Billed');
  });

  it('takes lines that the overrides do not name, unless the sublist is replaced, and none with quantity 0', async () => {
    const { id } = await order();
    const all = await bill(id, { item: { items: [{ orderLine: 1, quantity: 1 }] } });
    expect((await read(`/invoice/${all}`)).item.totalResults).toBe(2);
    const next = await bill(id, {
      item: {
        items: [
          { orderLine: 1, quantity: 0 },
          { item: { id: '1' }, amount: 5 },
        ],
      },
    });
    expect((await read(`/invoice/${next}`)).item.items).toEqual([expect.objectContaining({ amount: 5 })]);
    expect(await links(id)).toHaveLength(2);
  });

  it('refuses more than is left, a line that is not there, another customer and an external id twice', async () => {
    const { id } = await order();
    const transform = async (body: object): Promise<string> =>
      refusal(await record('POST', `/salesOrder/${id}/!transform/invoice`, { body }));
    expect(await transform({ item: { items: [{ orderLine: 1, quantity: 4 }] } })).toMatch(/quantity of line 1/);
    expect(await transform({ item: { items: [{ orderLine: 2, amount: '50.51' }] } })).toMatch(/amount of line 2/);
    expect(await transform({ item: { items: [{ orderLine: 7 }] } })).toMatch(/Line 7/);
    const other = `C-${++sequence}`;
    await written('PUT', `/customer/eid:${other}`, { entityId: other, companyName: other, subsidiary: { id: '1' } });
    expect(await transform({ entity: { externalId: other } })).toMatch(/entity is that of/);
    expect(await statusOf(id)).toBe('Sales Order : Pending Billing');
    const body = {
      externalId: `D-${id}`,
      item: {
        items: [
          { orderLine: 1, quantity: 1 },
          { orderLine: 2, quantity: 0 },
        ],
      },
    };
    await bill(id, body);
    expect(await transform(body)).toMatch(/already exists/);
    expect((await record('POST', `/salesOrder/${id}/!transform/creditMemo`)).status).toBe(404);
    expect((await record('POST', '/salesOrder/987654/!transform/invoice')).status).toBe(404);
  });

  it('once, however many ask together', async () => {
    const { id } = await order();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => record('POST', `/salesOrder/${id}/!transform/invoice`)),
    );
    expect(answers.filter((a) => a.status === 204)).toHaveLength(1);
    expect(await links(id)).toHaveLength(2);
  });

  it('is open again when its invoice is deleted or voided, and moves', async () => {
    const { id, path } = await order();
    const invoice = await bill(id);
    let moved = later();
    expect((await record('DELETE', `/invoice/${invoice}`)).status).toBe(204);
    expect([await links(id), await statusOf(id), await stampOf(path)]).toEqual([
      [],
      'Sales Order : Pending Billing',
      moved,
    ]);
    const voided = await bill(id);
    moved = later();
    await fetch(`${sandbox.url}/sandbox/void/${voided}`, { method: 'POST' });
    expect([await links(id), await statusOf(id), await stampOf(path)]).toEqual([
      [],
      'Sales Order : Pending Billing',
      moved,
    ]);
    expect(await read(`/invoice/${voided}`)).toMatchObject({ total: 0, status: { refName: 'Invoice : Voided' } });
  });

  it('follows when its invoice is changed, and is never billed beyond itself that way', async () => {
    const { id, path } = await order();
    const invoice = await bill(id);
    let moved = later();
    await written('PATCH', `/invoice/${invoice}`, { memo: 'nothing of the order' });
    expect(await stampOf(path)).not.toBe(moved);
    moved = later();
    await written('PATCH', `/invoice/${invoice}`, { item: { items: [{ line: 1, quantity: 2 }] } });
    expect(await links(id)).toMatchObject([{ foreignamount: '66.68' }, { foreignamount: '50.5' }]);
    expect([await statusOf(id), await stampOf(path)]).toEqual(['Sales Order : Pending Billing', moved]);
    const more = await record('PATCH', `/invoice/${invoice}`, { body: { item: { items: [{ line: 2, amount: 51 }] } } });
    expect(refusal(more)).toMatch(/amount of line 2 of the sales order/);
    await written('PATCH', `/invoice/${invoice}?replace=item`, { item: { items: [{ line: 2 }] } });
    expect(await links(id)).toMatchObject([{ previousline: '2' }]);
  });
});

describe('an invoice becomes a payment or a credit memo', () => {
  const invoice = async (): Promise<string> => bill((await order()).id);

  it('a payment of what is open, or of the amount given', async () => {
    const id = await invoice();
    const part = await written('POST', `/invoice/${id}/!transform/customerPayment`, {
      ...{ payment: '100.25', tranDate: '2026-04-02', externalId: `P-${id}` },
    });
    expect(await read(`/customerPayment/${part}`)).toMatchObject({
      payment: 100.25,
      applied: 100.25,
      unapplied: 0,
      externalId: `P-${id}`,
    });
    const rest = await written('POST', `/invoice/${id}/!transform/customerPayment`);
    expect(await read(`/customerPayment/${rest}`)).toMatchObject({ payment: 70.25, unapplied: 0 });
    expect((await read(`/invoice/${id}`)).amountRemaining).toBe(0);
    expect(refusal(await record('POST', `/invoice/${id}/!transform/customerPayment`))).toMatch(/nothing left/);
    const more = await written('POST', `/invoice/${await invoice()}/!transform/customerPayment`, { payment: 200 });
    expect(await read(`/customerPayment/${more}`)).toMatchObject({ applied: 170.5, unapplied: 29.5 });
  });

  it('takes the applications given', async () => {
    const id = await invoice();
    const apply = { items: [{ doc: { id }, apply: true, amount: '3.01' }] };
    const memo = await written('POST', `/invoice/${id}/!transform/creditMemo`, { apply });
    expect(await read(`/creditMemo/${memo}`)).toMatchObject({ total: 170.5, applied: 3.01, unapplied: 167.49 });
  });

  it('a credit memo that settles it, names it and says the contract', async () => {
    const source = await order();
    const id = await bill(source.id);
    const memo = await written('POST', `/invoice/${id}/!transform/creditMemo`, {
      item: { items: [{ orderLine: 2, amount: '10' }] },
      tranId: `CM-${id}`,
    });
    // The whole first line and 10 of the second.
    expect(await read(`/creditMemo/${memo}`)).toMatchObject({
      ...{ total: 130, applied: 130, unapplied: 0, custbody_contract: source.contract, createdFrom: { id } },
      item: {
        items: [
          { amount: 100, custcol_billing_id: 'B1' },
          { amount: 10, custcol_billing_id: 'B2' },
        ],
      },
    });
    expect((await read(`/invoice/${id}`)).amountRemaining).toBe(40.5);
    expect(refusal(await record('DELETE', `/invoice/${id}`))).toMatch(/linked to/);
  });

  it('a voided payment or credit memo gives its invoice back', async () => {
    const id = await invoice();
    const payment = await written('POST', `/invoice/${id}/!transform/customerPayment`, { payment: 100 });
    const memo = await written('POST', `/invoice/${id}/!transform/creditMemo`, {
      item: { items: [{ orderLine: 2 }] },
    });
    const moved = later();
    for (const document of [payment, memo])
      expect((await fetch(`${sandbox.url}/sandbox/void/${document}`, { method: 'POST' })).status).toBe(204);
    expect(await read(`/invoice/${id}`)).toMatchObject({ amountRemaining: 170.5, lastModifiedDate: moved });
    const states = `SELECT t.voided, t.foreigntotal, t.foreignpaymentamountused AS used, t.status FROM transaction t WHERE t.id IN (?, ?)`;
    const zero = { voided: 'T', foreigntotal: '0', used: '0', status: 'V' };
    expect(await rows(states, [payment, memo])).toEqual([zero, zero]);
  });
});

describe('the side door', () => {
  const change = (path: string, body: object): Promise<Response> =>
    fetch(`${sandbox.url}/sandbox/records/${path}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('changes a date without moving the stamp, as some system updates do', async () => {
    const id = await bill((await order()).id);
    const before = await stampOf(`/invoice/${id}`);
    later();
    expect((await change(`invoice/${id}`, { trandate: '2026-02-28', duedate: null, memo: 'x' })).status).toBe(204);
    expect(await read(`/invoice/${id}`)).toMatchObject({ tranDate: '2026-02-28', memo: 'x', lastModifiedDate: before });
  });

  it('sets a stamp as if the record had been at rest for long', async () => {
    const id = await bill((await order()).id);
    expect((await change(`invoice/${id}`, { memo: 'x', lastmodifieddate: '2026-01-01T00:00:00Z' })).status).toBe(204);
    expect(await stampOf(`/invoice/${id}`)).toBe('2026-01-01T00:00:00Z');
  });

  it.each([
    ['a column that is not on its list', { foreigntotal: '1' }, 400],
    ['a date that is none', { trandate: '2026-02-30' }, 400],
    ['nothing', {}, 404],
  ])('refuses %s', async (_what, body, status) => {
    const id = await bill((await order()).id);
    expect((await change(`invoice/${id}`, body)).status).toBe(status);
    expect((await change(`salesOrder/${id}`, { memo: 'x' })).status).toBe(404);
  });
});

it('keeps an account over a restart', async () => {
  const { url } = await createDatabase('netsuite');
  const first = await startNetSuiteSandbox({ databaseUrl: url });
  await first.close();
  const second = await startNetSuiteSandbox({ databaseUrl: url });
  expect((await suiteQl(second.credentials, 'SELECT COUNT(*) AS n FROM transaction')).json.items[0].n).toBe('0');
  await second.close();
});
