import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNetSuiteSandbox, type NetSuiteSandbox } from './start.ts';
import { call, type Answer } from './test-client.ts';

let sandbox: NetSuiteSandbox;
let clock = new Date('2026-03-01T18:00:00Z');
const signed = (): { oauth: Record<string, string> } => ({
  oauth: { oauth_timestamp: String(clock.getTime() / 1000) },
});
const get = (path: string): Promise<Answer> => call(sandbox.credentials, 'GET', `/record/v1${path}`, signed());
const list = (q: string): Promise<Answer> => get(`/customer?q=${encodeURIComponent(q)}`);

beforeAll(async () => {
  const { url } = await createDatabase('netsuite');
  sandbox = await startNetSuiteSandbox({ databaseUrl: url, dateFormat: 'D.M.YYYY', now: () => clock });
  // Morning and afternoon of one day in the account's time zone.
  for (const [key, at] of [
    ['EARLY', '2026-03-01T18:00:00Z'],
    ['LATE', '2026-03-02T02:00:00Z'],
  ] as const) {
    clock = new Date(at);
    const body = { entityId: key, companyName: `Company "${key}"`, subsidiary: { id: '1' } };
    await call(sandbox.credentials, 'PUT', `/record/v1/customer/eid:${key}`, { body, ...signed() });
  }
});
afterAll(() => sandbox.close());

it('a list takes dates as the account writes them, and no other', async () => {
  expect((await list('lastModifiedDate ON "1.3.2026" AND companyName CONTAIN "company"')).json.totalResults).toBe(2);
  const refused = await list('lastModifiedDate AFTER "3/1/2026"');
  expect([refused.status, refused.json['o:errorDetails'][0].detail]).toEqual([
    400,
    'Invalid search query. Unparseable date: "3/1/2026"',
  ]);
});

it('a list does not know a time of day: what changed later that day is not after it', async () => {
  expect((await list('lastModifiedDate AFTER "1.3.2026"')).json.totalResults).toBe(0);
});

it('SuiteQL shows dates in the same format', async () => {
  const q = `SELECT lastmodifieddate FROM customer WHERE externalid = 'EARLY'`;
  const { json } = await call(sandbox.credentials, 'POST', '/query/v1/suiteql', {
    ...{ body: { q }, headers: { Prefer: 'transient' }, ...signed() },
  });
  expect(json.items[0].lastmodifieddate).toBe('1.3.2026');
});

it('a record shows the fields that are asked for, and enumerations plain when asked to', async () => {
  const full = (await get('/customer/eid:EARLY')).json;
  expect(full.creditHoldOverride).toEqual({ id: 'AUTO', refName: 'AUTO' });
  const few = (await get('/customer/eid:EARLY?fields=entityId,creditHoldOverride&simpleEnumFormat=true')).json;
  expect(few).toEqual({ links: full.links, id: full.id, entityId: 'EARLY', creditHoldOverride: 'AUTO' });
});
