import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSapSandbox, type SapSandbox, type SapSandboxOptions } from '../start.ts';
import { call, fetchSession, type Answer, type CallOptions, type Session } from '../test-client.ts';
import type { Announcement } from './model.ts';
import { testSystem } from './test-service.ts';

const announced: Announcement[] = [];
let databaseUrl: string;
let clock = new Date('2024-01-31T10:11:12.345Z');
let sandbox: SapSandbox;
let session: Session;

const start = (options: Partial<SapSandboxOptions> = {}): Promise<SapSandbox> =>
  startSapSandbox({ databaseUrl, system: testSystem(announced), now: () => clock, sessionIdleMs: 60_000, ...options });

beforeAll(async () => {
  databaseUrl = (await createDatabase('sap_odata')).url;
  sandbox = await start({ pageSizes: { A_Validity: 2 }, batchLimit: 10, concurrency: 3 });
});
beforeEach(async () => {
  session = await fetchSession(sandbox.credentials, 'API_TEST_SRV');
});
afterAll(() => sandbox.close());

const get = (path: string, options?: CallOptions): Promise<Answer> =>
  call(sandbox.credentials, 'GET', `API_TEST_SRV/${path}`, options);
const write = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  call(sandbox.credentials, method, `API_TEST_SRV/${path}`, { body, session, headers });
const create = async (body: object): Promise<Answer['json']> => {
  const answer = await write('POST', 'A_Order', body);
  expect(answer.text).toContain('"__metadata"');
  expect(answer.status).toBe(201);
  return answer.json.d;
};
const numbers = async (options: string): Promise<string[]> => {
  const answer = await get(`A_Order?${options}`);
  expect(answer.text).toContain('"results"');
  return answer.json.d.results.map(({ Reference }: { Reference: string }) => Reference);
};
const filtered = (filter: string): Promise<string[]> =>
  numbers(`$filter=${encodeURIComponent(filter)}&$orderby=Reference`);

describe('SAP (1): the CSRF token', () => {
  const post = (headers: Record<string, string>): Promise<Answer> =>
    call(sandbox.credentials, 'POST', 'API_TEST_SRV/A_Order', { body: { Reference: 'T' }, headers });
  const expectRefusal = (answer: Answer): void => {
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-csrf-token')).toBe('Required');
    expect(answer.text).toBe('CSRF token validation failed');
  };

  it('belongs to the session of its cookie: none of the two writes without the other', async () => {
    const { token, cookie } = session;
    expect(cookie).toMatch(/SAP_SESSIONID_S4H_100=/);
    expect(cookie).toMatch(/sap-XSRF_S4H_100=/);
    expectRefusal(await post({}));
    expectRefusal(await post({ 'x-csrf-token': token }));
    expectRefusal(await post({ cookie }));
    expectRefusal(await post({ 'x-csrf-token': 'Fetch', cookie }));
    const other = await fetchSession(sandbox.credentials, 'API_TEST_SRV');
    expectRefusal(await post({ 'x-csrf-token': token, cookie: other.cookie }));
    expect((await post({ 'x-csrf-token': token, cookie })).status).toBe(201);
  });

  it('stays the same for a session that is used, and goes stale with one that is not', async () => {
    const again = await fetchSession(sandbox.credentials, 'API_TEST_SRV', { cookie: session.cookie });
    expect(again.token).toBe(session.token);
    clock = new Date(clock.getTime() + 61_000);
    expectRefusal(await post({ 'x-csrf-token': session.token, cookie: session.cookie }));
    const fresh = await fetchSession(sandbox.credentials, 'API_TEST_SRV', { cookie: session.cookie });
    expect(fresh.token).not.toBe(session.token);
  });

  it('is handed out with an error too, but not with the redirect of a root without slash', async () => {
    const fetching = { headers: { 'x-csrf-token': 'Fetch' } };
    expect((await get("A_Order('1')", fetching)).headers.get('x-csrf-token')).toMatch(/==$/);
    const redirect = await call(sandbox.credentials, 'HEAD', 'API_TEST_SRV', fetching);
    expect([redirect.status, redirect.headers.get('location'), redirect.headers.get('x-csrf-token')]).toEqual([
      301,
      '/sap/opu/odata/sap/API_TEST_SRV/',
      null,
    ]);
  });

  it('ends with all sessions when the server restarts', async () => {
    await fetch(`${sandbox.url}/sandbox/sessions`, { method: 'DELETE' });
    expectRefusal(await write('POST', 'A_Order', {}));
  });
});

describe('signing in', () => {
  it('refuses a wrong password, another client and an unknown token with a page', async () => {
    const wrong = await call({ ...sandbox.credentials, password: 'x' }, 'GET', 'API_TEST_SRV/');
    expect([wrong.status, wrong.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    expect((await get('A_Order?sap-client=200')).status).toBe(401);
    expect((await get('A_Order', { headers: { 'sap-client': '100' } })).status).toBe(200);
    expect((await get('A_Order', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  it('gives tokens to the OAuth client, which end in time and need a CSRF token all the same', async () => {
    const { tokenUrl, clientId, clientSecret } = sandbox.credentials;
    const ask = async (secret: string, grant = 'client_credentials'): Promise<Response> =>
      fetch(tokenUrl, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: grant }),
      });
    expect((await ask('x')).status).toBe(401);
    expect((await ask(clientSecret, 'password')).status).toBe(400);
    const granted = (await (await ask(clientSecret)).json()) as Record<string, string>;
    expect(granted).toMatchObject({ token_type: 'Bearer', expires_in: '3600' });
    const headers = { authorization: `Bearer ${granted['access_token']}` };
    expect((await get('A_Order', { headers })).status).toBe(200);
    expect((await call(sandbox.credentials, 'POST', 'API_TEST_SRV/A_Order', { body: {}, headers })).status).toBe(403);
    clock = new Date(clock.getTime() + 3_600_001);
    expect((await get('A_Order', { headers })).status).toBe(401);
  });
});

describe('the wire', () => {
  it('SAP (4): writes and takes dates as ticks, times as durations, amounts as text', async () => {
    const body = { OrderDate: '/Date(1706659200000)/', Amount: '9007199254740.993', CutOff: 'PT13H20M05S' };
    const order = await create({ Customer: 'C1', IsBlocked: true, Priority: 7, ...body });
    const uri = `${sandbox.url}/sap/opu/odata/sap/API_TEST_SRV/A_Order('${order.Order}')`;
    expect(order).toMatchObject({
      ...body,
      LastChangeDateTime: `/Date(${clock.getTime()}+0000)/`,
      IsBlocked: true,
      Priority: 7,
      Reference: '',
      to_Item: { __deferred: { uri: `${uri}/to_Item` } },
    });
    const moment = clock.toISOString().replaceAll(':', '%3A').replace('Z', '0000Z');
    expect(order.__metadata).toEqual({
      id: uri,
      uri,
      type: 'API_TEST_SRV.A_OrderType',
      etag: `W/"datetimeoffset'${moment}'"`,
    });
    expect((await get(`A_Order('${order.Order}')`)).text).toContain(String.raw`"OrderDate":"\/Date(1706659200000)\/"`);
    expect((await get(`A_Order('${order.Order}')/Amount/$value`)).text).toBe('9007199254740.993');
  });

  it.each([
    ['text longer than the property', { Reference: '1234567890123' }, /'Reference' at offset '1' has invalid value/],
    ['an amount as a number', { Amount: 10.5 }, /'Amount' at offset '1' has invalid value '10.5'/],
    ['an amount with too many decimals', { Amount: '1.2345' }, /'Amount'/],
    ['an amount with too many digits', { Amount: '12345678901234.1' }, /'Amount'/],
    ['a day that is none', { OrderDate: '2024-02-30T00:00:00' }, /'OrderDate'/],
    ['an unknown property', { Colour: 'red' }, /^Property 'Colour' is invalid$/],
    [
      'a property that is read only',
      { OrderUUID: '6f9619ff-8b86-d011-b42d-00cf4fc964ff' },
      /'OrderUUID' is not creatable/,
    ],
    ['an unknown property below', { to_Item: { results: [{ Colour: 'red' }] } }, /'Colour'/],
  ])('refuses %s', async (_name, body, message) => {
    const answer = await write('POST', 'A_Order', body);
    expect(answer.status).toBe(400);
    expect(answer.json.error.message.value).toMatch(message);
  });

  it('describes itself: service document and metadata', async () => {
    expect((await get('')).json).toEqual({ d: { EntitySets: ['A_Order', 'A_OrderItem', 'A_Validity', 'A_Ledger'] } });
    const metadata = (await get('$metadata')).text;
    expect(metadata).toContain('<Property Name="Amount" Type="Edm.Decimal" Precision="16" Scale="3"/>');
    expect(metadata).toContain('<Property Name="LastChangeDateTime" Type="Edm.DateTimeOffset" Precision="7"');
    expect(metadata).toContain(`href="${sandbox.url}/sap/opu/odata/sap/API_TEST_SRV/$metadata"`);
    expect(metadata).toContain('<FunctionImport Name="Block" ReturnType="API_TEST_SRV.A_OrderType"');
  });
});

describe('SAP (8): the query options', () => {
  beforeAll(async () => {
    session = await fetchSession(sandbox.credentials, 'API_TEST_SRV');
    const at = (day: string): string => `/Date(${Date.parse(day)})/`;
    await create({ Customer: 'Q', Reference: "Q1 O'Neil", OrderDate: at('2024-01-01'), Amount: '10.00', Priority: 1 });
    await create({ Customer: 'Q', Reference: 'Q2 100%', OrderDate: at('2024-02-01'), Amount: '2.5', CutOff: 'PT8H' });
    const to_Item = [{ Material: 'M1', Quantity: '2' }, { Material: 'M2' }];
    await create({ Customer: 'Q', Reference: 'Q3', Amount: '-3', IsBlocked: true, to_Item });
  });

  it.each([
    ["Customer eq 'Q' and Amount gt 2.5M", ["Q1 O'Neil"]],
    ["Customer eq 'Q' and (Amount le 2.5 or Priority ge 1)", ["Q1 O'Neil", 'Q2 100%', 'Q3']],
    ["Customer eq 'Q' and not (Amount gt 0 and Amount lt 5M)", ["Q1 O'Neil", 'Q3']],
    ["Customer eq 'Q' and OrderDate ge datetime'2024-02-01T00:00:00'", ['Q2 100%']],
    ["Customer eq 'Q' and OrderDate eq null", ['Q3']],
    ["Customer eq 'Q' and CutOff eq time'PT08H00M00S'", ['Q2 100%']],
    ["Customer eq 'Q' and IsBlocked eq true", ['Q3']],
    ["Reference eq 'Q1 O''Neil'", ["Q1 O'Neil"]],
    ["startswith(Reference,'Q') and substringof('00%',Reference) eq true", ['Q2 100%']],
    ["Customer eq 'Q' and endswith(Reference,'3') eq false", ["Q1 O'Neil", 'Q2 100%']],
    ["Customer eq 'Q' and LastChangeDateTime gt datetimeoffset'2099-01-01T00:00:00Z'", []],
    ["Customer ne 'Q' and Customer ne ''", []],
  ])('filters by %s', async (filter, expected) => {
    const found = await filtered(filter);
    expect(expected.length === 0 ? found.filter((each) => each.startsWith('Q')) : found).toEqual(expected);
  });

  it('compares instants exactly, though it shows milliseconds', async () => {
    const moment = clock.toISOString();
    expect(await filtered(`Customer eq 'Q' and LastChangeDateTime ge datetimeoffset'${moment}'`)).toHaveLength(3);
    expect(await filtered(`Customer eq 'Q' and LastChangeDateTime gt datetimeoffset'${moment}'`)).toHaveLength(0);
  });

  it('orders, skips, cuts and counts: the count is text and knows no page', async () => {
    const filter = "$filter=Customer eq 'Q'";
    const answer = await get(`A_Order?${filter}&$orderby=Amount desc,Order&$skip=1&$top=1&$inlinecount=allpages`);
    expect(answer.json.d.__count).toBe('3');
    expect(answer.json.d.results).toMatchObject([{ Amount: '2.5' }]);
    expect(answer.json.d.__next).toBeUndefined();
    expect(await numbers(`${filter}&$orderby=OrderDate`)).toEqual(['Q3', "Q1 O'Neil", 'Q2 100%']);
    expect((await get(`A_Order/$count?${filter}`)).text).toBe('3');
  });

  it('selects and expands, to many and to one, over several levels', async () => {
    const path = "A_Order?$filter=Reference eq 'Q3'&$expand=to_Item/to_Order,to_Item/to_Nobody";
    const [order] = (await get(`${path}&$select=Reference,to_Item/Material,to_Item/to_Order/Amount`)).json.d.results;
    expect(Object.keys(order)).toEqual(['__metadata', 'Reference', 'to_Item']);
    expect(order.to_Item.results).toMatchObject([
      { Material: 'M1', to_Order: { Amount: '-3' } },
      { Material: 'M2', to_Order: { Amount: '-3' } },
    ]);
    expect(Object.keys(order.to_Item.results[0])).toEqual(['__metadata', 'Material', 'to_Order']);
    expect((await get(path)).json.d.results[0].to_Item.results[0].to_Nobody).toBeNull();
  });

  it('follows navigations and keys of several parts', async () => {
    const [order] = (await get("A_Order?$filter=Reference eq 'Q3'")).json.d.results;
    const { uri } = order.__metadata;
    expect((await get(`${uri.split('API_TEST_SRV/')[1]}/to_Item/$count`)).text).toBe('2');
    const item = await get(`A_OrderItem(Item='20',Order='${order.Order}')/to_Order`);
    expect(item.json.d.Reference).toBe('Q3');
    const area = encodeURIComponent("B'/0".replace("'", "''"));
    const validity = await get(`A_Validity(Area='${area}',ValidityEndDate=datetime'9999-12-31T00%3A00%3A00')`);
    expect(validity.json.d).toMatchObject({ Text: 'until 9999-12-31', ValidityEndDate: '/Date(253402214400000)/' });
    expect((await call(sandbox.credentials, 'GET', validity.json.d.__metadata.uri)).json.d.Area).toBe("B'/0");
    expect((await get("A_Order('1')/to_Item")).status).toBe(404);
  });

  it.each([
    ['$filter=Colour eq 1', "Property 'Colour' not found in type 'A_OrderType'"],
    ['$select=Colour', "Property 'Colour' not found in type 'A_OrderType'"],
    ['$orderby=Colour', "Property 'Colour' not found in type 'A_OrderType'"],
    ['$expand=Colour', "Property 'Colour' not found in type 'A_OrderType'"],
    ['$select=to_Item/Colour', "Property 'Colour' not found in type 'A_OrderItemType'"],
    ["$filter=Amount eq '1'", "Invalid parametertype used at function 'eq' (Position: 1)"],
    ["$filter=Customer eq 'Q' and", 'Invalid token detected at position 20 of the filter'],
    ['$top=-1', "Invalid value for '$top': '-1'"],
    ['$search=x', "Invalid system query option '$search'"],
  ])('refuses %s', async (options, message) => {
    const answer = await get(`A_Order?${options}`);
    expect([answer.status, answer.json.error.message.value]).toEqual([400, message]);
  });

  it('adds up what a selection without the key leaves together, and counts the groups', async () => {
    const grouped = (await get('A_Ledger?$select=Account,Amount&$inlinecount=allpages')).json.d;
    expect(grouped.__count).toBe('2');
    expect(grouped.results).toMatchObject([
      { Account: 'A', Amount: '5.30' },
      { Account: 'B', Amount: '9007199254740993.01' },
    ]);
    expect(Object.keys(grouped.results[0])).toEqual(['__metadata', 'Account', 'Amount']);
    const filter = "$filter=Account eq 'A'";
    const documents = (await get(`A_Ledger?$select=Document&${filter}&$top=1&$inlinecount=allpages`)).json.d;
    expect([documents.__count, documents.results]).toMatchObject(['2', [{ Document: 'D1' }]]);
    expect((await get(`A_Ledger/$count?$select=Document&${filter}`)).text).toBe('2');
    expect((await get(`A_Ledger?$select=Amount&${filter}`)).json.d.results).toMatchObject([{ Amount: '5.30' }]);
    expect((await get("A_Ledger?$select=Amount&$filter=Account eq 'none'")).json.d.results).toEqual([]);
    const ordered = (await get('A_Ledger?$select=Document,Amount&$orderby=Amount desc&$skip=1&$top=1')).json.d;
    expect(ordered.results).toMatchObject([{ Document: 'D2' }]);
    expect((await get('A_Ledger?$select=Amount&$orderby=Account')).status).toBe(400);
    expect((await get('A_Ledger?$select=ID,Amount')).json.d.results).toHaveLength(4);
    expect((await get("A_Ledger('2')?$select=Amount")).json.d.Amount).toBe('0.20');
  });

  it('SAP (3): pages by the server, with a link that is followed as it is', async () => {
    const first = (await get("A_Validity?$filter=Area ne 'x y'&$inlinecount=allpages&sap-language=en")).json.d;
    expect(first.results).toHaveLength(2);
    expect(first.__count).toBe('3');
    expect(first.__next).toContain('$skiptoken=2');
    const second = (await call(sandbox.credentials, 'GET', first.__next)).json.d;
    expect(second.results).toMatchObject([{ Area: "B'/0" }]);
    expect(second.__next).toBeUndefined();
    const top = (await get('A_Validity?$top=2')).json.d;
    expect([top.results.length, top.__next]).toEqual([2, undefined]);
  });

  it('SAP (11): a property of a later release is not there', async () => {
    const older = await start({ release: 2020 });
    try {
      const answer = await call(older.credentials, 'GET', 'API_TEST_SRV/A_Order?$select=Novelty');
      expect([answer.status, answer.json.error.message.value]).toEqual([
        400,
        "Property 'Novelty' not found in type 'A_OrderType'",
      ]);
      const metadata = await call(older.credentials, 'GET', 'API_TEST_SRV/$metadata');
      expect(metadata.text).not.toContain('Novelty');
      expect((await get('A_Order?$select=Novelty')).status).toBe(200);
    } finally {
      await older.close();
    }
  });
});

describe('SAP (2): the ETag', () => {
  it('is needed for a change, must be the current one, or any by a star', async () => {
    const order = await create({ Reference: 'E1' });
    const path = `A_Order('${order.Order}')`;
    const etag = (await get(path)).headers.get('etag')!;
    expect(order.__metadata.etag).toBe(etag);
    expect((await write('PATCH', path, { Amount: '1' })).status).toBe(428);
    clock = new Date(clock.getTime() + 1000);
    const changed = await write('PATCH', path, { Order: order.Order, Amount: '1' }, { 'if-match': etag });
    expect([changed.status, changed.text]).toEqual([204, '']);
    expect((await write('PATCH', path, { Amount: '2' }, { 'if-match': etag })).status).toBe(412);
    const merge = await write('POST', path, { Amount: '3' }, { 'if-match': '*', 'x-http-method': 'MERGE' });
    expect(merge.status).toBe(204);
    expect((await get(path)).json.d).toMatchObject({ Amount: '3', Reference: 'E1' });
    expect((await write('DELETE', path)).status).toBe(428);
    const unescaped = (await get(path)).headers.get('etag')!.replaceAll('%3A', ':');
    expect((await write('DELETE', path, undefined, { 'if-match': unescaped })).status).toBe(204);
    expect((await get(path)).status).toBe(404);
  });

  it('lets one of two writers with the same ETag through', async () => {
    const order = await create({});
    clock = new Date(clock.getTime() + 1000);
    const patch = (): Promise<Answer> =>
      write('PATCH', `A_Order('${order.Order}')`, { Amount: '1' }, { 'if-match': order.__metadata.etag });
    const statuses = (await Promise.all([patch(), patch()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 412]);
  });

  it('is not asked for where the type has none', async () => {
    const { Order } = await create({ to_Item: [{ Material: 'M' }] });
    expect((await write('PATCH', `A_OrderItem(Order='${Order}',Item='10')`, { Quantity: '5' })).status).toBe(204);
    expect((await write('DELETE', `A_OrderItem(Order='${Order}',Item='10')`)).status).toBe(405);
  });
});

describe('creating and calling', () => {
  it('answers a deep insert with what it made, says where, and announces it after the commit', async () => {
    announced.length = 0;
    const answer = await write('POST', 'A_Order', { Reference: 'D', to_Item: { results: [{ Material: 'M1' }] } });
    expect(answer.headers.get('location')).toBe(answer.json.d.__metadata.uri);
    expect(answer.json.d.to_Item.results).toMatchObject([{ Item: '10', Material: 'M1', Quantity: '1' }]);
    expect(announced).toEqual([{ type: 'Created', key: { Order: answer.json.d.Order } }]);
    const item = await write('POST', `A_Order('${answer.json.d.Order}')/to_Item`, { Material: 'M2' });
    expect(item.json.d).toMatchObject({ Order: answer.json.d.Order, Item: '20' });
  });

  it('runs functions by their method, with parameters of the address', async () => {
    const { Order } = await create({});
    expect((await get(`Block?Order='${Order}'`)).status).toBe(405);
    expect((await write('POST', 'Block')).status).toBe(400);
    expect((await write('POST', `Block?Order='${Order}'`)).json.d).toMatchObject({ Order, IsBlocked: true });
    expect((await get(`Look?Order='${Order}'`)).json.d).toMatchObject({ Order });
    const result = await write('POST', `Summarize?Order='${Order}'`);
    expect(result.json.d.Summarize).toMatchObject({ __metadata: { type: 'API_TEST_SRV.Summary' }, Total: '10.50' });
  });

  it('warns in a header that is plain ASCII, in the language asked for', async () => {
    const answer = await write('POST', 'A_Order', {}, { 'accept-language': 'de' });
    expect(JSON.parse(answer.headers.get('sap-message')!)).toMatchObject({
      code: 'V1/555',
      message: 'Keine Referenz – fehlt',
      severity: 'warning',
    });
    expect((await write('POST', 'A_Order', { Reference: 'R' })).headers.get('sap-message')).toBeNull();
  });
});

describe('errors', () => {
  it('SAP (6): are JSON when JSON was asked for, and XML otherwise', async () => {
    const json = await write('POST', 'A_Order', { Customer: 'NOBODY' });
    expect(json.status).toBe(400);
    expect(json.json.error).toMatchObject({
      code: 'V1/302',
      message: { lang: 'en', value: 'Customer NOBODY is not there' },
      innererror: {
        application: { service_id: 'API_TEST_SRV', service_version: '0001' },
        errordetails: [{ code: 'V1/302', propertyref: 'Customer', severity: 'error', target: 'Customer' }],
      },
    });
    expect(json.json.error.innererror.transactionid).toMatch(/^[0-9A-F]{32}$/);
    expect(json.json.error.innererror.timestamp).toMatch(/^\d{14}\.\d{7}$/);
    const xml = await write('POST', 'A_Order', { Customer: 'NOBODY' }, { accept: '*/*' });
    expect(xml.headers.get('content-type')).toMatch(/^application\/xml/);
    expect(xml.text).toContain('<code>V1/302</code><message xml:lang="en">Customer NOBODY is not there</message>');
    expect(xml.text).toContain('<errordetail><code>V1/302</code>');
    const byOption = await get("A_Order('1')?$format=json", { headers: { accept: '*/*' } });
    expect(byOption.json.error.code).toBe('/IWBEP/CM_MGW_RT/020');
    expect((await write('POST', 'A_Order?$format=json', {})).status).toBe(400);
  });

  it('SAP (12): speak the language of Accept-Language where it is installed', async () => {
    const speak = async (language: string): Promise<string> =>
      (await write('POST', 'A_Order', { Customer: 'NOBODY' }, { 'accept-language': language })).json.error.message;
    expect(await speak('fr;q=0.9, de-AT;q=0.8, en;q=0.1')).toEqual({
      lang: 'de',
      value: 'Kunde NOBODY ist nicht vorhanden',
    });
    expect(await speak('fr')).toMatchObject({ lang: 'en' });
  });

  it('name a service that is not activated, a segment that is not there, a method that is not allowed', async () => {
    const unknown = await call(sandbox.credentials, 'GET', 'API_NONE/A_X');
    expect([unknown.status, unknown.json.error.code]).toEqual([403, '/IWFND/MED/170']);
    expect(unknown.json.error.message.value).toBe("No service found for namespace '', name 'API_NONE', version '0001'");
    expect((await get('A_None')).json.error.message.value).toBe("Resource not found for segment 'A_None'");
    expect((await write('POST', 'A_Validity', {})).status).toBe(405);
    expect((await write('PUT', "A_Order('1')", {})).status).toBe(405);
    expect((await write('POST', 'A_Order', {}, { 'content-type': 'application/xml' })).status).toBe(415);
  });
});
