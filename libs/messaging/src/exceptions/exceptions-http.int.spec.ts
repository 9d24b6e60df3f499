import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Module } from '@nestjs/common';
import { verifyChain, type TopicName, type ValueOf } from '@tieout/canonical';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { defineConfig, startService, type RunningService } from '@tieout/platform';
import { createDatabase, createIssuer, eventually, readable, stack, type TestIssuer } from '@tieout/testing';
import type { Kafka } from 'kafkajs';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Codec } from '../codec.ts';
import { CODEC, CONSUMERS, EXCEPTION_KINDS, KAFKA, MessagingModule, TieoutTransport } from '../messaging.module.ts';
import { messagingMigrations } from '../migrations.ts';
import { readTopic, wholeTopic } from '../read-topic.ts';
import { inTransaction } from '../transaction.ts';
import type { ExceptionKind, NewException } from './exception.ts';
import type { ExceptionView } from './exceptions.controller.ts';
import { Exceptions } from './exceptions.ts';

// A producer of exceptions of which no other spec reads any.
const NAME = 'reconciliation';
const kinds: readonly ExceptionKind[] = [
  {
    ...{ kind: 'spec', severity: 'WARNING', ownerGroup: 'spec', dueHours: 24, cure: 'Correct it.' },
    actions: { retry: { does: 'Tries again.', needsReason: false, apply: () => Promise.resolve(null) } },
  },
];

@Module({
  imports: [MessagingModule.forService()],
  providers: [
    { provide: CONSUMERS, useValue: [] },
    { provide: EXCEPTION_KINDS, useValue: kinds },
  ],
})
class SpecModule {}

let bundle: string;
let issuer: TestIssuer;
let running: RunningService;

beforeAll(async () => {
  const { bundle: ids } = await applyContracts({ brokers: stack().brokers, registry: { url: stack().registryUrl } });
  bundle = path.join(mkdtempSync(path.join(tmpdir(), 'exceptions-')), 'bundle.json');
  if (ids !== null) writeBundle(bundle, ids);
  issuer = await createIssuer();
  running = await start();
}, 60_000);
afterAll(() => running.stop());

async function start(): Promise<RunningService> {
  const database = await createDatabase('exceptions_http');
  return startService(
    {
      name: NAME,
      config: defineConfig({}),
      migrations: messagingMigrations,
      module: SpecModule,
      strategy: TieoutTransport,
    },
    {
      LOG_LEVEL: 'error',
      KAFKA_BROKERS: stack().brokers.join(','),
      SCHEMA_REGISTRY_URL: stack().registryUrl,
      SCHEMA_BUNDLE: bundle,
      DATABASE_URL: database.url,
      DATABASE_SCHEMA: 'exceptions',
      ...issuer.environment,
    },
  );
}

const found = (objectId: string): NewException => ({
  ...{ kind: 'spec', subject: objectId, objectType: 'order', objectId, message: 'no item', details: {} },
});
/** Answers the id of a new case. */
async function raise(objectId = randomUUID()): Promise<string> {
  const exceptions = running.app.get(Exceptions);
  await inTransaction(running.app.get(DataSource), (tx) => exceptions.raise(tx, [found(objectId)]));
  return exceptions.idOf(found(objectId));
}

interface Answer {
  readonly status: number;
  readonly body: ExceptionView & { readonly code?: string; readonly current?: ExceptionView };
}
async function call(pathname: string, body: object | null = null, ...roles: string[]): Promise<Answer> {
  const headers = roles.length === 0 ? {} : await issuer.as('mara', ...roles);
  const post = body && { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${running.url}/exceptions${pathname}`, {
    ...post,
    headers: { ...headers, 'content-type': 'application/json' },
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

/** Every committed value under the key, in order. */
async function committed<T extends TopicName>(topic: T, wanted: string): Promise<ValueOf<T>[]> {
  const { app } = running;
  const [kafka, codec] = [app.get<Kafka>(KAFKA), app.get<Codec>(CODEC)];
  const raw: Buffer[] = [];
  await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ key, value }) => {
    if (value && key?.toString() === wanted) raw.push(value);
  });
  return readable(codec, topic, raw);
}
const atLeast = <T extends TopicName>(topic: T, key: string, count: number): Promise<ValueOf<T>[]> =>
  eventually(
    async () => {
      const values = await committed(topic, key);
      return values.length >= count ? values : null;
    },
    { timeoutMs: 30_000 },
  );

describe('exceptions over HTTP', () => {
  it('are worked by operators, looked at by auditors, and hidden from others', async () => {
    const id = await raise();
    expect((await call(`/${id}`)).status).toBe(401);
    expect((await call(`/${id}`, null, 'auditor')).status).toBe(200);
    const act = { expectedRevision: '1', text: 'hello' };
    expect((await call(`/${id}/comment`, act, 'auditor')).status).toBe(403);
    expect((await call(`/${id}/comment`, act, 'operator')).status).toBe(200);
  });

  it('are assigned, commented and decided, and each act is on the topics: decision, next revision, audit', async () => {
    const id = await raise();
    await call(`/${id}/assign`, { expectedRevision: 1, assignee: 'jo' }, 'operator');
    await call(`/${id}/comment`, { expectedRevision: '2', text: 'asked the owner' }, 'operator');
    const { body } = await call(`/${id}/decide`, { expectedRevision: '3', action: 'retry' }, 'operator');
    expect(body).toMatchObject({
      exception: { revision: '4', status: 'OPEN', assignee: 'jo' },
      comments: [{ actor: 'mara', text: 'asked the owner' }],
      chainFault: null,
    });
    expect(body.actions.map(({ action, needsReason }) => [action, needsReason])).toEqual([
      ['resolve', true],
      ['retry', false],
    ]);
    const ended = { expectedRevision: '4', action: 'resolve', reason: 'written off' };
    expect((await call(`/${id}/decide`, ended, 'operator')).body.exception.resolution).toBe('written off');

    const states = await atLeast('finance.exception.v1', id, 5);
    expect(states.map(({ revision }) => revision)).toEqual([1n, 2n, 3n, 4n, 5n]);
    const decisions = await atLeast('finance.decision.v1', id, 4);
    expect(decisions.map(({ action, actor, expectedRevision }) => [action, actor, expectedRevision])).toEqual([
      ['assign', 'mara', 1n],
      ['comment', 'mara', 2n],
      ['retry', 'mara', 3n],
      ['resolve', 'mara', 4n],
    ]);
    expect(states.at(-1)?.lastDecisionId).toBe(decisions.at(-1)?.decisionId);
    const audits = await atLeast('finance.audit.v1', id, 5);
    expect(audits.map(({ action }) => action)).toEqual(['raised', 'assign', 'comment', 'retry', 'resolve']);
    expect(verifyChain(audits)).toBeNull();
  });

  it('answer 409 with what is there now when somebody was faster, or the case is over', async () => {
    const id = await raise();
    const both = await Promise.all(
      ['first', 'second'].map((text) => call(`/${id}/comment`, { expectedRevision: 1, text }, 'operator')),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'REVISION_STALE',
      current: { exception: { exceptionId: id, revision: '2' }, comments: [{ actor: 'mara' }] },
    });
    const over = { expectedRevision: 2, action: 'resolve', reason: 'x' };
    expect((await call(`/${id}/decide`, over, 'operator')).status).toBe(200);
    const late = await call(`/${id}/decide`, { expectedRevision: 3, action: 'retry' }, 'operator');
    expect([late.status, late.body.code]).toEqual([409, 'EXCEPTION_CLOSED']);
  });

  it.each([
    ['an action that nobody declared', 'decide', { action: 'fly' }, 422, 'ACTION_UNKNOWN'],
    ['a resolution without a reason', 'decide', { action: 'resolve' }, 422, 'REASON_MISSING'],
    ['an empty comment', 'comment', { text: ' ' }, 400, 'INPUT_INVALID'],
    ['an act that names no revision', 'assign', { assignee: 'jo', expectedRevision: undefined }, 400, 'INPUT_INVALID'],
  ])('refuse %s', async (_, act, body, status, code) => {
    const id = await raise();
    const answer = await call(`/${id}/${act}`, { expectedRevision: 1, ...body }, 'operator');
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('are listed page by page, and an unknown one is said to be unknown', async () => {
    const object = randomUUID();
    const id = await raise(object);
    const listed = await call(`?object=${object}&limit=1`, null, 'auditor');
    expect(listed.body).toMatchObject({ exceptions: [{ exceptionId: id, revision: '1' }], nextCursor: null });
    expect((await call(`?limit=1&cursor=nonsense`, null, 'auditor')).body.code).toBe('CURSOR_INVALID');
    expect((await call(`/${randomUUID()}`, null, 'auditor')).status).toBe(404);
    expect((await call(`/${randomUUID()}/decide`, { expectedRevision: 1, action: 'retry' }, 'operator')).status).toBe(
      404,
    );
  });
});

describe('a service whose database is lost', () => {
  it('has its exceptions again with their history, and goes on with revision and audit chain', async () => {
    const id = await raise();
    await call(`/${id}/comment`, { expectedRevision: 1, text: 'asked the owner' }, 'operator');
    await atLeast('finance.audit.v1', id, 2);
    await running.stop();
    running = await start();
    const kept = await call(`/${id}`, null, 'auditor');
    expect(kept.body).toMatchObject({ exception: { status: 'OPEN', revision: '2' }, comments: [{ actor: 'mara' }] });
    const ended = { expectedRevision: 2, action: 'resolve', reason: 'written off' };
    expect((await call(`/${id}/decide`, ended, 'operator')).status).toBe(200);
    const audits = await atLeast('finance.audit.v1', id, 3);
    expect(audits.map(({ action }) => action)).toEqual(['raised', 'comment', 'resolve']);
    expect(verifyChain(audits)).toBeNull();
  }, 60_000);
});
