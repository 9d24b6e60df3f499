import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Module } from '@nestjs/common';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { defineConfig, startService, type RunningService, type ServiceDefinition } from '@tieout/platform';
import {
  createDatabase,
  createIssuer,
  createTopic,
  eventually,
  randomTopic,
  stack,
  type TestIssuer,
} from '@tieout/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applied, type ConsumerSpec } from '../consumer-spec.ts';
import { CONSUMERS, MessagingModule, TieoutTransport } from '../messaging.module.ts';
import { messagingMigrations } from '../migrations.ts';
import { Outbox } from '../outbox.ts';
import { markTopic } from '../relay-mark.ts';

const NAME = randomTopic('keeper');
const products: ConsumerSpec<'finance.product.v1'> = {
  topic: 'finance.product.v1',
  handle: (deliveries) => Promise.resolve(deliveries.map(() => applied)),
  reset: () => Promise.resolve(),
};
const entities: ConsumerSpec<'finance.legal-entity.v1'> = {
  topic: 'finance.legal-entity.v1',
  handle: (deliveries) => Promise.resolve(deliveries.map(() => applied)),
};

@Module({
  imports: [MessagingModule.forService()],
  providers: [{ provide: CONSUMERS, useValue: [products, entities] }],
})
class KeeperModule {}
const definition: ServiceDefinition = {
  ...{ name: NAME, config: defineConfig({}), migrations: [...messagingMigrations], module: KeeperModule },
  strategy: TieoutTransport,
};

let issuer: TestIssuer;
let environment: Record<string, string>;
let running: RunningService;

beforeAll(async () => {
  issuer = await createIssuer();
  const { brokers, registryUrl } = stack();
  const { bundle } = await applyContracts({ brokers, registry: { url: registryUrl } });
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'keeper-')), 'bundle.json');
  writeBundle(file, bundle!);
  await createTopic(markTopic(NAME), { config: { 'cleanup.policy': 'compact' } });
  environment = {
    ...{ LOG_LEVEL: 'silent', KAFKA_BROKERS: brokers.join(), SCHEMA_REGISTRY_URL: registryUrl, SCHEMA_BUNDLE: file },
    ...{ DATABASE_URL: (await createDatabase('keeper')).url, DATABASE_SCHEMA: 'keeper', ...issuer.environment },
  };
  running = await startService(definition, environment);
});
afterAll(() => running.stop());

type Body = Record<string, unknown>;
async function call(
  method: 'GET' | 'POST',
  route: string,
  headers: Record<string, string>,
  body?: Body,
): Promise<{ status: number; body: Body }> {
  const sent = body && { body: JSON.stringify(body) };
  const response = await fetch(`${running.url}/${route}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...sent,
  });
  return { status: response.status, body: (await response.json()) as Body };
}

const asked = { topic: 'finance.product.v1', reset: true, reason: 'rows were lost' };

describe('replays over HTTP', () => {
  it('are started and stopped by operators, and seen by auditors', async () => {
    const [ann, aud] = [await issuer.as('ann', 'operator'), await issuer.as('aud', 'auditor')];
    expect((await call('POST', 'replays', {}, asked)).status).toBe(401);
    expect((await call('POST', 'replays', aud, asked)).status).toBe(403);
    expect((await call('GET', 'replays', {})).status).toBe(401);
    const started = await call('POST', 'replays', ann, asked);
    expect(started).toMatchObject({ status: 201, body: { ...asked, requestedBy: 'ann', fromTime: null, rate: null } });
    const route = `replays/${String(started.body['replayId'])}`;
    const done = await eventually(async () => {
      const { body } = await call('GET', route, aud);
      return body['status'] === 'done' ? body : null;
    });
    expect((await call('POST', `${route}/stop`, aud, { reason: 'enough' })).status).toBe(403);
    expect(await call('POST', `${route}/stop`, ann, { reason: 'enough' })).toEqual({ status: 201, body: done });
    await call('POST', 'replays', ann, { ...asked, from: '2026-01-31T00:00:00+01:00', rate: 5 });
    const first = await call('GET', 'replays?limit=1', aud);
    expect(first.body['replays']).toMatchObject([{ fromTime: '2026-01-30T23:00:00.000000Z', rate: 5 }]);
    const second = await call('GET', `replays?limit=1&cursor=${String(first.body['nextCursor'])}`, aud);
    expect(second.body).toEqual({ replays: [done], nextCursor: null });
  });

  it.each([
    ['no reason', { ...asked, reason: ' ' }, 400, 'INPUT_INVALID'],
    ['an option that there is none of', { ...asked, rset: true }, 400, 'INPUT_INVALID'],
    ['a topic of somebody else', { ...asked, topic: 'finance.invoice.v1' }, 409, 'NOT_CONSUMED'],
    ['a consumer that cannot be rebuilt', { ...asked, topic: 'finance.legal-entity.v1' }, 409, 'NOT_REPLAYABLE'],
  ])('are refused for %s', async (_, body, status, code) => {
    const refused = await call('POST', 'replays', await issuer.as('ann', 'operator'), body);
    expect(refused).toMatchObject({ status, body: { code, action: expect.any(String) as string } });
  });
});

describe('a service that builds beside a live one', () => {
  it('is ready without publisher and workers, and its outbox takes nothing in', async () => {
    const beside = await startService(definition, { ...environment, DATABASE_SCHEMA: 'fresh', BUILD_BESIDE: 'keeper' });
    try {
      const ready = await eventually(async () => {
        const response = await fetch(`${beside.url}/health/ready`);
        return response.ok ? ((await response.json()) as { checks: object }) : null;
      });
      expect(Object.keys(ready.checks).toSorted()).toEqual(['consumers', 'database', 'started']);
      const [outbox, source] = [beside.app.get(Outbox), beside.app.get(DataSource)];
      await source.transaction((tx) =>
        outbox.publish(tx, [
          { topic: 'finance.product.v1', key: 'k', id: '0c618870-85d3-5002-a992-fee66fa2aaa9', value: {} as never },
        ]),
      );
      expect(await source.query('SELECT * FROM outbox')).toEqual([]);
    } finally {
      await beside.stop();
    }
  });

  it('is refused in the live schema', async () => {
    await expect(startService(definition, { ...environment, BUILD_BESIDE: 'keeper' })).rejects.toThrow(/must differ/);
  });
});
