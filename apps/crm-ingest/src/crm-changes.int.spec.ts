import { randomInt } from 'node:crypto';
import { idOf } from '@tieout/connector-salesforce';
import { eventually, takeTurns } from '@tieout/testing';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deployContracts, openOrg, type Contracts, type OrgFixture } from '../test/fixture-org.ts';
import { startFreezingProxy } from '../test/fixture-proxy.ts';
import { brokenHistories, differences, eventCounts, seeded, write } from '../test/fixture-workload.ts';

takeTurns('crm-ingest');

let contracts: Contracts;
let org: OrgFixture;

beforeAll(async () => {
  contracts = await deployContracts();
});
beforeEach(async () => {
  org = await openOrg(contracts);
});
afterEach(() => org.close());

const until = <T>(predicate: () => T | Promise<T>, describe?: () => unknown) =>
  eventually(predicate, { intervalMs: 200, timeoutMs: 45_000, ...(describe && { describe }) });
const settled = () =>
  until(
    async () => (await differences(org)).length === 0,
    async () => (await differences(org)).slice(0, 3),
  );
const agreements = async () =>
  (await org.records('finance.contract.v1')).map(({ lifecycle, net }) => `${lifecycle} ${net}`);
const exceptions = async (kind: string) =>
  (await org.records('finance.exception.v1')).filter((e) => e.kind === kind && mine.has(e.objectId));
/** Canonical ids whose exceptions are this test's: the topic is everybody's. */
const mine = new Set<string>();
const subscribed = () => until(async () => org.sandbox.usage().streams === 1 && (await health()).status === 'ok');
async function health(): Promise<{ status: string; checks: Record<string, { ok: boolean }> }> {
  return (await fetch(`${org.running.url}/health/ready`)).json() as ReturnType<typeof health>;
}
function seedOf(test: string): () => number {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  console.log(`${test}: SEED=${seed}`);
  return seeded(seed);
}

/** Whoever waits for the lock of revisions has an open transaction behind it. */
const waitingBatch = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
  AND query LIKE '%INSERT INTO state_revision%'`;

/** An account with a contract that binds. */
async function activeContract(...nets: string[]): Promise<{ contract: string; lines: string[] }> {
  const [account] = await org.upsert('Account', { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
  const [contract] = await org.upsert('Contract', { External_Id__c: 'k', AccountId: account! });
  const lines = await org.upsert(
    'Contract_Line__c',
    ...nets.map((Net_Amount__c, n) => ({
      External_Id__c: `l-${n}`,
      Contract__c: contract!,
      Bill_On__c: `2026-0${n + 1}-28`,
      Net_Amount__c,
    })),
  );
  await org.upsert('Contract', { External_Id__c: 'k', Status: 'Activated', Legal_Entity__c: 'US' });
  return { contract: contract!, lines };
}

describe('changes of the CRM', () => {
  it('end on the topics as the org holds them when many write while the service starts', async () => {
    const random = seedOf('start under load');
    const before = Array.from({ length: 4 }, (_, n) => write(org, `before-${n}`, random, 25));
    await Promise.all(before);
    const during = Array.from({ length: 6 }, (_, n) => write(org, `during-${n}`, random, 40));
    await org.start();
    await Promise.all(during);
    await settled();
    await until(
      async () => {
        const { published, handled } = await eventCounts(org);
        return published === handled;
      },
      () => eventCounts(org),
    );
    expect(await brokenHistories(org)).toEqual([]);
    const { outcomes } = await eventCounts(org);
    expect(outcomes['unchanged-fields']).toBeGreaterThan(0);
    // What was written before the service started is in its first listing.
    expect(outcomes['already-read']).toBeGreaterThan(0);
    expect(await org.metric('tieout_crm_events_total')).toBe(Object.values(outcomes).reduce((a, b) => a + b));
  }, 120_000);

  it('end as the org holds them when the owner of the stream is killed, streams are cut and sessions end', async () => {
    const random = seedOf('faults');
    const killed = org.spawn();
    const writers = Array.from({ length: 5 }, (_, n) => write(org, `w-${n}`, random, 60));
    await until(async () => (await org.records('finance.contract.v1')).length > 3, killed.stderr);
    // In the middle of a batch: its cursor is moved, its records are not stored.
    const letGo = await org.hold('LOCK TABLE crm_ingest.state_revision IN SHARE MODE');
    await org.upsert('Account', { External_Id__c: 'last', Name: 'The last one that it reads' });
    await until(async () => (await org.sql(waitingBatch)).length > 0, killed.stderr);
    await killed.kill();
    await letGo();
    await org.start();
    const faults = [
      () => org.sandbox.cutStreams('reset'),
      () => org.sandbox.cutStreams('unavailable'),
      () => org.sandbox.expireSessions(),
    ];
    const troubles = (async () => {
      for (let n = 0; n < 6; n += 1) {
        await until(() => org.sandbox.usage().streams === 1);
        faults[Math.floor(random() * faults.length)]!();
      }
    })();
    await Promise.all([...writers, troubles]);
    await settled();
    await until(
      async () => {
        const { published, handled } = await eventCounts(org);
        return published === handled;
      },
      () => eventCounts(org),
    );
    expect(await brokenHistories(org)).toEqual([]);
  }, 180_000);

  it('that came while nobody listened are there when the place in the stream has aged out', async () => {
    const { contract, lines } = await activeContract('10.5', '20');
    await org.start();
    await subscribed();
    await org.upsert('Contract_Line__c', { External_Id__c: 'l-1', Net_Amount__c: '21' });
    await settled();
    await until(async () => (await eventCounts(org)).published === (await eventCounts(org)).handled);
    await org.stop();
    await org.upsert('Contract_Line__c', { External_Id__c: 'l-0', Net_Amount__c: '1000' });
    await org.upsert('Account', { External_Id__c: 'b', AccountNumber: 'N-2', Name: 'Birke' });
    await org.remove(lines[1]!);
    await org.sandbox.dropRetainedEvents();
    await org.start();
    await settled();
    expect(await agreements()).toContain('ACTIVE 1000');
    expect(await org.metric('tieout_crm_sweeps_total', { reason: 'replay-lost' })).toBe(5);
    await subscribed();
    await org.upsert('Contract_Line__c', { External_Id__c: 'l-0', Net_Amount__c: '1001' });
    await until(async () => (await agreements()).includes('ACTIVE 1001'));
    expect(contract).toBeDefined();
  });

  it('without values are read: gap events by id, overflows and wildcards by listing', async () => {
    await org.start();
    await subscribed();
    const [id] = await org.upsert('Account', { External_Id__c: 'a', AccountNumber: 'N-1', Name: 'Ahorn' });
    await settled();
    // The org's own change without a stamp: nothing but the event tells of it.
    await org.door(`/silent/${id!}`, { Name: 'Converted' });
    await org.door('/events', { entity: 'Account', changeType: 'GAP_UPDATE', recordIds: [id] });
    await settled();
    await org.door('/capture', { enabled: false });
    for (const [changeType, recordIds] of [
      ['GAP_OVERFLOW', []],
      ['UPDATE', ['001*']],
    ] as const) {
      await org.upsert('Account', { External_Id__c: 'a', Name: `Before ${changeType}` });
      await org.door('/capture', { enabled: true });
      await org.door('/events', { entity: 'Account', changeType, recordIds });
      await org.door('/capture', { enabled: false });
      await settled();
    }
    expect((await eventCounts(org)).outcomes).toMatchObject({ gap: 1, sweep: 2 });
    expect(await org.metric('tieout_crm_sweeps_total', { entity: 'Account', reason: 'gap-overflow' })).toBe(1);
    expect(await org.metric('tieout_crm_sweeps_total', { entity: 'Account', reason: 'wildcard' })).toBe(1);
    expect(await org.metric('tieout_crm_sweeps_total', { entity: 'Contract', reason: 'wildcard' })).toBe(0);
  });

  it('of one kind to many records, of added fields and of fields that nothing is mapped from are each right', async () => {
    await org.start();
    const ids = await org.upsert(
      'Product2',
      ...['a', 'b', 'c'].map((External_Id__c) => ({ External_Id__c, Name: External_Id__c, IsActive: true })),
    );
    await settled();
    await org.door('/merge', { ids, values: { IsActive: false } });
    await settled();
    expect((await org.records('finance.product.v1')).filter(({ lifecycle }) => lifecycle === 'INACTIVE')).toHaveLength(
      3,
    );
    // An administrator's field moves the places of the others in the bitmap.
    await org.door('/fields', { object: 'Product2', name: 'Colour__c' });
    await org.upsert('Product2', { External_Id__c: 'a', Family: 'Software' });
    await settled();
    await org.upsert('Product2', { External_Id__c: 'b', Description: 'Long text' });
    await until(async () => ((await eventCounts(org)).outcomes['unchanged-fields'] ?? 0) === 1);
    await org.door('/settings', { blankSchemaIds: true });
    await org.upsert('Product2', { External_Id__c: 'c', Family: 'Hardware' });
    await settled();
  });

  it('of a contract come with its lines, whichever of the two changed', async () => {
    await org.start();
    const { contract, lines } = await activeContract('10.5', '20', '30');
    const [free] = await org.upsert('Contract_Line__c', {
      External_Id__c: 'l-9',
      Contract__c: contract,
      Bill_On__c: '2026-12-31',
      Net_Amount__c: '0.01',
    });
    await until(async () => (await agreements()).at(-1) === 'ACTIVE 60.51');
    await org.upsert('Contract_Line__c', { External_Id__c: 'l-0', Net_Amount__c: '11.5' });
    await until(async () => (await agreements()).at(-1) === 'ACTIVE 61.51');
    await org.remove(lines[2]!, free!);
    await until(async () => (await agreements()).at(-1) === 'ACTIVE 31.5');
    await org.door(`/undelete/${lines[2]!}`);
    await until(async () => (await agreements()).at(-1) === 'ACTIVE 61.5');
    await org.remove(contract);
    await until(async () => (await agreements()).at(-1)?.startsWith('DELETED'));
    const last = (await org.records('finance.contract.v1')).at(-1)!;
    expect(last).toMatchObject({
      lifecycle: 'DELETED',
      net: '61.5',
      contractId: idOf('Contract', org.instance, contract),
    });
    const references = await org.records('finance.cross-reference.v1');
    expect(references.findLast(({ vendorId }) => vendorId === contract)).toMatchObject({
      type: 'contract',
      status: 'RETIRED',
    });
    // A line that nobody ever saw and nobody can ask about any more.
    await org.door('/events', { entity: 'Contract_Line__c', changeType: 'DELETE', recordIds: ['a005g00000zzzzzAAA'] });
    await until(async () => (await eventCounts(org)).outcomes['unknown-line'] === 1);
    expect(await brokenHistories(org)).toEqual([]);
  });

  it('to a value that is not mapped are a case that ends when the value is corrected or given a meaning', async () => {
    await org.start();
    const { contract } = await activeContract('10');
    const deal = { Name: 'Rollout', StageName: 'Prospecting', CloseDate: '2026-06-30' };
    const [opportunity] = await org.upsert('Opportunity', { External_Id__c: 'o', ...deal });
    mine.add(idOf('Contract', org.instance, contract)).add(idOf('Opportunity', org.instance, opportunity!));
    await settled();
    await org.upsert('Opportunity', { External_Id__c: 'o', StageName: 'Verbally agreed' });
    await org.upsert('Contract', { External_Id__c: 'k', Status: 'Cancelled' });
    await until(async () => (await exceptions('unmapped-value')).length === 2);
    expect(
      (await exceptions('unmapped-value')).map(({ details, status }) => [status, details['value']]).sort(),
    ).toEqual([
      ['OPEN', 'Cancelled'],
      ['OPEN', 'Verbally agreed'],
    ]);
    // Meanwhile the topics keep what they had, and the rest flows.
    expect((await org.records('finance.contract.v1')).at(-1)).toMatchObject({ lifecycle: 'ACTIVE' });
    await org.upsert('Product2', { External_Id__c: 'p', Name: 'Product', IsActive: true });
    await until(async () => (await org.records('finance.product.v1')).length === 1);
    expect(await org.metric('tieout_crm_records', { entity: 'Contract', state: 'unmapped-value' })).toBe(1);

    await org.upsert('Opportunity', { External_Id__c: 'o', StageName: 'Closed Won' });
    await until(async () => (await exceptions('unmapped-value')).some(({ status }) => status === 'RESOLVED'));
    await org.stop();
    await org.start({
      SALESFORCE_CONTRACT_STATUSES: 'Draft=DRAFT,Activated=ACTIVE,Cancelled=ENDED',
      SALESFORCE_SWEEP_INTERVAL_MS: '1000',
    });
    await until(async () => (await agreements()).at(-1) === 'ENDED 10');
    await until(async () => (await exceptions('unmapped-value')).filter((e) => e.status === 'RESOLVED').length === 2);
  });

  it('of an entity that nobody here knows are counted and left, and are one case', async () => {
    await org.start();
    mine.add('Quote');
    const since = new Date().toISOString();
    const fresh = async () => (await exceptions('unknown-entity')).filter(({ raisedAt }) => raisedAt >= since);
    for (const id of ['1', '2', '3'])
      await org.door('/events', { entity: 'Quote', changeType: 'CREATE', recordIds: [`0Q05g0000000${id}AAAA`] });
    await org.upsert('Product2', { External_Id__c: 'p', Name: 'Product' });
    await settled();
    await until(async () => (await eventCounts(org)).outcomes['unknown-entity'] === 3);
    expect(await fresh()).toHaveLength(1);
    expect((await fresh())[0]).toMatchObject({ status: 'OPEN', details: { entity: 'Quote' } });
    expect(await org.metric('tieout_crm_events_total', { entity: 'Quote', outcome: 'unknown-entity' })).toBe(3);
  });

  it('keep their place in a quiet stream by its keepalives', async () => {
    await org.door('/settings', { keepaliveMs: 300 });
    await org.start();
    await until(async () => {
      const [row] = await org.sql<{ id: string | null }>(
        `SELECT cursor->>'replayId' AS id FROM crm_ingest.source_stream WHERE stream = 'changes'`,
      );
      return row?.id;
    });
    expect(await org.metric('tieout_crm_replay_age_seconds')).toBeLessThan(60);
  });

  it('that stop coming on a dead connection show in the health within 15 s, and come again by themselves', async () => {
    const proxy = await startFreezingProxy(org.sandbox.credentials.pubsubEndpoint);
    await org.start({ SALESFORCE_PUBSUB_ENDPOINT: proxy.endpoint });
    await subscribed();
    const frozen = performance.now();
    proxy.freeze();
    await until(async () => (await health()).checks['change events']?.ok === false);
    expect(performance.now() - frozen).toBeLessThan(15_000);
    expect(await org.metric('tieout_crm_change_events_open')).toBe(0);
    await org.upsert('Product2', { External_Id__c: 'p', Name: 'Product' });
    proxy.thaw();
    await settled();
    await until(async () => (await health()).status === 'ok');
    proxy.close();
  }, 90_000);
});
