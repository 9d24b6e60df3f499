import { expect, it } from 'vitest';
import { decision, protectedServer, row, send, served } from '../test/wire-server.ts';
import type { Row } from './odata.ts';

it('asks for JSON in the language and client of the instance, and escapes what it asks for', async () => {
  const { client, seen } = await served((_, response) => row(response, { results: [{ A: 1.1 }], __count: '7' }), {
    without: { A_X: ['New', 'to_Item/New'] },
    language: 'de',
  });
  const page = await client.page('API_X', 'A_X', {
    select: ['A', 'New', 'to_Item/B', 'to_Item/New'],
    expand: ['to_Item'],
    filter: "N eq 'a&b=c#+ü'",
    orderBy: ['A', 'B desc'],
    top: 2,
    skip: 4,
    count: true,
  });
  expect(page).toMatchObject({ rows: [{ A: '1.1' }], next: null, count: 7 });
  expect(seen[0]?.line).toBe(
    "GET /sap/opu/odata/sap/API_X/A_X?$select=A,to_Item/B&$expand=to_Item&$filter=N eq 'a&b=c#+ü'&$orderby=A,B desc&$top=2&$skip=4&$inlinecount=allpages",
  );
  expect(seen[0]?.headers).toMatchObject({
    accept: 'application/json',
    'accept-language': 'de',
    'sap-client': '100',
    authorization: `Basic ${Buffer.from('TIEOUT:secret').toString('base64')}`,
  });
  await client.get('API_X', 'A_X', { A: "1'/2", B: 'x' });
  expect(seen[1]?.line).toBe("GET /sap/opu/odata/sap/API_X/A_X(A='1''/2',B='x')");
});

it('follows the next page as it is, on this host only', async () => {
  const { client, seen, url } = await served((request, response) => {
    const results = [{ N: request.url }];
    if (request.url?.includes('skiptoken=elsewhere'))
      return row(response, { results, __next: 'http://evil.example/p' });
    if (request.url?.includes('skiptoken')) return row(response, { results });
    row(response, {
      results,
      __next: `http://${request.headers.host}/sap/opu/odata/sap/API_X/A_X?$skiptoken='a%20b'&$top=9`,
    });
  });
  const first = await client.page('API_X', 'A_X', {});
  await client.follow(first.next ?? '');
  expect(seen[1]?.line).toBe("GET /sap/opu/odata/sap/API_X/A_X?$skiptoken='a b'&$top=9");
  const last = await client.follow(`${url}/sap/opu/odata/sap/API_X/A_X?$skiptoken=elsewhere`);
  expect(await decision(client.follow(last.next ?? ''))).toBe('misconfigured sap-foreign-page');
  expect(seen).toHaveLength(3);
});

it.each([
  ['a service that pages by itself', 3],
  ['a service that answers as much as it is asked for', Infinity],
])('every row of %s comes once', async (_what, serverPage) => {
  const all = Array.from({ length: 25 }, (_, n) => ({ N: String(n) }));
  const { client, seen } = await served(
    (request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const [skip, top] = [Number(query.get('$skip')), Number(query.get('$top'))];
      const done = Number(query.get('$skiptoken') ?? 0);
      const size = Math.min(serverPage, top - done);
      const results = all.slice(skip + done, skip + done + size);
      const more = done + size < top && skip + done + size < all.length;
      const next = `http://${request.headers.host}/sap/opu/odata/sap/A/B?$skip=${skip}&$top=${top}&$skiptoken=${done + size}`;
      row(response, { results, ...(more ? { __next: next } : {}) });
    },
    { pageSize: 10 },
  );
  const rows: Row[] = [];
  for await (const page of client.pages('A', 'B', { orderBy: ['N'] })) rows.push(...page.rows);
  expect(rows).toEqual(all);
  const some: Row[] = [];
  for await (const page of client.pages('A', 'B', { orderBy: ['N'], top: 12, skip: 2 })) some.push(...page.rows);
  expect(some).toEqual(all.slice(2, 14));
  const windows = seen
    .filter(({ line }) => !line.includes('skiptoken'))
    .map(({ line }) => line.split('$orderby=N&')[1]);
  expect(windows).toEqual([
    '$top=10&$skip=0',
    '$top=10&$skip=10',
    '$top=10&$skip=20',
    '$top=10&$skip=2',
    '$top=2&$skip=12',
  ]);
});

it('an update says which version it is of; another one by now is told apart', async () => {
  const server = protectedServer((request, response) =>
    request.headers['if-match'] === 'W/"2"'
      ? void response
          .writeHead(204, {
            'sap-message':
              '{"code":"V1/1","message":"Gru\u00c3\u009f","severity":"warning","details":[{"code":"V1/2","message":"b","severity":"info"}]}',
          })
          .end()
      : send(response, 412, { error: { code: 'X/1', message: { value: 'Precondition failed' } } }),
  );
  const { client, seen } = await served(server.handler);
  const target = { set: 'A_X', key: '1' };
  expect(await decision(client.update('API_X', { ...target, etag: 'W/"1"' }, {}))).toBe(
    'transient sap-changed-meanwhile',
  );
  const written = await client.update('API_X', { ...target, etag: 'W/"2"' }, { A: null });
  expect(written.row).toBeNull();
  expect(written.messages.map(({ code, severity, text }) => [code, severity, text])).toEqual([
    ['V1/1', 'warning', 'Gruß'],
    ['V1/2', 'info', 'b'],
  ]);
  expect(seen.at(-1)).toMatchObject({ line: "PATCH /sap/opu/odata/sap/API_X/A_X('1')", body: '{"A":null}' });
});

it('a function import is a write whose answer may be wrapped in its name', async () => {
  const server = protectedServer((_, response) => row(response, { Cancel: { BillingDocument: '9' } }));
  const { client, seen } = await served(server.handler);
  const { row: answer } = await client.invoke('API_X', 'Cancel', { BillingDocument: "9'0" }, { etag: '*' });
  expect(answer).toEqual({ BillingDocument: '9' });
  expect(seen.at(-1)).toMatchObject({ line: "POST /sap/opu/odata/sap/API_X/Cancel?BillingDocument='9''0'", body: '' });
  expect(seen.at(-1)?.headers['if-match']).toBe('*');
});

it.each([
  ['an HTML page', '<html><title>Sign in</title></html>'],
  ['XML', '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>'],
  ['half a JSON', '{"d":{"results":[{"A":"1"'],
])('a read that is answered by %s is asked again, a write is in doubt', async (_what, body) => {
  const server = protectedServer((_, response) => send(response, 201, body));
  const { client } = await served((request, response) =>
    request.method === 'GET' && request.headers['x-csrf-token'] === undefined
      ? send(response, 200, body)
      : server.handler(request, response),
  );
  expect(await decision(client.page('API_X', 'A_X', {}))).toBe('transient sap-not-json');
  expect(await decision(client.create('API_X', 'A_X', {}))).toBe('transient outcome-unknown');
});

it('JSON without what was asked for is wrong data', async () => {
  const { client } = await served((request, response) =>
    send(response, 200, request.url?.includes('(') ? {} : { d: { N: '1' } }),
  );
  expect(await decision(client.page('API_X', 'A_X', {}))).toBe('data sap-answer');
  expect(await decision(client.get('API_X', 'A_X', '1'))).toBe('data sap-answer');
});

it('nothing under the key is null; no service at the address is a matter for a person', async () => {
  const { client } = await served((request, response) =>
    request.url?.includes('API_X')
      ? send(response, 404, { error: { code: 'Y/1', message: { value: 'Resource not found' } } })
      : send(response, 404, '<html><title>Not found</title></html>'),
  );
  expect(await client.get('API_X', 'A_X', '1')).toBeNull();
  expect(await decision(client.get('API_Y', 'A_X', '1'))).toBe('misconfigured sap-api-refused');
});
