import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './start.ts';
import { call, suiteQl, type Answer } from './test-client.ts';

let sandbox: NetSuiteSandbox;
let sequence = 0;
let who = '';

beforeAll(async () => {
  sandbox = await startNetSuiteSandbox({ databaseUrl: (await createDatabase('netsuite')).url });
});
afterAll(() => sandbox.close());

const record = (method: string, path: string, body?: object): Promise<Answer> =>
  call(sandbox.credentials, method, `/record/v1${path}`, {
    ...(body && { body }),
    headers: { 'X-NetSuite-PropertyNameValidation': 'Error' },
  });
const refusal = (answer: Answer): string => String(answer.json?.['o:errorDetails'][0].detail ?? answer.status);
async function written(method: string, path: string, body?: object): Promise<string> {
  const answer = await record(method, path, body);
  expect(answer.status, answer.text).toBe(204);
  return answer.headers.get('location')?.split('/').at(-1) ?? '';
}
async function rows(q: string): Promise<Record<string, string>[]> {
  const answer = await suiteQl(sandbox.credentials, q);
  expect(answer.status, answer.text).toBe(200);
  return answer.json.items.map(({ links: _links, ...row }: Record<string, string>) => row);
}
async function deed(method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${sandbox.url}/sandbox/${path}`, { method, headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(204);
}
const item = { items: [{ item: { id: '1' }, amount: 100 }] };
const invoice = (tranDate: string, more: object = {}): object => ({
  entity: { externalId: who },
  ...{ tranDate, item },
  ...more,
});

beforeEach(async () => {
  who = `C-${++sequence}`;
  await written('PUT', `/customer/eid:${who}`, { entityId: who, companyName: who, subsidiary: { id: '1' } });
});

describe('an accounting period', () => {
  it('is a month of a quarter of a year, and takes the documents of its days', async () => {
    const id = await written('POST', '/invoice', invoice('2031-05-31'));
    const q = `SELECT p.periodname, BUILTIN.DF(p.parent) AS quarter, TO_CHAR(p.startdate, 'YYYY-MM-DD') AS start_, p.enddate, p.isposting, p.closed,
      BUILTIN.DF(t.postingperiod) AS shown FROM transaction t INNER JOIN accountingperiod p ON p.id = t.postingperiod WHERE t.id = ${id}`;
    expect(await rows(q)).toEqual([
      {
        ...{ periodname: 'May 2031', quarter: 'Q2 2031', start_: '2031-05-01', enddate: '5/31/2031' },
        ...{ isposting: 'T', closed: 'F', shown: 'May 2031' },
      },
    ]);
    expect(await rows(`SELECT COUNT(*) AS n FROM accountingperiod WHERE periodname LIKE '%2031'`)).toEqual([
      { n: '17' },
    ]);
  });

  it.each([{ closed: true }, { alllocked: true }, { arlocked: true }])(
    'that is %j takes nothing, in the vendor’s words, until it is opened again',
    async (state) => {
      const order = await written('POST', '/salesOrder', invoice('2032-02-10'));
      await deed('PATCH', 'periods/2032-02', state);
      const words =
        'Error while accessing a resource. The transaction date you specified is not within the date range of your accounting period.';
      expect(refusal(await record('POST', '/invoice', invoice('2032-02-29')))).toBe(words);
      expect(refusal(await record('POST', `/salesOrder/${order}/!transform/invoice`, { tranDate: '2032-02-10' }))).toBe(
        words,
      );
      // Orders do not post.
      await written('POST', '/salesOrder', invoice('2032-02-10'));
      await deed('PATCH', 'periods/2032-02', { closed: false, alllocked: false, arlocked: false });
      await written('POST', '/invoice', invoice('2032-02-29'));
    },
  );

  it('that was closed keeps what was posted as it is: no change, deletion, voiding or other date', async () => {
    const id = await written('POST', '/invoice', invoice('2033-03-10'));
    const open = await written('POST', '/invoice', invoice('2033-04-10'));
    await deed('PATCH', 'periods/2033-03', { closed: true });
    for (const body of [{ memo: 'x' }, { tranDate: '2033-04-01' }])
      expect(refusal(await record('PATCH', `/invoice/${id}`, body))).toMatch(/period is closed/);
    expect(refusal(await record('DELETE', `/invoice/${id}`))).toMatch(/period is closed/);
    expect((await fetch(`${sandbox.url}/sandbox/void/${id}`, { method: 'POST' })).status).toBe(400);
    expect(refusal(await record('PATCH', `/invoice/${open}`, { tranDate: '2033-03-31' }))).toMatch(/date range/);
    // Its payment is another document, of an open period.
    await written('POST', `/invoice/${id}/!transform/customerPayment`, { tranDate: '2033-04-02' });
    expect((await record('GET', `/invoice/${id}`)).json.amountRemaining).toBe(0);
  });

  it('follows a new date, and is not one that the date is outside of', async () => {
    const id = await written('POST', '/invoice', invoice('2034-01-10'));
    await written('PATCH', `/invoice/${id}`, { tranDate: '2034-02-10' });
    expect((await record('GET', `/invoice/${id}`)).json.postingPeriod.refName).toBe('Feb 2034');
    const [april] = await rows(`SELECT id FROM accountingperiod WHERE periodname = 'Apr 2034'`);
    const named = { postingPeriod: { id: april!['id'] } };
    expect(refusal(await record('POST', '/invoice', invoice('2034-03-10', named)))).toMatch(/date range/);
    await written('POST', '/invoice', invoice('2034-04-10', named));
  });
});

describe('dimensions', () => {
  it('are trees of names, for all subsidiaries or for some', async () => {
    const sales = await written('PUT', '/department/eid:SALES', { name: 'Sales' });
    const emea = await written('PUT', '/department/eid:EMEA', { name: 'EMEA', parent: { externalId: 'SALES' } });
    await deed('PUT', `department/${emea}/subsidiaries`, ['1']);
    expect(await rows('SELECT id, fullname, parent, subsidiary, isinactive FROM department ORDER BY id')).toEqual([
      { id: sales, fullname: 'Sales', isinactive: 'F' },
      { id: emea, fullname: 'Sales : EMEA', parent: sales, subsidiary: '1', isinactive: 'F' },
    ]);
    const group = await written('PUT', '/classification/eid:G', { name: 'Group' });
    const id = await written(
      'POST',
      '/invoice',
      invoice('2034-06-10', { department: { id: emea }, class: { id: group } }),
    );
    const q = `SELECT BUILTIN.DF(l.department) AS department, BUILTIN.DF(l.class) AS class FROM transactionline l
      WHERE l.transaction = ${id} AND l.mainline = 'F'`;
    expect(await rows(q)).toEqual([{ department: 'EMEA', class: 'Group' }]);
    const sub = { name: 'Germany', currency: { id: '4' }, parent: { id: '1' } };
    await written('PUT', '/subsidiary/eid:DE', sub);
    expect(await rows(`SELECT fullname FROM subsidiary WHERE name = 'Germany'`)).toEqual([
      { fullname: 'Parent Company : Germany' },
    ]);
  });

  it('give a document in another currency the rate of its day', async () => {
    for (const [date, rate] of [
      ['2034-07-01', '1.0825'],
      ['2034-07-10', '1.1'],
    ] as const)
      await deed('PUT', 'exchange-rates', { base: 'USD', currency: 'EUR', date, rate });
    const euros = { currency: { id: '4' } };
    const id = await written('POST', '/invoice', invoice('2034-07-09', euros));
    expect((await record('GET', `/invoice/${id}`)).json.exchangeRate).toBe(1.0825);
    const before = await written('POST', '/invoice', invoice('2034-06-30', euros));
    expect((await record('GET', `/invoice/${before}`)).json.exchangeRate).toBe(1);
    const q = `SELECT BUILTIN.DF(basecurrency) AS base, BUILTIN.DF(transactioncurrency) AS currency, effectivedate, exchangerate
      FROM currencyrate ORDER BY effectivedate`;
    expect(await rows(q)).toEqual([
      { base: 'USD', currency: 'Euro', effectivedate: '7/1/2034', exchangerate: '1.0825' },
      { base: 'USD', currency: 'Euro', effectivedate: '7/10/2034', exchangerate: '1.1' },
    ]);
  });
});
