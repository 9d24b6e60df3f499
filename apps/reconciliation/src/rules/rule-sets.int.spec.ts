import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { Outbox } from '@tieout/messaging';
import { startService, type RunningService } from '@tieout/platform';
import { createDatabase, createIssuer, eventually, stack, type TestIssuer } from '@tieout/testing';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { service } from '../app.module.ts';
import type { BackTest } from './back-test.ts';
import type { RuleSetHistory, RuleSetView } from './rule-sets.controller.ts';
import { storeShipped } from './shipped-rule-sets.worker.ts';

const SHIPPED = 'payments-bank';
/** A rule set and a comparison that nobody else touches. */
const [NAME, COMPARISON] = ['spec-rules', 'spec-comparison'];

let issuer: TestIssuer;
let running: RunningService;
let database: DataSource;

beforeAll(async () => {
  const { bundle: ids } = await applyContracts({ brokers: stack().brokers, registry: { url: stack().registryUrl } });
  const bundle = path.join(mkdtempSync(path.join(tmpdir(), 'rules-')), 'bundle.json');
  if (ids !== null) writeBundle(bundle, ids);
  issuer = await createIssuer();
  running = await startService(service, {
    LOG_LEVEL: 'silent',
    KAFKA_BROKERS: stack().brokers.join(','),
    SCHEMA_REGISTRY_URL: stack().registryUrl,
    SCHEMA_BUNDLE: bundle,
    DATABASE_URL: (await createDatabase('rule_sets')).url,
    DATABASE_SCHEMA: 'reconciliation',
    RUN_POLL_MS: '20',
    ...issuer.environment,
  });
  database = running.app.get(DataSource);
  await storeItems();
});
afterAll(() => running.stop());

/** Ten payments, of which the bank shows the odd ones by reference, the last of them a cent less; two months. */
async function storeItems(): Promise<void> {
  const sides = [
    { name: 'erp', source: { kind: 'file', account: 'a' } },
    { name: 'bank', source: { kind: 'file', account: 'b' } },
  ];
  const definition = { name: COMPARISON, description: 'spec', owner: 'spec', rules: NAME, sides };
  await database.query(
    `INSERT INTO comparison (name, definition, definition_hash, state) VALUES ($1, $2, '', 'inactive')`,
    [COMPARISON, JSON.stringify(definition)],
  );
  await database.query(
    `INSERT INTO comparison_item (comparison_id, side, item_id, block, amount, currency, business_date, reference, fields, exact_key)
     SELECT comparison_id, side, side || '-' || n, '', CASE WHEN side = 1 AND n = 9 THEN '89.99' ELSE n || '0' END, 'EUR',
       CASE WHEN n <= 5 THEN DATE '2026-02-10' ELSE DATE '2026-03-10' END, 'INV-' || n, '{}', gen_random_uuid()
     FROM comparison, generate_series(0, 1) side, generate_series(1, 10) n WHERE name = $1 AND (side = 0 OR n % 2 = 1)`,
    [COMPARISON],
  );
}

interface Answer<T> {
  readonly status: number;
  readonly body: T & { readonly code?: string; readonly message?: string; readonly current?: unknown };
}
/** Calls as a person; with a body it acts. */
async function call<T = RuleSetView>(who: string, at: string, body?: object, role = 'operator'): Promise<Answer<T>> {
  const response = await fetch(`${running.url}/rule-sets${at}`, {
    headers: { 'content-type': 'application/json', ...(await issuer.as(who, role)) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer<T>['body'] };
}
const reason = 'spec';
const VERSIONS = `/${NAME}/versions`;

async function ended(version: number, id: string): Promise<BackTest> {
  return eventually(async () => {
    const { body } = await call<BackTest>('ann', `${VERSIONS}/${version}/back-tests/${id}`);
    return body.status === 'waiting' || body.status === 'running' ? null : body;
  });
}
async function tested(version: number, body: object = {}): Promise<BackTest> {
  const asked = await call<BackTest>('ann', `${VERSIONS}/${version}/back-tests`, body);
  expect([asked.status, asked.body.message]).toEqual([202, undefined]);
  return ended(version, asked.body.backTestId);
}
const history = async (name = NAME): Promise<RuleSetHistory> =>
  (await call<RuleSetHistory>('aud', `/${name}/versions`, undefined, 'auditor')).body;

/** A draft of ann's that ben has proposed. */
async function proposal(rules: string): Promise<number> {
  const { status, body } = await call('ann', VERSIONS, { rules, reason });
  expect([status, body.message]).toEqual([201, undefined]);
  const { version } = body.version;
  expect((await call('ben', `${VERSIONS}/${version}/propose`, { reason })).status).toBe(200);
  return version;
}
const activate = (who: string, version: number, backTestId: string, over: object = {}): Promise<Answer<RuleSetView>> =>
  call(who, `${VERSIONS}/${version}/activate`, { reason, backTestId, ...over });

/** By reference, amounts within a tolerance. */
const rulesWith = (tolerance: string): string => `
name: ${NAME}
block: [currency]
rules:
  - { kind: match, name: by-reference, keys: [reference], amount: { absolute: '${tolerance}' }, outcome: matched, nearMiss: off }
`;

describe('rule sets', () => {
  it('become active by two people and a back-test, and every act is in the audit chain', async () => {
    const first = await proposal(rulesWith('0'));
    const alone = await tested(first);
    expect(alone).toMatchObject({ status: 'done', baseline: null, targets: { length: 3 } });
    expect(alone.results[0]?.result.gained.cases).toBe(4);
    expect(await activate('ben', first, alone.backTestId)).toMatchObject({
      status: 403,
      body: { code: 'SAME_PERSON' },
    });
    expect(await activate('ann', first, alone.backTestId)).toMatchObject({
      status: 403,
      body: { code: 'SAME_PERSON' },
    });
    expect((await activate('cleo', first, alone.backTestId)).status).toBe(200);

    const second = await proposal(rulesWith('0.01'));
    expect(await activate('cleo', second, alone.backTestId)).toMatchObject({ body: { code: 'BACK_TEST_MISSING' } });
    const test = await tested(second, { cutOffs: ['2026-03-31', '2026-02-28'] });
    expect(test.results.map(({ asOf, left, right, result }) => [asOf, left, right, result.gained.cases])).toEqual([
      ['2026-03-31', 10, 5, 1],
      ['2026-02-28', 5, 3, 0],
    ]);
    expect(test.results[0]?.result.goneBreaks.cases).toBeGreaterThan(0);
    const both = await Promise.all(['cleo', 'dan'].map((who) => activate(who, second, test.backTestId)));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);

    const { versions, history: chain, chainFault } = await history();
    expect(versions.map(({ version, status }) => `${version} ${status}`)).toEqual([
      `${second} active`,
      `${first} retired`,
    ]);
    expect(chainFault).toBeNull();
    expect(chain.map(({ action }) => action)).toEqual([
      ...['drafted', 'proposed', 'back-test-requested', 'back-test-done', 'activated'],
      ...['drafted', 'proposed', 'back-test-requested', 'back-test-done', 'retired', 'activated'],
    ]);
    const details = { backTest: test.backTestId, result: test.resultHash, gained: '1', baseline: String(first) };
    const winner = both[0]?.status === 200 ? 'cleo' : 'dan';
    expect(chain.at(-1)).toMatchObject({ actor: winner, role: 'operator', reason, details });
  });

  it('do not become active on a back-test against rules that are active no longer', async () => {
    const [one, other] = [await proposal(rulesWith('0.02')), await proposal(rulesWith('0.03'))];
    const [test, late] = [await tested(one), await tested(other)];
    expect((await activate('cleo', one, test.backTestId)).status).toBe(200);
    expect(await activate('cleo', other, late.backTestId)).toMatchObject({
      ...{ status: 409, body: { code: 'BACK_TEST_BASELINE', current: { status: 'proposed' } } },
    });
    expect((await call('dan', `${VERSIONS}/${other}/reject`, { reason })).body.version.status).toBe('rejected');
  });

  it('that would lose what people confirmed are activated only by who accepts that', async () => {
    const breakId = randomUUID();
    const decided = {
      workflow: 'RESOLVED',
      resolution: 'FORCE_MATCH',
      proposedBy: 'mara',
      resolutionReason: 'same deal',
    };
    const about = { evidence: { left: '0-1' }, counterpart: '1-1' };
    await database.query(
      `INSERT INTO break (break_id, status, check_name, kind, severity, opened_at, state)
       VALUES ($1, 'OPEN', $2, 'missing-right', 'critical', now(), $3)`,
      [breakId, COMPARISON, JSON.stringify({ breakId, ...about, ...decided })],
    );
    const nothing = rulesWith('0').replace('outcome', 'date: { from: 9, to: 9 }, outcome');
    const version = await proposal(nothing);
    const test = await tested(version, { periods: 1 });
    expect(test.results[0]?.result.confirmed).toMatchObject({
      counts: { lost: 1 },
      lost: [{ id: breakId, left: ['0-1'], right: ['1-1'], by: 'mara', reason: 'same deal' }],
    });
    const refused = await activate('cleo', version, test.backTestId);
    expect(refused).toMatchObject({ status: 409, body: { code: 'CONFIRMED_LOST' } });
    expect(refused.body.message).toContain(breakId);
    expect((await activate('cleo', version, test.backTestId, { acceptLost: true })).status).toBe(200);
    expect((await history()).history.at(-1)?.details).toMatchObject({ confirmedLost: '1' });
    // As it was, for those that follow.
    const back = await proposal(rulesWith('0.02'));
    expect((await activate('cleo', back, (await tested(back, { periods: 1 })).backTestId)).status).toBe(200);
  });

  it('are refused with every problem, and when they would change nothing', async () => {
    const refused = await call('ann', VERSIONS, { rules: 'name: x\nrules: [{kind: guess}]\nmore: 1', reason });
    expect(refused).toMatchObject({ status: 422, body: { code: 'RULES_REFUSED' } });
    expect((refused.body.current as { problems: unknown[] }).problems.length).toBeGreaterThan(1);
    expect(await call('ann', VERSIONS, { rules: 'a: [', reason })).toMatchObject({
      body: { code: 'RULES_UNREADABLE' },
    });
    const other = rulesWith('0.04').replace(NAME, 'else');
    expect(await call('ann', VERSIONS, { rules: other, reason })).toMatchObject({ body: { code: 'RULES_REFUSED' } });
    const again = await call('ann', VERSIONS, { rules: `# other words\n${rulesWith('0.02')}`, reason });
    expect(again).toMatchObject({ status: 409, body: { code: 'RULES_UNCHANGED' } });
  });

  it('are looked at by auditors, changed by operators, and hidden from others', async () => {
    const draft = { rules: rulesWith('0.05'), reason };
    expect((await call('aud', VERSIONS, draft, 'auditor')).status).toBe(403);
    expect((await call('aud', VERSIONS, undefined, 'auditor')).status).toBe(200);
    expect((await fetch(`${running.url}/rule-sets`)).status).toBe(401);
    expect(await call('ann', '/nothing/versions/1')).toMatchObject({ status: 404, body: { code: 'RULE_SET_UNKNOWN' } });
    expect((await call('ann', VERSIONS, { rules: draft.rules })).status).toBe(400);
  });

  it('show when their history was tampered with', async () => {
    await database.query(
      `UPDATE audit_entry SET entry = jsonb_set(entry, '{actor}', '"mallory"') WHERE target_id = $1 AND sequence = 2`,
      [NAME],
    );
    expect((await history()).chainFault).toEqual({ sequence: '2', problem: 'its content was changed' });
  });
});

describe('a back-test', () => {
  it('is stopped by a person, and goes on elsewhere when who carries it out is gone', async () => {
    const version = await proposal(rulesWith('0.06'));
    const done = await tested(version);
    const at = `${VERSIONS}/${version}/back-tests/${done.backTestId}`;
    // As somebody leaves it who was killed.
    const killed = `status = 'running', results = NULL, state = state || '{"status": "running", "endedAt": null}'`;
    await database.query(
      `UPDATE back_test SET ${killed}, lease_until = now() + interval '1 hour' WHERE back_test_id = $1`,
      [done.backTestId],
    );
    expect((await call<BackTest>('ann', at)).body.status).toBe('running');
    await database.query(`UPDATE back_test SET lease_until = now() WHERE back_test_id = $1`, [done.backTestId]);
    const again = await ended(version, done.backTestId);
    expect([again.status, again.resultHash]).toEqual(['done', done.resultHash]);

    await database.query(
      `UPDATE back_test SET ${killed}, lease_until = now() + interval '1 hour' WHERE back_test_id = $1`,
      [done.backTestId],
    );
    expect((await call<BackTest>('ben', `${at}/cancel`, { reason })).body).toMatchObject({
      ...{ status: 'cancelled', cancelledBy: 'ben' },
    });
    expect(await activate('cleo', version, done.backTestId)).toMatchObject({ body: { code: 'BACK_TEST_UNFINISHED' } });
    expect((await call<BackTest>('ben', `${at}/cancel`, { reason })).body.status).toBe('cancelled');
  });

  it('that ends nobody who began it fails, and says so', async () => {
    const version = await proposal(rulesWith('0.05'));
    const { backTestId } = await tested(version, { periods: 1 });
    const stuck = `status = 'running', lease_until = now(), attempts = 5, state = state || '{"status": "running"}'`;
    await database.query(`UPDATE back_test SET ${stuck} WHERE back_test_id = $1`, [backTestId]);
    expect(await ended(version, backTestId)).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('never ended') as string,
    });
  });

  it('is stopped in the middle of its work', async () => {
    const version = await proposal(rulesWith('0.08'));
    await database.query(
      `INSERT INTO comparison_item (comparison_id, side, item_id, block, amount, currency, reference, fields, exact_key)
       SELECT comparison_id, side, 'many-' || n, '', n::text, 'EUR', 'REF-' || n, '{}', gen_random_uuid()
       FROM comparison, generate_series(0, 1) side, generate_series(1, 3000) n WHERE name = $1`,
      [COMPARISON],
    );
    const cutOffs = Array.from({ length: 24 }, (_, day) => `2026-03-${String(day + 1).padStart(2, '0')}`);
    const { body: asked } = await call<BackTest>('ann', `${VERSIONS}/${version}/back-tests`, { cutOffs });
    const at = `${VERSIONS}/${version}/back-tests/${asked.backTestId}`;
    await eventually(async () => (await call<BackTest>('ann', at)).body.progress.blocks > 0);
    expect((await call<BackTest>('ben', `${at}/cancel`, { reason })).body.status).toBe('cancelled');
    await database.query(`DELETE FROM comparison_item WHERE item_id LIKE 'many-%'`);
    // Whoever carried it out is free for the next.
    expect((await tested(version, { periods: 1 })).status).toBe('done');
    expect((await call<BackTest>('ann', at)).body).toMatchObject({ status: 'cancelled', results: [] });
  });

  it('names the comparisons that there are when asked for another', async () => {
    const version = await proposal(rulesWith('0.07'));
    const asked = await call('ann', `${VERSIONS}/${version}/back-tests`, { comparisons: ['nothing'] });
    expect(asked).toMatchObject({ status: 422, body: { code: 'COMPARISON_UNKNOWN' } });
    expect(asked.body.message).toContain(COMPARISON);
  });
});

describe('rules that are shipped', () => {
  it('are active from the first start, and newer ones are a proposal', async () => {
    const before = await history(SHIPPED);
    expect(before.versions).toMatchObject([{ version: 1, status: 'active', approved: { by: 'reconciliation' } }]);
    const { rules, source } = (await call('ann', `/${SHIPPED}/versions/1`)).body;
    const desk = { dataSource: database, outbox: running.app.get(Outbox), logger: running.logger };
    const newer = { ...rules, rules: rules.rules.slice(0, 1) };
    await Promise.all([rules, newer, newer].map((one) => storeShipped(desk, [{ name: SHIPPED, rules: one, source }])));
    const after = await history(SHIPPED);
    expect(after.versions.map(({ version, status }) => `${version} ${status}`)).toEqual(['2 proposed', '1 active']);
    expect(after.chainFault).toBeNull();
  });
});
