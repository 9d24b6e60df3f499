import { randomUUID } from 'node:crypto';
import { startNetSuiteSandbox, type NetSuiteSandbox } from '@tieout/sandbox';
import { createDatabase } from '@tieout/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNetSuiteClient, type NetSuiteClient } from './client.ts';
import { netsuiteConfig } from './config.ts';
import { createSignIn } from './sign-in.client.ts';
import { advanced, deletionsFrom, startOf, type Depth, type StreamCursor } from './stream-cursor.ts';

// The night of 2 November 2025 in Los Angeles: 01:00 to 02:00 runs twice, from 08:00 and from 09:00 UTC.
const depth: Depth = { timeZone: 'America/Los_Angeles', overlapSeconds: 3, sweepSeconds: 60 };
let now = new Date('2025-11-02T08:00:00Z');
let sandbox: NetSuiteSandbox;
let erp: NetSuiteClient;

beforeAll(async () => {
  const { url } = await createDatabase('netsuite');
  sandbox = await startNetSuiteSandbox({ databaseUrl: url, now: () => now });
  const config = netsuiteConfig.parse(sandbox.credentials);
  erp = createNetSuiteClient(config, { signIn: createSignIn(config, () => now) });
});
afterAll(() => sandbox.close());

const create = (externalId: string): Promise<string> =>
  erp.upsertRecord('customer', externalId, {
    ...{ entityId: externalId, companyName: externalId, subsidiary: { id: '1' } },
  });
async function read(cursor: StreamCursor | null): Promise<[string[], StreamCursor]> {
  const page = await erp.changedCustomers(startOf(cursor, depth));
  return [page.rows.map(({ id }) => id), advanced(cursor, { next: page.next, began: page.clock.toISOString() })];
}

it('misses no change and no deletion of the hour that runs twice', async () => {
  const early = await create(randomUUID());
  now = new Date('2025-11-02T08:59:00Z');
  const [before, cursor] = await read(null);
  expect(before).toContain(early);
  // 01:00:10 of the second pass: an hour before the cursor by the account's clock.
  now = new Date('2025-11-02T09:00:10Z');
  const late = await create(randomUUID());
  const [found, after] = await read(cursor);
  expect(found).toContain(late);
  const gone = await create(randomUUID());
  await fetch(`${sandbox.url}/sandbox/records/customer/${gone}`, { method: 'DELETE' });
  const deleted = await erp.deletedSince('customer', deletionsFrom(after, depth));
  expect(deleted.map(({ recordid }) => recordid)).toContain(gone);
});
