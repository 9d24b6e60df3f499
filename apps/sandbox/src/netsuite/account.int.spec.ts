import { createDatabase } from '@tieout/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './start.ts';
import { authorization, call, type Answer, type CallOptions } from './test-client.ts';

let sandbox: NetSuiteSandbox;
beforeAll(async () => {
  sandbox = await startNetSuiteSandbox({ databaseUrl: (await createDatabase('netsuite')).url, concurrency: 3 });
});
afterAll(() => sandbox.close());

const get = (path: string, options?: CallOptions): Promise<Answer> => call(sandbox.credentials, 'GET', path, options);

describe('authentication', () => {
  it('accepts a signed call and refuses one that was tampered with, in the vendor shape', async () => {
    expect((await get('/record/v1/currency?limit=2')).status).toBe(200);
    const refused = await get('/record/v1/currency', { oauth: { oauth_signature: 'AAAA' } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^OAuth realm="7000001_SB1", error="token_rejected"/);
    expect(refused.json).toMatchObject({
      title: 'Unauthorized',
      'o:errorDetails': [{ 'o:errorCode': 'INVALID_LOGIN' }],
    });
  });

  it.each([
    ['another account', { realm: '7000002' }],
    ['an unknown token', { oauth_token: 'x' }],
    ['SHA-1', { oauth_signature_method: 'HMAC-SHA1' }],
    ['a clock ten minutes off', { oauth_timestamp: String(Math.floor(Date.now() / 1000) - 600) }],
  ])('refuses %s', async (_name, oauth) => {
    expect((await get('/record/v1/currency', { oauth })).status).toBe(401);
  });

  it('refuses the same header a second time and a signature of another address', async () => {
    const url = new URL(`${sandbox.url}/services/rest/record/v1/currency`);
    const header = authorization(sandbox.credentials, 'GET', url, {});
    const send = async (target: URL): Promise<number> =>
      (await fetch(target, { headers: { authorization: header } })).status;
    expect(await send(new URL('?limit=1', url))).toBe(401);
    expect(await send(url)).toBe(200);
    expect(await send(url)).toBe(401);
  });

  it('signs reserved characters of the query as RFC 3986 has them', async () => {
    expect((await get("/record/v1/currency?limit=1&x=a%20b!*'()%2B~")).status).toBe(200);
  });
});

describe('governance', () => {
  afterEach(() => fetch(`${sandbox.url}/sandbox/faults`, { method: 'DELETE' }));

  it('serves so many calls at a time and answers 429 to the rest', async () => {
    sandbox.injectFault({ kind: 'slow', count: 3, delayMs: 300 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => get('/system/v1/governanceLimits')));
    expect(answers.filter((a) => a.status === 429)).toHaveLength(9);
    expect(answers.find((a) => a.status === 200)?.json.accountConcurrencyLimit).toBe(3);
    expect((await get('/system/v1/governanceLimits')).status).toBe(200);
  });

  it('doubts the login of a call too many, after a while, when it is told to', async () => {
    const load = (body: object): Promise<Response> =>
      fetch(`${sandbox.url}/sandbox/load`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await load({ overload: 'slow-401', overloadDelayMs: 150 });
    sandbox.injectFault({ kind: 'slow', count: 3, delayMs: 300 });
    const began = performance.now();
    const answers = await Promise.all(
      Array.from(
        { length: 4 },
        async () => [(await get('/system/v1/governanceLimits')).status, performance.now()] as const,
      ),
    );
    await load({ overload: 'refuse' });
    const [status, at] = answers.find(([answered]) => answered !== 200)!;
    expect(status).toBe(401);
    expect(at - began).toBeGreaterThan(140);
  });

  it('commits and then cuts the connection when asked to, so the outcome is unknown to the caller', async () => {
    const body = { companyName: 'Cut', entityId: 'CUT', subsidiary: { id: '1' } };
    const fault = { kind: 'cut-after', count: 1, method: 'PUT', path: 'CUT' };
    await fetch(`${sandbox.url}/sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
    const path = '/record/v1/customer/eid:CUT';
    await expect(call(sandbox.credentials, 'PUT', path, { body })).rejects.toThrow();
    expect((await get(path)).json).toMatchObject({ companyName: 'Cut' });
  });

  it('does nothing when the connection is cut before', async () => {
    sandbox.injectFault({ kind: 'cut-before', count: 1, method: 'PUT' });
    const path = '/record/v1/customer/eid:NEVER';
    await expect(call(sandbox.credentials, 'PUT', path, { body: {} })).rejects.toThrow();
    expect((await get(path)).status).toBe(404);
  });
});
