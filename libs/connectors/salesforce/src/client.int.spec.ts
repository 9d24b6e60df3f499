import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorKind } from '@tieout/messaging';
import { startSalesforceSandbox, type SalesforceSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSalesforceClient, type SalesforceClient } from './client.ts';
import { salesforceConfig } from './config.ts';

let sandbox: SalesforceSandbox;
const connect = (change: object = {}): SalesforceClient =>
  createSalesforceClient(salesforceConfig.parse({ ...sandbox.credentials, ...change }));
const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', errorKind);

beforeAll(async () => {
  sandbox = await startSalesforceSandbox({ databaseUrl: (await createDatabase('salesforce_client')).url });
});
afterAll(() => sandbox.close());

describe('the Salesforce client', () => {
  it('asks for one session however many calls begin at once, and for one more when that is ended', async () => {
    const client = connect();
    const before = sandbox.usage().tokens;
    await Promise.all(Array.from({ length: 8 }, () => client.changed('Account', null, 10)));
    expect(sandbox.usage().tokens - before).toBe(1);
    sandbox.expireSessions();
    await Promise.all(Array.from({ length: 8 }, () => client.changed('Account', null, 10)));
    expect(sandbox.usage().tokens - before).toBe(2);
  });

  it('reads every account over pages, and changes in the order of stamp and id without a gap', async () => {
    const client = connect();
    const records = Array.from({ length: 2_300 }, (_, i) => ({ External_Id__c: `p-${i}`, Name: `Account ${i}` }));
    const ids = (await client.upsertRecords('Account', 'External_Id__c', records)).map(({ id }) => id!);
    const { records: all, total } = await client.all('Account');
    expect(total).toBe(2_300);
    expect(all.map(({ Id }) => Id)).toEqual([...ids].sort());

    const seen: string[] = [];
    for (let after: Parameters<SalesforceClient['changed']>[1] = null; ;) {
      const { records: page } = await client.changed('Account', after, 500);
      seen.push(...page.map(({ Id }) => Id));
      const last = page.at(-1);
      if (last === undefined) break;
      after = { stamp: last.SystemModstamp.replace('+0000', 'Z'), id: last.Id };
    }
    expect([...seen].sort()).toEqual([...ids].sort());
    const { records: read } = await client.byId('Account', seen.slice(0, 450));
    expect(new Set(read.map(({ Id }) => Id))).toEqual(new Set(seen.slice(0, 450)));
  });

  it('tells records that are refused from calls that fail', async () => {
    const [good, bad] = await connect().upsertRecords('Account', 'External_Id__c', [
      { External_Id__c: 'r-1', Name: 'Good' },
      { External_Id__c: 'r-2', Name: 'Bad', Tax_Id__c: 'x'.repeat(41) },
    ]);
    expect(good).toMatchObject({ success: true, created: true });
    expect(bad).toMatchObject({ success: false, errors: [{ statusCode: 'STRING_TOO_LONG', fields: ['Tax_Id__c'] }] });
  });

  it('says what to do about a failure', async () => {
    const client = connect();
    sandbox.exhaustLimit(1);
    await expect(client.changed('Account', null, 1)).rejects.toMatchObject({
      code: 'salesforce-request-limit',
      retryAfterMs: 60_000,
    });
    expect(await outcome(connect({ consumerKey: 'unknown' }).changed('Account', null, 1))).toBe('misconfigured');
    expect(await outcome(connect({ apiVersion: 'v12.0' }).changed('Account', null, 1))).toBe('misconfigured');
    expect(await outcome(connect({ loginUrl: 'http://127.0.0.1:9' }).changed('Account', null, 1))).toBe('transient');
    expect(await outcome(client.changed('Account', null, 1, AbortSignal.abort(new Error('stopping'))))).toBe(
      'transient',
    );
  });

  it('waits for an answer no longer than it is told to', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const loginUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const begun = performance.now();
    expect(await outcome(connect({ loginUrl, timeoutMs: 200 }).changed('Account', null, 1))).toBe('transient');
    expect(performance.now() - begun).toBeLessThan(5_000);
    silent.closeAllConnections();
    silent.close();
  });
});
