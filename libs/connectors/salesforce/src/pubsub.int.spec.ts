import { errorCode, errorKind } from '@tieout/messaging';
import { startSalesforceSandbox, type SalesforceSandbox } from '@tieout/sandbox';
import { createDatabase, eventually } from '@tieout/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSalesforceClient, type SalesforceClient } from './client.ts';
import { salesforceConfig } from './config.ts';
import { REPLAY_LOST, SESSION_ENDED } from './pubsub-failure.client.ts';
import type { Arrival, Subscription } from './pubsub.client.ts';

let sandbox: SalesforceSandbox;
const clients: SalesforceClient[] = [];
const never = new AbortController().signal;
const connect = (change: object = {}): SalesforceClient => {
  const client = createSalesforceClient(salesforceConfig.parse({ ...sandbox.credentials, ...change }));
  clients.push(client);
  return client;
};

beforeEach(async () => {
  sandbox = await startSalesforceSandbox({ databaseUrl: (await createDatabase('salesforce_pubsub')).url });
});
afterEach(async () => {
  clients.splice(0).forEach((client) => client.close());
  await sandbox.close();
});

async function makeProducts(client: SalesforceClient, from: number, to: number): Promise<readonly string[]> {
  const records = Array.from({ length: to - from }, (_, n) => ({ External_Id__c: `p-${from + n}`, Name: 'Product' }));
  return (await client.upsertRecords('Product2', 'External_Id__c', records)).map(({ id }) => id!);
}
const idsOf = (arrivals: readonly Arrival[]): string[] =>
  arrivals.flatMap(({ event }) => (event !== null && 'recordIds' in event ? event.recordIds : []));
/** Takes until so many events came, or the stream ended. */
async function takeAll(subscription: Subscription, count: number): Promise<readonly Arrival[]> {
  const taken: Arrival[] = [];
  await eventually(
    () => {
      const part = subscription.take();
      expect(part.length).toBeLessThanOrEqual(100);
      taken.push(...part);
      return idsOf(taken).length >= count;
    },
    { describe: () => `${count} events, ${idsOf(taken).length} came` },
  );
  return taken;
}
async function endOf(subscription: Subscription): Promise<string> {
  const failure = await eventually(() => {
    try {
      subscription.take();
      return null;
    } catch (error) {
      return error as Error;
    }
  });
  expect(subscription.isOpen()).toBe(false);
  return errorCode(failure);
}
async function door(path: string, body: object): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  expect((await fetch(`${sandbox.url}/sandbox${path}`, init)).status).toBe(204);
}

describe('a subscription', () => {
  it('gives every event once and in order, at most a hundred ahead, and goes on where another one stopped', async () => {
    const client = connect();
    const ids = await makeProducts(client, 0, 150);
    const first = await client.subscribe(null, never);
    const taken = await takeAll(first, 100);
    first.close();
    const rest = [...(await makeProducts(client, 150, 320))];
    const second = await client.subscribe(taken.at(-1)!.replayId, never);
    const all = [...taken, ...(await takeAll(second, 320 - idsOf(taken).length))];
    expect(idsOf(all)).toEqual([...ids, ...rest]);
    expect(all[0]?.event).toMatchObject({ entity: 'Product2', changeType: 'CREATE', changedFields: [] });
    second.close();
    await eventually(() => sandbox.usage().streams === 0);
  });

  it('hands over what came before it was cut, and then says that it has ended', async () => {
    const client = connect();
    await makeProducts(client, 0, 5);
    for (const how of ['reset', 'unavailable'] as const) {
      const subscription = await client.subscribe(null, never);
      await eventually(() => subscription.isOpen() && sandbox.usage().streams === 1);
      const before = await takeAll(subscription, 5);
      expect(idsOf(before)).toHaveLength(5);
      sandbox.cutStreams(how);
      expect(await endOf(subscription)).toBe('salesforce-unavailable');
    }
  });

  it('tells an ended session, a place that is gone and a stream that fell silent apart', async () => {
    const client = connect();
    const session = await client.subscribe(null, never);
    await makeProducts(client, 0, 1);
    const place = (await takeAll(session, 1)).at(-1)!.replayId;
    const { tokens } = sandbox.usage();
    sandbox.expireSessions();
    expect(await endOf(session)).toBe(SESSION_ENDED);
    const renewed = await client.subscribe(place, never);
    await eventually(() => sandbox.usage().streams === 1);
    expect(sandbox.usage().tokens).toBe(tokens + 1);
    renewed.close();

    await sandbox.dropRetainedEvents();
    expect(await endOf(await client.subscribe(place, never))).toBe(REPLAY_LOST);
    expect(await endOf(await client.subscribe('bm9uZSBvZiB0aGVpcnM=', never))).toBe(REPLAY_LOST);

    const impatient = await connect({ pubsubSilenceMs: 500 }).subscribe(null, never);
    expect(await endOf(impatient)).toBe('salesforce-silent');
  });

  it('moves on in a quiet stream by keepalives, behind the events that came before them', async () => {
    await door('/settings', { keepaliveMs: 200 });
    const client = connect();
    const subscription = await client.subscribe(null, never);
    const quiet = await eventually(() => subscription.take().at(-1));
    expect(quiet.event).toBeNull();
    const [id] = await makeProducts(client, 0, 1);
    const taken = await takeAll(subscription, 1);
    subscription.close();
    const again = await client.subscribe(quiet.replayId, never);
    expect(idsOf(await takeAll(again, 1))).toEqual([id]);
    expect(idsOf(taken)).toEqual([id]);
    again.close();
  });

  it('reads events of a schema that changes meanwhile, and without the id of a schema by their header', async () => {
    const client = connect();
    const subscription = await client.subscribe(null, never);
    await makeProducts(client, 0, 1);
    await takeAll(subscription, 1);
    const update = (Family: string) =>
      client.upsertRecords('Product2', 'External_Id__c', [{ External_Id__c: 'p-0', Family }]);
    await update('A');
    expect((await takeAll(subscription, 1)).at(-1)?.event).toMatchObject({
      changedFields: ['Family', 'LastModifiedDate'],
    });
    await door('/fields', { object: 'Product2', name: 'Colour__c' });
    await update('B');
    expect((await takeAll(subscription, 1)).at(-1)?.event).toMatchObject({
      changedFields: ['Family', 'LastModifiedDate'],
    });
    await door('/settings', { blankSchemaIds: true });
    await update('C');
    expect((await takeAll(subscription, 1)).at(-1)?.event).toMatchObject({ changeType: 'UPDATE', changedFields: [] });
    subscription.close();
  });

  it('is given up when there is no such host, and when the caller does not want it any more', async () => {
    const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', errorKind);
    expect(await outcome(connect({ pubsubEndpoint: '127.0.0.1:9' }).subscribe(null, never))).toBe('transient');
    expect(await outcome(connect().subscribe(null, AbortSignal.abort()))).toBe('transient');
    expect(await outcome(connect({ pubsubCaPem: undefined }).subscribe(null, never))).toBe('transient');
  }, 30_000);
});
