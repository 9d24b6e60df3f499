import { generateKeyPairSync } from 'node:crypto';
import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSalesforceSandbox, type SalesforceSandbox } from './start.ts';
import {
  answerOf,
  BASE,
  login as signInAs,
  restSession,
  type Answer,
  type Assertion,
  type RestSession,
} from './test-client.ts';

let sandbox: SalesforceSandbox;
let token: string;

beforeAll(async () => {
  sandbox = await startSalesforceSandbox({ databaseUrl: (await createDatabase('salesforce')).url });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  token = ((await login({})).body as { access_token: string }).access_token;
});

const login = (changed: Assertion = {}): Promise<Answer> => signInAs(sandbox.credentials, changed);
const call: RestSession['call'] = (...request) => restSession(sandbox.url, token).call(...request);
const query: RestSession['query'] = (...request) => restSession(sandbox.url, token).query(...request);
const upsert = (externalId: string, body: object, suffix = '') =>
  call('PATCH', `${BASE}/sobjects/Account/External_Id__c/${encodeURIComponent(externalId)}${suffix}`, body);

describe('signing in', () => {
  it('gives a token without a life time for a good assertion', async () => {
    const { status, body } = await login({});
    expect(status).toBe(200);
    expect(body).toMatchObject({
      token_type: 'Bearer',
      instance_url: sandbox.url,
      id: expect.stringContaining('/id/00D'),
    });
    expect(Object.keys(body)).not.toContain('expires_in');
    const me = await call('GET', '/services/oauth2/userinfo');
    expect(me.body).toMatchObject({ preferred_username: sandbox.credentials.username });
  });

  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  it.each<[string, Assertion, string]>([
    ['another key', { key: stranger.toString() }, 'invalid_grant'],
    ['another audience', { aud: 'https://example.com' }, 'invalid_grant'],
    ['another user', { sub: 'somebody@example.com' }, 'invalid_grant'],
    ['another app', { iss: 'unknown' }, 'invalid_client_id'],
    ['an expired assertion', { exp: '-5m' }, 'invalid_grant'],
    ['one that lasts too long', { exp: '1h' }, 'invalid_grant'],
  ])('is refused with %s', async (_, assertion, error) => {
    expect(await login(assertion)).toMatchObject({
      status: 400,
      body: { error, error_description: expect.any(String) },
    });
  });

  it('also works with client credentials, and ends with revocation', async () => {
    const secret = {
      grant_type: 'client_credentials',
      client_id: sandbox.credentials.consumerKey,
      client_secret: sandbox.consumerSecret,
    };
    const post = (path: string, form: Record<string, string>) =>
      fetch(`${sandbox.url}/services/oauth2/${path}`, { method: 'POST', body: new URLSearchParams(form) });
    token = ((await (await post('token', secret)).json()) as { access_token: string }).access_token;
    expect((await call('GET', BASE)).status).toBe(200);
    expect((await post('revoke', { token })).status).toBe(200);
    const refused = await call('GET', BASE);
    expect(refused).toMatchObject({ status: 401, body: [{ errorCode: 'INVALID_SESSION_ID' }] });
    expect(refused.headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/\d+$/);
    expect(await answerOf(await post('token', { ...secret, client_secret: 'wrong' }))).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    });
  });
});

describe('accounts', () => {
  it('are created and updated by external id, and ambiguous ones answered with 300', async () => {
    expect(await upsert('u/1', { Name: 'Ahorn' })).toMatchObject({
      status: 201,
      body: { created: true, success: true },
    });
    expect(await upsert('u/1', { Type: 'Customer' })).toMatchObject({ status: 200, body: { created: false } });
    expect(await upsert('u-none', { Name: 'x' }, '?updateOnly=true')).toMatchObject({ status: 404 });
    expect(await upsert('u/1', { External_Id__c: 'y' })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD' }],
    });
    const read = await call('GET', `${BASE}/sobjects/Account/External_Id__c/u%2F1?fields=Name,Type`);
    expect(read.body).toMatchObject({ Name: 'Ahorn', Type: 'Customer' });
    await call('POST', `${BASE}/sobjects/Account`, { Name: 'Twin', External_Id__c: 'U/1' });
    const ambiguous = await upsert('u/1', { Name: 'z' });
    expect([ambiguous.status, ambiguous.body.length]).toEqual([300, 2]);
  });

  it('upserted at the same time under one external id become one', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => upsert('race', { Name: 'Race' })));
    expect(results.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
  });

  it('in collections fail one by one, or all when asked so', async () => {
    const record = (fields: object) => ({ attributes: { type: 'Account' }, ...fields });
    const records = [
      record({ External_Id__c: 'c-1', Name: 'One' }),
      record({ External_Id__c: 'c-2' }),
      record({ External_Id__c: 'c-3', Name: 'Three', ParentId: '0015g00000zzzzz' }),
    ];
    const path = `${BASE}/composite/sobjects/Account/External_Id__c`;
    const single = await call('PATCH', path, { allOrNone: false, records });
    expect(single.status).toBe(200);
    expect(
      single.body.map((r: { success: boolean; errors: { statusCode: string }[] }) => [
        r.success,
        r.errors[0]?.statusCode,
      ]),
    ).toEqual([
      [true, undefined],
      [false, 'REQUIRED_FIELD_MISSING'],
      [false, 'INVALID_CROSS_REFERENCE_KEY'],
    ]);
    const all = await call('PATCH', path, {
      allOrNone: true,
      records: [record({ External_Id__c: 'c-9', Name: 'Nine' }), records[1]],
    });
    expect(all.body[0].errors[0].statusCode).toBe('ALL_OR_NONE_OPERATION_ROLLED_BACK');
    expect((await query("SELECT COUNT() FROM Account WHERE External_Id__c = 'c-9'")).body.totalSize).toBe(0);
    const tooMany = Array.from({ length: 201 }, (_, i) => record({ Name: `n${i}` }));
    expect((await call('POST', `${BASE}/composite/sobjects`, { records: tooMany })).status).toBe(400);
  });

  it('are paged as they were when the query ran, and deleted ones show in queryAll only', async () => {
    const records = Array.from({ length: 200 }, (_, i) => ({
      attributes: { type: 'Account' },
      Name: `Page ${i}`,
      Type: 'paging',
    }));
    for (let n = 0; n < 3; n += 1) await call('POST', `${BASE}/composite/sobjects`, { records });
    const soql = "SELECT Id FROM Account WHERE Type = 'Paging' ORDER BY Id";
    const first = await query(soql, { 'sforce-query-options': 'batchSize=200' });
    const victim = first.body.records[0].Id as string;
    expect((await call('DELETE', `${BASE}/sobjects/Account/${victim}`)).status).toBe(204);
    const pages = [first];
    while (!pages.at(-1)!.body.done) pages.push(await call('GET', pages.at(-1)!.body.nextRecordsUrl));
    const ids = pages.flatMap(({ body }) => body.records.map(({ Id }: { Id: string }) => Id));
    expect([pages.length, ids.length, new Set(ids).size]).toEqual([3, 600, 600]);
    expect((await query(soql)).body.totalSize).toBe(599);
    const all = await query(`SELECT Id FROM Account WHERE Type = 'paging' AND IsDeleted = true`, {}, 'queryAll');
    expect(all.body.records.map(({ Id }: { Id: string }) => Id)).toEqual([victim]);
    expect(await call('GET', `${BASE}/sobjects/Account/${victim}`)).toMatchObject({
      status: 404,
      body: [{ errorCode: 'ENTITY_IS_DELETED' }],
    });
  });

  it('carry stamps of whole seconds in the form of the vendor', async () => {
    const { body } = await query('SELECT SystemModstamp FROM Account LIMIT 1');
    expect(body.records[0].SystemModstamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
  });

  it('are refused by the error of the vendor, as an array', async () => {
    const cases: [Answer, number, string][] = [
      [await call('POST', `${BASE}/sobjects/Account`, { Namee: 'x' }), 400, 'INVALID_FIELD'],
      [await call('POST', `${BASE}/sobjects/Account`, {}), 400, 'REQUIRED_FIELD_MISSING'],
      [await call('POST', `${BASE}/sobjects/Account`, { Name: 'x'.repeat(256) }), 400, 'STRING_TOO_LONG'],
      [
        await call('POST', `${BASE}/sobjects/Account`, { Name: 'x', IsDeleted: 'true' }),
        400,
        'INVALID_FIELD_FOR_INSERT_UPDATE',
      ],
      [await call('GET', `${BASE}/sobjects/Contact/0035g0000000001`), 404, 'NOT_FOUND'],
      [await query('SELECT Id FROM'), 400, 'MALFORMED_QUERY'],
      [await call('GET', `${BASE}/query/01gnone-200`), 400, 'INVALID_QUERY_LOCATOR'],
    ];
    for (const [answer, status, code] of cases)
      expect([answer.status, answer.body[0].errorCode]).toEqual([status, code]);
  });

  it('are counted against the daily limit, which can be used up', async () => {
    expect((await call('GET', BASE)).headers.get('sforce-limit-info')).toMatch(/^api-usage=\d+\/100000$/);
    sandbox.exhaustLimit(1);
    expect(await call('GET', BASE)).toMatchObject({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] });
    expect((await call('GET', BASE)).status).toBe(200);
  });
});
