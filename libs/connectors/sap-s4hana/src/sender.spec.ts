import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import {
  budget,
  decision,
  protectedServer,
  row,
  send,
  served,
  token,
  uses,
  type Handler,
} from '../test/wire-server.ts';
import { createSapClient } from './client.ts';
import { sapConfig } from './config.ts';

it('one token is fetched for all who write at the same time, and goes with its cookies', async () => {
  const server = protectedServer((_, response) => send(response, 201, { d: { N: '1' } }));
  const { client, seen } = await served(server.handler);
  await Promise.all([1, 2, 3, 4].map(() => client.create('API_X', 'A_X', { N: '1' })));
  expect(server.fetched()).toBe(1);
  expect(seen[0]?.line).toBe('HEAD /sap/opu/odata/sap/API_X/');
  expect(uses).toEqual(['process', 'process', 'process', 'process', 'process']);
});

it('when the session is over the token is fetched once again and the write repeated, once for all', async () => {
  const server = protectedServer((_, response) => send(response, 201, { d: { N: '1' } }));
  const { client } = await served(server.handler);
  await client.create('API_X', 'A_X', {});
  server.end();
  await Promise.all([1, 2, 3].map(() => client.create('API_X', 'A_X', {})));
  expect(server.fetched()).toBe(2);
});

it('a token that is refused again is a matter for a person', async () => {
  const { client, seen } = await served((request, response) =>
    request.headers['x-csrf-token'] === 'Fetch'
      ? token(response, 1)
      : send(response, 403, 'CSRF token validation failed', { 'x-csrf-token': 'Required' }),
  );
  expect(await decision(client.create('API_X', 'A_X', {}))).toBe('misconfigured sap-api-refused');
  expect(seen.map(({ line }) => line.split(' ')[0])).toEqual(['HEAD', 'POST', 'HEAD', 'POST']);
});

it('a service without HEAD gives its token to a GET, and one without protection gets none', async () => {
  const get = await served((request, response) => {
    if (request.method === 'HEAD') return send(response, 405, '');
    if (request.method === 'GET') return token(response, 7);
    send(response, 201, { d: { N: request.headers['x-csrf-token'] } });
  });
  expect(await get.client.create('API_X', 'A_X', {})).toMatchObject({ row: { N: 'token-7' } });
  const bare = await served((request, response) =>
    request.method === 'POST'
      ? send(response, 201, { d: { N: String('x-csrf-token' in request.headers) } })
      : send(response, 200, ''),
  );
  expect(await bare.client.create('API_X', 'A_X', {})).toMatchObject({ row: { N: 'false' } });
});

it('reads stay in the session of the first answer, which a server need not open anew', async () => {
  const { client, seen } = await served((request, response) =>
    send(
      response,
      200,
      { d: { results: [] } },
      request.headers.cookie ? {} : { 'set-cookie': ['SAP_SESSIONID_S4H_100=r1'] },
    ),
  );
  await client.page('API_X', 'A_X', {});
  await client.page('API_X', 'A_X', {});
  expect(seen.map(({ headers }) => headers.cookie)).toEqual([undefined, 'SAP_SESSIONID_S4H_100=r1']);
});

it('too many calls are waited out as long as the answer says, and told to the budget', async () => {
  let calls = 0;
  const { client } = await served((_, response) => {
    calls += 1;
    if (calls === 1) return send(response, 429, '', { 'retry-after': '0' });
    if (calls === 2) return send(response, 503, '', { 'retry-after': new Date(Date.now() - 1000).toUTCString() });
    row(response, { results: [] });
  });
  await client.page('API_X', 'A_X', {});
  expect([calls, budget.overloads]).toEqual([3, 2]);
});

it('whoever is to come back much later gives up his place and is told when', async () => {
  const { client, seen } = await served((_, response) => send(response, 503, '', { 'retry-after': '30' }));
  await expect(client.page('API_X', 'A_X', {})).rejects.toMatchObject({ code: 'sap-busy', retryAfterMs: 30_000 });
  expect(seen).toHaveLength(1);
});

it('a password that is refused is tried once: trying again locks the user', async () => {
  const { client, seen } = await served((_, response) =>
    send(response, 401, '<html><title>Logon failed</title></html>'),
  );
  expect(await decision(client.page('API_X', 'A_X', {}))).toBe('misconfigured sap-login-refused');
  expect(seen).toHaveLength(1);
  expect(await decision(client.create('API_X', 'A_X', {}))).toBe('misconfigured sap-login-refused');
  expect(seen).toHaveLength(2);
});

it('an OAuth token is fetched once, and once again when it is refused', async () => {
  let tokens = 0;
  let url = '';
  const { config } = await served(() => undefined);
  const system = await served((request, response) => {
    if (request.url === '/token') {
      tokens += 1;
      expect(request.headers.authorization).toBe(`Basic ${Buffer.from('id:s').toString('base64')}`);
      expect(request.body).toBe('grant_type=client_credentials');
      return send(response, 200, { access_token: `t${tokens}`, token_type: 'Bearer', expires_in: 3600 });
    }
    if (request.headers.authorization !== 'Bearer t2') return send(response, 401, '');
    row(response, { results: [] });
  });
  url = system.url;
  const auth = { kind: 'oauth2', tokenUrl: `${url}/token`, clientId: 'id', clientSecret: 's' } as const;
  const client = createSapClient({ ...config, url, auth }, { budget });
  onTestFinished(() => client.close());
  await Promise.all([client.page('A', 'B', {}), client.page('A', 'B', {})]);
  await client.page('A', 'B', {});
  expect(tokens).toBe(2);
});

it('an error page of ten megabytes is told by its beginning and not read to its end', async () => {
  let sent = 0;
  function* page(): Generator<Buffer> {
    yield Buffer.from('<html><title>Bad Gateway</title>');
    for (; sent < 10 * 1024 * 1024; sent += 65_536) yield Buffer.alloc(65_536, 'x');
  }
  const { client } = await served((_, response) => {
    response.writeHead(502, { 'content-type': 'text/html' });
    Readable.from(page()).pipe(response);
  });
  await expect(client.page('API_X', 'A_X', {})).rejects.toMatchObject({
    code: 'sap-unavailable',
    message: expect.stringContaining('Bad Gateway'),
  });
  expect(sent).toBeLessThan(9 * 1024 * 1024);
});

it('an answer that breaks off leaves a write in doubt, a read is asked again', async () => {
  const half: Handler = (_, response) => {
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"d":{');
    setTimeout(() => response.destroy(), 20);
  };
  const server = protectedServer(half);
  const { client } = await served((request, response) =>
    request.method === 'GET' ? half(request, response) : server.handler(request, response),
  );
  expect(await decision(client.page('API_X', 'A_X', {}))).toBe('transient sap-unreachable');
  expect(await decision(client.create('API_X', 'A_X', {}))).toBe('transient outcome-unknown');
});

it('no answer in time leaves a write in doubt; nobody at the address does not', async () => {
  const server = protectedServer(() => undefined);
  const { client, config } = await served(server.handler, { timeoutMs: 150 });
  await expect(client.create('API_X', 'A_X', {})).rejects.toMatchObject({
    code: 'outcome-unknown',
    message: expect.stringContaining('no answer within 150 ms'),
  });
  const nobody = createSapClient({ ...config, url: 'http://127.0.0.1:1' }, { budget });
  expect(await decision(nobody.create('API_X', 'A_X', {}))).toBe('transient sap-unreachable');
});

it('who gives up while his call is under way leaves no doubt about a read', async () => {
  const { client } = await served(() => undefined);
  const giveUp = new AbortController();
  const call = decision(client.page('API_X', 'A_X', {}, { signal: giveUp.signal, use: 'backfill' }));
  await sleep(30);
  giveUp.abort();
  expect(await call).toBe('transient sap-unreachable');
  expect(uses).toEqual(['backfill']);
});

it('a damaged certificate is said at once', async () => {
  const auth = { kind: 'certificate', certificate: 'x', privateKey: 'y' };
  const config = sapConfig.parse({ url: 'https://s4.example', auth });
  expect(() => createSapClient(config, { budget })).toThrow(expect.objectContaining({ code: 'sap-certificate' }));
});
