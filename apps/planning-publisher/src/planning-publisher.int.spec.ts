import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Exception, Invoice, LegalEntity, Payment, PlanningReceipt, TopicName, ValueOf } from '@tieout/canonical';
import { anaplanConfig, createAnaplanClient, type PlanningCell } from '@tieout/connector-anaplan';
import { applyContracts, writeBundle } from '@tieout/contracts';
import { createCodec, createKafka, readBundle, readTopic, toHeaders, wholeTopic, type Codec } from '@tieout/messaging';
import { startService, type RunningService } from '@tieout/platform';
import { startAnaplanSandbox } from '@tieout/sandbox';
import {
  createDatabase,
  eventually,
  idempotentProducer,
  readable,
  spawnTs,
  stack,
  takeTurns,
  type TestDatabase,
} from '@tieout/testing';
import type { Kafka } from 'kafkajs';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { service } from './app.module.ts';

takeTurns('planning-publisher');

type Sandbox = Awaited<ReturnType<typeof startAnaplanSandbox>>;

let kafka: Kafka;
let bundle: string;
let codec: Codec;
let database: TestDatabase;
let sandbox: Sandbox;
let running: RunningService | null = null;
let instance: string;
/** One legal entity of each test's own: the topics are shared with other tests. */
let entity: Pick<LegalEntity, 'legalEntityId' | 'code'>;
const producer = () => idempotentProducer(kafka);
let send: (topic: TopicName, records: { key: string; value: ValueOf<TopicName> }[]) => Promise<void>;
let disconnect: () => Promise<void>;

beforeAll(async () => {
  kafka = createKafka({ brokers: [...stack().brokers], clientId: 'planning-test' }, pino({ level: 'silent' }));
  const { bundle: ids } = await applyContracts({ brokers: stack().brokers, registry: { url: stack().registryUrl } });
  bundle = path.join(mkdtempSync(path.join(tmpdir(), 'planning-')), 'bundle.json');
  if (ids !== null) writeBundle(bundle, ids);
  codec = createCodec({ bundle: readBundle(bundle), registry: null });
  const sending = producer();
  await sending.connect();
  disconnect = () => sending.disconnect();
  send = async (topic, records) => {
    const messages = records.map(({ key, value }) => {
      const id = randomUUID();
      const time = new Date().toISOString();
      const meta = { id, source: '/test', type: topic, time, correlationId: id, causationId: null, traceparent: null };
      return { key, value: codec.encode(topic, value), headers: toHeaders(meta, key) };
    });
    await sending.send({ topic, acks: -1, messages });
  };
});
afterAll(() => disconnect());

beforeEach(async () => {
  database = await createDatabase('planning');
  instance = `t-${randomUUID().slice(0, 8)}`;
  entity = { legalEntityId: randomUUID(), code: `E${randomUUID().slice(0, 6)}` };
  sandbox = await startAnaplanSandbox({ databaseUrl: database.url, requestsPerMinute: 60_000, taskMs: 1 });
});
afterEach(async () => {
  await running?.stop();
  running = null;
  await sandbox.close();
});

/** Environment of the service under test. */
function environment(over: Record<string, string> = {}): Record<string, string> {
  const { credentials } = sandbox;
  return {
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    KAFKA_BROKERS: stack().brokers.join(','),
    SCHEMA_REGISTRY_URL: stack().registryUrl,
    SCHEMA_BUNDLE: bundle,
    DATABASE_URL: database.url,
    DATABASE_SCHEMA: 'planning_publisher',
    ANAPLAN_INSTANCE: instance,
    ANAPLAN_AUTH_URL: credentials.authUrl,
    ANAPLAN_API_URL: credentials.apiUrl,
    ANAPLAN_USER: credentials.user,
    ANAPLAN_PASSWORD: credentials.password,
    ANAPLAN_WORKSPACE_ID: credentials.workspaceId,
    ANAPLAN_MODEL_ID: credentials.modelId,
    ANAPLAN_REQUESTS_PER_MINUTE: '60000',
    ANAPLAN_POLL_MS: '20',
    // What comes out of the model has a spec of its own.
    ANAPLAN_FORECAST: 'off',
    PLANNING_WINDOW_MS: '50',
    PLANNING_RETRY_MS: '200',
    PLANNING_LEASE_MS: '1000',
    ...over,
  };
}

async function start(): Promise<RunningService> {
  running = await startService(service, environment());
  return running;
}

/** Rows of the sandbox's or the service's own tables. */
async function query<T extends object>(sql: string): Promise<T[]> {
  const client = new Client(database.url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const source = { system: 'netsuite', instance: 'main', entity: 'x', id: '1', version: null, changedAt: null };

const legalEntity = (over: Partial<LegalEntity> = {}): LegalEntity => ({
  legalEntityId: entity.legalEntityId,
  revision: 1n,
  lifecycle: 'ACTIVE',
  code: entity.code,
  name: entity.code,
  currency: 'USD',
  country: null,
  parentId: null,
  instance: 'main',
  source,
  ...over,
});

const invoice = (over: Partial<Invoice> = {}): Invoice => ({
  invoiceId: randomUUID(),
  revision: 1n,
  lifecycle: 'OPEN',
  number: 'INV',
  legalEntityId: entity.legalEntityId,
  customerAccountId: null,
  customerId: null,
  contractId: null,
  currency: 'USD',
  issueDate: '2013-01-15',
  dueDate: null,
  period: '2013-01',
  net: '100.1',
  tax: '0',
  gross: '100.1',
  paid: '0',
  credited: '0',
  open: '100.1',
  disputed: false,
  lines: [],
  reversalOf: null,
  source,
  ...over,
});

const payment = (over: Partial<Payment> = {}): Payment => ({
  paymentId: randomUUID(),
  revision: 1n,
  lifecycle: 'POSTED',
  number: 'PMT',
  legalEntityId: entity.legalEntityId,
  customerAccountId: null,
  customerId: null,
  currency: 'USD',
  paymentDate: '2013-02-15',
  period: '2013-02',
  amount: '40.05',
  unapplied: '0',
  refunded: null,
  method: null,
  allocations: [],
  reversalOf: null,
  source,
  ...over,
});

const sendEntity = (value: LegalEntity = legalEntity()): Promise<void> =>
  send('finance.legal-entity.v1', [{ key: value.legalEntityId, value }]);
const sendInvoices = (...values: Invoice[]): Promise<void> =>
  send(
    'finance.invoice.v1',
    values.map((value) => ({ key: value.invoiceId, value })),
  );
const sendPayments = (...values: Payment[]): Promise<void> =>
  send(
    'finance.payment.v1',
    values.map((value) => ({ key: value.paymentId, value })),
  );

/** Cells of this test's legal entity as the planning model holds them. */
async function planned(): Promise<PlanningCell[]> {
  const client = createAnaplanClient(
    anaplanConfig.parse({ ...sandbox.credentials, requestsPerMinute: 60_000, pollMs: 20 }),
  );
  const cells: PlanningCell[] = [];
  for await (const page of client.readCells()) cells.push(...page);
  return cells.filter((cell) => cell.legalEntity === entity.code);
}

const figures = async (): Promise<string[]> =>
  (await planned())
    .map((cell) => [cell.month, cell.currency, cell.invoices, cell.invoiced, cell.paid, cell.open].join(' '))
    .sort();

const eventuallyPlanned = (...expected: string[]): Promise<unknown> =>
  eventually(async () => JSON.stringify(await figures()) === JSON.stringify(expected.toSorted()), {
    describe: async () => ({ expected, planned: await figures() }),
  });

async function records<T extends TopicName>(topic: T, mine: (value: ValueOf<T>) => boolean): Promise<ValueOf<T>[]> {
  const raw: Buffer[] = [];
  await readTopic(kafka, topic, await wholeTopic(kafka, topic), ({ value }) => void (value && raw.push(value)));
  return (await readable(codec, topic, raw)).filter(mine);
}
const receipts = (): Promise<PlanningReceipt[]> =>
  records('finance.planning-receipt.v1', (receipt) => receipt.instance === instance);
const exceptions = (): Promise<Exception[]> =>
  records('finance.exception.v1', (exception) => exception.details['instance'] === instance);

const order = (fault: string, times = 1): Promise<Response> =>
  fetch(`${sandbox.url}/sandbox/faults`, { method: 'POST', body: JSON.stringify({ fault, times }) });

describe('planning-publisher', () => {
  it('brings invoices and payments to the cells of their months, whichever arrives first', async () => {
    await start();
    const [first, second] = [invoice(), invoice({ issueDate: '2013-01-31', gross: '0.2', open: '0.1' })];
    await sendInvoices(first, second, invoice({ currency: 'EUR', gross: '7', open: '7' }));
    await sendPayments(payment());
    await sendEntity();
    await eventuallyPlanned('2013-01 USD 2 100.3 0 100.2', '2013-02 USD 0 0 40.05 0', '2013-01 EUR 1 7 0 7');
    const sent = await eventually(async () => {
      const all = await receipts();
      return all.length > 0 ? all : null;
    });
    // The topics also hold what other tests wrote.
    const mine = sent.flatMap(({ rejections }) => rejections.filter(({ cell }) => cell.startsWith(entity.code)));
    expect(mine).toEqual([]);
    for (const receipt of sent) expect(receipt.sent).toBe(receipt.loaded + receipt.rejected);
  });

  it('moves figures with a later revision, empties a cell to zeros, and ignores an older revision', async () => {
    await start();
    await sendEntity();
    const it = invoice();
    const paid = payment({ paymentDate: '2013-01-20' });
    await sendInvoices(it);
    await sendPayments(paid);
    await eventuallyPlanned('2013-01 USD 1 100.1 40.05 100.1');
    await sendInvoices({ ...it, revision: 3n, issueDate: '2013-03-01', open: '60.05', paid: '40.05' });
    await eventuallyPlanned('2013-01 USD 0 0 40.05 0', '2013-03 USD 1 100.1 0 60.05');
    await sendInvoices({ ...it, revision: 2n, issueDate: '2013-04-01' });
    await sendPayments({ ...paid, revision: 2n, lifecycle: 'VOIDED' });
    await eventuallyPlanned('2013-03 USD 1 100.1 0 60.05');
  });

  it('moves the cells of a renamed legal entity to its new code and leaves zeros under the old one', async () => {
    await start();
    await sendEntity();
    await sendInvoices(invoice());
    await eventuallyPlanned('2013-01 USD 1 100.1 0 100.1');
    const before = entity.code;
    entity = { ...entity, code: `${before}-new` };
    await sendEntity(legalEntity({ revision: 2n }));
    await eventuallyPlanned('2013-01 USD 1 100.1 0 100.1');
    entity = { ...entity, code: before };
    await eventuallyPlanned();
  });

  it('tells of a refused row in receipt and exception, loads the others, and resolves it when the row is loaded', async () => {
    await start();
    await sendEntity();
    const late = invoice({ issueDate: '2031-01-05' });
    await sendInvoices(late, invoice());
    await eventuallyPlanned('2013-01 USD 1 100.1 0 100.1');
    const cell = `${entity.code}|2031-01|USD`;
    const receipt = await eventually(async () =>
      (await receipts()).find(({ rejections }) => rejections.some((rejection) => rejection.cell === cell)),
    );
    expect(receipt.sent).toBe(receipt.loaded + receipt.rejected);
    expect(receipt.rejections.find((rejection) => rejection.cell === cell)?.reason).toBe('Unknown Time item: Jan 31');
    const raised = await eventually(async () => (await exceptions()).find(({ objectId }) => objectId === cell));
    expect(raised).toMatchObject({ kind: 'rejected-row', status: 'OPEN', revision: 1n });

    // Retried until somebody acts: then the calendar has the month.
    await query(
      `insert into sandbox_anaplan.time_item (id, name, kind, starts_on) values ('201999', 'Jan 31', 'MONTH', '2031-01-01')`,
    );
    await eventuallyPlanned('2013-01 USD 1 100.1 0 100.1', '2031-01 USD 1 100.1 0 100.1');
    await eventually(async () =>
      (await exceptions()).some(({ objectId, status }) => objectId === cell && status === 'RESOLVED'),
    );
    const history = (await exceptions()).filter(({ objectId }) => objectId === cell);
    expect(history.map(({ status }) => status)).toEqual(['OPEN', 'RESOLVED']);
  });

  it('counts no row of a cancelled import as loaded, says so, and loads them with the next', async () => {
    await order('cancel-task', 2);
    await start();
    await sendEntity();
    await sendInvoices(invoice());
    await eventuallyPlanned('2013-01 USD 1 100.1 0 100.1');
    const all = await eventually(async () => {
      const found = await receipts();
      return found.some(({ loaded }) => loaded > 0n) ? found : null;
    });
    expect(all.filter(({ successful }) => !successful)).toHaveLength(2);
    const failures = async (): Promise<string[]> =>
      (await exceptions()).filter(({ kind }) => kind === 'import-failed').map(({ status }) => status);
    await eventually(async () => (await failures()).includes('RESOLVED'));
    expect(await failures()).toEqual(['OPEN', 'RESOLVED']);
  });

  it('loads the same cells again when nobody knows whether the import ran', async () => {
    await order('lose-task-answer');
    await start();
    await sendEntity();
    await sendInvoices(invoice());
    await eventuallyPlanned('2013-01 USD 1 100.1 0 100.1');
    await eventually(async () => (await receipts()).length > 0);
    const metrics = await (await fetch(`${running?.url}/metrics`)).text();
    expect(metrics).toMatch(/tieout_planning_batches_total\{outcome="unknown"[^}]*\} 1/);
  });

  it('ends at the same figures when it is killed while an import runs', async () => {
    await sandbox.close();
    sandbox = await startAnaplanSandbox({ databaseUrl: database.url, requestsPerMinute: 60_000, taskMs: 400 });
    const killed = spawnTs(new URL('main.ts', import.meta.url), { env: environment() });
    await sendEntity();
    const it = invoice();
    await sendInvoices(it);
    await sendPayments(payment());
    await eventually(
      async () =>
        (await query(`select 1 from sandbox_anaplan.task where state = 'IN_PROGRESS'`).catch(() => [])).length > 0,
      { timeoutMs: 40_000, intervalMs: 20 },
    );
    await killed.kill();
    await sendInvoices({ ...it, revision: 2n, open: '60.05', paid: '40.05' });
    await start();
    // The broker keeps the partitions for the killed member until its session ends.
    const expected = ['2013-01 USD 1 100.1 0 60.05', '2013-02 USD 0 0 40.05 0'];
    await eventually(async () => JSON.stringify(await figures()) === JSON.stringify(expected), {
      timeoutMs: 90_000,
      intervalMs: 500,
      describe: figures,
    });
    const clean = `select 1 from planning_publisher.cell c join planning_publisher.legal_entity e using (legal_entity_id)
      where e.code = '${entity.code}' and c.version > c.loaded_version`;
    await eventually(async () => (await query(clean)).length === 0);
    const ids = (await receipts()).map(({ batchId }) => batchId);
    expect(new Set(ids).size).toBe(ids.length);
  }, 180_000);

  it('answers a snapshot request with every cell, raw, and a header with count and sums', async () => {
    await start();
    await sendEntity();
    await sendInvoices(invoice());
    await eventuallyPlanned('2013-01 USD 1 100.1 0 100.1');
    const snapshotId = randomUUID();
    const asked = { snapshotId, runId: 'r', object: 'cell', system: 'anaplan', instance, cutOff: null };
    await send('finance.snapshot-request.v1', [
      { key: snapshotId, value: { ...asked, requestedAt: '2026-01-31T10:00:00.000Z' } },
    ]);
    const [header] = await eventually(async () => {
      const found = await records('finance.snapshot.v1', (snapshot) => snapshot.snapshotId === snapshotId);
      return found.length > 0 ? found : null;
    });
    const items = await records('finance.snapshot-item.v1', (item) => item.snapshotId === snapshotId);
    expect(header).toMatchObject({ complete: true, error: null, count: BigInt(items.length) });
    expect(items.find(({ itemId }) => itemId === `${entity.code}|2013-01|USD`)?.fields).toEqual({
      legalEntity: entity.code,
      month: '2013-01',
      currency: 'USD',
      invoices: '1',
      invoiced: '100.1',
      paid: '0',
      open: '100.1',
    });
  });

  it('refuses a second legal entity under a taken code, keeps it as a dead letter, and lets the rest flow', async () => {
    await start();
    await sendEntity();
    await sendEntity(legalEntity({ legalEntityId: randomUUID() }));
    await sendInvoices(invoice());
    await eventuallyPlanned('2013-01 USD 1 100.1 0 100.1');
    const letters = await eventually(async () => {
      const found = await records('finance.dead-letter.v1', ({ errorMessage }) => errorMessage.includes(entity.code));
      return found.length > 0 ? found : null;
    });
    expect(letters[0]).toMatchObject({ service: 'planning-publisher', errorCode: 'legal-entity-code-taken' });
  });
});
