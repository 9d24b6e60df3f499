import { status } from '@grpc/grpc-js';
import { createDatabase, eventually } from '@tieout/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSalesforceSandbox, type SalesforceSandbox } from '../start.ts';
import { BASE, signIn, type RestSession } from '../test-client.ts';
import { pubSubClient, type PubSubClient, type Subscription } from './test-subscriber.ts';

const ALL = '/data/ChangeEvents';
const ACCOUNTS = '/data/AccountChangeEvent';
let databaseUrl: string;
let sandbox: SalesforceSandbox;
let org: RestSession;
let client: PubSubClient;
/** How far the vendor's clock is ahead. A session that is open stays valid, a new one would need this clock. */
let ahead = 0;
const open: Subscription[] = [];

beforeAll(async () => {
  databaseUrl = (await createDatabase('salesforce_streams')).url;
  const pubsub = { keepaliveMs: 200, creditTimeoutMs: 300 };
  sandbox = await startSalesforceSandbox({ databaseUrl, pubsub, now: () => new Date(Date.now() + ahead) });
  await renew();
});
afterAll(async () => {
  client.close();
  await sandbox.close();
});

async function renew(): Promise<void> {
  org = await signIn(sandbox.credentials);
  client = pubSubClient(sandbox.credentials, org.token);
}
const subscribe: PubSubClient['subscribe'] = (request) => {
  const subscription = client.subscribe({ topic_name: ALL, ...request });
  open.push(subscription);
  return subscription;
};
/** `count` accounts in one call, so one transaction. */
const createAccounts = async (count: number): Promise<void> => {
  const records = Array.from({ length: count }, (_, i) => ({ attributes: { type: 'Account' }, Name: `A${i}` }));
  expect((await org.call('POST', `${BASE}/composite/sobjects`, { records })).status).toBe(200);
};
/** Open, and at its start: what is written from now on is delivered. */
const live = async (request: Parameters<typeof subscribe>[0] = {}): Promise<Subscription> => {
  const subscription = subscribe({ num_requested: 100, ...request });
  await eventually(() => subscription.responses.length > 0, { describe: 'a first keepalive' });
  return subscription;
};
const numberOf = (id: Buffer): bigint => id.readBigUInt64BE();

describe('credit', () => {
  it('is used up event by event, and more than 100 outstanding is never granted', async () => {
    const stream = await live({ num_requested: 3 });
    await createAccounts(150);
    await eventually(() => stream.events().length === 3, { describe: '3 events' });
    expect(stream.responses.at(-1)!.pending_num_requested).toBe(0);
    stream.request({ topic_name: ALL, num_requested: 90 });
    stream.request({ num_requested: 5000 });
    const rest = await eventually(
      () => stream.responses.findLast(({ events }) => events.length === 0 && stream.events().length >= 150),
      {
        describe: 'everything, then a keepalive',
      },
    );
    // 90 were asked for and perhaps delivered, then 100 at most.
    expect(rest.pending_num_requested).toBeLessThanOrEqual(100);
    expect(stream.events().length).toBe(150);
    for (const { events, pending_num_requested: pending } of stream.responses)
      expect([events.length <= 20, pending <= 100]).toEqual([true, true]);
    stream.cancel();
  });

  it('of nothing ends the stream after a while, and a new request in time keeps it', async () => {
    const stream = await live({ num_requested: 1 });
    await createAccounts(2);
    await eventually(() => stream.events().length === 1, { describe: 'the first event' });
    stream.request({ num_requested: 1 });
    await eventually(() => stream.events().length === 2, { describe: 'the second event' });
    expect((await stream.ended).code).toBe(status.OK);
    expect(sandbox.usage().streams).toBe(0);
  });

  it('below one is a mistake', async () => {
    expect(await subscribe({ num_requested: 0 }).ended).toMatchObject({
      code: status.INVALID_ARGUMENT,
      errorCode: 'subscription.fetch.requested.events.invalid',
    });
  });

  it('granted at once is capped at 100', async () => {
    const stream = subscribe({ topic_name: ALL, replay_preset: 'EARLIEST', num_requested: 100_000 });
    await eventually(() => stream.events().length === 100, { describe: '100 events' });
    expect(stream.responses.at(-1)!.pending_num_requested).toBe(0);
    expect((await stream.ended).code).toBe(status.OK);
  });
});

describe('replay ids', () => {
  it('are bytes that rise with gaps and set the top bit', async () => {
    const stream = await live();
    await createAccounts(60);
    await stream.decoded(60);
    const ids = stream.events().map(({ replay_id: id }) => id);
    for (const id of ids) expect(id.length).toBeGreaterThanOrEqual(8);
    const steps = ids.slice(1).map((id, i) => numberOf(id) - numberOf(ids[i]!));
    expect(steps.every((step) => step > 0n)).toBe(true);
    expect(steps.some((step) => step > 1n)).toBe(true);
    expect(ids.every((id, i) => i === 0 || Buffer.compare(ids[i - 1]!, id) < 0)).toBe(true);
    expect(ids.at(-1)![0]! & 0x80).toBe(0x80);
    stream.cancel();
  });

  it('resume a topic right behind the event, also after a restart of the server', async () => {
    const before = await live();
    await createAccounts(4);
    await before.decoded(4);
    const [, second, third, fourth] = before.events().map(({ replay_id: id }) => id);
    before.cancel();
    const after = subscribe({ replay_preset: 'CUSTOM', replay_id: second!, num_requested: 10 });
    await after.decoded(2);
    expect(after.events().map(({ replay_id: id }) => id)).toEqual([third, fourth]);
    after.cancel();
    client.close();
    await sandbox.close();
    sandbox = await startSalesforceSandbox({
      databaseUrl,
      pubsub: { keepaliveMs: 200, creditTimeoutMs: 300 },
      now: () => new Date(Date.now() + ahead),
    });
    await renew();
    const later = subscribe({ topic_name: ACCOUNTS, replay_preset: 'CUSTOM', replay_id: third!, num_requested: 10 });
    await later.decoded(1);
    expect(later.events().map(({ replay_id: id }) => id)).toEqual([fourth]);
    later.cancel();
  });

  it('of a keepalive can be resumed from, although no event has them', async () => {
    const products = subscribe({ topic_name: '/data/Product2ChangeEvent', num_requested: 5 });
    await eventually(() => products.responses.length > 0, { describe: 'a keepalive' });
    const { events, latest_replay_id: quiet, pending_num_requested: pending } = products.responses[0]!;
    expect([events.length, pending]).toEqual([0, 5]);
    products.cancel();
    await createAccounts(1);
    await org.post('Product2', { Name: 'P' });
    const resumed = subscribe({
      topic_name: '/data/Product2ChangeEvent',
      replay_preset: 'CUSTOM',
      replay_id: quiet,
      num_requested: 5,
    });
    expect((await resumed.decoded(1)).map((event) => event['Name'])).toEqual(['P']);
    resumed.cancel();
  });

  it('age out after 72 hours', async () => {
    const stream = await live();
    await createAccounts(1);
    await stream.decoded(1);
    const id = stream.events()[0]!.replay_id;
    stream.cancel();
    ahead = 71 * 3_600_000;
    const kept = subscribe({ replay_preset: 'CUSTOM', replay_id: id, num_requested: 1 });
    await eventually(() => kept.responses.length > 0, { describe: 'a keepalive' });
    // A quiet topic's position is kept young by its keepalives.
    const young = kept.responses[0]!.latest_replay_id;
    kept.cancel();
    ahead += 2 * 3_600_000;
    const ending = await subscribe({ replay_preset: 'CUSTOM', replay_id: id, num_requested: 1 }).ended;
    expect(ending).toMatchObject({
      code: status.INVALID_ARGUMENT,
      errorCode: 'subscription.fetch.replayid.corrupted',
      details: expect.stringContaining(`rpcId: ${ending.rpcId}`),
    });
    expect(ending.rpcId).toMatch(/^[0-9a-f-]{36}$/);
    const still = subscribe({ replay_preset: 'CUSTOM', replay_id: young, num_requested: 1 });
    await eventually(() => still.responses.length > 0, { describe: 'a keepalive' });
    still.cancel();
    ahead = 0;
    await sandbox.dropRetainedEvents();
  });

  it('are forgotten by the side door, and refused when they are none', async () => {
    const stream = await live();
    await createAccounts(1);
    await stream.decoded(1);
    expect((await org.door('/retention/drop')).status).toBe(204);
    const custom = { replay_preset: 'CUSTOM', num_requested: 1 } as const;
    const refusals: [Buffer, string][] = [
      [stream.events()[0]!.replay_id, 'corrupted'],
      [Buffer.alloc(0), 'validation.failed'],
      [Buffer.from('something else'), 'validation.failed'],
      [Buffer.alloc(8, 0x80), 'corrupted'],
    ];
    for (const [replay_id, code] of refusals)
      expect(await subscribe({ ...custom, replay_id }).ended).toMatchObject({
        code: status.INVALID_ARGUMENT,
        errorCode: `subscription.fetch.replayid.${code}`,
      });
    // EARLIEST begins with what came afterwards; the ids go on rising.
    await createAccounts(1);
    const fresh = subscribe({ replay_preset: 'EARLIEST', num_requested: 5 });
    await fresh.decoded(1);
    expect(Buffer.compare(stream.events()[0]!.replay_id, fresh.events()[0]!.replay_id)).toBeLessThan(0);
    stream.cancel();
    fresh.cancel();
  });
});

describe('a stream', () => {
  it('tells a quiet topic where the org stands while others are busy', async () => {
    const quiet = await live({ topic_name: '/data/OpportunityChangeEvent' });
    const first = quiet.responses[0]!.latest_replay_id;
    const told = await eventually(
      async () => {
        await createAccounts(1);
        return quiet.responses.find(({ latest_replay_id: id }) => Buffer.compare(first, id) < 0);
      },
      { describe: 'a keepalive with a later id' },
    );
    expect(told.events).toEqual([]);
    quiet.cancel();
  });

  it('stays with its topic', async () => {
    const stream = await live();
    stream.request({ topic_name: ACCOUNTS, num_requested: 1 });
    expect((await stream.ended).code).toBe(status.INVALID_ARGUMENT);
    expect(await subscribe({ topic_name: '/data/ContactChangeEvent', num_requested: 1 }).ended).toMatchObject({
      code: status.NOT_FOUND,
      details: expect.stringContaining('topic /data/ContactChangeEvent not found'),
    });
  });

  it('ends with the session that it runs in, and goes on with a refreshed one', async () => {
    const [doomed, refreshed] = [await live(), await live()];
    const next = await signIn(sandbox.credentials);
    refreshed.request({ num_requested: 1, auth_refresh: next.token });
    // Read in order: the request below is refused only after the one above was accepted.
    const said = refreshed.responses.length;
    await eventually(() => refreshed.responses.length > said, { describe: 'a keepalive behind the request' });
    await fetch(`${sandbox.url}/services/oauth2/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: org.token }),
    });
    const unauthenticated = { code: status.UNAUTHENTICATED, errorCode: 'service.auth.error' };
    expect(await doomed.ended).toMatchObject(unauthenticated);
    expect((await org.call('GET', BASE)).status).toBe(401);
    expect(await subscribe({ num_requested: 1 }).ended).toMatchObject(unauthenticated);
    await expect(client.topic(ALL)).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    org = next;
    await createAccounts(1);
    await eventually(() => refreshed.events().length === 1, { describe: 'an event in the refreshed session' });
    refreshed.request({ num_requested: 1, auth_refresh: 'no token' });
    expect(await refreshed.ended).toMatchObject({
      code: status.UNAUTHENTICATED,
      errorCode: 'service.auth.refresh.invalid',
    });
    expect((await org.door('/sessions/revoke')).status).toBe(204);
    expect((await org.call('GET', BASE)).status).toBe(401);
    client.close();
    await renew();
  });

  it('needs all three headers', async () => {
    const foreign = pubSubClient(sandbox.credentials, org.token, '00D000000000000EAA');
    await expect(foreign.topic(ALL)).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    foreign.close();
    const elsewhere = pubSubClient({ ...sandbox.credentials, loginUrl: 'https://example.com' }, org.token);
    await expect(elsewhere.topic(ALL)).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    elsewhere.close();
  });

  it('can be cut at any time, by the network or by the service, and resumed', async () => {
    const stream = await live();
    await createAccounts(1);
    await stream.decoded(1);
    sandbox.cutStreams();
    expect((await stream.ended).code).toBe(status.UNAVAILABLE);
    await eventually(() => sandbox.usage().streams === 0, { describe: 'no stream' });
    await createAccounts(1);
    const resumed = subscribe({
      replay_preset: 'CUSTOM',
      replay_id: stream.events()[0]!.replay_id,
      num_requested: 5,
    });
    await resumed.decoded(1);
    expect((await org.door('/streams/cut', { how: 'unavailable' })).status).toBe(204);
    expect(await resumed.ended).toMatchObject({ code: status.UNAVAILABLE, errorCode: 'service.unavailable' });
  });

  it('is forgotten when its client goes', async () => {
    const stream = await live();
    expect(sandbox.usage().streams).toBe(1);
    stream.cancel();
    expect((await stream.ended).code).toBe(status.CANCELLED);
    await eventually(() => sandbox.usage().streams === 0, { describe: 'no stream' });
  });
});
