import {
  canonicalJson,
  verifyChain,
  type Audit,
  type Decision,
  type Exception,
  type TopicName,
} from '@tieout/canonical';
import { createDatabase, eventually } from '@tieout/testing';
import { Registry } from 'prom-client';
import { DataSource, type EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readChain } from '../audit.store.ts';
import type { Codec } from '../codec.ts';
import { messagingMigrations } from '../migrations.ts';
import { Outbox } from '../outbox.ts';
import { inTransaction } from '../transaction.ts';
import { exceptionGauges } from './exception-metrics.ts';
import type { DecisionRequest, ExceptionKind, NewException } from './exception.ts';
import { findCase, listCases, type ExceptionQuery } from './exception.store.ts';
import { Exceptions, type Verdict } from './exceptions.ts';

/** What is asserted is the value that was given to the codec, so that this test needs no registry. */
const codec = {
  encode: (_topic: string, value: object) => Buffer.from(canonicalJson(value)),
} as unknown as Codec;
const common = { severity: 'WARNING', ownerGroup: 'erp-operations', dueHours: 24, cure: 'Correct it.' } as const;
/** What happens when the effect of `retry` is written and before the decision is. */
let interrupt: (tx: EntityManager) => Promise<unknown> = () => Promise.resolve();
const note = (tx: EntityManager, text: string): Promise<unknown> => tx.query(`INSERT INTO effect VALUES ($1)`, [text]);
const kinds: readonly ExceptionKind[] = [
  {
    ...{ ...common, kind: 'order-not-written' },
    actions: {
      retry: {
        ...{ does: 'Tries again.', needsReason: false },
        async apply(tx, { objectId }, { actor }) {
          await note(tx, `${objectId} by ${actor}`);
          await interrupt(tx);
          return null;
        },
      },
      'accept-theirs': {
        ...{ does: 'Takes what the ERP says.', needsReason: true },
        // What it sets going ends the case by the service's own doing.
        async apply(tx, { objectId: object }) {
          await look(tx, object, null);
          return null;
        },
      },
    },
  },
  { ...common, kind: 'foreign-edit' },
];
/** Every look at it is a second later. */
let clock = Date.now();
const now = (): Date => new Date((clock += 1_000));
const exceptions = new Exceptions('erp-adapter', new Outbox(codec, 'erp-adapter'), () => kinds, now);
let dataSource: DataSource;

beforeAll(async () => {
  const { url } = await createDatabase('exceptions');
  dataSource = await new DataSource({ type: 'postgres', url, migrations: messagingMigrations }).initialize();
  await dataSource.runMigrations();
  await dataSource.query('CREATE TABLE effect (text text NOT NULL)');
});
afterAll(() => dataSource.destroy());
beforeEach(async () => {
  await dataSource.query('TRUNCATE outbox, state_revision, exception_case, audit_entry, effect');
  interrupt = () => Promise.resolve();
});

const transaction = <R>(work: (tx: EntityManager) => Promise<R>): Promise<R> => inTransaction(dataSource, work);
const found = (objectId: string, message = 'no item'): NewException => ({
  ...{ kind: 'order-not-written', subject: `main|order|${objectId}`, objectType: 'order', objectId, message },
  ...{ details: {}, atStake: { amount: '1200.5', currency: 'CHF' } },
});
const raise = (...some: NewException[]): Promise<void> => transaction((tx) => exceptions.raise(tx, some));
/** A look at an object: what is wrong with it, or null. */
const look = (tx: EntityManager, objectId: string, finding: NewException | null): Promise<void> =>
  exceptions.examined(tx, {
    objects: [{ objectType: 'order', objectId }],
    kinds: kinds.map(({ kind }) => kind),
    found: finding ? [finding] : [],
    resolution: 'corrected',
  });
const idOf = (objectId: string): string => exceptions.idOf(found(objectId));
const decide = (objectId: string, change: Partial<DecisionRequest> = {}): Promise<Verdict | null> =>
  transaction((tx) =>
    exceptions.decide(tx, idOf(objectId), {
      ...{ action: 'retry', expectedRevision: 1n, actor: 'mara', role: 'operator', reason: null, parameters: {} },
      ...change,
    }),
  );
async function published<T extends Exception | Decision | Audit>(topic: TopicName): Promise<T[]> {
  const rows = await dataSource.query<{ value: string }[]>(
    `SELECT convert_from(value, 'UTF8') AS value FROM outbox WHERE topic = $1 ORDER BY outbox.id`,
    [topic],
  );
  return rows.map(({ value }) => JSON.parse(value) as T);
}
const states = (): Promise<Exception[]> => published<Exception>('finance.exception.v1');
const decisions = (): Promise<Decision[]> => published<Decision>('finance.decision.v1');
const history = (objectId: string): Promise<readonly Audit[]> =>
  readChain(dataSource.manager, 'exception', idOf(objectId));
const everything = async (): Promise<unknown> => ({
  effects: await dataSource.query('SELECT * FROM effect'),
  outbox: await dataSource.query('SELECT topic, key FROM outbox ORDER BY id'),
  cases: await dataSource.query('SELECT state FROM exception_case ORDER BY exception_id'),
  audits: await dataSource.query('SELECT * FROM audit_entry ORDER BY target_id, sequence'),
  revisions: await dataSource.query('SELECT * FROM state_revision ORDER BY key'),
});
const waitingForLocks = (): Promise<unknown[]> =>
  dataSource.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);

describe('an exception', () => {
  it('that is raised twice is published once', async () => {
    await raise(found('7'), found('8'));
    await raise(found('8'), found('7'));
    expect((await states()).map(({ objectId, revision }) => `${objectId} r${revision}`)).toEqual(['7 r1', '8 r1']);
    expect((await history('7')).map(({ action }) => action)).toEqual(['raised']);
  });

  it('that two replicas raise at once is published once', async () => {
    let second: Promise<void> | undefined;
    await transaction(async (tx) => {
      await exceptions.raise(tx, [found('7')]);
      second = raise(found('7'));
      await eventually(async () => (await waitingForLocks()).length > 0);
    });
    await second;
    expect(await states()).toHaveLength(1);
    expect(await history('7')).toHaveLength(1);
  });

  it('is over when a look does not find it again, and only what was looked at and looked for', async () => {
    await raise(found('7'), found('8'), { ...found('7'), kind: 'foreign-edit' });
    await transaction((tx) => look(tx, '7', { ...found('7'), kind: 'foreign-edit' }));
    const cases = await transaction((tx) => listCases(tx, all));
    expect(cases.map(({ objectId, kind, status }) => `${objectId} ${kind} ${status}`).toSorted()).toEqual([
      '7 foreign-edit OPEN',
      '7 order-not-written RESOLVED',
      '8 order-not-written OPEN',
    ]);
    expect((await states()).at(-1)).toMatchObject({ status: 'RESOLVED', resolution: 'corrected', revision: 2 });
  });

  it('opens again with its history when the cause comes back, and its audit chain is whole', async () => {
    await raise(found('7'));
    await decide('7', { action: 'comment', reason: 'asked the owner' });
    await transaction((tx) => look(tx, '7', null));
    await raise(found('7', 'no currency'));
    const [state] = await transaction((tx) => listCases(tx, all));
    expect(state).toMatchObject({ status: 'OPEN', message: 'no currency', resolution: null, revision: '4' });
    const chain = await history('7');
    expect(chain.map(({ action }) => action)).toEqual(['raised', 'comment', 'resolved', 'reopened']);
    expect(verifyChain(chain)).toBeNull();
    // What went out is the same chain: whoever reads the topic can check the database.
    const audits = await published<Audit>('finance.audit.v1');
    expect(
      verifyChain(
        audits.map((one) => ({ ...one, sequence: BigInt(one.sequence) })),
        chain.at(-1),
      ),
    ).toBeNull();
  });

  it('whose history is changed in the database shows it', async () => {
    await raise(found('7'));
    await decide('7', { action: 'resolve', reason: 'written off' });
    await dataSource.query(`UPDATE audit_entry SET entry = jsonb_set(entry, '{actor}', '"eve"') WHERE sequence = 2`);
    expect(verifyChain(await history('7'))).toMatchObject({ sequence: 2n, problem: 'its content was changed' });
  });

  it('of a kind that the service does not declare cannot be raised', async () => {
    await expect(raise({ ...found('7'), kind: 'surprise' })).rejects.toThrow('surprise');
    expect(await states()).toEqual([]);
  });
});

describe('a decision', () => {
  it('does what its action does, and tells it as decision, next revision and audit entry', async () => {
    await raise(found('7'));
    expect(await decide('7')).toMatchObject({ objection: null, state: { status: 'OPEN' } });
    expect(await dataSource.query('SELECT text FROM effect')).toEqual([{ text: '7 by mara' }]);
    const [decision] = await decisions();
    expect(decision).toMatchObject({ action: 'retry', expectedRevision: 1, actor: 'mara', service: 'erp-adapter' });
    expect((await states()).at(-1)).toMatchObject({ revision: 2, lastDecisionId: decision?.decisionId });
    expect((await history('7')).at(-1)).toMatchObject({ action: 'retry', actor: 'mara', role: 'operator' });
  });

  it('of two people at once is taken from one, and the other hears how it is now', async () => {
    await raise(found('7'));
    let second: Promise<Verdict | null> | undefined;
    interrupt = async () => {
      interrupt = () => Promise.resolve();
      second = decide('7', { actor: 'jo' });
      await eventually(async () => (await waitingForLocks()).length > 0);
    };
    const first = await decide('7');
    expect(first?.objection).toBeNull();
    expect(await second).toMatchObject({ objection: { code: 'revision-stale' }, state: first?.state });
    expect((await decisions()).map(({ actor }) => actor)).toEqual(['mara']);
    expect(await dataSource.query('SELECT text FROM effect')).toHaveLength(1);
  });

  it('that repeats one is refused: it was taken', async () => {
    await raise(found('7'));
    await decide('7');
    expect((await decide('7'))?.objection).toMatchObject({ code: 'revision-stale' });
  });

  it.each<[string, (tx: EntityManager) => Promise<unknown>]>([
    ['whose action fails', () => Promise.reject(new Error('cut'))],
    ['whose connection is cut', (tx) => tx.query('SELECT pg_terminate_backend(pg_backend_pid())')],
  ])('%s after its effect leaves nothing, and can be taken again', async (_, cut) => {
    await raise(found('7'));
    const before = await everything();
    interrupt = cut;
    await expect(decide('7')).rejects.toThrow();
    expect(await everything()).toEqual(before);
    interrupt = () => Promise.resolve();
    expect((await decide('7'))?.objection).toBeNull();
  });

  it('whose event cannot be written leaves nothing of its effect', async () => {
    await raise(found('7'));
    const before = await everything();
    const encode = (topic: string, value: object): Buffer => {
      if (topic === 'finance.audit.v1') throw new Error('cut');
      return codec.encode(topic as TopicName, value as never);
    };
    const broken = new Exceptions('erp-adapter', new Outbox({ ...codec, encode } as Codec, 'erp-adapter'), () => kinds);
    const request = { action: 'retry', expectedRevision: 1n, actor: 'mara', role: 'operator', reason: null };
    await expect(transaction((tx) => broken.decide(tx, idOf('7'), { ...request, parameters: {} }))).rejects.toThrow(
      'cut',
    );
    expect(await everything()).toEqual(before);
  });

  it('whose action ends the case by the service itself keeps how it ended', async () => {
    await raise(found('7'));
    const verdict = await decide('7', { action: 'accept-theirs', reason: 'they are right' });
    expect(verdict?.state).toMatchObject({ status: 'RESOLVED', resolution: 'corrected' });
    expect((await history('7')).map(({ action }) => action)).toEqual(['raised', 'resolved', 'accept-theirs']);
    expect(verifyChain(await history('7'))).toBeNull();
  });

  it('about what is no case is answered with nothing', async () => {
    expect(await decide('7')).toBeNull();
  });
});

const all: ExceptionQuery = {
  ...{ status: null, kind: null, severity: null, ownerGroup: null, assignee: null, object: null, limit: 100 },
  after: null,
};

describe('the list of exceptions', () => {
  it('is filtered, the oldest first, a page at a time', async () => {
    for (const id of ['1', '2', '3']) await raise(found(id));
    await raise({ ...found('4'), kind: 'foreign-edit' });
    await decide('2', { action: 'assign', parameters: { assignee: 'jo' } });
    await decide('3', { action: 'resolve', reason: 'done' });
    const ids = async (query: Partial<ExceptionQuery>): Promise<string> =>
      (await transaction((tx) => listCases(tx, { ...all, ...query }))).map(({ objectId }) => objectId).join(' ');
    expect(await ids({})).toBe('1 2 3 4');
    expect(await ids({ status: 'OPEN' })).toBe('1 2 4');
    expect(await ids({ kind: 'foreign-edit' })).toBe('4');
    expect(await ids({ assignee: 'jo' })).toBe('2');
    expect(await ids({ assignee: '' })).toBe('1 3 4');
    expect(await ids({ ownerGroup: 'erp-operations', object: '3' })).toBe('3');
    expect(await ids({ severity: 'CRITICAL' })).toBe('');
    expect(await ids({ limit: 1 })).toBe('1 2'); // one more says that there is a next page
    const { raisedAt, exceptionId } = (await findCase(dataSource.manager, idOf('2')))!;
    expect(await ids({ after: { raisedAt, exceptionId } })).toBe('3 4');
  });

  it('is counted, aged and summed for the metrics', async () => {
    await raise(found('7'), found('8'), { ...found('9'), kind: 'foreign-edit' });
    await decide('8', { action: 'resolve', reason: 'done' });
    const registry = new Registry();
    exceptionGauges(registry, dataSource);
    const text = await registry.metrics();
    expect(text).toContain('tieout_open_exceptions{kind="order-not-written",severity="WARNING"} 1');
    expect(text).toMatch(/tieout_open_exceptions_oldest_seconds\{kind="foreign-edit",severity="WARNING"\} \d/);
    expect(text).toContain('tieout_open_exceptions_at_stake{currency="CHF"} 2401');
  });
});
