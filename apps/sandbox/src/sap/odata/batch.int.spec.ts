import { createDatabase } from '@tieout/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSapSandbox, type SapSandbox } from '../start.ts';
import { call, fetchSession, type Answer, type Session } from '../test-client.ts';
import type { Announcement } from './model.ts';
import { testSystem } from './test-service.ts';

const announced: Announcement[] = [];
let sandbox: SapSandbox;
let session: Session;

beforeAll(async () => {
  const { url } = await createDatabase('sap_batch');
  sandbox = await startSapSandbox({ databaseUrl: url, system: testSystem(announced), batchLimit: 5, concurrency: 3 });
  session = await fetchSession(sandbox.credentials, 'API_TEST_SRV');
});
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox.close());

const get = (path: string): Promise<Answer> => call(sandbox.credentials, 'GET', `API_TEST_SRV/${path}`);
const post = (body: object): Promise<Answer> =>
  call(sandbox.credentials, 'POST', 'API_TEST_SRV/A_Order', { body, session });
const count = async (reference: string): Promise<string> =>
  (await get(`A_Order/$count?$filter=Reference eq '${reference}'`)).text;

const http = (request: string, body = '', contentId = ''): string =>
  `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${contentId}\r\n${request} HTTP/1.1\r\n` +
  `Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}\r\n`;
const changeSet = (...parts: string[]): string =>
  `Content-Type: multipart/mixed; boundary=set\r\n\r\n${parts.map((part) => `--set\r\n${part}`).join('')}--set--\r\n`;
const batch = (...parts: string[]): string => `${parts.map((part) => `--outer\r\n${part}`).join('')}--outer--\r\n`;
const send = (text: string): Promise<Answer> =>
  call(sandbox.credentials, 'POST', 'API_TEST_SRV/$batch', {
    text,
    session,
    headers: { 'content-type': 'multipart/mixed; boundary=outer' },
  });
/** Status lines and JSON bodies in order. */
const parts = ({ text }: Answer): { status: string; json: Answer['json'] }[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)[^]*?\r\n\r\n(\{.*\})?/g)].map(([, status, body]) => ({
    status: status!,
    json: body === undefined ? null : JSON.parse(body),
  }));

describe('SAP (5): a batch', () => {
  it('answers 202 with its reads direct and its change sets whole, by reference to what was created', async () => {
    announced.length = 0;
    const made = http('POST A_Order', JSON.stringify({ Reference: 'B1 ü' }), 'Content-ID: 1\r\n');
    const item = http('POST $1/to_Item', JSON.stringify({ Material: 'M1' }));
    const read = http(`GET /sap/opu/odata/sap/API_TEST_SRV/A_Order/$count?$filter=Reference%20eq%20'none'`);
    const answer = await send(batch(http('GET A_Order?$top=1'), changeSet(made, item), read));
    expect(answer.status).toBe(202);
    expect(answer.headers.get('content-type')).toMatch(/^multipart\/mixed; boundary=/);
    expect(answer.text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(parts(answer)).toMatchObject([
      { status: '200', json: { d: { results: [] } } },
      { status: '201', json: { d: { Reference: 'B1 ü' } } },
      { status: '201', json: { d: { Material: 'M1', Item: '10' } } },
      { status: '200', json: null },
    ]);
    expect(answer.text).toContain('Content-ID: 1\r\n');
    expect(announced).toHaveLength(1);
  });

  it('undoes a change set of which one change fails, and answers it with one error', async () => {
    announced.length = 0;
    const good = http('POST A_Order', JSON.stringify({ Reference: 'B2' }));
    const bad = http('POST A_Order', JSON.stringify({ Customer: 'NOBODY' }));
    const answer = await send(batch(changeSet(good, bad), http("GET A_Order/$count?$filter=Reference%20eq%20'B2'")));
    expect(answer.status).toBe(202);
    expect(parts(answer)).toMatchObject([{ status: '400', json: { error: { code: 'V1/302' } } }, { status: '200' }]);
    expect(answer.text).not.toContain('boundary=set');
    expect([await count('B2'), announced]).toEqual(['0', []]);
  });

  it('fails a part alone: an unknown set, a change outside a change set, a read inside one, an ETag that is missing', async () => {
    const order = (await post({ Reference: 'B3' })).json.d;
    const patch = http(`PATCH A_Order('${order.Order}')`, '{"Amount":"1"}');
    const lone = http('POST A_Order', '{"Reference":"B4"}');
    const answer = await send(batch(http('GET A_None'), lone, changeSet(http('GET A_Order')), changeSet(patch)));
    expect(parts(answer).map(({ status }) => status)).toEqual(['404', '400', '400', '428']);
    expect(await count('B4')).toBe('0');
  });

  it('is refused as a whole when its lines do not end with CRLF, it has too many requests or no token', async () => {
    const read = http('GET A_Order');
    const refused = await send(batch(read).replaceAll('\r\n', '\n'));
    expect([refused.status, refused.json.error.message.value]).toEqual([
      400,
      "Malformed batch request: no closing delimiter '--outer--' after CRLF",
    ]);
    expect((await send(batch(read, read, read, read, read, read))).status).toBe(413);
    const headers = { 'content-type': 'multipart/mixed; boundary=outer' };
    const path = 'API_TEST_SRV/$batch';
    expect((await call(sandbox.credentials, 'POST', path, { text: batch(read), headers })).status).toBe(403);
  });
});

describe('bad days', () => {
  it('serves so many calls at a time and sends the rest away', async () => {
    sandbox.injectFault({ kind: 'slow', count: 3, delayMs: 300 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => get('A_Order')));
    const refused = answers.filter(({ status }) => status === 429);
    expect([refused.length, refused[0]?.headers.get('retry-after'), sandbox.usage().refused]).toEqual([9, '1', 9]);
    expect((await get('A_Order')).status).toBe(200);
  });

  it('commits and then loses the answer, wholly or in its middle', async () => {
    for (const [kind, reference] of [
      ['cut-after', 'L1'],
      ['cut-within', 'L2'],
    ] as const) {
      sandbox.injectFault({ kind, count: 1, method: 'POST', path: 'A_Order' });
      await expect(post({ Reference: reference })).rejects.toThrow();
      expect(await count(reference)).toBe('1');
    }
  });

  it('does nothing when the connection is cut before', async () => {
    sandbox.injectFault({ kind: 'cut-before', count: 1, method: 'POST' });
    await expect(post({ Reference: 'L3' })).rejects.toThrow();
    expect(await count('L3')).toBe('0');
  });

  it('sends half a body as if it were all, after having done the work', async () => {
    sandbox.injectFault({ kind: 'truncated', count: 1, method: 'POST' });
    await expect(post({ Reference: 'L4' })).rejects.toThrow(/JSON/);
    expect(await count('L4')).toBe('1');
  });

  it('answers pages and XML where JSON was asked for, also over HTTP, and lets calls pass before', async () => {
    const fault = { kind: 'html', count: 1, skip: 1, status: 503, retryAfter: 7 };
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(fault);
    expect((await fetch(`${sandbox.url}/sandbox/faults`, { method: 'POST', headers, body })).status).toBe(204);
    expect((await get('A_Order')).status).toBe(200);
    const page = await get('A_Order');
    expect([page.status, page.headers.get('retry-after'), page.text.slice(0, 6)]).toEqual([503, '7', '<html>']);
    sandbox.injectFault({ kind: 'xml', count: 1, status: 500 });
    expect((await get('A_Order')).text).toContain('<error xmlns=');
    sandbox.injectFault({ kind: 'error', count: 1, status: 502 });
    expect((await get('A_Order')).json.error.message.value).toMatch(/injected/);
    sandbox.injectFault({ kind: 'huge', count: 1 });
    expect((await get('A_Order')).text.length).toBeGreaterThan(10 * 1024 * 1024);
    const wrong = await fetch(`${sandbox.url}/sandbox/faults`, { method: 'POST', headers, body: '{"kind":"x"}' });
    expect(wrong.status).toBe(400);
  });

  it('refuses a body beyond its limit', async () => {
    expect((await post({ Reference: 'x'.repeat(11 * 1024 * 1024) })).status).toBe(413);
  });
});
