import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './start.ts';
import { call, suiteQl, type Answer } from './test-client.ts';

let sandbox: NetSuiteSandbox;
const clock = new Date('2026-07-15T03:30:05Z');

beforeAll(async () => {
  const { url } = await createDatabase('suiteql');
  sandbox = await startNetSuiteSandbox({ databaseUrl: url, now: () => new Date() });
  await sandbox.close();
  sandbox = await startNetSuiteSandbox({ databaseUrl: url, now: () => new Date() });
  const pinned = await startNetSuiteSandbox({ databaseUrl: url, now: () => clock });
  const post = (path: string, body: unknown): Promise<Answer> =>
    call(pinned.credentials, 'PUT', `/record/v1${path}`, {
      body,
      oauth: { oauth_timestamp: String(clock.getTime() / 1000) },
    });
  await post('/subsidiary/eid:S2', { name: '391', currency: { id: '1' } });
  for (let n = 1; n <= 12; n++) {
    await post(`/customer/eid:C${n}`, {
      entityId: `C${n}`,
      companyName: `O'Neil "${n}"`,
      subsidiary: { externalId: 'S2' },
    });
    const items = [{ item: { id: '1' }, quantity: 2, rate: '10.25', tax1Amt: '1.50' }];
    const body = { entity: { externalId: `C${n}` }, tranDate: `2026-0${(n % 3) + 1}-05`, item: { items } };
    await post(`/invoice/eid:I${n}`, { ...body, ...(n === 1 ? { dueDate: '2026-03-01' } : {}) });
  }
  await post('/customerPayment/eid:P1', {
    customer: { externalId: 'C1' },
    payment: '20.00',
    apply: { items: [{ doc: { externalId: 'I1' }, apply: true, amount: '20.00' }] },
  });
  await pinned.close();
});
afterAll(() => sandbox.close());

const query = (q: string, params?: (string | number)[], page?: string): Promise<Answer> =>
  suiteQl(sandbox.credentials, q, params, page);
const rows = async (q: string, params?: (string | number)[]): Promise<Answer['json']> => {
  const answer = await query(q, params);
  expect(answer.text).toContain('"items"');
  return answer.json.items.map(({ links: _links, ...row }: Record<string, unknown>) => row);
};

describe('answers', () => {
  it('requires Prefer: transient', async () => {
    const answer = await call(sandbox.credentials, 'POST', '/query/v1/suiteql', {
      body: { q: 'SELECT id FROM currency' },
    });
    expect(answer.status).toBe(400);
    expect((await query('SELECT id FROM currency')).headers.get('preference-applied')).toBe('transient');
  });

  it('gives lower-case keys, text values, T and F, and leaves NULL columns out', async () => {
    const [first] =
      await rows(`SELECT ID, TranId AS Number_, dueDate, foreignTotal, foreignAmountUnpaid Unpaid, voided, memo
      FROM Transaction WHERE externalid = 'I1'`);
    expect(Object.keys(first)).toEqual(['id', 'number_', 'duedate', 'foreigntotal', 'unpaid', 'voided']);
    expect(first).toMatchObject({ duedate: '3/1/2026', foreigntotal: '22', unpaid: '2', voided: 'F' });
  });

  it('shows dates of the account time zone without a time of day, unless TO_CHAR asks for it', async () => {
    const q = `SELECT lastmodifieddate, TO_CHAR(lastmodifieddate, 'YYYY-MM-DD"T"HH24:MI:SS') AS exact FROM customer WHERE externalid = 'C1'`;
    expect(await rows(q)).toEqual([{ lastmodifieddate: '7/14/2026', exact: '2026-07-14T20:30:05' }]);
  });

  it('filters by TO_DATE with parameters', async () => {
    const q = `SELECT id FROM transaction WHERE type = ? AND lastmodifieddate >= TO_DATE(?, 'YYYY-MM-DD HH24:MI:SS')`;
    expect(await rows(q, ['CustInvc', '2026-07-14 20:30:05'])).toHaveLength(12);
    expect(await rows(q, ['CustInvc', '2026-07-14 20:30:06'])).toHaveLength(0);
  });

  it('shows sales lines with a negative sign, the main line and the tax line', async () => {
    const q = `SELECT l.mainline, l.taxline, l.quantity, l.rate, l.foreignamount, BUILTIN.DF(l.subsidiary) AS entity
      FROM transactionline l JOIN transaction t ON t.id = l.transaction WHERE t.externalid = 'I1' ORDER BY l.linesequencenumber`;
    expect(await rows(q)).toEqual([
      { mainline: 'T', taxline: 'F', foreignamount: '22', entity: '391' },
      { mainline: 'F', taxline: 'F', quantity: '-2', rate: '10.25', foreignamount: '-20.5', entity: '391' },
      { mainline: 'F', taxline: 'T', foreignamount: '-1.5', entity: '391' },
    ]);
  });

  it('links a payment to its invoice', async () => {
    const q = `SELECT i.externalid AS invoice, p.externalid AS payment, k.foreignamount FROM nexttransactionlinelink k
      INNER JOIN transaction i ON i.id = k.previousdoc INNER JOIN transaction p ON p.id = k.nextdoc WHERE k.linktype = 'Payment'`;
    expect(await rows(q)).toEqual([{ invoice: 'I1', payment: 'P1', foreignamount: '20' }]);
  });

  it('aggregates by subsidiary, month and currency', async () => {
    const q = `SELECT BUILTIN.DF(l.subsidiary) AS entity, TO_CHAR(t.trandate, 'YYYY-MM') AS month, BUILTIN.DF(t.currency) AS currency,
      COUNT(*) AS n, SUM(t.foreigntotal) AS gross, SUM(NVL(t.foreignamountunpaid, 0)) AS open
      FROM transaction t JOIN transactionline l ON l.transaction = t.id AND l.mainline = 'T' WHERE t.type = 'CustInvc'
      GROUP BY BUILTIN.DF(l.subsidiary), TO_CHAR(t.trandate, 'YYYY-MM'), BUILTIN.DF(t.currency) ORDER BY month`;
    expect(await rows(q)).toEqual([
      { entity: '391', month: '2026-01', currency: 'USD', n: '4', gross: '88', open: '88' },
      { entity: '391', month: '2026-02', currency: 'USD', n: '4', gross: '88', open: '68' },
      { entity: '391', month: '2026-03', currency: 'USD', n: '4', gross: '88', open: '88' },
    ]);
  });
});

describe('paging', () => {
  it('pages by limit and offset and says where the next page is', async () => {
    const page = (await query('SELECT id FROM customer ORDER BY id', [], '?limit=5&offset=5')).json;
    expect(page).toMatchObject({ count: 5, offset: 5, totalResults: 12, hasMore: true });
    expect(page.links.map((l: { rel: string }) => l.rel)).toEqual(['next', 'last', 'first', 'previous', 'self']);
    expect((await query('SELECT id FROM customer ORDER BY id', [], '?limit=5&offset=10')).json).toMatchObject({
      count: 2,
      hasMore: false,
    });
  });

  it.each(['?limit=1001', '?limit=5&offset=7', '?limit=0', '?limit=1000&offset=100000', '?limit=x'])(
    'refuses %s',
    async (page) => {
      expect((await query('SELECT id FROM customer', [], page)).status).toBe(400);
    },
  );

  it('loses and repeats rows over pages without ORDER BY', async () => {
    const seen = async (q: string): Promise<number> => {
      const ids = new Set<string>();
      for (let offset = 0; offset < 12; offset += 3) {
        for (const { id } of (await query(q, [], `?limit=3&offset=${offset}`)).json.items) ids.add(id as string);
      }
      return ids.size;
    };
    expect(await seen('SELECT id FROM customer ORDER BY id')).toBe(12);
    // Chance keeps an order whole once in about half a million tries; three in a row never.
    const tries = [
      await seen('SELECT id FROM customer'),
      await seen('SELECT id FROM customer'),
      await seen('SELECT id FROM customer'),
    ];
    expect(Math.min(...tries)).toBeLessThan(12);
  });
});

describe('what gets through', () => {
  it.each([
    'SELECT 1 FROM pg_user',
    'SELECT id FROM customer; DELETE FROM customer',
    `SELECT id FROM customer WHERE externalid = 'x' -- ' OR 1=1\n; DROP TABLE customer`,
    `SELECT pg_sleep(1) FROM dual`,
    `SELECT id FROM customer WHERE id = (SELECT usename FROM pg_shadow)`,
    `SELECT externalid::int FROM customer`,
    'DELETE FROM customer',
    'SELECT id FROM q_customer',
    'SELECT subsidiary__df FROM customer WHERE $$a$$ = 1',
    "SELECT id FROM customer WHERE id = E'\\x41'",
    `SELECT id AS "a"" from pg_user --" FROM customer`,
    'SELECT id FROM customer WHERE id IN (1, 2',
    `SELECT ${'- '.repeat(40_000)}1 FROM dual`,
    `SELECT ${'('.repeat(200)}1${')'.repeat(200)} FROM dual`,
  ])('refuses %s', async (q) => {
    const answer = await query(q);
    expect(answer.status).toBe(400);
    expect(answer.json['o:errorDetails'][0]).toMatchObject({ 'o:errorCode': 'INVALID_PARAMETER' });
  });

  it('keeps a quote inside its literal and its parameter', async () => {
    expect(await rows(`SELECT externalid FROM customer WHERE companyname = 'O''Neil "1"'`)).toEqual([
      { externalid: 'C1' },
    ]);
    expect(await rows('SELECT externalid FROM customer WHERE companyname = ?', [`' OR 1=1 --`])).toEqual([]);
  });

  it('understands subqueries, CASE, IN, BETWEEN, LIKE, comments and stars', async () => {
    const q = `SELECT CASE WHEN t.foreigntotal > 10 THEN 'big' ELSE 'small' END AS size_, COUNT(DISTINCT t.entity) AS customers /* who */
      FROM transaction t WHERE t.type IN ('CustInvc', 'CustPymt') AND t.id NOT IN (SELECT nextdoc FROM nexttransactionlinelink)
      AND t.trandate BETWEEN TO_DATE('2026-01-01', 'YYYY-MM-DD') AND TO_DATE('2026-12-31', 'YYYY-MM-DD') AND t.externalid LIKE 'I%'
      AND EXISTS (SELECT 1 FROM customer c WHERE c.id = t.entity) GROUP BY CASE WHEN t.foreigntotal > 10 THEN 'big' ELSE 'small' END`;
    expect(await rows(q)).toEqual([{ size_: 'big', customers: '12' }]);
    expect(Object.keys((await rows(`SELECT * FROM subsidiary WHERE name = '391'`))[0])).toContain('fullname');
    expect(Object.keys((await rows(`SELECT c.* FROM customer c WHERE c.externalid = 'C1'`))[0])).not.toContain(
      'currency__df',
    );
  });
});
